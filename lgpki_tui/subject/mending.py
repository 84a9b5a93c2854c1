"""How a text is usually spelt: what one key offers where no registry has a spelling. Offered, never applied."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection

from lgpki_tui.subject.characters import SPACES, CharacterClass, character_classes
from lgpki_tui.subject.lookalike import ordinary_form
from lgpki_tui.subject.placing import DASHES, out_of_place
from lgpki_tui.subject.text import is_ordinary

_C = CharacterClass
Kinds = Collection[CharacterClass]

# Left out. Of a character that is lost, private or unknown nobody can say what it was meant to be: it stays.
_REMOVED = frozenset((_C.CONTROL, _C.BIDI, _C.INVISIBLE, _C.VARIATION_SELECTOR, _C.EMOJI))
_COMPOSED = frozenset((_C.COMPATIBILITY_KANJI, _C.NOT_NFC, _C.STACKED_MARKS, _C.COMBINING_MARK))
_MARKS = frozenset((_C.STACKED_MARKS, _C.COMBINING_MARK))
_HALF_KATAKANA = re.compile("[\uff61-\uff9f]+")
_FULL, _HALF = re.compile("[０-９Ａ-Ｚａ-ｚ]"), re.compile("[0-9A-Za-z]")
_TO_HALF = {0xFEE0 + point: chr(point) for point in range(0x21, 0x7F)}
_TO_FULL = {ord(char): chr(ord(char) + 0xFEE0) for char in map(chr, range(0x21, 0x7F)) if char.isalnum()}
_DOUBLED = re.compile(f"([{SPACES}])[{SPACES}]+")


def mended(text: str, kinds: Kinds) -> str:
    """The text with what it has of these classes spelt as usual; the same where nobody can say how.

    The spaces at the ends and between that come of it go too. The rest of the text stays as it is.
    """
    changed = text
    for step in _STEPS:
        changed = step(changed, kinds)
    return changed


def usual(char: str, kinds: Kinds) -> str | None:
    """What a single character of one of these classes becomes, if it is one that is seen."""
    form = mended(char, [kind for kind in kinds if kind not in (_C.EDGE_SPACE, _C.OUT_OF_PLACE, _C.MIXED_WIDTH)])
    return form if form not in (char, "") else None


def _without(text: str, kinds: Kinds) -> str:
    """Without what is not seen, without pictographs; other spaces become ordinary ones."""
    unwanted, spaces = _REMOVED & set(kinds), _C.OTHER_SPACE in kinds
    changed = (" " if spaces and _C.OTHER_SPACE in _of(char) else char for char in text if not unwanted & _of(char))
    return "".join(changed)


def _full_katakana(text: str, kinds: Kinds) -> str:
    """ｶﾞ is one letter in full width: the voiced mark goes into it."""
    if _C.HALF_WIDTH_KATAKANA not in kinds:
        return text
    full = _HALF_KATAKANA.sub(lambda run: unicodedata.normalize("NFKC", run.group()), text)
    return unicodedata.normalize("NFC", full)


def _composed(text: str, kinds: Kinds) -> str:
    if not _COMPOSED & set(kinds):
        return text
    composed = unicodedata.normalize("NFC", text)
    return "".join(char for char in composed if not (_MARKS & set(kinds) and _C.COMBINING_MARK in _of(char)))


def _in_place(text: str, kinds: Kinds) -> str:
    if _C.OUT_OF_PLACE not in kinds:
        return text
    instead = out_of_place(text)
    return "".join(instead.get(place, char) for place, char in enumerate(text))


def _one_by_one(text: str, kinds: Kinds) -> str:
    """Characters of other forms, scripts and sets."""
    return "".join(_form(text, place) if _of(char) & set(kinds) else char for place, char in enumerate(text))


def _form(text: str, place: int) -> str:
    """A dash by what stands before it; a letter of another script in the width of the others."""
    char = text[place]
    if char in DASHES and ordinary_form(char) != "ー":
        return "ー" if re.match("[ァ-ヴ]", text[place - 1 : place]) else ordinary_form(char) or "-"
    if _C.FULL_WIDTH_ASCII in _of(char):
        return char.translate(_TO_HALF) if is_ordinary(char) else ordinary_form(char) or char
    form = ordinary_form(char) or unicodedata.normalize("NFKC", char)
    if _C.OTHER_SCRIPT in _of(char) and _FULL.search(text) and not _HALF.search(text):
        form = form.translate(_TO_FULL)
    return form if is_ordinary(form) else char


def _one_width(text: str, kinds: Kinds) -> str:
    """Letters and digits in the width that most of them have; in half width when it is even."""
    if _C.MIXED_WIDTH not in kinds:
        return text
    full, half = len(_FULL.findall(text)), len(_HALF.findall(text))
    return text.translate(_TO_FULL) if full > half else _FULL.sub(lambda one: one.group().translate(_TO_HALF), text)


def _spaced(text: str, kinds: Kinds) -> str:
    single = _DOUBLED.sub(r"\1", text) if _C.DOUBLE_SPACE in kinds else text
    return single.strip(SPACES) if {_C.EDGE_SPACE, _C.OTHER_SPACE} & set(kinds) else single


def _of(char: str) -> frozenset[CharacterClass]:
    return frozenset(character_classes(char))


_STEPS: tuple[Callable[[str, Kinds], str], ...] = (
    *(_without, _full_katakana, _composed, _in_place, _one_by_one, _one_width, _spaced),
)
