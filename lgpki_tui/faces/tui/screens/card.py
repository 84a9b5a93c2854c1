"""What cards are there, and what is on them: ours and what is not ours."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from textual.containers import Horizontal
from textual.widget import Widget

from lgpki_tui.card.port import PinState
from lgpki_tui.faces.tui.clerk import CardView
from lgpki_tui.faces.tui.context import Context
from lgpki_tui.faces.tui.page_screen import PageScreen
from lgpki_tui.faces.tui.telling import card_holds, card_name
from lgpki_tui.faces.tui.widgets.button import Button
from lgpki_tui.faces.tui.widgets.choice import Choice
from lgpki_tui.faces.tui.widgets.choice_list import ChoiceList
from lgpki_tui.faces.tui.widgets.prose import Paragraph, Prose
from lgpki_tui.procedure.transition import is_open


class CardAct(StrEnum):
    """What is to be done with the card."""

    USE = "use"
    FORMAT = "format"
    SET_PIN = "set_pin"


@dataclass(frozen=True, slots=True)
class CardAnswer:
    """A card and what is to be done with it."""

    act: CardAct
    view: CardView


class CardScreen(PageScreen[CardAnswer]):
    """`for_key`: a card is chosen to make a key pair on. Without it, cards are looked at, formatted, given a PIN."""

    name_of_page = "card"
    section = "key"
    step = "2/4"
    keys = ("help", "again", "back", "quit")

    def __init__(self, context: Context, *, for_key: bool = True) -> None:
        super().__init__(context)
        self._for_key = for_key
        self._views: tuple[CardView, ...] = ()

    def body(self) -> Iterable[Widget]:
        """The cards, what the highlighted one holds, what can be done with it."""
        yield Prose(self.word("lead" if self._for_key else "lead_home"))
        yield ChoiceList([], id="cards", rows=5)
        yield Prose(self.word("looking"), id="about", classes="label")
        yield Horizontal(
            Button(self.word("use"), id="use"),
            Button(self.word("format"), id="format"),
            Button(self.word("set_pin"), id="set_pin"),
            classes="row",
        )

    def first(self) -> str:
        """The list; with one card, Enter takes it."""
        return "#cards"

    async def begin(self) -> None:
        """Look. Nothing is typed and nothing is changed."""
        self.query_one("#use").display = self._for_key
        self.put("#about", self.word("looking"))
        self._views = await self.context.clerk.cards()
        lexicon = self.context.lexicon
        rows = [
            Choice(str(place), card_name(view.card, lexicon), self._state(view))
            for place, view in enumerate(self._views)
        ]
        self.offer(rows)
        self._tell(0)

    def on_choice_list_moved(self, event: ChoiceList.Moved) -> None:
        """What the highlighted card holds."""
        self._tell(int(event.choice.id))

    def on_choice_list_chosen(self, event: ChoiceList.Chosen) -> None:
        """Enter: what most people want with such a card."""
        view = self._views[int(event.choice.id)]
        if self._for_key and self._is_ready(view):
            self._answer(CardAct.USE, view)
        elif not view.card.initialised or view.card.pin is PinState.NOT_SET:
            self._answer(CardAct.FORMAT, view)
        else:
            self.query_one("#use" if self._for_key else "#format", Button).focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Do it with the highlighted card."""
        choice = self.query_one(ChoiceList).marked
        if choice is not None:
            self._answer(CardAct(event.button.id or ""), self._views[int(choice.id)])

    def _answer(self, act: CardAct, view: CardView) -> None:
        if view.card.fault:
            self.notice(self.word("fault"))
        elif act is CardAct.USE and not self._is_ready(view):
            self.notice(self.word("not_ready"))
        elif act is CardAct.SET_PIN and (not view.card.initialised or view.card.pin is PinState.NOT_SET):
            self.notice(self.word("no_pin_yet"))
        elif act is CardAct.FORMAT and not view.card.initialised and len(self._views) > 1:
            self.notice(self.word("one_only"))  # a blank card has no name by which it could be meant
        else:
            self.dismiss(CardAnswer(act, view))

    def _is_ready(self, view: CardView) -> bool:
        card = view.card
        return card.initialised and not card.fault and card.pin not in (PinState.NOT_SET, PinState.LOCKED)

    def _state(self, view: CardView) -> str:
        if view.card.fault or not view.card.initialised:
            return ""
        return f"PIN: {self.context.lexicon.word(f'pin.{view.card.pin.value}')}"

    def _tell(self, place: int) -> None:
        if not self._views:
            self.put("#about", Paragraph(self.word("none"), "bold"), self.word("none_do"))
            return
        view = self._views[place]
        card, word = view.card, self.word
        if card.fault:
            self.put("#about", word("fault"))
        elif not card.initialised:
            self.put("#about", word("blank"), word("blank_next" if self._for_key else "blank_home"))
        else:
            lines = [word("holds", what=card_holds(view, self.context.lexicon)), word("reader", reader=card.reader)]
            opened = [each.number for each in view.enrolments if is_open(each)]
            if opened and self._for_key:
                lines.append(word("open", enrolments=opened))
            elif self._for_key and self._is_ready(view):
                lines.append(word("ready"))
            self.put("#about", *lines)
