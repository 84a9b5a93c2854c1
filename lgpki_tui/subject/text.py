"""The classes that a Japanese text has, those of its characters and those of the whole."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from lgpki_tui.subject.characters import SPACES as SPACES
from lgpki_tui.subject.characters import CharacterClass as CharacterClass
from lgpki_tui.subject.characters import character_classes
from lgpki_tui.subject.placing import out_of_place

_C = CharacterClass
# Classes that a text which `is_plain` may have all the same.
PLAIN_CLASSES = frozenset((_C.FULL_WIDTH_ASCII, _C.MIXED_WIDTH, _C.OTHER_SCRIPT, _C.OUT_OF_PLACE, _C.JISX0208_LEVEL_2))
# Of places in a text and not of characters: told even when every character of it is told already.
WHOLE_CLASSES = frozenset((
    *(_C.EDGE_SPACE, _C.DOUBLE_SPACE, _C.STACKED_MARKS, _C.MIXED_WIDTH, _C.MUNICIPALITY_SPELLING, _C.OUT_OF_PLACE),
))  # fmt: skip
# The only character of JIS X 0208 that NFC changes; no other of them ever combines (a test asks all).
_ANGSTROM = "\u212b"
# difflib takes time with the square of the length.
_COMPARED = 512

# Not ordinary although EUC-JP can write them: controls, and the two signs that it writes as \\ and ~.
_NOT_ORDINARY = re.compile("[\x00-\x1f\x7f-\x9f\u00a5\u203e]")
_SPACED = re.compile(f"\\A[{SPACES}]|[{SPACES}](?:[{SPACES}]|\\Z)")
_DOUBLED = re.compile(f"[{SPACES}]{{2,}}")
_WIDTHS = (re.compile("[0-9A-Za-z]"), re.compile("[０-９Ａ-Ｚａ-ｚ]"))
_ALPHANUMERIC = re.compile("[0-9A-Za-z０-９Ａ-Ｚａ-ｚ]")


def character_class(char: str) -> CharacterClass | None:
    """The first class of one character that is not ordinary; None for printable ASCII, U+3000 and the rest of JIS X
    0208."""
    return None if is_ordinary(char) else character_classes(char)[0]


def is_ordinary(text: str) -> bool:
    """Whether the text is of printable ASCII and JIS X 0208 only, which has neither unseen nor acting characters.

    One encoding instead of a question per character: a registry has a million texts. EUC-JP begins a half-width kana
    with 8E and a character of JIS X 0212 with 8F.
    """
    try:
        encoded = text.encode("euc_jp")
    except UnicodeEncodeError:
        return False
    return b"\x8e" not in encoded and b"\x8f" not in encoded and not _NOT_ORDINARY.search(text)


def is_plain(text: str) -> bool:
    """Whether a text that is not empty has no class at all but PLAIN_CLASSES: a profile that refuses none of these
    cannot refuse its characters."""
    return is_ordinary(text) and _ANGSTROM not in text and not _is_spaced(text)


def classes(text: str) -> dict[CharacterClass, tuple[str, ...]]:
    """Every class that the text has, in the order in which they are told, with its characters in order, each once."""
    found: dict[CharacterClass, list[str]] = {}
    for char in text:
        for kind in character_classes(char):
            found.setdefault(kind, []).append(char)
    for kind, chars in _of_the_whole(text):
        if chars:
            found[kind] = chars
    return {kind: tuple(dict.fromkeys(found[kind])) for kind in CharacterClass if kind in found}


def points(chars: str | tuple[str, ...]) -> list[str]:
    """The characters as code points, e.g. ``["U+9AD9"]``."""
    return [f"U+{ord(char):04X}" for char in chars]


def differing(one: str, other: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The characters of each text that the other does not have at that place, in order, each once.

    Of very long texts only the beginnings are compared: none of them is a name.
    """
    from difflib import SequenceMatcher

    here: list[str] = []
    there: list[str] = []
    one, other = one[:_COMPARED], other[:_COMPARED]
    for act, start, end, other_start, other_end in SequenceMatcher(None, one, other, False).get_opcodes():
        if act != "equal":
            here.extend(one[start:end])
            there.extend(other[other_start:other_end])
    return tuple(dict.fromkeys(here)), tuple(dict.fromkeys(there))


def _of_the_whole(text: str) -> Iterator[tuple[CharacterClass, list[str]]]:
    yield _C.EDGE_SPACE, [char for char in text[:1] + text[-1:] if char in SPACES]
    yield _C.DOUBLE_SPACE, list("".join(_DOUBLED.findall(text.strip(SPACES))))
    yield _C.NOT_NFC, _not_nfc(text)
    yield _C.STACKED_MARKS, _stacked(text)
    yield _C.MIXED_WIDTH, _ALPHANUMERIC.findall(text) if all(width.search(text) for width in _WIDTHS) else []
    yield _C.OUT_OF_PLACE, [text[place] for place in sorted(out_of_place(text))]


def _is_spaced(text: str) -> bool:
    """Nearly no name has a space at all, and that is known sooner."""
    return (" " in text or "\u3000" in text) and _SPACED.search(text) is not None


def _not_nfc(text: str) -> list[str]:
    """The characters that NFC would change, the letter before a mark included."""
    if unicodedata.is_normalized("NFC", text):
        return []
    changed, _ = differing(text, unicodedata.normalize("NFC", text))
    return list(changed or text[:_COMPARED])


def _stacked(text: str) -> list[str]:
    """The marks that stand two or more in a row on one letter."""
    marks = [_C.COMBINING_MARK in character_classes(char) for char in text]
    beside = zip(text, marks, [False, *marks], [*marks[1:], False], strict=False)
    return [char for char, this, before, after in beside if this and (before or after)]
