"""The picture: the cells that Textual's frames ask a terminal to show, and where its cursor should stand."""

from __future__ import annotations

import re
from functools import lru_cache

from lgpki_tui.faces.tui.sgr import PLAIN, Style, on_space, parse
from lgpki_tui.faces.tui.widths import graphemes

# A character (or cluster) and its style. A wide character is followed by a cell without text and of the same style.
Cell = tuple[str, Style]
BLANK: Cell = (" ", PLAIN)

# Groups: SGR, text, cursor position, line feed. Hyperlinks (OSC 8), other sequences and controls, C1 included, are
# read over: they never reach the terminal from a frame.
_TOKENS = re.compile(
    r"\x1b\[([\d;]*m)|([^\x00-\x1f\x7f-\x9f]+)|\x1b\[([\d;]*H)|(\n)"
    r"|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b\[[0-?]*[ -/]*[@-~]|[\s\S]"
)
_FRAME = re.compile(r"\x1b\[\d+;\d+H")
# Marks that a frame adds to a character already shown would pile up without end.
_LONGEST_CLUSTER = 16


def is_frame(data: str) -> bool:
    """Whether a write of Textual draws cells: those begin with a cursor position, modes, bell and titles do not."""
    return _FRAME.match(data) is not None


@lru_cache(maxsize=1024)
def cells_of(text: str, style: Style) -> tuple[Cell, ...]:
    """The cells that a text without controls takes. A mark that stands first is left out."""
    space = (" ", on_space(style))
    if text.isascii():
        return tuple(space if char == " " else (char, style) for char in text)
    cells: list[Cell] = []
    for grapheme, width in graphemes(text):
        if width:
            cells.append(space if grapheme == " " else (grapheme, style))
            cells.extend([("", style)] * (width - 1))
    return tuple(cells)


class Picture:
    """What the terminal should show. Coordinates count cells from 0.

    `dirty` names the rows that changed since somebody emptied it; `version` grows with every change.
    """

    def __init__(self) -> None:
        self.width = 0
        self.height = 0
        self.rows: list[list[Cell]] = []
        self.dirty: set[int] = set()
        self.version = 0
        self.x = 0
        self.y = 0

    def fit(self, width: int, height: int) -> None:
        """Take another size: what is inside both sizes stays, the rest is blank until it is drawn."""
        if (width, height) == (self.width, self.height):
            return
        rows = self.rows[:height]
        for row in rows:
            _break_wide(row, width)
            row[:] = (row + [BLANK] * (width - len(row)))[:width]
        rows.extend([BLANK] * width for _ in range(height - len(rows)))
        self.rows, self.width, self.height = rows, width, height
        self.dirty = set(range(height))
        self._keep_cursor_inside()

    def draw(self, frame: str) -> None:
        """Carry out a frame: positions, styles, text and line feeds. What lies outside the picture is cut off."""
        style = PLAIN
        for sgr, text, position, newline in _TOKENS.findall(frame):
            if text:
                self._put(text, style)
            elif sgr:
                style = parse(sgr[:-1], style)
            elif position:
                self._go(position[:-1])
            elif newline:
                self.x, self.y = 0, self.y + 1
        self._keep_cursor_inside()

    def _keep_cursor_inside(self) -> None:
        self.x, self.y = min(self.x, max(self.width - 1, 0)), min(self.y, max(self.height - 1, 0))

    def _go(self, position: str) -> None:
        row, _, column = position.partition(";")
        self.y, self.x = max(int(row or 1) - 1, 0), max(int(column.partition(";")[0] or 1) - 1, 0)

    def _put(self, text: str, style: Style) -> None:
        if self.y >= self.height or self.x >= self.width:
            return
        row, start = self.rows[self.y], self.x
        if not text.isascii() and _add_mark(row, start, text):
            self._touch()
        cells = list(cells_of(text, style))
        end = self.x = min(start + len(cells), self.width)
        if end - start < len(cells):
            cut = cells[end - start]
            del cells[end - start :]
            if not cut[0]:
                cells[-1] = (" ", on_space(style))
        if row[start:end] != cells:
            _break_wide(row, start)
            _break_wide(row, end)
            row[start:end] = cells
            self._touch()

    def _touch(self) -> None:
        self.dirty.add(self.y)
        self.version += 1


def _break_wide(row: list[Cell], edge: int) -> None:
    """A wide character that reaches over the edge loses one half; the terminal blanks the other."""
    if 0 < edge < len(row) and not row[edge][0]:
        space = (" ", on_space(row[edge][1]))
        row[edge - 1] = row[edge] = space


def _add_mark(row: list[Cell], x: int, text: str) -> bool:
    """A mark that stands first in a text belongs to the character before it. Whether there was one."""
    grapheme, width = next(iter(graphemes(text)))
    if width or not x:
        return False
    owner = x - 1 if row[x - 1][0] else x - 2
    if owner < 0 or len(row[owner][0]) >= _LONGEST_CLUSTER:
        return False
    row[owner] = (row[owner][0] + grapheme, row[owner][1])
    return True
