"""What kinds of characters a Japanese name can hold, and which of them a profile refuses or points out."""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from functools import lru_cache


class CharacterClass(StrEnum):
    """A class of characters, or of places in a text. The value is what a profile writes under `[characters]`."""

    CONTROL = "control"
    BIDI = "bidi"
    INVISIBLE = "invisible"
    VARIATION_SELECTOR = "variation-selector"
    PRIVATE_USE = "private-use"
    NOT_A_CHARACTER = "not-a-character"
    OTHER_SPACE = "other-space"
    HALF_WIDTH_KATAKANA = "half-width-katakana"
    OUTSIDE_JISX0208 = "outside-jisx0208"
    # Of the whole text: a space at either end, and characters that canonical composition (NFC) would change.
    EDGE_SPACE = "edge-space"
    NOT_NFC = "not-nfc"


SPACES = " \u3000"
# difflib takes time with the square of the length.
_COMPARED = 512

# Not ordinary although EUC-JP can write them: controls, and the two signs that it writes as \\ and ~.
_NOT_ORDINARY = re.compile("[\x00-\x1f\x7f-\x9f\u00a5\u203e]")
_BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_VARIATION = re.compile("[\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")
# Shown as nothing, though Unicode calls them letters, marks or symbols (DerivedCoreProperties,
# Default_Ignorable_Code_Point; and the blank Braille pattern).
_UNSEEN = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0]")
# What programs put where they lost a character.
_LOST = re.compile("[\ufffc\ufffd]")
# Kanji newer than the Unicode 14 tables of Python 3.11: extensions I (Unicode 15.1) and H (15.0).
_NEW_KANJI = re.compile("[\U0002ebf0-\U0002ee5d\U00031350-\U000323af]")
_HALF_KATAKANA = re.compile("[\uff61-\uff9f]")
_BY_CATEGORY = {
    "Cc": CharacterClass.CONTROL,
    "Zl": CharacterClass.CONTROL,
    "Zp": CharacterClass.CONTROL,
    "Cf": CharacterClass.INVISIBLE,
    "Co": CharacterClass.PRIVATE_USE,
    "Cn": CharacterClass.NOT_A_CHARACTER,
    "Cs": CharacterClass.NOT_A_CHARACTER,
    "Zs": CharacterClass.OTHER_SPACE,
}
_BY_SHAPE = (
    (_BIDI, CharacterClass.BIDI),
    (_VARIATION, CharacterClass.VARIATION_SELECTOR),
    (_UNSEEN, CharacterClass.INVISIBLE),
    (_LOST, CharacterClass.NOT_A_CHARACTER),
    (_NEW_KANJI, CharacterClass.OUTSIDE_JISX0208),
    (_HALF_KATAKANA, CharacterClass.HALF_WIDTH_KATAKANA),
)


@lru_cache(maxsize=4096)  # of a pure function: a registry asks for the same few kanji a million times
def character_class(char: str) -> CharacterClass | None:
    """The class of one character, None when it has none: printable ASCII, U+3000 and the rest of JIS X 0208.

    Categories are those of the interpreter's Unicode tables (14.0 in Python 3.11), the newer kanji blocks added.
    """
    if is_ordinary(char):
        return None
    by_shape = next((found for pattern, found in _BY_SHAPE if pattern.match(char)), None)
    return by_shape or _BY_CATEGORY.get(unicodedata.category(char), CharacterClass.OUTSIDE_JISX0208)


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
    """Whether a text that is not empty has no class at all, so that no profile can refuse its characters."""
    return is_ordinary(text) and not _edge_spaces(text) and unicodedata.is_normalized("NFC", text)


def classes(text: str) -> dict[CharacterClass, tuple[str, ...]]:
    """Every class that the text has, with its characters in order, each once."""
    found: dict[CharacterClass, list[str]] = {}
    for char in "" if is_ordinary(text) else text:
        kind = character_class(char)
        if kind:
            found.setdefault(kind, []).append(char)
    for kind, chars in ((CharacterClass.EDGE_SPACE, _edge_spaces(text)), (CharacterClass.NOT_NFC, _not_nfc(text))):
        if chars:
            found[kind] = chars
    return {kind: tuple(dict.fromkeys(chars)) for kind, chars in found.items()}


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


def _edge_spaces(text: str) -> list[str]:
    return [char for char in text[:1] + text[-1:] if char in SPACES]


def _not_nfc(text: str) -> list[str]:
    """The characters that NFC would change, the letter before a mark included."""
    if unicodedata.is_normalized("NFC", text):
        return []
    changed, _ = differing(text, unicodedata.normalize("NFC", text))
    return list(changed or text[:_COMPARED])
