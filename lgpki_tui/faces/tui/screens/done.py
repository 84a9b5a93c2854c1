"""How an enrolment ended, or how its certificate stands today: until when, and from when it can be renewed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from textual.containers import Horizontal
from textual.widget import Widget

from lgpki_tui.faces.tui.context import Context
from lgpki_tui.faces.tui.page_screen import PageScreen
from lgpki_tui.faces.tui.telling import dates, standing
from lgpki_tui.faces.tui.widgets.button import Button
from lgpki_tui.faces.tui.widgets.prose import Paragraph, Prose
from lgpki_tui.paper.sheet import has_certificate
from lgpki_tui.procedure.enrolment import Enrolment, State


class Done(StrEnum):
    """What else a person can want here."""

    REVOKE = "revoke"


class DoneScreen(PageScreen[Done]):
    """To be read; and where there is a certificate, the way to the sheet that asks for its revocation."""

    name_of_page = "done"
    section = "store"
    keys = ("help", "home", "quit")

    def __init__(self, context: Context, enrolment: Enrolment, now: datetime, *, just_stored: bool = False) -> None:
        super().__init__(context)
        self._enrolment = enrolment
        self._now = now
        self._just_stored = just_stored
        if enrolment.state is State.ABANDONED:
            self.section = ""  # type: ignore[misc]  # of this visit: nothing is stored

    def body(self) -> Iterable[Widget]:
        """What was reached, the dates, what to do now."""
        one = self._enrolment
        kind = self.context.lexicon.word(f"kind.{one.certificate_kind}")
        yield Prose(Paragraph(f"{one.number}  {kind}  {one.organization}  {one.name}", "bold"))
        yield Prose(Paragraph(standing(one, self._now, self.context.lexicon)), classes="label")
        if one.state is State.STORED:
            lines = [self.word("stored_now")] if self._just_stored else []
            yield Prose(*lines, self.word("dates", **dates(one)), self.word("card", **self._card()), classes="label")
            yield Prose(*(Paragraph(line, indent=2) for line in self.word("advice").split("\n")), classes="label")
        else:
            ended = "destroyed" if one.key_destroyed else one.state.value
            yield Prose(*self.word(f"ended_{ended}", reason=one.reason).split("\n"), classes="label")
        buttons = [Button(self.word("close"), id="close")]
        if has_certificate(one):
            buttons.append(Button(self.word("revoke"), id="revoke"))
        yield Horizontal(*buttons, classes="row")

    def first(self) -> str:
        """Back to the first page."""
        return "#close"

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Back to the first page, or to the sheet."""
        self.dismiss(Done.REVOKE if event.button.id == "revoke" else None)

    def _card(self) -> dict[str, str]:
        token = self._enrolment.token
        return {"label": token.label if token else "", "serial": token.serial if token else ""}
