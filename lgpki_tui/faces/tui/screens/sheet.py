"""② The application sheet: shown as text, written as PDF beside the CSR, both from the parsed CSR or certificate."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widget import Widget

from lgpki_tui.faces.saying import because
from lgpki_tui.faces.tui.context import Context
from lgpki_tui.faces.tui.page_screen import PageScreen
from lgpki_tui.faces.tui.widgets.button import Button
from lgpki_tui.faces.tui.widgets.prose import Paragraph, Prose
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.paper.applications import Application
from lgpki_tui.paper.sheet import Action
from lgpki_tui.procedure.enrolment import Enrolment


class Filled(StrEnum):
    """Which way the person went on."""

    NEXT = "next"


class SheetScreen(PageScreen[Filled]):
    """Marked as this tool's own form: what the branch's form looks like is its own business."""

    name_of_page = "sheet"
    section = "form"
    step = "2/3"
    keys: ClassVar[tuple[str, ...]] = ("help", "page", "next", "back", "quit")
    BINDINGS: ClassVar[list[BindingType]] = [Binding("f6", "copy_form", show=False)]

    def __init__(self, context: Context, enrolment: Enrolment, *, revocation: bool = False) -> None:
        """`revocation`: the sheet that asks for it, from the page that tells how the certificate stands."""
        super().__init__(context)
        self._enrolment = enrolment
        self._chosen = Application(Action.REVOCATION if revocation else Action.ISSUE)
        self._offered: tuple[Application, ...] = (self._chosen,)
        self._is_chosen = False  # by a key or an earlier PDF; else the likeliest is shown
        self._may_go_on = False  # the PDF is there, cannot be made, or that it is not there was told
        self._written: Application | None = None  # what the PDF says, of this visit or an earlier one
        if revocation:  # of this visit: it is no step of the road
            self.section, self.step = "", ""  # type: ignore[misc]  # of this visit
            self.keys = tuple(key for key in self.keys if key != "next")  # type: ignore[misc]  # of this visit

    def body(self) -> Iterable[Widget]:
        """The buttons first: they must not scroll away below a long sheet."""
        yield Prose(self.word("lead_revocation" if self._revoking else "lead"))
        buttons = [Button(self.word("save"), id="save")]
        if self._revoking:
            buttons.append(Button(self.word("back"), id="back"))
        else:
            buttons += [Button(self.word("next"), id="next"), Button(self.word("other"), id="other")]
        yield Horizontal(*buttons, classes="row")
        yield Prose(id="action")
        yield Prose(id="saved")
        yield Prose(id="text", classes="label")

    def first(self) -> str:
        """Write it."""
        return "#save"

    async def begin(self) -> None:
        """Show what will stand on the paper; and the PDF, where it was written before."""
        number, clerk = self._enrolment.number, self.context.clerk
        if not self._revoking:
            self._offered = await clerk.applications(number)
            if not (self._is_chosen and self._chosen in self._offered):
                self._chosen = self._offered[0]
        before = await clerk.sheet_file(number, self._chosen.action)
        if before is not None and self._written is None and not self._revoking:  # an earlier visit chose its action
            self._written = await clerk.sheet_written_as(number, before)
            if self._written in self._offered:
                self._chosen, self._is_chosen = self._written, True
        if before is not None and self._written in (None, self._chosen):
            self._may_go_on = True
            await self._told("there", before, otherwise="")
        elif before is not None:
            self.put("#saved", self.word("saved_other"))
        await self._show()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Write the PDF, go on or back, or make it another application."""
        match event.button.id:
            case "next":
                self.action_next()
            case "back":
                self.dismiss(None)
            case "other":
                self._chosen = self._offered[(self._offered.index(self._chosen) + 1) % len(self._offered)]
                self._is_chosen = True
                self.work(self._changed)
            case _:
                self.work(self._save)

    def action_next(self) -> None:
        """F10: on, with the PDF or, asked for twice, without: the next page asks whether it was handed in."""
        if self._revoking:
            return
        if self._may_go_on:
            self.dismiss(Filled.NEXT)
        else:
            self._may_go_on = True
            self.notice(self.word("not_written"))

    def action_copy_form(self) -> None:
        """F6: the form too, where the CSR was copied before."""
        if "copy_form" in self.keys:
            self.work(self._copy)

    @property
    def _revoking(self) -> bool:
        return self._chosen.action is Action.REVOCATION

    async def _changed(self) -> None:
        """Another application is shown: what was written for the one before is not offered as its PDF."""
        if self._written is not None:
            number, chosen = self._enrolment.number, self._chosen
            file = await self.context.clerk.sheet_file(number, chosen.action) if chosen == self._written else None
            if file is not None:
                await self._told("there", file, otherwise="")
            else:
                self._may_go_on = False
                self.put("#saved", self.word("saved_other"))
                self._offer_copy(False)
        await self._show()

    async def _show(self) -> None:
        """What is applied for, and the sheet for that."""
        clerk, lexicon = self.context.clerk, self.context.lexicon
        self.put("#action", Paragraph(await self._said(), "bold"), *self._hinted())
        try:
            text = await clerk.sheet_text(self._enrolment.number, self._chosen, lexicon.language)
        except Refusal as refusal:  # a form of the site is broken: the way on stays open
            message = lexicon.message(refusal)
            self.put("#text", Paragraph(message.happened, "bold"), message.here)
            return
        self.put("#text", *(self._fitting(line) for line in text.split("\n")))

    async def _said(self) -> str:
        """The action in words; a renewal with the certificate that it follows."""
        chosen = self._chosen
        if not chosen.renewed:
            return self.word(f"action_{chosen.action}")
        before = await self.context.clerk.enrolment(chosen.renewed)
        return self.word("action_renewed", enrolment=before.number, purpose=before.purpose)

    def _hinted(self) -> list[str]:
        """An issue is shown where a certificate of that name is stored: which key makes it a renewal."""
        older = next((each.renewed for each in self._offered if each.renewed), "")
        is_issue = self._chosen.action is Action.ISSUE
        return [self.word("may_renew", enrolment=older)] if is_issue and older else []

    def _fitting(self, line: str) -> Paragraph:
        """Rules as long as the screen is wide; what a long line holds hangs below it."""
        if line.strip("=") == "":
            return Paragraph(line[: self.query_one("#text").size.width])
        return Paragraph(line, indent=len(line) - len(line.lstrip()) + 2)

    async def _save(self) -> None:
        self.put("#saved", self.word("saving"))
        self._may_go_on = True
        try:
            file = await self.context.clerk.save_sheet(self._enrolment.number, self._chosen)
        except Refusal as refusal:
            self._refuse(refusal, *self._place_of(refusal))
            return
        self._written = self._chosen
        await self._told("saved", file, otherwise="" if self._revoking else self.word("copy"))
        self.query_one("#back" if self._revoking else "#next").focus()
        self.call_after_refresh(self.show_focused)

    def _place_of(self, refusal: Refusal) -> list[str]:
        """The line of a site's template and what is wrong there, where it is known."""
        line, message = refusal.facts.get("line"), refusal.facts.get("message")
        return [self.word("line", line=line, message=message)] if line is not None else []

    async def _told(self, word: str, file: Path, *, otherwise: str) -> None:
        """A row for each, however long the path is: the folder was shown with the CSR. Where the CSR was copied and the
        form was not, a key for that is offered; `otherwise`: what is told where not."""
        folder = None if self._revoking else await self.context.clerk.lacks_form(self._enrolment.number, file)
        more = otherwise if folder is None else self.word("copy_too", folder=str(folder))
        self.put("#saved", Paragraph(self.word(word, file=file.name), "bold"), *filter(None, [more]))
        self._offer_copy(folder is not None)

    def _offer_copy(self, offered: bool) -> None:
        """There is no room for both keys; PageDown works all the same."""
        if not self._revoking:
            self.keys = ("help", "copy_form" if offered else "page", "next", "back", "quit")  # type: ignore[misc]  # of this visit
            self._put_foot()

    async def _copy(self) -> None:
        try:
            copied, medium = await self.context.clerk.export_again(self._enrolment.number)
        except Refusal as refusal:
            self._refuse(refusal)
            return
        folder, count = copied.files[0].parent, len(copied.files) + len(copied.sums)
        told = self.word("copied", folder=str(folder), count=count)
        self.put("#saved", Paragraph(told, "bold"), *([self.word("take_out")] if medium is not None else []))
        self._offer_copy(False)
        self.query_one("#next").focus()
        self.call_after_refresh(self.show_focused)

    def _refuse(self, refusal: Refusal, *causes: str) -> None:
        message = self.context.lexicon.message(refusal)
        more = because(refusal, self.context.lexicon)
        self.put("#saved", Paragraph(message.happened, "bold"), *causes, *more, message.here)
        self.call_after_refresh(self.show_focused)
