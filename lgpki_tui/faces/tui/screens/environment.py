"""What is looked at on this PC: each part with its result, and for what is not right what to do and whom to ask."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import ClassVar

from textual.containers import Horizontal
from textual.widget import Widget

from lgpki_tui.faces.saying import found
from lgpki_tui.faces.tui.context import Context
from lgpki_tui.faces.tui.page_screen import PageScreen
from lgpki_tui.faces.tui.telling import check_lines
from lgpki_tui.faces.tui.widgets.button import Button
from lgpki_tui.faces.tui.widgets.choice import Choice
from lgpki_tui.faces.tui.widgets.choice_list import ChoiceList
from lgpki_tui.faces.tui.widgets.prose import Prose
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Finding, Refusal, Result

_WORST_FIRST = (Result.FAIL, Result.ATTENTION, Result.UNKNOWN, Result.OK)


class Went(StrEnum):
    """Which way the person went on."""

    NEXT = "next"


class EnvironmentScreen(PageScreen[Went]):
    """⓪ PC環境の整備. `in_order`: as a step of the road, with a way on; else a look from elsewhere (F9)."""

    name_of_page = "environment"
    section = "prepare"
    keys: ClassVar[tuple[str, ...]] = ("help", "again", "next", "home", "quit")

    def __init__(self, context: Context, *, in_order: bool = False) -> None:
        super().__init__(context)
        self._in_order = in_order
        if not in_order:  # no step of the road
            self.section, self.keys = "", ("help", "again", "back", "quit")  # type: ignore[misc]  # of this visit
        self._findings: tuple[Finding, ...] = ()

    def body(self) -> Iterable[Widget]:
        """The list, and about the highlighted line what it means."""
        yield Prose(self.word("looking"), id="sum")
        yield ChoiceList([], id="findings")
        yield Prose(id="about", classes="label")
        yield Horizontal(Button(self.word("next" if self._in_order else "close"), id="next"), classes="row")

    def first(self) -> str:
        """The way on: who has nothing to mend goes on with Enter."""
        return "#next"

    async def begin(self) -> None:
        """Look at everything, which may take seconds with a slow card."""
        self.put("#sum", self.word("looking"))
        self._findings = await self.context.clerk.doctor()
        counts = {each.value: sum(finding.result is each for finding in self._findings) for each in Result}
        practice = self.context.here.practice and counts["unknown"]
        self.put("#sum", self.word("sum", **counts), *([self.word("practice")] if practice else []))
        self._findings = tuple(sorted(self._findings, key=lambda each: _WORST_FIRST.index(each.result)))
        lexicon = self.context.lexicon
        rows = [
            Choice(str(place), text, found(finding, lexicon))
            for place, (text, finding) in enumerate(check_lines(self._findings, lexicon))
        ]
        self.offer(rows)
        self._tell(0)

    async def cards_changed(self) -> None:
        """What is there now."""
        self.look_anew()

    def on_choice_list_moved(self, event: ChoiceList.Moved) -> None:
        """What the highlighted line means."""
        self._tell(int(event.choice.id))

    def on_choice_list_chosen(self, event: ChoiceList.Chosen) -> None:
        """Enter on a line that is not right: its whole message."""
        finding = self._findings[int(event.choice.id)]
        if finding.result is not Result.OK and isinstance(finding.code, Code):
            from lgpki_tui.faces.tui.screens.verdict import VerdictScreen

            refusal = Refusal(finding.code, **finding.facts)
            self.app.push_screen(VerdictScreen(self.context, refusal, result=finding.result))
        else:
            self.query_one("#next").focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """On, or back to where one came from."""
        self.dismiss(Went.NEXT if self._in_order else None)

    def _tell(self, place: int) -> None:
        finding = self._findings[place] if place < len(self._findings) else None
        if finding is None or finding.result is Result.OK or not isinstance(finding.code, Code):
            self.put("#about", "")
            return
        message = self.context.lexicon.message(Refusal(finding.code, **finding.facts))
        unknown = finding.result is Result.UNKNOWN  # what could not be looked at is not called missing
        self.put("#about", self.word("unknown") if unknown else message.happened, self.word("more"))
