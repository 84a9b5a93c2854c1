"""The classes of one character: what it is, how it is formed, and in which Japanese character sets it stands.

Unicode: the tables are those of the interpreter (14.0 in Python 3.11), and what they do not know is not guessed at.
- A code point that they do not assign is UNASSIGNED. Only for assigned characters is it promised that their NFC form
  never changes (UAX #15, 3), so that a text that passes here is NFC for every later program too.
- The exception are unified ideographs of later versions (15.0 to 18.0, `_NEW_KANJI`): a unified ideograph never has a
  decomposition. They are kanji outside every JIS set. Later kanji parts and pictographs are known by their blocks.
- JIS X 0208, 0212 and 0213 are closed standards; jis.py says from where they are taken.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from enum import StrEnum
from functools import lru_cache

from lgpki_tui.subject.jis import Place, is_kanji, places


class CharacterClass(StrEnum):
    """A class of characters, or of places in a text. The value is what a profile writes under `[characters]`.

    In the order in which they are told: a character that has several is told under the first that the profile names.
    """

    # What acts or is not seen, and what is no character.
    CONTROL = "control"
    BIDI = "bidi"
    INVISIBLE = "invisible"
    VARIATION_SELECTOR = "variation-selector"
    SURROGATE = "surrogate"
    NOT_A_CHARACTER = "not-a-character"
    PRIVATE_USE = "private-use"
    UNASSIGNED = "unassigned"
    OTHER_SPACE = "other-space"
    # Of the whole text: spaces at either end, two in a row within.
    EDGE_SPACE = "edge-space"
    DOUBLE_SPACE = "double-space"
    # Ideographs of the compatibility blocks that NFC changes (U+FA19), not the twelve that it keeps (U+FA11 﨑).
    COMPATIBILITY_KANJI = "compatibility-kanji"
    # Of the whole text: what canonical composition (NFC) would change; two combining marks in a row; any mark.
    NOT_NFC = "not-nfc"
    STACKED_MARKS = "stacked-marks"
    COMBINING_MARK = "combining-mark"
    # Radicals, strokes, and the signs that describe how a kanji is put together.
    KANJI_PART = "kanji-part"
    EMOJI = "emoji"
    HALF_WIDTH_KATAKANA = "half-width-katakana"
    # Outside JIS X 0208, with a compatibility decomposition: enclosed, squared, raised, Roman numerals, ligatures.
    COMPATIBILITY_SIGN = "compatibility-sign"
    FULL_WIDTH_ASCII = "full-width-ascii"
    # Of the whole text: letters or digits of both widths.
    MIXED_WIDTH = "mixed-width"
    # Letters and digits that are neither Latin nor Japanese: Greek and Cyrillic of JIS X 0208 too.
    OTHER_SCRIPT = "other-script"
    # Of the whole text: it begins with what is only taken for the name of its 団体 (鎌ヶ谷 for 鎌ケ谷).
    MUNICIPALITY_SPELLING = "municipality-spelling"
    # Of the whole text: see placing.py.
    OUT_OF_PLACE = "out-of-place"
    # Where a character stands: see jis.py. One can stand in JIS X 0212 and in JIS X 0213.
    JISX0208_LEVEL_2 = "jisx0208-level-2"
    JISX0212 = "jisx0212"
    JISX0213_LEVEL_3 = "jisx0213-level-3"
    JISX0213_LEVEL_4 = "jisx0213-level-4"
    JISX0213_SIGN = "jisx0213-sign"
    # Where it does not stand. ..0212: in neither 0208 nor 0212; ..0213: in neither 0208 nor 0213; JIS: in none.
    OUTSIDE_JISX0208 = "outside-jisx0208"
    OUTSIDE_JISX0212 = "outside-jisx0212"
    OUTSIDE_JISX0213 = "outside-jisx0213"
    OUTSIDE_JIS = "outside-jis"


_C = CharacterClass
# Shown as nothing, as something else, or as nobody can foresee: told by the code point alone.
UNSEEN_CLASSES = frozenset((
    *(_C.CONTROL, _C.BIDI, _C.INVISIBLE, _C.VARIATION_SELECTOR, _C.SURROGATE, _C.NOT_A_CHARACTER, _C.PRIVATE_USE),
    *(_C.UNASSIGNED, _C.OTHER_SPACE, _C.COMBINING_MARK, _C.EMOJI),
))  # fmt: skip
SPACES = " \u3000"
_BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_VARIATION = re.compile("[\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")
# Shown as nothing, though Unicode calls them letters, marks or symbols (DerivedCoreProperties,
# Default_Ignorable_Code_Point, its unassigned ones included; and the blank Braille pattern).
_UNSEEN = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u2065\u2800\u3164\uffa0\ufff0-\ufff8\U000e0000-\U000e0fff]")
# What programs put where they lost a character.
_LOST = re.compile("[\ufffc\ufffd]")
# Unified ideographs that Unicode 15.0 to 18.0 assigned: rest of extensions C, D and E, then I, H and J.
_NEW_KANJI = re.compile(
    "[\U0002b739-\U0002b73f\U0002b81e\U0002cea2-\U0002cead\U0002ebf0-\U0002ee5d\U00031350-\U00033479]"
)
_KANJI_PART = re.compile("[\u2e80-\u2ef3\u2f00-\u2fd5\u2ff0-\u2fff\u31c0-\u31e5\u31ef]")
_EMOJI = re.compile(
    "[\u231a\u231b\u2328\u23cf\u23e9-\u23fa\u2600-\u2775\u2794-\u27bf\u2b05-\u2b07\u2b1b\u2b1c\u2b50\u2b55\U0001f000-\U0001faff]"
)
# Enclosed and yet without a decomposition: white on black, in two circles.
_ENCLOSED = re.compile("[\u24eb-\u24ff\u2776-\u2793]")
_HALF_KATAKANA = re.compile("[\uff61-\uff9f]")
_FULL_WIDTH = re.compile("[\uff01-\uff5e]")
_HARD = (
    (_BIDI, _C.BIDI),
    (_VARIATION, _C.VARIATION_SELECTOR),
    (_UNSEEN, _C.INVISIBLE),
    (_LOST, _C.NOT_A_CHARACTER),
    (_KANJI_PART, _C.KANJI_PART),
)
_BY_CATEGORY = {
    "Cc": _C.CONTROL,
    "Zl": _C.CONTROL,
    "Zp": _C.CONTROL,
    "Cf": _C.INVISIBLE,
    "Co": _C.PRIVATE_USE,
    "Cn": _C.UNASSIGNED,
    "Cs": _C.SURROGATE,
    "Zs": _C.OTHER_SPACE,
    "Mn": _C.COMBINING_MARK,
    "Mc": _C.COMBINING_MARK,
    "Me": _C.COMBINING_MARK,
}
_BY_PLACE = {
    Place.LEVEL_2: _C.JISX0208_LEVEL_2,
    Place.SUPPLEMENT: _C.JISX0212,
    Place.LEVEL_3: _C.JISX0213_LEVEL_3,
    Place.LEVEL_4: _C.JISX0213_LEVEL_4,
    Place.SIGN_0213: _C.JISX0213_SIGN,
}
_IN_0208 = frozenset((Place.LEVEL_1, Place.LEVEL_2, Place.SIGN_0208))
_IN_0213 = frozenset((Place.LEVEL_3, Place.LEVEL_4, Place.SIGN_0213))
# The first words of the names of what Japanese is written with.
_OURS = frozenset((
    *("LATIN", "FULLWIDTH", "HIRAGANA", "HENTAIGANA", "KATAKANA", "KATAKANA-HIRAGANA", "HALFWIDTH", "CJK"),
    *("IDEOGRAPHIC", "VERTICAL", "MASU"),
))  # fmt: skip


@lru_cache(maxsize=4096)  # of a pure function: a registry asks for the same few kanji a million times
def character_classes(char: str) -> tuple[CharacterClass, ...]:
    """Every class of one character, in the order in which they are told; what is of a whole text is not among them."""
    if "!" <= char <= "~" or char in SPACES:
        return ()
    where = frozenset(places(char))
    found = {kind for kind in (_hard(char), *_forms(char, where)) if kind is not None}
    found |= {_BY_PLACE[place] for place in where if place in _BY_PLACE} | set(_outside(where))
    return tuple(sorted(found, key=_ORDER.__getitem__))


_ORDER = {kind: place for place, kind in enumerate(CharacterClass)}


def _hard(char: str) -> CharacterClass | None:
    """What it is before all else: by its shape, else by its category."""
    by_shape = next((kind for pattern, kind in _HARD if pattern.match(char)), None)
    kind = by_shape or _BY_CATEGORY.get(unicodedata.category(char))
    if kind is not _C.UNASSIGNED:
        return kind
    if 0xFDD0 <= ord(char) <= 0xFDEF or ord(char) & 0xFFFE == 0xFFFE:
        return _C.NOT_A_CHARACTER
    return None if _NEW_KANJI.match(char) or _EMOJI.match(char) else kind


def _forms(char: str, where: frozenset[Place]) -> Iterator[CharacterClass | None]:
    """Half and full width, enclosed and composed forms, pictographs, letters of other scripts."""
    decomposition = unicodedata.decomposition(char)
    if _FULL_WIDTH.match(char):
        yield _C.FULL_WIDTH_ASCII
    elif _HALF_KATAKANA.match(char):
        yield _C.HALF_WIDTH_KATAKANA
    elif is_kanji(char) and decomposition:
        yield _C.COMPATIBILITY_KANJI
    elif not where & _IN_0208 and not _KANJI_PART.match(char) and (decomposition[:1] == "<" or _ENCLOSED.match(char)):
        yield _C.COMPATIBILITY_SIGN
    elif not where and _EMOJI.match(char):
        yield _C.EMOJI
    elif unicodedata.category(char) in ("Lu", "Ll", "Lt", "Lm", "Lo", "Nd") and _is_foreign(char):
        yield _C.OTHER_SCRIPT


def _is_foreign(char: str) -> bool:
    return not _UNSEEN.match(char) and unicodedata.name(char, "").partition(" ")[0] not in _OURS


def _outside(where: frozenset[Place]) -> Iterator[CharacterClass]:
    if not where & _IN_0208:
        yield _C.OUTSIDE_JISX0208
        if Place.SUPPLEMENT not in where:
            yield _C.OUTSIDE_JISX0212
        if not where & _IN_0213:
            yield _C.OUTSIDE_JISX0213
        if not where:
            yield _C.OUTSIDE_JIS
