"""② The application sheet: shown as text, written as PDF beside the CSR, both from the parsed CSR."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path

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
    keys = ("help", "page", "next", "back", "quit")

    def __init__(self, context: Context, enrolment: Enrolment) -> None:
        super().__init__(context)
        self._enrolment = enrolment

    def body(self) -> Iterable[Widget]:
        """The buttons first: they must not scroll away below a long sheet."""
        yield Prose(self.word("lead"))
        yield Horizontal(Button(self.word("save"), id="save"), Button(self.word("next"), id="next"), classes="row")
        yield Prose(self.word("always_new"), id="saved")
        yield Prose(id="text", classes="label")

    def first(self) -> str:
        """Write it."""
        return "#save"

    async def begin(self) -> None:
        """Show what will stand on the paper; and the PDF, where it was written before."""
        before = await self.context.clerk.sheet_file(self._enrolment.number)
        if before is not None:
            self._told("there", before, self.word("always_new"))
        try:
            text = await self.context.clerk.sheet_text(self._enrolment.number, self.context.lexicon.language)
        except Refusal as refusal:  # a form of the site is broken: the way on stays open
            message = self.context.lexicon.message(refusal)
            self.put("#text", Paragraph(message.happened, "bold"), message.here)
            return
        self.put("#text", *(self._fitting(line) for line in text.split("\n")))

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Write the PDF, or go on."""
        if event.button.id == "next":
            self.dismiss(Filled.NEXT)
        else:
            self.work(self._save)

    def action_next(self) -> None:
        """F10: on, with or without the PDF."""
        self.dismiss(Filled.NEXT)

    def _fitting(self, line: str) -> Paragraph:
        """Rules as long as the screen is wide; what a long line holds hangs below it."""
        if line.strip("=") == "":
            return Paragraph(line[: self.query_one("#text").size.width])
        return Paragraph(line, indent=len(line) - len(line.lstrip()) + 2)

    async def _save(self) -> None:
        self.put("#saved", self.word("saving"))
        try:
            file = await self.context.clerk.save_sheet(self._enrolment.number)
        except Refusal as refusal:
            message = self.context.lexicon.message(refusal)
            self.put("#saved", Paragraph(message.happened, "bold"), message.here)
            return
        self._told("saved", file, self.word("copy"))
        self.query_one("#next").focus()
        self.call_after_refresh(self.show_focused)

    def _told(self, word: str, file: Path, more: str) -> None:
        """A row for each, however long the path is: the folder was shown with the CSR."""
        self.put("#saved", Paragraph(self.word(word, file=file.name), "bold"), more)
