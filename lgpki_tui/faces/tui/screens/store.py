"""⑩ The certificate goes to its key: which card is needed, which is there, and the PIN."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from textual.containers import Horizontal
from textual.widget import Widget

from lgpki_tui.faces.tui.context import Context
from lgpki_tui.faces.tui.page_screen import PageScreen
from lgpki_tui.faces.tui.telling import card_name
from lgpki_tui.faces.tui.views import CardView
from lgpki_tui.faces.tui.widgets.button import Button
from lgpki_tui.faces.tui.widgets.pin_field import PinField
from lgpki_tui.faces.tui.widgets.prose import Paragraph, Prose
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.ground.frozen import dataclass
from lgpki_tui.ground.secret import Secret
from lgpki_tui.procedure.enrolment import Enrolment


@dataclass(frozen=True, slots=True)
class StoreAnswer:
    """The PIN; who acts wipes it."""

    pin: Secret


class StoreScreen(PageScreen[StoreAnswer]):
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
        token = self._enrolment.token
        yield Prose(Paragraph(f"{self._enrolment.number}  {self._enrolment.name}", "bold"))
        yield Prose(Paragraph(self.word("file", file=str(self._file)), indent=2), classes="label")
        label, serial = (token.label, token.serial) if token else ("", "")
        yield Prose(self.word("needed", label=label, serial=serial))
        yield Prose(self.word("looking"), id="card")
        yield Prose(self.word("what"), classes="label")
        yield self.label("pin")
        yield PinField(id="pin", width=40)
        yield Horizontal(Button(self.word("store"), id="store"), classes="row")

    def first(self) -> str:
        """The PIN."""
        return "#pin"

    async def begin(self) -> None:
        """Which cards are there: the public key tells whether the right one is."""
        self.put("#card", self.word("looking"))
        try:
            views = await self.context.clerk.cards()
        except Refusal as refusal:  # no reader, say: what is to be done is done here, and F5 looks again
            message = self.context.lexicon.message(refusal)
            self.put("#card", Paragraph(self.word("failed", happened=message.happened), "bold"), message.here)
            return
        right = [view for view in views if self._is_on(view)]
        if right:
            self.put(
                "#card", Paragraph(self.word("there", card=card_name(right[0].card, self.context.lexicon)), "bold")
            )
        elif views:
            names = [card_name(view.card, self.context.lexicon) for view in views]
            self.put("#card", Paragraph(self.word("other", cards=names), "bold"))
        else:
            self.put("#card", Paragraph(self.word("none"), "bold"))

    def on_pin_field_submitted(self, event: PinField.Submitted) -> None:
        """Enter: store it."""
        self._done()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Store it."""
        self._done()

    def _is_on(self, view: CardView) -> bool:
        return any(each.number == self._enrolment.number for each in view.enrolments)

    def _done(self) -> None:
        pin = self.query_one("#pin", PinField)
        if pin.is_empty:
            pin.focus()
            self.notice(self.word("pin_missing"))
        else:
            self.dismiss(StoreAnswer(pin.take()))
