"""差戻し and 取りやめ: correct what came back with the same key, or give the enrolment up."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from textual.containers import Horizontal, Vertical
from textual.widget import Widget

from lgpki_tui.faces.tui.context import Context
from lgpki_tui.faces.tui.page_screen import PageScreen
from lgpki_tui.faces.tui.widgets.button import Button
from lgpki_tui.faces.tui.widgets.choice import Choice
from lgpki_tui.faces.tui.widgets.choice_list import ChoiceList
from lgpki_tui.faces.tui.widgets.prose import Paragraph, Prose
from lgpki_tui.faces.tui.widgets.text_field import TextField
from lgpki_tui.ground.frozen import dataclass
from lgpki_tui.procedure.enrolment import Enrolment, State
from lgpki_tui.procedure.number import typed_number


class End(StrEnum):
    """What is to be done."""

    CORRECT = "correct"
    REFILE = "refile"
    ABANDON = "abandon"


@dataclass(frozen=True, slots=True)
class EndAnswer:
    """What is to be done; the reason, where it is given up."""

    act: End
    reason: str = ""


class EndScreen(PageScreen[EndAnswer]):
    """Giving up needs the enrolment number and a reason typed; they are asked for only then. Its button never has the
    focus by itself."""

    name_of_page = "end"
    section = "form"

    def __init__(self, context: Context, enrolment: Enrolment) -> None:
        super().__init__(context)
        self._enrolment = enrolment

    def body(self) -> Iterable[Widget]:
        """The ways out; for giving up, what must be typed."""
        one = self._enrolment
        waits = one.state is State.AWAITING_CERTIFICATE and one.open_act is None
        yield Prose(Paragraph(f"{one.number}  {one.organization}  {one.name}", "bold"))
        yield self.label("way")
        ways = [Choice(each.value, self.word(each.value), enabled=waits or each is End.ABANDON) for each in End]
        yield ChoiceList(ways, id="way", rows=len(ways), marked=None if waits else End.ABANDON.value)
        yield Prose(id="about", classes="label")
        with Vertical(id="typed"):
            yield self.label("number")
            yield TextField(id="number", ascii_only=True, max_length=12, width=20)
            yield self.label("reason")
            yield TextField(id="reason", max_length=200)
        yield Horizontal(
            Button(self.word("back"), id="back"), Button(self.word("give_up"), id="give_up", danger=True), classes="row"
        )

    def first(self) -> str:
        """The ways."""
        return "#way"

    async def begin(self) -> None:
        """What the marked way means."""
        choice = self.query_one(ChoiceList).marked
        self._tell(choice.id if choice is not None else "")

    def on_choice_list_moved(self, event: ChoiceList.Moved) -> None:
        """What the marked way means."""
        self._tell(event.choice.id)

    def on_choice_list_refused(self, event: ChoiceList.Refused) -> None:
        """Nothing was handed in yet."""
        self.notice(self.word("not_filed"))

    def on_choice_list_chosen(self, event: ChoiceList.Chosen) -> None:
        """Correct or hand in again at once; giving up is typed."""
        if event.choice.id == End.ABANDON:
            self.query_one("#number").focus()
        else:
            self.dismiss(EndAnswer(End(event.choice.id)))

    def entered(self, field: str, text: str) -> None:
        """Enter: a number that differs is told at once; after the reason comes the button that does nothing."""
        if field == "number" and text and typed_number(text) != self._enrolment.number:
            self.notice(self.word("number_differs"))
            return
        self.focus_next()
        if field == "reason":
            self.notice(self.word("by_button"))

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Back; or, with number and reason typed, give up."""
        if event.button.id == "back":
            self.dismiss(None)
            return
        number, reason = self.query_one("#number", TextField), self.query_one("#reason", TextField)
        if typed_number(number.value) != self._enrolment.number:
            number.focus()
            self.notice(self.word("number_differs"))
        elif not reason.value.strip():
            reason.focus()
            self.notice(self.word("reason_missing"))
        else:
            self.dismiss(EndAnswer(End.ABANDON, reason.value.strip()))

    def _tell(self, way: str) -> None:
        self.put("#about", *self.word(f"about_{way}").split("\n"))
        for selector in ("#typed", "#give_up"):
            self.query_one(selector).display = way == End.ABANDON
