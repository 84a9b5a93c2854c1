"""What an input field tells about what was typed or pasted; the words for it are the page's."""

from __future__ import annotations

from enum import StrEnum


class Notice(StrEnum):
    """Why what stands in a field is not exactly what was typed or pasted."""

    PASTE_LINES = "paste_lines"
    """Several lines were pasted: the first that is not empty was kept (a PIN: none). Fact `lines`: those not empty."""
    PASTE_CONTROL = "paste_control"
    """Characters that act or are not seen were left out. Fact `points`: ["U+0009", ...]. A PIN: nothing was taken."""
    HALVED = "halved"
    """Full-width characters were turned into half-width ones. Facts `before`, `after`."""
    ASCII_ONLY = "ascii_only"
    """Nothing was taken, because of characters that this field has no place for. Fact `refused`: these characters."""
    TOO_LONG = "too_long"
    """The field is full: the rest was left out. Facts `limit`, `dropped`. A PIN: nothing was taken. Fact `limit`."""
    PIN_HALF_WIDTH = "pin_half_width"
    """A PIN is typed in half-width letters and digits; the input method is on. Nothing was taken. No facts."""
