"""③ to ⑧ are others' work: hand in, then wait; the way to ⑨ when the certificate has come."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widget import Widget

from lgpki_tui.faces.tui.context import Context
from lgpki_tui.faces.tui.page_screen import PageScreen
from lgpki_tui.faces.tui.telling import days_since
from lgpki_tui.faces.tui.widgets.button import Button
from lgpki_tui.faces.tui.widgets.prose import Paragraph, Prose
from lgpki_tui.ground.clock import tokyo
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.ground.frozen import dataclass
from lgpki_tui.procedure.enrolment import Enrolment


class Wait(StrEnum):
    """What the person wants."""

    FILE = "file"
    RECEIVE = "receive"
    EXPORT = "export"
    SHEET = "sheet"
    END = "end"


@dataclass(frozen=True, slots=True)
class WaitingAnswer:
    """What the person wants; the certificate, where the practice desk has just issued it."""

    act: Wait
    certificate: Path | None = None


class WaitingScreen(PageScreen[WaitingAnswer]):
    """In practice the page also holds the desk of the branch: F6 has it issue."""

    name_of_page = "waiting"
    section = "form"
    step = "3/3"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f6", "issue", show=False),
        Binding("f8", "end", show=False),
    ]

    def __init__(self, context: Context, enrolment: Enrolment, now: datetime) -> None:
        super().__init__(context)
        self._enrolment = enrolment
        self._now = now
        practice = ("issue",) if context.clerk.practice_desk is not None else ()
        back = "back" if enrolment.filed is None else "home"
        self.keys = ("help", *practice, "end", back, "quit")  # type: ignore[misc]  # of this visit

    def body(self) -> Iterable[Widget]:
        """Where it stands, what binds it, what can be done."""
        one = self._enrolment
        token = one.token
        yield Prose(Paragraph(f"{one.number}  {one.organization}  {one.name}", "bold"))
        yield Prose(*self._standing(), classes="label")
        yield Prose(
            Paragraph(self.word("bound"), "bold"),
            "  " + self.word("bound_pc", host=one.machine.host_name, login=one.login.name),
            "  " + self.word("bound_card", label=token.label if token else "", serial=token.serial if token else ""),
            self.word("keep"),
            classes="label",
        )
        if self.context.clerk.practice_desk is not None:
            yield Prose(self.word("practice"), id="practice", classes="label")
        filed = one.filed is not None
        file = Button(self.word("file_again" if filed else "file"), id="file")
        buttons = [Button(self.word("receive"), id="receive"), file]
        yield Horizontal(
            *(buttons if filed else reversed(buttons)),
            Button(self.word("sheet"), id="sheet"),
            Button(self.word("export"), id="export"),
            classes="row",
        )

    def first(self) -> str:
        """What comes next: hand in, then receive."""
        return "#receive" if self._enrolment.filed is not None else "#file"

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """What the person wants."""
        self.dismiss(WaitingAnswer(Wait(event.button.id or "")))

    def action_next(self) -> None:
        """F10 led here from the form; once too often it must not say that CSR and form were handed in."""
        if self._enrolment.filed is not None:
            super().action_next()

    def action_end(self) -> None:
        """F8: it came back, or is given up."""
        self.dismiss(WaitingAnswer(Wait.END))

    def action_issue(self) -> None:
        """F6, in practice only: the branch takes it and the CA issues."""
        if self.context.clerk.practice_desk is not None:
            self.work(self._issue)

    async def _issue(self) -> None:
        try:
            certificate = await self.context.clerk.have_issued(self._enrolment)
        except Refusal as refusal:
            message = self.context.lexicon.message(refusal)
            self.put("#practice", Paragraph(message.happened, "bold"))
            return
        self.dismiss(WaitingAnswer(Wait.RECEIVE, certificate))

    def _standing(self) -> list[str | Paragraph]:
        filed = self._enrolment.filed
        if filed is None:
            request = self._enrolment.request
            csr = Path(request.csr_path).name if request is not None else ""
            lines = self.word("checklist", file=csr).split("\n")
            return [self.word("to_file"), *(Paragraph(line, indent=5 if line.startswith(" ") else 0) for line in lines)]
        day = tokyo(filed).strftime("%Y-%m-%d")
        return [self.word("filed", day=day, days=days_since(filed, self._now) + 1), self.word("others")]
