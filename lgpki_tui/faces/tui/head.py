"""The first row of every page: program, step, title, and whether it is practice. Never a title cut in half."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len

from lgpki_tui.faces.tui.cutting import pad

_GAP = "  "


def head_line(products: Sequence[str], section: str, title: str, right: str, columns: int) -> str:
    """The row in `columns` cells. `products`: what the program is called, the longest first; the first is taken that
    leaves room for the rest, else none. `section` and `right` may be empty."""
    room = columns - (cell_len(right) + 1 if right else 0)
    rows = [_GAP.join(part for part in (product, section, title) if part) for product in (*products, "")]
    left = next((row for row in rows if cell_len(row) <= room), rows[-1])
    return pad(left, room) + (f" {right}" if right else "")
