"""The first page: the procedure as a map, every enrolment with what it waits for, what needs attention first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from rich.cells import cell_len
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widget import Widget

from lgpki_tui.faces.tui.clerk import Book
from lgpki_tui.faces.tui.context import Context
from lgpki_tui.faces.tui.page_screen import PageScreen
from lgpki_tui.faces.tui.telling import dates, place_on_map, standing, urgency
from lgpki_tui.faces.tui.widgets.button import Button
from lgpki_tui.faces.tui.widgets.choice import Choice
from lgpki_tui.faces.tui.widgets.choice_list import ChoiceList
from lgpki_tui.faces.tui.widgets.prose import Paragraph, Prose
from lgpki_tui.faces.tui.wrap import pad
from lgpki_tui.procedure.enrolment import Enrolment, State

STATIONS = ("prepare", "key", "form", "branch", "receive", "store")
_NEW = "new"
_UNFINISHED = "unfinished"
_KIND_CELLS = 24


class Act(StrEnum):
    """What a person can want here."""

    NEW = "new"
    CONTINUE = "continue"
    END = "end"
    CARD = "card"
    ENVIRONMENT = "environment"
    SETTINGS = "settings"


@dataclass(frozen=True, slots=True)
class HomeAnswer:
    """What the person wants, of which enrolment; no number: of the answers not begun yet."""

    act: Act
    number: str = ""


class HomeScreen(PageScreen[HomeAnswer]):
    """Where everything starts and ends. Esc does nothing here: there is nothing to go back to."""

    name_of_page = "home"
    keys = ("help", "again", "end", "environment", "quit")
    BINDINGS: ClassVar[list[BindingType]] = [Binding("f8", "end", show=False)]

    def __init__(self, context: Context, book: Book, at: str = "") -> None:
        super().__init__(context)
        self._book = book
        self._at = at

    def body(self) -> Iterable[Widget]:
        """Map, list, what is next, buttons."""
        yield Prose(Paragraph(self.word("map"), "bold"), id="map-title")
        yield Prose(id="map")
        yield Prose(Paragraph(self.word("yours"), "bold"), classes="label")
        yield ChoiceList(self._choices(), id="enrolments", rows=6)
        yield Prose(id="about", classes="label")
        yield Horizontal(
            Button(self.word("card"), id="card"),
            Button(self.word("environment"), id="environment"),
            Button(self.word("settings"), id="settings"),
            classes="row",
        )

    def first(self) -> str:
        """The list: Enter goes on with what is most urgent, or begins."""
        return "#enrolments"

    async def begin(self) -> None:
        """Show the record as it is."""
        self._show(self._book)

    async def action_again(self) -> None:
        """F5: read the record again."""
        self._book = await self.context.clerk.book()
        self.query_one(ChoiceList).set_choices(self._choices(), keep=self._chosen())
        self._show(self._book)

    def action_back(self) -> None:
        """Esc: this is where it leads."""

    def action_end(self) -> None:
        """F8: give up or correct the enrolment that is highlighted."""
        enrolment = self._enrolment(self._chosen())
        if enrolment is not None and enrolment.state in (State.DRAFT, State.KEY_MADE, State.AWAITING_CERTIFICATE):
            self.dismiss(HomeAnswer(Act.END, enrolment.number))
        else:
            self.notice(self.word("nothing_to_end"))

    def on_choice_list_chosen(self, event: ChoiceList.Chosen) -> None:
        """Enter: go on with it."""
        if event.choice.id == _NEW:
            self.dismiss(HomeAnswer(Act.NEW))
        else:
            self.dismiss(HomeAnswer(Act.CONTINUE, "" if event.choice.id == _UNFINISHED else event.choice.id))

    def on_choice_list_moved(self, event: ChoiceList.Moved) -> None:
        """The map and what is next are those of the highlighted enrolment."""
        self._tell(event.choice.id)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """One of the other places."""
        self.dismiss(HomeAnswer(Act(event.button.id or "")))

    def _show(self, book: Book) -> None:
        self._tell(self._chosen())
        if book.format_open:
            self.notice(self.word("format_open"))

    def _chosen(self) -> str:
        choice = self.query_one(ChoiceList).marked
        return choice.id if choice is not None else ""

    def _enrolment(self, number: str) -> Enrolment | None:
        return next((each for each in self._book.enrolments if each.number == number), None)

    def _choices(self) -> list[Choice]:
        book, lexicon = self._book, self.context.lexicon
        rows = []
        if not book.unfinished.is_empty:
            answers = book.unfinished
            kind = lexicon.word(f"kind.{answers.certificate_kind}") if answers.certificate_kind else ""
            text = "  ".join(part for part in (self.word("unfinished"), kind, answers.name) if part)
            rows.append(Choice(_UNFINISHED, text, self.word("unfinished_next")))
        for each in sorted(book.enrolments, key=lambda one: urgency(one, book.now)):
            kind = pad(lexicon.word(f"kind.{each.certificate_kind}"), _KIND_CELLS)
            rows.append(Choice(each.number, f"{each.number}  {kind} {each.name}", standing(each, book.now, lexicon)))
        rows.append(Choice(_NEW, self.word("new")))
        return rows

    def _tell(self, chosen: str) -> None:
        enrolment, lexicon = self._enrolment(chosen), self.context.lexicon
        if enrolment is None:
            self._draw_map("prepare", "")
            self.put("#about", self.word("about_unfinished" if chosen == _UNFINISHED else "about_new"))
            return
        now = self._book.now
        station = place_on_map(enrolment, now)
        self._draw_map(station, standing(enrolment, now, lexicon))
        entry = f"{enrolment.organization}  {enrolment.name}"
        key = f"next_{station}" if station != "done" else f"ended_{enrolment.state.value}"
        facts = {**dates(enrolment), "reason": enrolment.reason}
        self.put("#about", Paragraph(entry), self.word(key, **facts))

    def _draw_map(self, station: str, what: str) -> None:
        names = [self.word(f"station_{name}") for name in STATIONS]
        line = "  " + " > ".join(names)
        if station not in STATIONS:
            self.put("#map", line, " ")
            return
        before = "  " + "".join(f"{name} > " for name in names[: STATIONS.index(station)])
        here = f"^ {self.word('here')}" + (f"  {what}" if what else "")
        room = max(0, (self.size.width or self.app.size.width) - 2 - cell_len(here))
        self.put("#map", line, " " * min(cell_len(before) + 1, room) + here)
