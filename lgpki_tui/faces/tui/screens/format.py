"""Format a card: its label, the SO PIN and the PIN. A PIN that is set now is typed twice. What would die has been said
before."""

from __future__ import annotations

from collections.abc import Iterable

from textual.containers import Horizontal
from textual.widget import Widget

from lgpki_tui.card.models import CardModel, PinLayout, PinRule
from lgpki_tui.faces.saying import because
from lgpki_tui.faces.tui.context import Context
from lgpki_tui.faces.tui.page_screen import PageScreen
from lgpki_tui.faces.tui.pins import PinPair
from lgpki_tui.faces.tui.views import CardView
from lgpki_tui.faces.tui.widgets.button import Button
from lgpki_tui.faces.tui.widgets.pin_field import PinField
from lgpki_tui.faces.tui.widgets.prose import Prose
from lgpki_tui.faces.tui.widgets.text_field import TextField
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.ground.frozen import dataclass
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
    """3 of the source document: the card gets its PIN. Nothing is changed before [format] is pressed.

    A card that was formatted before has an SO PIN already, which the card compares: it is asked for once.
    """

    name_of_page = "format"
    section = "key"
    step = "2/4"
    keys = ("help", "format", "back", "quit")

    def __init__(
        self, context: Context, view: CardView, model: CardModel, label: str = "", *, for_key: bool = True
    ) -> None:
        """`for_key`: as a step of the road."""
        super().__init__(context)
        self._view = view
        self._model = model
        self._label = label or (view.card.token.label if view.card.initialised else "")
        self._so_pins: tuple[str, ...] = ("so_pin_now",) if view.card.initialised else ("so_pin", "so_pin_again")
        if model.pins is PinLayout.ONE:
            self._so_pins = ()
        if not for_key:
            self.section = self.step = ""  # type: ignore[misc]  # of this visit

    def body(self) -> Iterable[Widget]:
        """The fields and the button."""
        yield Prose(self.word("lead"))
        yield self._words("label")
        yield TextField(self._label, id="label", ascii_only=True, max_length=_LABEL_MOST)
        for field in (*self._so_pins, "pin", "pin_again"):
            yield self._words(field)
            yield PinField(id=field, width=40)
        yield Horizontal(Button(self.word("format"), id="format"), classes="row")

    def first(self) -> str:
        """What it shall be called."""
        return "#label"

    def on_pin_field_submitted(self, event: PinField.Submitted) -> None:
        """Enter: on to the next; what is wrong with a PIN is told at once, not when all is typed."""
        field = event.field.id or ""
        if not self._refused(field):
            self.focus_next()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """All must be there; then it is the card's turn."""
        label = self.query_one("#label", TextField)
        if not label.value.strip():
            label.focus()
            self.notice(self.word("label_missing"))
        elif not any(self._refused(field) for field in (*self._so_pins[-1:], "pin_again")):
            self._answer(label.value.strip())

    def _answer(self, label: str) -> None:
        pin = self._pin("pin").take()
        so_pin = self._pin(self._so_pins[0]).take() if self._so_pins else Secret(pin.reveal())
        for field in (*self._so_pins[1:], "pin_again"):
            self._pin(field).wipe()
        try:
            self._model.check_so_pin(so_pin)
            self._model.check_pin(pin)
        except Refusal as refusal:
            so_pin.wipe()
            pin.wipe()
            so_first = self._so_pins and refusal.facts["which"] == "so_pin"
            self._pin(self._so_pins[0] if so_first else "pin").focus()
            self.notice("".join(because(refusal, self.context.lexicon)))
        else:
            self.dismiss(FormatAnswer(label, so_pin, pin))

    def _refused(self, field: str) -> bool:
        """Whether this field cannot stay as it is; then it has been told, and is typed anew."""
        rule, typed = self._rule(field), self._pin(field)
        if field.endswith("_again"):
            pair = PinPair(self._pin(field.removesuffix("_again")), typed)
            if pair.agree:
                return self._refused(field.removesuffix("_again"))
            missing = pair.is_empty
            pair.clear()
            self.notice(self.word("pin_missing" if missing else "pin_differs"))
            return True
        if rule.shortest <= typed.count <= rule.longest:
            return False
        typed.wipe()
        typed.focus()
        self.notice(self._said(rule))
        return True

    def _hint(self) -> str:
        """The help of the field; of a PIN, how long it is on this card."""
        field = self.focused.id if self.focused is not None else None
        said = f"{self._said(self._rule(field))} " if field in (*self._so_pins, "pin", "pin_again") else ""
        return said + super()._hint()

    def _said(self, rule: PinRule) -> str:
        return self.word(f"rule_{rule.characters}", least=rule.shortest, most=rule.longest)

    def _rule(self, field: str | None) -> PinRule:
        return self._model.pin if (field or "").startswith("pin") else self._model.so_pin

    def _pin(self, field: str) -> PinField:
        return self.query_one(f"#{field}", PinField)

    def _words(self, field: str) -> Prose:
        """The words above a field, after a blank row where another thing begins."""
        words = self.label(field)
        words.set_class(not field.endswith("_again"), "group")
        return words
