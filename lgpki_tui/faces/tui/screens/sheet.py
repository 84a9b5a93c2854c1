"""② The application sheet: shown as text, written as PDF beside the CSR, both from the parsed CSR."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from textual.containers import Horizontal
from textual.widget import Widget

from lgpki_tui.faces.tui.context import Context
from lgpki_tui.faces.tui.page_screen import PageScreen
from lgpki_tui.faces.tui.widgets.button import Button
from lgpki_tui.faces.tui.widgets.prose import Paragraph, Prose
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.procedure.enrolment import Enrolment


class Filled(StrEnum):
    """Which way the person went on."""

    NEXT = "next"


class SheetScreen(PageScreen[Filled]):
    """Marked as this tool's own form: what the branch's form looks like is its own business."""

    name_of_page = "sheet"
    section = "form"
    step = "2/3"
    keys = ("help", "page", "back", "next", "quit")

    def __init__(self, context: Context, enrolment: Enrolment) -> None:
        super().__init__(context)
        self._enrolment = enrolment

    def body(self) -> Iterable[Widget]:
        """The buttons first: they must not scroll away below a long sheet."""
        yield Prose(self.word("lead"))
        yield Horizontal(Button(self.word("save"), id="save"), Button(self.word("next"), id="next"), classes="row")
        yield Prose(id="saved")
        yield Prose(id="text", classes="label")

    def first(self) -> str:
        """Write it."""
        return "#save"

    async def begin(self) -> None:
        """Show what will stand on the paper."""
        text = await self.context.clerk.sheet_text(self._enrolment.number, self.context.lexicon.language)
        self.put("#text", text)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Write the PDF, or go on."""
        if event.button.id == "next":
            self.dismiss(Filled.NEXT)
        else:
            self.run_worker(self._save(), exclusive=True)

    def action_next(self) -> None:
        """F10: on, with or without the PDF."""
        self.dismiss(Filled.NEXT)

    async def _save(self) -> None:
        self.put("#saved", self.word("saving"))
        try:
            file = await self.context.clerk.save_sheet(self._enrolment.number)
        except Refusal as refusal:
            message = self.context.lexicon.message(refusal)
            self.put("#saved", Paragraph(message.happened, "bold"), message.here)
            return
        self.put("#saved", Paragraph(self.word("saved", file=str(file)), "bold"))
        self.query_one("#next").focus()
