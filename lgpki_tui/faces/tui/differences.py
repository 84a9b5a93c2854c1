"""What a correction changes, field by field: what was handed in, and what will be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lgpki_tui.faces.characters import named
from lgpki_tui.ground.inert import inert
from lgpki_tui.subject.lookalike import look_alike
from lgpki_tui.subject.text import differing, points

if TYPE_CHECKING:
    from lgpki_tui.faces.tui.clerk import Clerk
    from lgpki_tui.faces.tui.lexicon import Lexicon
    from lgpki_tui.ledger.unfinished import Unfinished
    from lgpki_tui.procedure.enrolment import Enrolment

# (row of the review page, its text), in the order of the entry.
Differences = tuple[tuple[str, str], ...]
_TEXTS = ("organization", "name", "mail_address", "purpose")


async def differences(clerk: Clerk, before: Enrolment, answers: Unfinished, code: str, lexicon: Lexicon) -> Differences:
    """What differs between an enrolment as it was handed in and the answers that correct it; `code`: the 団体 they
    mean. Of texts that look alike the characters are told, too."""
    places = [f"{await clerk.place(each)} {each}" for each in (before.municipality_code, code)]
    texts = [("municipality", *places), *((each, getattr(before, each), getattr(answers, each)) for each in _TEXTS)]
    return tuple((row, _told(old, new, lexicon)) for row, old, new in texts if old != new)


def _told(old: str, new: str, lexicon: Lexicon) -> str:
    words = [inert(each) or lexicon.word("review.nothing") for each in (old, new)]
    told = lexicon.word("review.change", before=words[0], after=words[1])
    here, there = differing(old, new)
    if not (look_alike(old, new) and (here or there)):
        return told
    characters = [", ".join(named(points(each))) or lexicon.word("review.nothing") for each in (here, there)]
    return lexicon.word("review.alike", change=told, before=characters[0], after=characters[1])
