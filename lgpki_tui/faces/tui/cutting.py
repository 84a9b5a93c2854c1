"""Text cut and padded by terminal cells, where a kanji takes two: never half a character."""

from __future__ import annotations

from rich.cells import cell_len, split_graphemes

# Not the ellipsis U+2026: Japanese terminals draw it two cells wide, Textual counts one.
CUT_MARK = ".."


def cut(text: str, width: int) -> str:
    """Return the text if it fits into `width` cells, else its beginning and two dots, at most `width` cells."""
    if cell_len(text) <= width:
        return text
    if width < 2 * len(CUT_MARK):
        return _beginning(text, width)
    return _beginning(text, width - len(CUT_MARK)) + CUT_MARK


def padded(text: str, width: int) -> str:
    """Return the text followed by as many spaces as `width` cells need; a longer text is left as it is."""
    return text + " " * (width - cell_len(text))


def pad(text: str, width: int) -> str:
    """The text cut or filled with spaces to exactly `width` cells."""
    return padded(cut(text, width), width)


def _beginning(text: str, width: int) -> str:
    used = 0
    for start, _end, cells in split_graphemes(text)[0]:
        if used + cells > width:
            return text[:start]
        used += cells
    return text
