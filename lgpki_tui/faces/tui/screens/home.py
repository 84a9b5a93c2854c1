"""The first page: the procedure as a map, every enrolment with what it waits for, what needs attention first."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import ClassVar

from rich.cells import cell_len
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widget import Widget

from lgpki_tui.faces.tui.context import Context
from lgpki_tui.faces.tui.page_screen import PageScreen
from lgpki_tui.faces.tui.telling import dates, is_wiped, place_on_map, standing, urgency, who_acts
from lgpki_tui.faces.tui.views import Book
from lgpki_tui.faces.tui.widgets.button import Button
from lgpki_tui.faces.tui.widgets.choice import Choice
from lgpki_tui.faces.tui.widgets.choice_list import ChoiceList
from lgpki_tui.faces.tui.widgets.prose import Paragraph, Prose
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.ground.frozen import dataclass
from lgpki_tui.ledger.unfinished import Unfinished
from lgpki_tui.procedure.enrolment import Enrolment, State
from lgpki_tui.procedure.standing import attention

STATIONS = ("prepare", "key", "form", "branch", "receive", "store")
_NEW = "new"
_UNFINISHED = "unfinished"
_FORMAT = "format"
_ENDS = (State.DRAFT, State.KEY_MADE, State.AWAITING_CERTIFICATE)


class Act(StrEnum):
    """What a person can want here."""

    NEW = "new"
    CONTINUE = "continue"
    END = "end"
    CARD = "card"
    ENVIRONMENT = "environment"
    SETTINGS = "settings"
    RECEIPT = "receipt"
    DESK = "desk"


@dataclass(frozen=True, slots=True)
class HomeAnswer:
    """What the person wants, of which enrolment; no number: of the answers not begun yet."""

    act: Act
    number: str = ""


class HomeScreen(PageScreen[HomeAnswer]):
    """Where everything starts and ends. Esc does nothing here: there is nothing to go back to."""

    name_of_page = "home"
    keys = ("help", "again", "end", "quit")
    BINDINGS: ClassVar[list[BindingType]] = [Binding("f8", "end", show=False)]

    def __init__(self, context: Context, book: Book, at: str = "") -> None:
        """`at`: the enrolment that the person comes back from."""
        super().__init__(context)
        self._book = book
        self._at = at

    def body(self) -> Iterable[Widget]:
        """Map, list, what is next, buttons."""
        yield Prose(Paragraph(self.word("map"), "bold"), id="map-title")
        yield Prose(id="map")
        yield Prose(Paragraph(self.word("yours"), "bold"), classes="label")
        yield ChoiceList(self._choices(), id="enrolments", marked=self._at)
        yield Prose(id="about", classes="label")
        yield Horizontal(
            *(Button(self.word(each), id=each) for each in (Act.CARD, Act.ENVIRONMENT, Act.SETTINGS, Act.RECEIPT)),
            classes="row",
        )
        yield Horizontal(Button(self.word("desk"), id=Act.DESK), classes="row second")

    def first(self) -> str:
        """The list: Enter goes on with what is most urgent, or begins."""
        return "#enrolments"

    async def begin(self) -> None:
        """The record is there already."""

    def _put_frame(self) -> None:
        super()._put_frame()
        if not self.has_class("small"):
            self._tell(self._chosen())  # the map goes by the width

    async def action_again(self) -> None:
        """F5: read the record again; a record that cannot be read is told, and what was shown stays."""
        self.work(self._read_again)

    async def _read_again(self) -> None:
        try:
            self._book = await self.context.clerk.book()
        except Refusal as refusal:
            await self._wizard.tell(refusal)
            return
        self.query_one(ChoiceList).set_choices(self._choices(), keep=self._chosen())
        self._tell(self._chosen())

    def action_back(self) -> None:
        """Esc: this is where it leads."""

    def action_next(self) -> None:
        """F10: what Enter does in the list."""
        self._follow(self._chosen())

    def action_end(self) -> None:
        """F8: give up or correct the enrolment that is highlighted. One that has run out can be closed so."""
        enrolment = self._enrolment(self._chosen())
        if enrolment is not None and (enrolment.state in _ENDS or attention(enrolment, self._book.now) == "expired"):
            self.dismiss(HomeAnswer(Act.END, enrolment.number))
        else:
            self.notice(self.word("nothing_to_end"))

    def on_choice_list_chosen(self, event: ChoiceList.Chosen) -> None:
        """Enter: go on with it."""
        self._follow(event.choice.id)

    def on_choice_list_moved(self, event: ChoiceList.Moved) -> None:
        """The map and what is next are those of the highlighted enrolment."""
        self._tell(event.choice.id)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """One of the other places."""
        self.dismiss(HomeAnswer(Act(event.button.id or "")))

    def _follow(self, chosen: str) -> None:
        if chosen in (_NEW, _FORMAT):
            self.dismiss(HomeAnswer(Act.NEW if chosen == _NEW else Act.CARD))
        else:
            self.dismiss(HomeAnswer(Act.CONTINUE, "" if chosen == _UNFINISHED else chosen))

    def _chosen(self) -> str:
        choice = self.query_one(ChoiceList).marked
        return choice.id if choice is not None else ""

    def _enrolment(self, number: str) -> Enrolment | None:
        return next((each for each in self._book.enrolments if each.number == number), None)

    def _choices(self) -> list[Choice]:
        """What stopped in the middle first, then by urgency; to begin is the last, which End reaches."""
        book = self._book
        rows = [Choice(_FORMAT, self.word("format"))] if book.format_open else []
        if not book.unfinished.is_empty:
            answers = book.unfinished
            rows.append(Choice(_UNFINISHED, self.word("unfinished"), self._named(answers.certificate_kind, answers)))
        for each in sorted(book.enrolments, key=lambda one: urgency(one, book.now)):
            mark = "!" if attention(each, book.now) is not None else " "
            text = f"{each.number} {mark} {self._standing(each)}"
            rows.append(Choice(each.number, text, self._named(each.certificate_kind, each)))
        rows.append(Choice(_NEW, self.word("new")))
        return rows

    def _standing(self, enrolment: Enrolment) -> str:
        what, lexicon = standing(enrolment, self._book.now, self.context.lexicon), self.context.lexicon
        who = who_acts(enrolment, self._book.now)
        return lexicon.word(f"who.{who}", what=what) if who else what

    def _named(self, kind: str, said: Enrolment | Unfinished, *, organization: str = "") -> str:
        """The kind and what the certificate says, as far as it is known."""
        word = self.context.lexicon.word(f"kind.{kind}") if kind else ""
        return "  ".join(part for part in (word, organization, said.name, said.purpose) if part)

    def _tell(self, chosen: str) -> None:
        enrolment = self._enrolment(chosen)
        if enrolment is None:
            self._draw_map("prepare", "")
            new = "about_instead" if not self._book.unfinished.is_empty else "about_new"
            self.put("#about", self.word({_UNFINISHED: "about_unfinished", _FORMAT: "about_format"}.get(chosen, new)))
            return
        station = place_on_map(enrolment, self._book.now)
        self._draw_map("store" if enrolment.state is State.STORED else station, self._standing(enrolment))
        entry = self._named(enrolment.certificate_kind, enrolment, organization=enrolment.organization)
        facts = {**dates(enrolment), "reason": enrolment.reason}
        self.put("#about", Paragraph(entry, "bold"), self.word(self._next(enrolment, station), **facts))

    def _next(self, enrolment: Enrolment, station: str) -> str:
        """The key of the words that say what is next."""
        if station != "done":
            return f"next_{station}"
        if enrolment.state is State.ABANDONED and is_wiped(enrolment):
            return "ended_destroyed"
        return f"ended_{attention(enrolment, self._book.now) or enrolment.state.value}"

    def _draw_map(self, station: str, what: str) -> None:
        """図-1 on one line, and below it where one is. Where the line is short, without brackets and spaces."""
        columns = self.size.width or self.app.size.width
        names = {key: self.word(f"station_{key}") for key in STATIONS}
        shown, gap = [f"({name})" if key == "branch" else f"[{name}]" for key, name in names.items()], " > "
        if cell_len("  " + gap.join(shown)) > columns:
            shown, gap = [f"({name})" if key == "branch" else name for key, name in names.items()], ">"
        line = "  " + gap.join(shown)
        if station not in STATIONS:
            self.put("#map", line, " ")
            return
        before = "  " + "".join(name + gap for name in shown[: STATIONS.index(station)])
        longer = [self.word("here_stands", what=what)] if what else []
        self.put("#map", line, _pointing(cell_len(before), longer, self.word("here"), columns))


def _pointing(column: int, longer: list[str], here: str, columns: int) -> str:
    """`^` in this column, and the longest of the texts that fits to the right of it, or to the left."""
    for text in (*longer, here):
        if column + len("^ ") + cell_len(text) <= columns:
            return " " * column + f"^ {text}"
        if cell_len(text) < column:
            return " " * (column - cell_len(text) - 1) + f"{text} ^"
    return " " * column + "^"
