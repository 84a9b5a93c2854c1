"""What is said of a draft while it is typed: each finding in a few words, and the spelling that F4 puts there."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping

from lgpki_tui.faces.tui.lexicon import Lexicon
from lgpki_tui.faces.tui.widgets.prose import Paragraph
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Fact, Finding
from lgpki_tui.ground.frozen import dataclass
from lgpki_tui.subject.text import SPACES, CharacterClass

_MOST_SPELLINGS = 3
# What can be mended without choosing: spaces at the ends, and letters composed of two code points.
_MENDABLE = {CharacterClass.EDGE_SPACE.value, CharacterClass.NOT_NFC.value}


@dataclass(frozen=True, slots=True)
class Spelling:
    """What F4 puts into a field."""

    field: str
    text: str


def spelling(finding: Finding, entered: str) -> Spelling | None:
    """The spelling that a finding about this text suggests: the nearest registered one, else the usual characters."""
    field, facts = str(finding.facts.get("field", "")), finding.facts
    nearest = _texts(facts.get("nearest"))
    if nearest:
        return Spelling(field, nearest[0])
    classes = set(_texts(facts.get("classes")))
    if classes and classes <= _MENDABLE:
        return _other(field, entered, unicodedata.normalize("NFC", entered.strip(SPACES)))
    unusual, usual = _texts(facts.get("characters")), facts.get("usual")
    if isinstance(usual, list | tuple):
        table = {ord(_char(each)): _char(str(form)) for each, form in zip(unusual, usual, strict=False) if form}
        return _other(field, entered, entered.translate(table))
    return None


def said(
    findings: Iterable[Finding], texts: Mapping[str, str], lexicon: Lexicon
) -> tuple[list[str | Paragraph], Spelling | None]:
    """What is said of all of them, given what stands in the fields; and what F4 does, which is one thing only. A field
    that is empty is not wrong: nobody has come to it yet."""
    lines: list[str | Paragraph] = []
    first: Spelling | None = None
    for finding in findings:
        field = str(finding.facts.get("field", ""))
        if finding.code == Code.TEXT_EMPTY:
            continue
        suggested = spelling(finding, texts[field]) if field in texts and first is None else None
        first = first or suggested
        lines.extend(_told(finding, lexicon, suggested))
    empty = [lexicon.word(f"draft.short_{field}") for field, text in texts.items() if not text.strip()]
    if empty:
        lines.append(lexicon.word("draft.still_empty", fields=empty))
    return lines or [lexicon.word("draft.nothing_against")], first


def _told(finding: Finding, lexicon: Lexicon, suggested: Spelling | None) -> Iterable[Paragraph]:
    """What it is about and why, the characters, what F4 does or where else it is registered."""
    facts = finding.facts
    mark = lexicon.word(f"result.{finding.result.value}")
    key = f"draft.short_{facts.get('field')}"
    label = lexicon.word(key) if lexicon.known(key) else ""
    why = f"draft.says_{finding.code}_{facts.get('reason')}"
    says = lexicon.word(why if lexicon.known(why) else f"draft.says_{finding.code}", **facts)
    yield Paragraph(f"[{mark}] {label}  {says}" if label else f"[{mark}] {says}", indent=5)
    characters = _texts(facts.get("characters"))
    instead = _texts(facts.get("registered")) or _texts(facts.get("usual"))
    if characters and instead:
        yield Paragraph(
            "     " + lexicon.word("draft.characters", found=_named(characters), usual=_named(instead)), indent=5
        )
    elif characters:
        yield Paragraph("     " + lexicon.word("draft.characters_only", found=_named(characters)), indent=5)
    if suggested is not None:
        yield Paragraph("     " + lexicon.word("draft.nearest", spelling=suggested.text), indent=5)
    others = [text for text in _texts(facts.get("nearest")) if suggested is None or text != suggested.text]
    if others:
        yield Paragraph("     " + lexicon.word("draft.others", spellings=others[:_MOST_SPELLINGS]), indent=5)
    under = _texts(facts.get("registered_under"))
    if under:
        yield Paragraph("     " + lexicon.word("draft.registered_under", under=under), indent=5)


def _other(field: str, entered: str, text: str) -> Spelling | None:
    return Spelling(field, text) if text != entered else None


def _texts(fact: Fact) -> list[str]:
    return [str(each) for each in fact if each] if isinstance(fact, list | tuple) else []


def _char(point: str) -> str:
    return chr(int(point.removeprefix("U+"), 16))


def _named(points: Iterable[str]) -> list[str]:
    """U+9AD9 as the character and its code point; what is not seen as its code point alone."""
    return [f"{_char(each)} ({each})" if _is_seen(_char(each)) else each for each in points]


def _is_seen(char: str) -> bool:
    return unicodedata.category(char)[0] in "LNPS"
