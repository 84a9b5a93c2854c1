"""A widget that is one row of text: cut to its width, reverse while it has the focus."""

from __future__ import annotations

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Size
from textual.strip import Strip

from lgpki_tui.faces.tui.cutting import cut
from lgpki_tui.faces.tui.widgets.caret import Caret

REVERSE = Style(reverse=True)


class Face(Caret):
    """Says with `face` what it looks like and with `press` what Enter and Space do. Any other key is not its own."""

    def face(self) -> str:
        """The row, inert."""
        raise NotImplementedError

    def press(self) -> None:
        """Do what Enter and Space do."""
        raise NotImplementedError

    def on_key(self, event: events.Key) -> None:
        """Enter or Space."""
        if event.key in ("enter", "space"):
            event.stop()
            event.prevent_default()
            self.press()

    def get_content_width(self, container: Size, viewport: Size) -> int:
        """The cells of the row."""
        return cell_len(self.face())

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """One row."""
        return 1

    def render_line(self, y: int) -> Strip:
        """The row."""
        width, style = self.size.width, self.visual_style.rich_style
        if y:
            return Strip.blank(width, style)
        face = cut(self.face(), width)
        look = style + REVERSE if self.has_focus else style
        return Strip([Segment(face, look), Segment(" " * (width - cell_len(face)), style)])
