"""Pages that ask for the PIN of a card, in a field, or at the reader's own keys where it has some."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from textual.widget import Widget

from lgpki_tui.faces.tui.page_screen import PageScreen
from lgpki_tui.faces.tui.widgets.button import Button
from lgpki_tui.faces.tui.widgets.pin_field import PinField
from lgpki_tui.faces.tui.widgets.prose import Paragraph, Prose

T = TypeVar("T")


class AsksPin(PageScreen[T]):
    """A page with a field `pin`. What is typed at the reader no program sees (CKF_PROTECTED_AUTHENTICATION_PATH)."""

    def pin(self) -> Iterator[Widget]:
        """The words above the field, and the field."""
        words = self.label("pin")
        words.id = "pin-words"
        yield words
        yield PinField(id="pin", width=40)

    def ask_at_reader(self, *, at_pad: bool) -> None:
        """Once the card is known: hide the field where the reader asks, show it where it does not."""
        field = self.query_one("#pin", PinField)
        if field.display is not at_pad:
            return
        field.display = not at_pad
        label = self.page.fields["pin"].label
        self.query_one("#pin-words", Prose).put(Paragraph(self.common("pin.at_reader") if at_pad else label, "bold"))
        if at_pad and self.focused in (None, field):
            next(button for button in self.query(Button) if not button.danger).focus()
