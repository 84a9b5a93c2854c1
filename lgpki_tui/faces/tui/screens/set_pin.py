"""Change the PIN of a card."""

from __future__ import annotations

from collections.abc import Iterable

from textual.containers import Horizontal
from textual.widget import Widget

from lgpki_tui.card.models import CardModel
from lgpki_tui.faces.saying import because
from lgpki_tui.faces.tui.context import Context
from lgpki_tui.faces.tui.page_screen import PageScreen
from lgpki_tui.faces.tui.pins import PinPair
from lgpki_tui.faces.tui.telling import card_name
from lgpki_tui.faces.tui.views import CardView
from lgpki_tui.faces.tui.widgets.button import Button
from lgpki_tui.faces.tui.widgets.pin_field import PinField
from lgpki_tui.faces.tui.widgets.prose import Prose
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.ground.frozen import dataclass
from lgpki_tui.ground.secret import Secret


@dataclass(frozen=True, slots=True)
class SetPinAnswer:
    """The present PIN and the new one; who acts wipes them."""

    old: Secret
    new: Secret


class SetPinScreen(PageScreen[SetPinAnswer]):
    """Nothing is changed before [change] is pressed."""

    name_of_page = "set_pin"
    keys = ("help", "change", "back", "quit")

    def __init__(self, context: Context, view: CardView, model: CardModel) -> None:
        super().__init__(context)
        self._view = view
        self.model = model

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
        """Enter: on to the next; what is wrong with the new one is told at once."""
        if event.field.id == "old" or not self._refused(event.field.id or ""):
            self.focus_next()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """All three must be there, the new one twice; a rule of the card is told before the card is asked."""
        old, new, again = (self._pin(field) for field in ("old", "new", "new_again"))
        if old.is_empty:
            old.focus()
            self.notice(self.word("old_missing"))
        elif not self._refused("new_again"):
            answer = SetPinAnswer(old.take(), PinPair(new, again).take())
            reason = self._against(answer)
            if reason is None:
                self.dismiss(answer)
                return
            answer.old.wipe()
            answer.new.wipe()
            old.focus()
            self.notice(reason)

    def _against(self, answer: SetPinAnswer) -> str | None:
        try:
            self.check(answer)
        except Refusal as refusal:
            return "".join(because(refusal, self.context.lexicon))
        return None

    def check(self, answer: SetPinAnswer) -> None:
        """Raise Refusal(pin_format) for what no card of this model has."""
        self.model.check_pin(answer.old)
        self.model.check_pin(answer.new)

    def _refused(self, field: str) -> bool:
        """Whether the new PIN cannot stay as it is; then it has been told, and is typed anew."""
        pair = PinPair(self._pin("new"), self._pin("new_again"))
        rule = self.model.pin
        if not rule.shortest <= pair.first.count <= rule.longest:
            pair.clear()
            self.notice(self._rule())
        elif field == "new_again" and not pair.agree:
            missing = pair.is_empty
            pair.clear()
            self.notice(self.word("pin_missing" if missing else "pin_differs"))
        else:
            return False
        return True

    def _hint(self) -> str:
        """The help of the field; of the new PIN, how long it is on this card."""
        field = self.focused.id if self.focused is not None else None
        return (f"{self._rule()} " if field in ("new", "new_again") else "") + super()._hint()

    def _rule(self) -> str:
        rule = self.model.pin
        return self.word(f"rule_{rule.characters}", least=rule.shortest, most=rule.longest)

    def _pin(self, field: str) -> PinField:
        return self.query_one(f"#{field}", PinField)
