"""A fault of our own ends the wizard without a word of what was in memory. Imports no Textual."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING, Any

from lgpki_tui.ground.codes import Exit
from lgpki_tui.ground.faults import where
from lgpki_tui.ground.frozen import dataclass

if TYPE_CHECKING:
    from textual.app import App

    _App = App[Any]
else:
    _App = object


@dataclass(frozen=True, slots=True)
class Crash:
    """What may be told of our own fault: the exception's type and our file and line, `module:line` or empty."""

    error: str
    where: str


class QuietCrash(_App):
    """Piece of an App class, before App: a fault ends it with return code 4 and `crash` set, and prints nothing.

    Textual prints a traceback with the locals of every frame and with the message; either may hold a PIN. The caller
    says what happened when the terminal is sane again. A worker's fault is that of what it ran. The exception is not
    kept, for its frames hold what was typed; only headless (run_test) it is, where a test raises it.
    """

    crash: Crash | None = None

    async def run_async(self, **options: Any) -> Any:
        """As App.run_async; what asyncio would log of a task's exception is not said either."""
        asyncio.get_running_loop().set_exception_handler(lambda loop, context: None)
        return await super().run_async(**options)

    def _handle_exception(self, error: Exception) -> None:
        cause = getattr(error, "error", error)  # WorkerFailed.error
        cause = cause if isinstance(cause, BaseException) else error
        self._fault(Crash(type(cause).__name__, where(cause)))
        if self.is_headless and self._exception is None:
            self._exception = error
            self._exception_event.set()

    def panic(self, *renderables: Any) -> None:
        """End with nothing said of what is given; Textual's input thread gives a traceback."""
        error = sys.exc_info()[1]
        self._fault(Crash(type(error).__name__ if error else "panic", where(error) if error else ""))

    def _print_error_renderables(self) -> None:
        self._exit_renderables.clear()

    def _fault(self, crash: Crash) -> None:
        self.crash = self.crash or crash
        if self._return_code != Exit.INTERRUPTED:
            self._return_code = Exit.FAULT
        self._close_messages_no_wait()
