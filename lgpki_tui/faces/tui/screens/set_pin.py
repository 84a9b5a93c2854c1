"""Change the PIN of a card."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from textual.containers import Horizontal
from textual.widget import Widget

from lgpki_tui.faces.tui.clerk import CardView
from lgpki_tui.faces.tui.context import Context
from lgpki_tui.faces.tui.page_screen import PageScreen
from lgpki_tui.faces.tui.pins import PinPair
from lgpki_tui.faces.tui.telling import card_name
from lgpki_tui.faces.tui.widgets.button import Button
from lgpki_tui.faces.tui.widgets.pin_field import PinField
from lgpki_tui.faces.tui.widgets.prose import Prose
from lgpki_tui.ground.secret import Secret


@dataclass(frozen=True, slots=True)
class SetPinAnswer:
    """The present PIN and the new one; who acts wipes them."""

    old: Secret
    new: Secret


class SetPinScreen(PageScreen[SetPinAnswer]):
    """Nothing is changed before [change] is pressed."""

    name_of_page = "set_pin"
    section = "key"

    def __init__(self, context: Context, view: CardView) -> None:
        super().__init__(context)
        self._view = view

    def body(self) -> Iterable[Widget]:
        """Three fields and the button."""
        yield Prose(card_name(self._view.card, self.context.lexicon), self.word("lead"))
        for field in ("old", "new", "new_again"):
            yield self.label(field)
            yield PinField(id=field, width=40)
        yield Horizontal(Button(self.word("change"), id="change"), classes="row")

    def first(self) -> str:
        """The present one."""
        return "#old"

    def on_pin_field_submitted(self, event: PinField.Submitted) -> None:
        """Enter: on to the next."""
        self.focus_next()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """All three must be there, the new one twice."""
        old = self.query_one("#old", PinField)
        pair = PinPair(self.query_one("#new", PinField), self.query_one("#new_again", PinField))
        if old.is_empty:
            old.focus()
            self.notice(self.word("pin_missing"))
        elif not pair.agree:
            missing = pair.is_empty
            pair.clear()
            self.notice(self.word("pin_missing" if missing else "pin_differs"))
        else:
            self.dismiss(SetPinAnswer(old.take(), pair.take()))
