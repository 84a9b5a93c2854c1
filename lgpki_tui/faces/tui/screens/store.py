"""⑩ The certificate goes to its key: which card is needed, which is there, and the PIN."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from textual.containers import Horizontal
from textual.widget import Widget

from lgpki_tui.faces.tui.asks_pin import AsksPin
from lgpki_tui.faces.tui.context import Context
from lgpki_tui.faces.tui.wanted import needed, whether_there
from lgpki_tui.faces.tui.widgets.button import Button
from lgpki_tui.faces.tui.widgets.pin_field import PinField
from lgpki_tui.faces.tui.widgets.prose import Paragraph, Prose
from lgpki_tui.ground.frozen import dataclass
from lgpki_tui.ground.secret import Secret
from lgpki_tui.procedure.enrolment import Enrolment


@dataclass(frozen=True, slots=True)
class StoreAnswer:
    """The PIN; who acts wipes it."""

    pin: Secret


class StoreScreen(AsksPin[StoreAnswer]):
    """Same PC, same login, same card: what of it can be seen without a PIN is seen here."""

    name_of_page = "store"
    section = "store"
    keys = ("help", "again", "back", "quit")

    def __init__(self, context: Context, enrolment: Enrolment, file: Path) -> None:
        super().__init__(context)
        self._enrolment = enrolment
        self._file = file

    def body(self) -> Iterable[Widget]:
        """What goes where, and the PIN."""
        yield Prose(Paragraph(f"{self._enrolment.number}  {self._enrolment.name}", "bold"))
        yield Prose(Paragraph(self.word("file", file=str(self._file)), indent=2), classes="label")
        yield Prose(needed(self.context, self._enrolment))
        yield Prose(self.common("card.looking"), id="card")
        yield Prose(self.word("what"), classes="label")
        yield from self.pin()
        yield Horizontal(Button(self.word("store"), id="store"), classes="row")

    def first(self) -> str:
        """The PIN."""
        return "#pin"

    async def begin(self) -> None:
        """Which cards are there: the public key tells whether the right one is."""
        self.put("#card", self.common("card.looking"))
        wanted = await whether_there(self.context, self._enrolment)
        self.put("#card", *wanted.said)
        self.ask_at_reader(at_pad=wanted.card is not None and wanted.card.pin_pad)

    async def cards_changed(self) -> None:
        """It may be there now, or gone."""
        self.look_anew()

    def on_pin_field_submitted(self, event: PinField.Submitted) -> None:
        """Enter: store it."""
        self._done()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Store it."""
        self._done()

    def _done(self) -> None:
        pin = self.query_one("#pin", PinField)
        if pin.is_empty and pin.display:
            pin.focus()
            self.notice(self.word("pin_missing"))
        else:
            self.dismiss(StoreAnswer(pin.take()))
