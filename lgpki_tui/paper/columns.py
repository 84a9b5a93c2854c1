"""Text in columns: counted as an East Asian terminal and line printer count, folded so that no character is lost."""

from __future__ import annotations

import re
import unicodedata

# Not at the start of a line (JIS X 4051, 4.3, as far as our words have them).
_NOT_FIRST = frozenset("、。，．・：；？！）］｝」』〉》】ー々),.;:?!")
# A run of ASCII without a space stays together; every other character can stand at the end of a line.
_PIECES = re.compile(r"[!-~]+|.", re.DOTALL)


def width(text: str) -> int:
    """How many columns the text takes: two for wide, full-width and ambiguous characters (Unicode Standard Annex 11,
    as East Asian line printers have them), none for combining marks, one for the others."""
    return sum(map(_width, text))


def fold(text: str, columns: int) -> list[str]:
    """The text in lines of at most so many columns, broken anywhere; joined they are the text again."""
    lines, line, used = [], "", 0
    for char in text:
        wide = _width(char)
        if line and used + wide > columns:
            lines.append(line)
            line, used = "", 0
        line, used = line + char, used + wide
    return [*lines, line]


def fill(text: str, columns: int) -> list[str]:
    """Prose in lines of at most so many columns: broken at spaces and between Japanese characters."""
    lines, line = [], ""
    for piece in _joined(_PIECES.findall(text)):
        if width(line + piece.rstrip()) > columns:
            if line.strip():
                lines.append(line.rstrip())
            *full, line = fold(piece.lstrip(), columns)
            lines.extend(full)
        else:
            line += piece
    return [*lines, line.rstrip()]


def _joined(pieces: list[str]) -> list[str]:
    """Pieces that may not start a line, with the piece before them."""
    joined: list[str] = []
    for piece in pieces:
        if joined and piece[0] in _NOT_FIRST and not joined[-1].isspace():
            joined[-1] += piece
        else:
            joined.append(piece)
    return joined


def _width(char: str) -> int:
    if unicodedata.combining(char) or unicodedata.category(char) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WFA" else 1
