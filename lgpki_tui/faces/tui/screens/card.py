"""What cards are there, and what is on them: ours and what is not ours."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from textual.containers import Horizontal
from textual.widget import Widget

from lgpki_tui.card.port import PinState
from lgpki_tui.faces.tui.context import Context
from lgpki_tui.faces.tui.page_screen import PageScreen
from lgpki_tui.faces.tui.telling import card_holds, card_name
from lgpki_tui.faces.tui.views import CardView
from lgpki_tui.faces.tui.widgets.button import Button
from lgpki_tui.faces.tui.widgets.choice import Choice
from lgpki_tui.faces.tui.widgets.choice_list import ChoiceList
from lgpki_tui.faces.tui.widgets.prose import Paragraph, Prose
from lgpki_tui.ground.frozen import dataclass
from lgpki_tui.procedure.transition import is_open


class CardAct(StrEnum):
    """What is to be done with the card."""

    USE = "use"
    FORMAT = "format"
    SET_PIN = "set_pin"
    UNBLOCK = "unblock"


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
    keys = ("help", "again", "environment", "back", "quit")

    def __init__(self, context: Context, *, for_key: bool = True) -> None:
        super().__init__(context)
        self._for_key = for_key
        self._views: tuple[CardView, ...] = ()
        if not for_key:  # no step of the road
            self.section = self.step = ""  # type: ignore[misc]  # of this visit

    def body(self) -> Iterable[Widget]:
        """The cards, what the highlighted one holds, what can be done with it."""
        yield Prose(self.word("lead" if self._for_key else "lead_home"))
        yield ChoiceList([], id="cards")
        yield Prose(self.word("looking"), id="about", classes="label")
        yield Horizontal(
            Button(self.word("look"), id="look"),
            Button(self.word("use"), id="use"),
            Button(self.word("set_pin"), id="set_pin"),
            Button(self.word("unblock"), id="unblock"),
            Button(self.word("format"), id="format", danger=True),
            classes="row",
        )

    def first(self) -> str:
        """The list; with one card, Enter takes it."""
        return "#cards"

    async def begin(self) -> None:
        """Look. Nothing is typed and nothing is changed."""
        if not self._views:
            self._offer_acts(None)
        self.put("#about", self.word("looking"))
        listed = self.query_one(ChoiceList)
        before = self._marked()
        self._views = await self.context.clerk.cards()
        rows = [
            Choice(str(place), card_name(view.card, self.context.lexicon), self._state(view))
            for place, view in enumerate(self._views)
        ]
        same = next((str(place) for place, view in enumerate(self._views) if before and _same(before, view)), None)
        self.offer(rows, keep=same)
        # Where another card is now, what had the focus was about the one before.
        if rows and (same is None or self.focused is None):
            listed.focus()
        self._tell()
        if not rows:  # looking again is all there is to do
            self.query_one("#look").focus()

    async def cards_changed(self) -> None:
        """What is there now."""
        self.look_anew()

    def on_choice_list_moved(self, event: ChoiceList.Moved) -> None:
        """What the highlighted card holds."""
        self._tell()

    def on_choice_list_chosen(self, event: ChoiceList.Chosen) -> None:
        """Enter: what most people want with such a card. A card in use is never formatted by Enter in the list."""
        view = self._views[int(event.choice.id)]
        if self._for_key and self._is_ready(view):
            self._answer(CardAct.USE, view)
        elif is_blank(view):
            self._answer(CardAct.FORMAT, view)
        elif view.card.pin is PinState.LOCKED:
            self._answer(CardAct.UNBLOCK, view)
        elif self._for_key or view.card.fault:
            self.notice(self.word("fault" if view.card.fault else "not_ready"))
        else:
            self.query_one("#set_pin" if self._has_pin(view) else "#cards").focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Do it with the highlighted card."""
        view = self._marked()
        if event.button.id == "look":
            self.call_later(self.action_again)
        elif view is not None:
            self._answer(CardAct(event.button.id or ""), view)

    def action_next(self) -> None:
        """F10: what Enter does in the list."""
        choice = self.query_one(ChoiceList).marked
        if choice is not None:
            self.post_message(ChoiceList.Chosen(self.query_one(ChoiceList), choice))

    def _answer(self, act: CardAct, view: CardView) -> None:
        if act is CardAct.FORMAT and not view.card.initialised and len(self._views) > 1:
            self.notice(self.word("one_only"))  # a blank card has no name by which it could be meant
        else:
            self.dismiss(CardAnswer(act, view))

    def _marked(self) -> CardView | None:
        choice = self.query_one(ChoiceList).marked
        return self._views[int(choice.id)] if choice is not None else None

    def _is_ready(self, view: CardView) -> bool:
        return self._has_pin(view) and view.card.pin is not PinState.LOCKED

    def _has_pin(self, view: CardView) -> bool:
        return view.card.initialised and not view.card.fault and view.card.pin is not PinState.NOT_SET

    def _state(self, view: CardView) -> str:
        if view.card.fault or not view.card.initialised:
            return ""
        return f"PIN: {self.context.lexicon.word(f'pin.{view.card.pin.value}')}"

    def _offer_acts(self, view: CardView | None) -> None:
        """Only what can be done with this card; to format is a danger where there is something to lose."""
        locked = view is not None and view.card.pin is PinState.LOCKED
        for act, fits in (
            ("look", view is None and not self._asking),
            (CardAct.USE, view is not None and self._for_key),
            (CardAct.SET_PIN, view is not None and not locked),
            (CardAct.UNBLOCK, locked),
            (CardAct.FORMAT, view is not None),
        ):
            self.query_one(f"#{act}").display = fits
        if view is not None:
            self.query_one("#use").disabled = not self._is_ready(view)
            self.query_one("#set_pin").disabled = not self._is_ready(view)
            self.query_one("#format").disabled = bool(view.card.fault)
            self.query_one("#format", Button).danger = not is_blank(view)

    def _tell(self) -> None:
        view = self._marked()
        self._offer_acts(view)
        if view is None:
            self.query_one("#look").display = True
            mute = self.context.mute
            said, do = (self.word("mute", reader=mute[0]), "mute_do") if mute else (self.word("none"), "none_do")
            self.put("#about", Paragraph(said, "bold"), self.word(do))
        else:
            self.put("#about", *self._about(view))

    def _about(self, view: CardView) -> list[str]:
        card, word = view.card, self.word
        if card.fault:
            return [word("fault"), word("reader", reader=card.reader)]
        if not card.initialised:
            return [word("blank"), word("blank_next" if self._for_key else "blank_home")]
        lines = [word("holds"), *(f"  {line}" for line in card_holds(view, self.context.lexicon))]
        lines.append(word("reader", reader=card.reader))
        opened = [each.number for each in view.enrolments if is_open(each)]
        if card.pin is PinState.LOCKED:
            lines.append(word("locked"))
        elif card.pin is PinState.NOT_SET:
            lines.append(word("half"))
        elif opened and self._for_key:
            lines.append(word("open", enrolments=opened))
        elif self._for_key:
            lines.append(word("ready"))
        return lines


def is_blank(view: CardView) -> bool:
    """Nothing can be lost: never formatted, or its formatting broke off before the PIN was set."""
    card = view.card
    if card.fault:
        return False
    unused = card.pin is PinState.NOT_SET and not (card.keys or card.certificates or view.enrolments)
    return not card.initialised or unused


def _same(one: CardView, other: CardView) -> bool:
    return (one.card.token, one.card.reader) == (other.card.token, other.card.reader)
