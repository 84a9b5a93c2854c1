"""How many cells a text takes, and which characters terminals agree about."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from unicodedata import east_asian_width

from rich.cells import cell_len, get_character_cell_size, split_graphemes

# Where terminals of every age draw two cells: CJK symbols, kana, Hangul, ideographs, full-width forms. Emoji are not
# among them: their width changed with Unicode 9 and still differs.
_WIDE = (
    (0x3000, 0x303E),
    (0x3041, 0xA4CF),
    (0xAC00, 0xD7A3),
    (0xF900, 0xFAFF),
    (0xFE30, 0xFE4F),
    (0xFF01, 0xFF60),
    (0xFFE0, 0xFFE6),
    (0x20000, 0x3FFFD),
)
_LATIN_END = 0x0250


def graphemes(text: str) -> Iterable[tuple[str, int]]:
    """What a reader takes for one character, each with its width in cells as Textual counts it; 0 only for a mark that
    stands first and belongs to the character before the text."""
    widths = list(map(get_character_cell_size, text))
    if all(widths):
        return zip(text, widths, strict=True)
    return [(text[start:end], width) for start, end, width in split_graphemes(text)[0]]


@lru_cache(maxsize=8192)
def is_certain(grapheme: str, ambiguous_narrow: bool = False) -> bool:
    """Whether every terminal moves its cursor over the grapheme as far as Textual believes.

    Not so: clusters (combining marks, ZWJ, variation selectors), emoji, and, unless this terminal was measured to draw
    them in one cell, the ambiguous characters of UAX #11, which Japanese terminals may draw in two.
    """
    if len(grapheme) != 1:
        return False
    width, kind, point = cell_len(grapheme), east_asian_width(grapheme), ord(grapheme)
    if width == 2:
        return any(first <= point <= last for first, last in _WIDE)
    if width != 1:
        return False
    return kind in ("Na", "H") or (kind == "N" and point < _LATIN_END) or (kind == "A" and ambiguous_narrow)
