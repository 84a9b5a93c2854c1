"""A field for a place in the file system, in which the program may have put one already."""

from __future__ import annotations

from textual import events
from textual.widgets.input import Selection

from lgpki_tui.faces.tui.widgets.text_field import TextField

_LONGEST = 400


class PathField(TextField):
    """What the program put here is selected as a whole when the focus comes: typing replaces it, End or Right keeps it.

    What the person has typed is never selected: who comes back to it and types one character would lose it.
    """

    def __init__(self, value: str = "", *, id: str | None = None) -> None:
        """`value`: what is put here beforehand."""
        super().__init__(value, max_length=_LONGEST, id=id)
        self._offered = self.value

    @property
    def is_own(self) -> bool:
        """Whether the person has changed what stands here."""
        return self.value != self._offered

    def prefill(self, text: str) -> None:
        """Put a place here, and select it where the focus is here already."""
        self.value = text
        self._offered = self.value  # inert
        if self.has_focus:
            self._select_offered()

    def on_focus(self, event: events.Focus) -> None:
        """By a key; not when the terminal's window comes to the front again."""
        if not event.from_app_focus:
            self._select_offered()

    def _select_offered(self) -> None:
        if not self.is_own:
            self.selection = Selection(0, len(self.value))
