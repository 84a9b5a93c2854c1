"""Where a character stands in the Japanese character sets: JIS X 0208 (levels 1 and 2), JIS X 0212, JIS X 0213.

Taken from the interpreter's own codecs, so that it can be checked: EUC writes a character as its row and cell, each
plus 160 (JIS X 0213:2004, annex 3).
- ``euc_jp``: two bytes are JIS X 0208; its rows 16 to 47 are level 1, 48 to 84 level 2, the others signs and kana.
  Three bytes, the first 8F, are JIS X 0212 (補助漢字, its signs and accented letters included).
- ``euc_jis_2004``: two bytes are plane 1 of JIS X 0213; its kanji that are not of JIS X 0208 are level 3. Three bytes
  in the rows that JIS X 0212 left free (1, 3, 4, 5, 8, 12 to 15, 78 to 94) are plane 2: level 4.
A test counts them: 2,965, 3,390, 1,259 and 2,436 kanji of the levels; all of JIS X 0212 but its tilde, which the codec
takes for that of ASCII.
"""

from __future__ import annotations

from enum import StrEnum

_PLANE_2 = frozenset((1, 3, 4, 5, 8, *range(12, 16), *range(78, 95)))
_LEVEL_1, _LEVEL_2 = range(16, 48), range(48, 85)
_THIRD_SET = 0x8F


class Place(StrEnum):
    """A part of a character set. Level 3 and 4 and the signs are what JIS X 0213 adds to JIS X 0208."""

    LEVEL_1 = "jisx0208-level-1"
    LEVEL_2 = "jisx0208-level-2"
    SIGN_0208 = "jisx0208-sign"
    LEVEL_3 = "jisx0213-level-3"
    LEVEL_4 = "jisx0213-level-4"
    SIGN_0213 = "jisx0213-sign"
    SUPPLEMENT = "jisx0212"


def places(char: str) -> tuple[Place, ...]:
    """Every part that has the character, JIS X 0208 first; empty when none has it (ASCII and half-width kana too)."""
    found = (_of_euc_jp(_encoded(char, "euc_jp")), _of_2004(char, _encoded(char, "euc_jis_2004")))
    if found[0] in (Place.LEVEL_1, Place.LEVEL_2, Place.SIGN_0208):  # all of it is in JIS X 0213 too
        return (found[0],)
    return tuple(place for place in found if place is not None)


def is_kanji(char: str) -> bool:
    """Whether it stands in a block of ideographs (the iteration mark and 〆 are none, compatibility ideographs are)."""
    point = ord(char)
    return 0x3400 <= point <= 0x4DBF or 0x4E00 <= point <= 0x9FFF or 0xF900 <= point <= 0xFAFF or _is_astral(point)


def _is_astral(point: int) -> bool:
    return 0x20000 <= point <= 0x3FFFF


def _encoded(char: str, codec: str) -> bytes:
    try:
        return char.encode(codec)
    except UnicodeEncodeError:
        return b""


def _of_euc_jp(code: bytes) -> Place | None:
    if len(code) == 3:
        return Place.SUPPLEMENT
    if len(code) != 2 or code[0] == 0x8E:
        return None
    row = code[0] - 0xA0
    return Place.LEVEL_1 if row in _LEVEL_1 else Place.LEVEL_2 if row in _LEVEL_2 else Place.SIGN_0208


def _of_2004(char: str, code: bytes) -> Place | None:
    """Python's codec also writes JIS X 0212 with 8F; the rows tell the two apart."""
    if len(code) == 3 and code[0] == _THIRD_SET:
        return Place.LEVEL_4 if code[1] - 0xA0 in _PLANE_2 else None
    if len(code) != 2 or code[0] == 0x8E:
        return None
    return Place.LEVEL_3 if is_kanji(char) else Place.SIGN_0213
