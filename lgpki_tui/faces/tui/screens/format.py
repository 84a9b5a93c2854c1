"""Format a card: its label, the SO PIN and the PIN, each PIN typed twice. What would die has been said before."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from textual.containers import Horizontal
from textual.widget import Widget

from lgpki_tui.faces.tui.clerk import CardView
from lgpki_tui.faces.tui.context import Context
from lgpki_tui.faces.tui.page_screen import PageScreen
from lgpki_tui.faces.tui.pins import PinPair
from lgpki_tui.faces.tui.widgets.button import Button
from lgpki_tui.faces.tui.widgets.pin_field import PinField
from lgpki_tui.faces.tui.widgets.prose import Prose
from lgpki_tui.faces.tui.widgets.text_field import TextField
from lgpki_tui.ground.secret import Secret

# A PKCS#11 token label has 32 bytes (PKCS#11 v2.40, 4.4.1).
_LABEL_MOST = 32


@dataclass(frozen=True, slots=True)
class FormatAnswer:
    """The new label and PINs; who acts wipes them."""

    label: str
    so_pin: Secret
    pin: Secret


class FormatScreen(PageScreen[FormatAnswer]):
    """3 of the source document: the card gets its PIN. Nothing is changed before [format] is pressed."""

    name_of_page = "format"
    section = "key"
    step = "2/4"

    def __init__(self, context: Context, view: CardView, label: str = "") -> None:
        super().__init__(context)
        self._view = view
        self._label = label or (view.card.token.label if view.card.initialised else "")

    def body(self) -> Iterable[Widget]:
        """Five fields and the button."""
        yield Prose(self.word("lead"))
        yield self.label("label")
        yield TextField(self._label, id="label", ascii_only=True, max_length=_LABEL_MOST)
        for field in ("so_pin", "so_pin_again", "pin", "pin_again"):
            yield self.label(field)
            yield PinField(id=field, width=40)
        yield Horizontal(Button(self.word("format"), id="format"), classes="row")

    def first(self) -> str:
        """What it shall be called."""
        return "#label"

    def on_pin_field_submitted(self, event: PinField.Submitted) -> None:
        """Enter: on to the next; a second typing that differs is told at once."""
        if event.field.id in ("so_pin_again", "pin_again") and not self._pair(event.field.id).agree:
            self._refuse(event.field.id)
        else:
            self.focus_next()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """All five must be there; then it is the card's turn."""
        label = self.query_one("#label", TextField)
        if not label.value.strip():
            label.focus()
            self.notice(self.word("label_missing"))
            return
        for again in ("so_pin_again", "pin_again"):
            if not self._pair(again).agree:
                self._refuse(again)
                return
        self.dismiss(FormatAnswer(label.value, self._pair("so_pin_again").take(), self._pair("pin_again").take()))

    def _pair(self, again: str) -> PinPair:
        first = again.removesuffix("_again")
        return PinPair(self.query_one(f"#{first}", PinField), self.query_one(f"#{again}", PinField))

    def _refuse(self, again: str) -> None:
        pair = self._pair(again)
        missing = pair.is_empty
        pair.clear()
        self.notice(self.word("pin_missing" if missing else "pin_differs"))
