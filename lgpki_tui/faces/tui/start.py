"""Starts the wizard on a terminal and leaves the terminal as it was, however the run ends."""

from __future__ import annotations

import gc
import os
import sys
from typing import TYPE_CHECKING

from lgpki_tui.faces.tui.look import Look, Unusable, begin_measuring, choose_look, unusable
from lgpki_tui.faces.tui.terminal import apply_environment, guard_terminal
from lgpki_tui.ground.codes import Code, Exit
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.ground.frozen import dataclass
from lgpki_tui.ground.hardening import shut_memory

if TYPE_CHECKING:
    from lgpki_tui.faces.tui.driver import Wire
    from lgpki_tui.faces.tui.terminal import Cause
    from lgpki_tui.faces.tui.views import PracticeDesk
    from lgpki_tui.pages.language import Language
    from lgpki_tui.workplace import Workplace


# How long one thread may keep another waiting. What was drawn goes out by Textual's writer thread: with Python's 5 ms
# it stood still for 3 to 7 ms while the screen's thread went on (measured).
_SWITCH_SECONDS = 0.0005


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the command line said of the look (None: measured), the wire, and the card to use."""

    look: Look | None = None
    wire: Wire = "diff"
    card: str | None = None


def can_open() -> Unusable | None:
    """Why no wizard can be opened here, None when it can."""
    return unusable(os.environ, sys.stdin.isatty(), sys.stdout.isatty(), sys.stderr.isatty())


def run_wizard(place: Workplace, language: Language, wanted: Wanted, desk: PracticeDesk | None = None) -> Exit:
    """Run it to its end. Raises Refusal: usage (no terminal), internal_error (told without its words)."""
    reason = can_open()
    if reason is not None:
        raise Refusal(Code.USAGE, message="", usage="lgpki-tui --help", reason=reason.value)
    sys.setswitchinterval(_SWITCH_SECONDS)
    gc.disable()  # until the first frame: what is made up to then stays, and looking through it takes 10 ms (measured)
    measuring = begin_measuring(sys.stdin.fileno(), sys.stdout.fileno())
    apply_environment(os.environ, wanted.look)
    # Imported while the terminal is asked how wide it draws: both take about 200 ms (measured).
    from lgpki_tui.faces.tui.app import Wizard
    from lgpki_tui.faces.tui.backstage import Backstage
    from lgpki_tui.faces.tui.clerk import Clerk
    from lgpki_tui.faces.tui.context import Context
    from lgpki_tui.faces.tui.driver import driver_for
    from lgpki_tui.faces.tui.lexicon import Lexicon

    measured = measuring()
    clerk = Clerk(place, Backstage(), desk, wanted.card)
    look = choose_look(wanted.look, os.environ, measured.width)
    app = Wizard(Context(clerk, Lexicon(language), look), driver_for(wanted.wire), measured, _at_first_frame)

    def ended(cause: Cause) -> None:
        app.exit(Exit.INTERRUPTED, return_code=Exit.INTERRUPTED)

    try:
        with guard_terminal(ended):
            app.run(mouse=False)
    finally:
        clerk.close()
    if app.crash is not None:
        raise Refusal(Code.INTERNAL_ERROR, error=app.crash.error, where=app.crash.where)
    return Exit(app.return_code or 0)


def _at_first_frame() -> None:
    """What nobody waits for: PINs may come from now on; and what the first frame took is never looked through again,
    16 ms (measured) that a key would wait for."""
    shut_memory()
    gc.freeze()
    gc.enable()
