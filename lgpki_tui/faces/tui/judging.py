"""What is said of a draft while it is typed: each finding in a few words, and the spelling that F4 puts there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lgpki_tui.faces.characters import class_lines, named, texts
from lgpki_tui.faces.tui.lexicon import Lexicon
from lgpki_tui.faces.tui.widgets.prose import Paragraph
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Finding, Result
from lgpki_tui.ground.frozen import dataclass
from lgpki_tui.ground.inert import inert
from lgpki_tui.subject.findings import ORGANIZATION
from lgpki_tui.subject.text import points

_MOST_SPELLINGS = 3
_NOWHERE: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Spelling:
    """What F4 puts into a field, in place of `entered`. `codes`: the 団体 that have this 組織, a few; `place`: in
    words. `is_offer`: no other spelling of what stands there, but what may be meant."""

    field: str
    text: str
    entered: str
    codes: tuple[str, ...] = ()
    place: str = ""
    is_offer: bool = False


def spelling(finding: Finding, entered: str) -> Spelling | None:
    """The spelling that a finding about this text suggests: the nearest registered one, else the usual one.

    None is one with characters that no field holds as they are (ground/inert.py): it would become another text.
    """
    field, nearest = str(finding.facts.get("field", "")), texts(finding.facts.get("nearest"))
    suggested = nearest[0] if nearest else finding.facts.get("suggested")
    held = isinstance(suggested, str) and suggested != entered and inert(suggested) == suggested
    return Spelling(field, str(suggested), entered) if held else None


def said(
    findings: Iterable[Finding], entered: Mapping[str, str], lexicon: Lexicon, places: Mapping[str, str] = _NOWHERE
) -> tuple[list[str | Paragraph], Spelling | None]:
    """What is said of all of them, given what stands in the fields; and what F4 does, which is one thing only.
    `places`: the registered 組織 with their 団体, in words.

    First what stops, field by field as they stand on the page, then what only needs attention. A field that is empty
    is not wrong: nobody has come to it yet.
    """
    lines: list[str | Paragraph] = []
    first: Spelling | None = None
    for finding in sorted(findings, key=lambda each: _turn(each, tuple(entered))):
        field = str(finding.facts.get("field", ""))
        if finding.code == Code.TEXT_EMPTY:
            continue
        suggested = spelling(finding, entered[field]) if field in entered and first is None else None
        first = first or suggested
        of = places if field == ORGANIZATION else _NOWHERE
        lines.extend(_told(finding, entered.get(field, ""), lexicon, suggested, of))
    empty = [lexicon.word(f"draft.short_{field}") for field, text in entered.items() if not text.strip()]
    if empty:
        lines.append(lexicon.word("draft.still_empty", fields=empty))
    return lines or [lexicon.word("draft.nothing_against")], first


def _turn(finding: Finding, fields: tuple[str, ...]) -> tuple[bool, int]:
    """What is of no field of the page is about the organisation, the first of them."""
    field = str(finding.facts.get("field"))
    return finding.result is not Result.FAIL, fields.index(field) if field in fields else 0


def _told(
    finding: Finding, entered: str, lexicon: Lexicon, suggested: Spelling | None, places: Mapping[str, str]
) -> Iterable[Paragraph]:
    """What it is about and why, the characters, what F4 does or where else it is registered."""
    mark = lexicon.word(f"result.{finding.result.value}")
    key = f"draft.short_{finding.facts.get('field')}"
    label = lexicon.word(key) if lexicon.known(key) else ""
    why = f"draft.says_{finding.code}_{finding.facts.get('reason')}"
    says = lexicon.word(why if lexicon.known(why) else f"draft.says_{finding.code}", **finding.facts)
    yield Paragraph(f"[{mark}] {label}  {says}" if label else f"[{mark}] {says}", indent=5)
    for line in _details(finding, entered, lexicon, suggested, places):
        yield Paragraph(f"     {line}", indent=5)


def _details(
    finding: Finding, entered: str, lexicon: Lexicon, suggested: Spelling | None, places: Mapping[str, str]
) -> Iterable[str]:
    facts = finding.facts
    yield from class_lines(str(finding.code), facts, lexicon)
    characters, registered = texts(facts.get("characters")), texts(facts.get("registered"))
    if characters and registered:
        yield lexicon.word("draft.characters", found=named(characters), usual=named(registered))
    elif characters and "by_class" not in facts:
        asked = finding.code in (Code.ORGANIZATION_NOT_REGISTERED, Code.NAME_NOT_REGISTERED)
        refused = finding.result is Result.FAIL and not asked
        key = "draft.characters_refused" if refused else "draft.characters_only"
        yield lexicon.word(key, found=named(characters))
    elif registered:
        yield lexicon.word("draft.characters_lacking", registered=named(registered))
    nearest = texts(facts.get("nearest"))
    if unseen := [char for char in "".join(nearest[:1]) if inert(char) != char]:
        yield lexicon.word("draft.registered_unseen", characters=points(tuple(dict.fromkeys(unseen))))
    if suggested is not None:
        yield _with_place("draft.nearest", suggested.text, places, lexicon)
    others = [text for text in nearest if text != entered and (suggested is None or text != suggested.text)]
    if others and "by_class" not in facts:
        shown = [_with_place("draft.near", text, places, lexicon) for text in others[:_MOST_SPELLINGS]]
        yield lexicon.word("draft.others", spellings=shown)
    if under := texts(facts.get("registered_under")):
        yield lexicon.word("draft.registered_under", under=under)


def _with_place(key: str, spelling: str, places: Mapping[str, str], lexicon: Lexicon) -> str:
    """A spelling, with the 団体 that has it where that is known."""
    place = places.get(spelling, "")
    return lexicon.word(f"{key}_at", spelling=spelling, place=place) if place else lexicon.word(key, spelling=spelling)
