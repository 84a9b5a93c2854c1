"""Opens the wizard: for real, in a sandbox, or in this login's practice workplace."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from lgpki_tui.faces.cli.run import Call, Handler
from lgpki_tui.ground.codes import Exit

if TYPE_CHECKING:
    from lgpki_tui.faces.tui.views import PracticeDesk
    from lgpki_tui.procedure.enrolment import Enrolment
    from lgpki_tui.workplace import Workplace


class PracticeBranch:
    """The desk of the practice branch: what is handed in is issued at once (faces.tui.clerk.PracticeDesk)."""

    def issue(self, place: Workplace, enrolment: Enrolment) -> Path:
        """Have the practice CA issue beside the request; the certificate's file. Raises Refusal: request_*, folder_*,
        file_exists."""
        from lgpki_tui.faces.cli.rehearse import issue_beside

        return issue_beside(place, enrolment)


def open_wizard(call: Call, place: Workplace) -> Exit:
    """Run the wizard in this workplace. Raises Refusal: usage where there is no terminal."""
    from lgpki_tui.faces.tui.look import Look
    from lgpki_tui.faces.tui.start import Wanted, run_wizard

    look = Look(call.args.look) if call.args.look is not None else None
    desk: PracticeDesk | None = PracticeBranch() if place.practice else None
    return run_wizard(place, call.out.words.language, Wanted(look, call.args.wire, call.args.card), desk)


def _wizard(call: Call) -> Exit:
    return open_wizard(call, call.workplace)


HANDLERS: dict[str, Handler] = {"wizard": _wizard}
