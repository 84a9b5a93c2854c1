"""Breaks text into lines of so many cells, as Japanese is set: between any two wide characters, but never so that a
line begins with a closing mark or ends with an opening one (JIS X 4051, 行頭・行末禁則)."""

from __future__ import annotations

from collections.abc import Iterator

from rich.cells import cell_len

_NOT_FIRST = frozenset("、。，．・：；？！）］｝〕〉》」』】ーぁぃぅぇぉっゃゅょァィゥェォッャュョ々,.)]}:;?!")
_NOT_LAST = frozenset("（［｛〔〈《「『【([{")


def wrap(text: str, width: int, indent: int = 0) -> list[str]:
    """Lines of at most `width` cells; those after the first begin with `indent` spaces. Line feeds are kept."""
    width = max(width, 2 + indent)
    return [line for paragraph in text.split("\n") for line in _lines(paragraph, width, indent)]


def _lines(text: str, width: int, indent: int) -> Iterator[str]:
    line, used = "", 0
    for piece in _pieces(text):
        cells = cell_len(piece)
        if used + cells > width and (line.strip() or used > indent):
            if line.strip():  # nothing but a space may be left of the piece before
                yield line.rstrip()
            line, used = " " * indent, indent
            piece = piece.lstrip()
            cells = cell_len(piece)
        while used + cells > width:  # one word longer than a line: cut where it must be
            head = _head(piece, width - used)
            yield line + head
            piece, line, used = piece[len(head) :], " " * indent, indent
            cells = cell_len(piece)
        line, used = line + piece, used + cells
    yield line.rstrip()


def _head(text: str, width: int) -> str:
    count = 1
    while count < len(text) and cell_len(text[: count + 1]) <= width:
        count += 1
    return text[:count]


def _pieces(text: str) -> Iterator[str]:
    """What is never broken: a word with the space before it, or one wide character with its marks."""
    piece = ""
    for character in text:
        if piece and _may_break(piece[-1], character):
            yield piece
            piece = ""
        piece += character
    if piece:
        yield piece


def _may_break(before: str, after: str) -> bool:
    if after in _NOT_FIRST or before in _NOT_LAST or cell_len(after) == 0:
        return False
    if after == " ":
        return before != " "
    return cell_len(before) == 2 or cell_len(after) == 2
