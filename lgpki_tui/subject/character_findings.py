"""What is found of the characters of one text: what is refused, what is pointed out, and how it is usually spelt."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Fact, Finding, Result
from lgpki_tui.subject.lookalike import begun_with
from lgpki_tui.subject.mending import mended, usual
from lgpki_tui.subject.profile import Characters
from lgpki_tui.subject.text import WHOLE_CLASSES, CharacterClass, classes, differing, points

_Told = dict[CharacterClass, tuple[str, ...]]
# Whose usual characters are found by comparing the texts.
_BY_PLACE = frozenset((
    *(CharacterClass.NOT_NFC, CharacterClass.COMPATIBILITY_KANJI),
    *(CharacterClass.MUNICIPALITY_SPELLING, CharacterClass.OUT_OF_PLACE),
))  # fmt: skip


def character_findings(
    field: str, text: str, rules: Characters, near: tuple[str, ...] = (), municipality: str | None = None
) -> Iterator[Finding]:
    """What the profile refuses, then what it points out of the rest.

    `near`: registered spellings, the text itself when it is one; then no other spelling is suggested, for it is the
    registration that would have to change. `municipality`: the 団体名 of the text, None when it is unknown.
    """
    there = _with_municipality(classes(text), text, None if text in near else municipality)
    refused = _joined(there, rules.refused, frozenset())
    if refused:
        yield Finding(Code.TEXT_FORBIDDEN, Result.FAIL, facts=_told(field, text, refused, near, municipality))
    said = frozenset(char for chars in refused.values() for char in chars)
    pointed_out = _joined(there, rules.attention - rules.refused, said)
    if pointed_out:
        facts = _told(field, text, pointed_out, near, municipality)
        usual_forms: Fact = [_point(usual(char, pointed_out)) for char in _distinct(pointed_out)]
        yield Finding(Code.TEXT_UNUSUAL, Result.ATTENTION, facts={**facts, "usual": usual_forms})


def _joined(found: _Told, named: frozenset[CharacterClass], said: frozenset[str]) -> _Told:
    """The classes that are named, in order; each character under the first of its own, those of `said` under none."""
    told: dict[CharacterClass, tuple[str, ...]] = {}
    for kind, chars in found.items():
        before = said.union(*told.values())
        left = tuple(char for char in chars if char not in (said if kind in WHOLE_CLASSES else before))
        if kind in named and left:
            told[kind] = chars if kind in WHOLE_CLASSES else left
    return told


def _with_municipality(found: _Told, text: str, municipality: str | None) -> _Told:
    better = begun_with(text, municipality) if municipality else None
    if better is None:
        return found
    found = {**found, CharacterClass.MUNICIPALITY_SPELLING: differing(text, better)[0]}
    return {kind: found[kind] for kind in CharacterClass if kind in found}


def _told(field: str, text: str, told: _Told, near: tuple[str, ...], municipality: str | None) -> dict[str, Fact]:
    better = mended(_begun(text, told, municipality), told)
    registered: dict[str, Fact] = {"as_registered": True} if text in near else {}
    return registered | {
        "field": field,
        "characters": points(_distinct(told)),
        "classes": [kind.value for kind in told],
        "by_class": [_of_class(kind, chars, text, municipality) for kind, chars in told.items()],
        "nearest": list(near),
        "suggested": None if better == text or text in near else better,
    }


def _begun(text: str, told: Collection[CharacterClass], municipality: str | None) -> str:
    """With the name of its 団体 as that is spelt, when it is told that it is not."""
    named = municipality if CharacterClass.MUNICIPALITY_SPELLING in told else None
    return (begun_with(text, named) if named else None) or text


def _of_class(kind: CharacterClass, chars: tuple[str, ...], text: str, municipality: str | None) -> dict[str, Fact]:
    """A class, its characters, and what they become in the usual spelling: of places in the text what stands there
    then, of the others one for each that has one."""
    if kind in _BY_PLACE:
        instead = differing(text, mended(_begun(text, [kind], municipality), [kind]))[1]
    else:
        instead = tuple(form for char in chars if (form := usual(char, [kind])) and len(form) == 1)
    return {"class": kind.value, "characters": points(chars), "usual": points(instead)}


def _distinct(found: _Told) -> tuple[str, ...]:
    return tuple(dict.fromkeys(char for chars in found.values() for char in chars))


def _point(form: str | None) -> str | None:
    return points(form)[0] if form and len(form) == 1 else None
