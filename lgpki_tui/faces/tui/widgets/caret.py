"""Keeps the terminal's cursor where a focused widget wants it: input methods, Braille lines and readers follow it."""

from __future__ import annotations

from textual.geometry import Offset, Region
from textual.strip import Strip
from textual.widget import Widget


class Caret(Widget, inherit_css=False):
    """A widget that knows where its caret is, and says so in every frame it is drawn in."""

    def caret_offset(self) -> Offset:
        """Where the caret is, in cells from the upper left of the content."""
        return Offset(0, 0)

    def place_caret(self) -> None:
        """Tell the app where the caret is, when this widget has the focus on the screen in front."""
        if self.has_focus and self.screen is self.app.screen:
            self.app.cursor_position = self.content_region.offset + self.caret_offset()

    def render_lines(self, crop: Region) -> list[Strip]:
        """Draw, as Widget does. The place is told here because the frame that is being made carries the cursor: told
        on focus or on a key it is that of the layout before (Textual issue 6082), and nobody tells a widget that it
        was moved without being resized; but what moved is drawn.
        """
        self.place_caret()
        return super().render_lines(crop)
