"""⑨ The certificate has come: choose its file; every check that needs no card, with its reason."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import ClassVar

from textual.containers import Horizontal
from textual.widget import Widget

from lgpki_tui.conductor.storing import Outcome
from lgpki_tui.faces.saying import because
from lgpki_tui.faces.tui.context import Context
from lgpki_tui.faces.tui.page_screen import PageScreen
from lgpki_tui.faces.tui.telling import check_lines, reason_lines
from lgpki_tui.faces.tui.widgets.button import Button
from lgpki_tui.faces.tui.widgets.choice import Choice
from lgpki_tui.faces.tui.widgets.choice_list import ChoiceList
from lgpki_tui.faces.tui.widgets.prose import Paragraph, Prose
from lgpki_tui.faces.tui.widgets.text_field import TextField
from lgpki_tui.ground.clock import tokyo
from lgpki_tui.ground.findings import Finding, Refusal, Result
from lgpki_tui.ground.frozen import dataclass
from lgpki_tui.pki.certificate import Certificate
from lgpki_tui.pki.names import shown as shown_subject
from lgpki_tui.procedure.enrolment import Enrolment

_OTHER = "other"


@dataclass(frozen=True, slots=True)
class ReceiveAnswer:
    """The file that passed every check made without the card."""

    file: Path


class ReceiveScreen(PageScreen[ReceiveAnswer]):
    """A certificate that a check refuses goes no further from here; the card is not touched."""

    name_of_page = "receive"
    section = "receive"
    keys: ClassVar[tuple[str, ...]] = ("help", "again", "next", "back", "quit")

    def __init__(self, context: Context, enrolment: Enrolment, file: Path | None = None) -> None:
        super().__init__(context)
        self._enrolment = enrolment
        self._file = file
        self._passed: Path | None = None

    def body(self) -> Iterable[Widget]:
        """The files, the checks, the way on."""
        yield Prose(self.word("lead", enrolment=self._enrolment.number))
        yield self.label("file")
        yield ChoiceList([], id="file", rows=2)
        for asked in (self._label_of_path(), TextField(id="path", max_length=400)):
            asked.display = False
            yield asked
        yield Prose(id="certificate", classes="label")
        yield Prose(id="verdict")
        yield Horizontal(Button(self.word("store"), id="store", disabled=True), classes="row")
        yield Prose(id="passed", classes="label")

    async def begin(self) -> None:
        """What files there are; the one that has just come, or was looked at before, is looked at."""
        self._ask_path(self.query_one("#path", TextField).value != "")
        files = await self.context.clerk.certificate_files(self._enrolment)
        rows = [Choice(str(each), each.name, str(each.parent)) for each in files]
        marked = self.query_one(ChoiceList).marked
        keep = marked.id if marked is not None else str(self._file)
        self.offer([*rows, Choice(_OTHER, self.word("other"))], keep=keep)
        if self._file is not None:
            await self._examine(self._file)
        elif not rows:
            self.put("#certificate", self.word("none"))

    def on_choice_list_chosen(self, event: ChoiceList.Chosen) -> None:
        """Look at this file, or name another."""
        if event.choice.id == _OTHER:
            self._ask_path(True)
            self.query_one("#path").focus()
        else:
            self.work(partial(self._examine, Path(event.choice.id)))

    def entered(self, field: str, text: str) -> None:
        """Look at the file that was named."""
        if text.startswith("/"):
            self.work(partial(self._examine, Path(text)))
        else:
            self.notice(self.word("absolute"))

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """On to the card."""
        self._go_on()

    def action_next(self) -> None:
        """F10."""
        self._go_on()

    def _label_of_path(self) -> Widget:
        return Prose(Paragraph(self.page.fields["path"].label, "bold"), id="path-label")

    def _ask_path(self, asked: bool) -> None:
        self.query_one("#path").display = self.query_one("#path-label").display = asked

    def _go_on(self) -> None:
        if self._passed is None:
            self.notice(self.word("not_passed"))
        else:
            self.dismiss(ReceiveAnswer(self._passed))

    async def _examine(self, file: Path) -> None:
        self._file, self._passed = file, None
        store = self.query_one("#store", Button)
        store.disabled = True
        self.put("#certificate", self.word("looking"))
        certificate, outcome = await self.context.clerk.examine(self._enrolment.number, file)
        self.put("#certificate", *self._about(certificate, file, whole=outcome.refusal is None))
        self.put("#verdict", *self._verdict(outcome))
        self.put("#passed", *self._passed_checks(outcome))
        way = "next" if outcome.refusal is None else "page"  # the way on is closed: there may be more to read
        self.keys = ("help", "again", way, "back", "quit")  # type: ignore[misc]  # of what is shown
        # What failed takes the room: the way on is closed, and what passed helps nobody then.
        store.display = self.query_one("#passed").display = outcome.refusal is None
        if outcome.refusal is None:
            self._passed = file
            store.disabled = False
            store.focus()
        self.call_after_refresh(self.show_focused)

    def _about(self, certificate: Certificate | None, file: Path, *, whole: bool) -> list[str | Paragraph]:
        lines: list[str | Paragraph] = [Paragraph(file.name, "bold")]
        if certificate is not None:
            until = tokyo(certificate.not_after).strftime("%Y-%m-%d %H:%M")
            lines.append(Paragraph("  " + shown_subject(certificate.subject), indent=4))
            issued = self.word("issued", issuer=shown_subject(certificate.issuer), until=until)
            lines += [Paragraph(f"  {issued}", indent=4)] if whole else []
        return lines

    def _verdict(self, outcome: Outcome) -> list[str | Paragraph]:
        """What it comes to, and every check that is not all right with its reason."""
        lines: list[str | Paragraph] = [self.word("already")] if outcome.already else []
        refused = outcome.refusal
        if refused is not None:
            lines += self._refused(refused, outcome.checks)
        for text, check in check_lines(_made(outcome), self.context.lexicon):
            if check.result is not Result.OK and (refused is None or check.code != refused.code):
                lines += [Paragraph(text, indent=5), *self._reason(check)]
        return lines or [Paragraph(self.word("fits"), "bold")]

    def _passed_checks(self, outcome: Outcome) -> list[str | Paragraph]:
        """What passed, below the way on: nobody has to read it."""
        lines = check_lines(_made(outcome), self.context.lexicon)
        passed = [text for text, check in lines if check.result is Result.OK]
        return [self.word("passed", count=len(passed)), *(f"  {text}" for text in passed)]

    def _refused(self, refusal: Refusal, checks: tuple[Finding, ...]) -> list[str | Paragraph]:
        """What happened, what was expected and found, what to do now, whom to ask."""
        message = self.context.lexicon.message(refusal)
        mark = self.context.lexicon.word(f"result.{Result.FAIL.value}")
        reasons = [line for check in checks if check.code == refusal.code for line in self._reason(check)]
        ask = Paragraph(self.word("ask", desk=message.ask), indent=2)
        causes = because(refusal, self.context.lexicon)
        return [Paragraph(f"[{mark}] {message.happened}", "bold", 5), *causes, *reasons, message.here, ask]

    def _reason(self, check: Finding) -> list[Paragraph]:
        return [Paragraph(f"  {line}", indent=4) for line in reason_lines(check, self.context.lexicon)]


def _made(outcome: Outcome) -> tuple[Finding, ...]:
    return tuple(each for each in outcome.checks if each.result is not Result.UNKNOWN)
