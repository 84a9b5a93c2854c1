"""What the terminal shows, and the shortest writing that turns it into the picture."""

from __future__ import annotations

from lgpki_tui.faces.tui.cells import BLANK, Cell, Picture
from lgpki_tui.faces.tui.sgr import PLAIN, Style, between, on_space
from lgpki_tui.faces.tui.widths import is_certain

# Unchanged characters up to so many are written again when that is no longer than a move over them (ESC [ n C).
_BRIDGE = 5
# From so many changed blanks on, erasing to the end of the row (ESC [ K) is shorter than spaces.
_ERASE = 4


class Shown:
    """The terminal as the driver has left it: cells, cursor and style. `forget` it whenever somebody else wrote.

    Wrapping at the last column must be off. `background_erase`: the terminal erases with the current background (BCE);
    where that is not sure it must stay False. `ambiguous_narrow`: ambiguous characters (UAX #11) were measured to take
    one cell.
    """

    def __init__(self, *, background_erase: bool = False, ambiguous_narrow: bool = False) -> None:
        self.background_erase = background_erase
        self.ambiguous_narrow = ambiguous_narrow
        self.stale = True
        self._rows: list[list[Cell]] = []
        self._row: int | None = None
        self._column: int | None = None
        self._pen = PLAIN
        self._pen_on_space = PLAIN
        self._out: list[str] = []

    def forget(self) -> None:
        """Nothing is known any more: the next changes begin by clearing the terminal."""
        self.stale = True

    def is_blank(self) -> bool:
        """Whether nothing stands on the terminal that a person could read."""
        return all(cell == BLANK for row in self._rows for cell in row)

    def differs(self, picture: Picture) -> bool:
        """Whether there may be something to write."""
        return self.stale or bool(picture.dirty) or (self._row, self._column) != (picture.y, picture.x)

    def changes(self, picture: Picture) -> str:
        """The writing after which terminal and picture agree, the cursor included; empty when they do.

        Takes note that it was written, and empties `picture.dirty`.
        """
        out: list[str] = []
        self._out = out
        if self.stale or len(self._rows) != picture.height or (self._rows and len(self._rows[0]) != picture.width):
            self._clear(picture)
        for y in sorted(picture.dirty):
            if picture.rows[y] != self._rows[y]:
                self._draw_row(y, picture.rows[y], self._rows[y])
                self._rows[y] = picture.rows[y][:]
        picture.dirty.clear()
        if picture.height:
            self._move(picture.y, picture.x)
        return "".join(out)

    def _clear(self, picture: Picture) -> None:
        self._out.append("\x1b[m\x1b[2J")
        self._pen = self._pen_on_space = PLAIN
        self._row = self._column = None
        self._rows = [[BLANK] * picture.width for _ in range(picture.height)]
        picture.dirty.update(range(picture.height))
        self.stale = False

    def _draw_row(self, y: int, new: list[Cell], old: list[Cell]) -> None:
        width, tail = len(new), self._tail(new)
        x = forced = 0
        while x < width:
            if x >= forced and new[x] == old[x]:
                x += 1
                continue
            # Never the second half of a wide character: it differs only where the first does.
            self._move(y, x, new)
            if x >= tail and new[x + _ERASE - 1 :] != old[x + _ERASE - 1 :]:
                self._take(new[x][1], space=True)
                self._out.append("\x1b[K")
                return
            x, forced = self._write(x, forced, tail, new, old)
            # At the last column terminals differ in where the cursor stays.
            self._row, self._column = y, self._column if x < width else None

    def _tail(self, new: list[Cell]) -> int:
        """The column from which on the row is blank as erasing leaves it."""
        last = new[-1]
        text, (attributes, _, background) = last
        tail = len(new)
        if text == " " and not attributes and (self.background_erase or not background):
            while tail and new[tail - 1] == last:
                tail -= 1
        return tail

    def _write(self, x: int, forced: int, tail: int, new: list[Cell], old: list[Cell]) -> tuple[int, int]:
        """Write the changed cells from x on; where it stopped, and up to where cells must be written in any case."""
        width, start = len(new), x
        append = self._out.append
        while x < width and (x < forced or new[x] != old[x]) and not start < x == tail:
            text, style = new[x]
            if style is not self._pen:
                self._take(style, space=text == " ")
            step = 2 if x + 1 < width and not new[x + 1][0] else 1
            if not text.isascii() and not is_certain(text, self.ambiguous_narrow):
                append(_blanked(text) if step == 2 and x + 2 < width else text)
                self._column = None
                # Every code point may have taken two cells: what stands there is written again, in its place.
                return x + step, max(forced, x + 2 * len(text))
            append(text)
            x += step
        self._column = x
        return x, forced

    def _take(self, style: Style, *, space: bool) -> None:
        """Change to the style, unless all of it that shows on a space is there already."""
        if style == self._pen or (space and style == self._pen_on_space):
            return
        self._out.append(between(self._pen, style))
        self._pen, self._pen_on_space = style, on_space(style)

    def _move(self, y: int, x: int, new: list[Cell] | None = None) -> None:
        """Bring the cursor to a cell in as few bytes as can be; `new` is the row if its cells may be repeated."""
        if (self._row, self._column) == (y, x):
            return
        ways = [_position(y, x)]
        if self._row == y:
            ways.extend(self._along(x, new))
        self._out.append(min(ways, key=len))
        self._row, self._column = y, x

    def _along(self, x: int, new: list[Cell] | None) -> list[str]:
        """Ways to a column of the row in which the cursor stands."""
        ways = [f"\x1b[{x + 1}G"] if x else ["\r"]
        here = self._column
        if here is None:
            return ways
        if x < here:
            return [*ways, "\b" * (here - x)] if here - x <= _BRIDGE else ways
        ways.append(f"\x1b[{x - here}C" if x - here > 1 else "\x1b[C")
        if new is not None and x - here <= _BRIDGE and all(map(self._repeatable, new[here:x])):
            ways.insert(0, "".join(text for text, _ in new[here:x]))
        return ways

    def _repeatable(self, cell: Cell) -> bool:
        text, style = cell
        return text != "" and text.isascii() and style == (self._pen_on_space if text == " " else self._pen)


def _position(y: int, x: int) -> str:
    """Cursor position (ECMA-48 8.3.21); a parameter of 1 may be left out."""
    return f"\x1b[{y + 1 if y else ''}{f';{x + 1}' if x else ''}H"


def _blanked(text: str) -> str:
    """A wide grapheme that this terminal may draw in one cell: what stood in the other is blanked before."""
    return f"  \b\b{text}"
