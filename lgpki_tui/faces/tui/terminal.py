"""What surrounds the run of the wizard: the environment set before Textual is imported, and a terminal left sane
however the run ends: by a lost line, a signal, Ctrl+Z or our own fault. Imports no Textual."""

from __future__ import annotations

import asyncio
import os
import select
import signal
import sys
import termios
import threading
import time
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO, cast

from lgpki_tui.faces.tui.look import Look, colourless
from lgpki_tui.ground.codes import Exit
from lgpki_tui.ground.faults import where

if TYPE_CHECKING:
    from textual.app import App
    from textual.drivers.linux_driver import LinuxDriver

    _App = App[Any]
    _Driver = LinuxDriver
else:
    _App = _Driver = object

# How long after Esc the rest of a key may come (ms). Textual's own is 100; over a line a key may come in two packets.
_ESCAPE_LOCAL, _ESCAPE_REMOTE = 100, 300
_REMOTE = ("SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY")
# What the wizard switches on, off again; in the main screen, with the cursor shown (xterm's ctlseqs).
_SANE = b"\x1b[?2004l\x1b[?1004l\x1b[?7h\x1b[?1049l\x1b[?25h\x1b[0m"
_ENDING = (signal.SIGHUP, signal.SIGTERM, signal.SIGINT, signal.SIGQUIT)
# Textual's driver takes these and does not give them back.
_TAKEN = (*_ENDING, signal.SIGTSTP, signal.SIGCONT, signal.SIGWINCH, signal.SIGTTOU, signal.SIGTTIN)


def prepare_environment(environ: Mapping[str, str], asked: Look | None = None) -> dict[str, str]:
    """The environment that Textual 8.2.8 is to be imported in (its constants.py is read once, at import).

    Of TEXTUAL* only ours is left: TEXTUAL_LOG writes the message of every exception and TEXTUAL_DEBUG every key to a
    file, a PIN among them (MISSION rule 4); TEXTUAL_DRIVER imports anything. COLUMNS and LINES would hide a resize.
    16 colours always: the looks use no others. NO_COLOR is set where colourless() says so and absent elsewhere, for
    Textual takes an empty one for set.
    """
    ours = {"NO_COLOR", "COLUMNS", "LINES", "TEXTUAL"}
    clean = {name: value for name, value in environ.items() if name not in ours and not name.startswith("TEXTUAL_")}
    remote = any(clean.get(name) for name in _REMOTE)
    if not clean.get("ESCDELAY", "").isdecimal():
        clean["ESCDELAY"] = str(_ESCAPE_REMOTE if remote else _ESCAPE_LOCAL)
    if colourless(environ, asked):
        clean["NO_COLOR"] = "1"
    return clean | {
        "TEXTUAL_DISABLE_KITTY_KEY": "1",  # with an input method, text is lost in several terminals that speak it
        "TEXTUAL_ANIMATIONS": "none",
        "TEXTUAL_SMOOTH_SCROLL": "0",
        "TEXTUAL_COLOR_SYSTEM": "standard",
        "TEXTUAL_THEME": "ansi-light",  # with App(ansi_color=True): the terminal's own colours
    }


def apply_environment(environ: MutableMapping[str, str], asked: Look | None = None) -> None:
    """Make `environ` (os.environ) what prepare_environment says. Before the first import of textual."""
    prepared = prepare_environment(environ, asked)
    for name in [name for name in environ if name not in prepared]:
        del environ[name]
    environ.update(prepared)


class Cause(StrEnum):
    """Why the run is to end at once."""

    HANGUP = "hangup"
    SIGNAL = "signal"


@contextmanager
def guard_terminal(on_end: Callable[[Cause], None], line: int = 0, patience: float = 8.0) -> Iterator[None]:
    """Around App.run, in the main thread: `on_end` is called once when the line is lost or SIGHUP, SIGTERM, SIGINT or
    SIGQUIT comes, in a thread of its own and without waiting (`App.exit` may be called so). At the end termios and the
    handlers of signals are what they were.

    A run that has not ended `patience` seconds later, held up in a write that nobody takes, say, is ended here: the
    terminal is reset as far as it can be and the process exits with 130. The ledger is on the disk before an act is
    told, and the card's process ends with its pipe.
    """
    handlers = {number: signal.getsignal(number) for number in _TAKEN}
    hooks = threading.excepthook, sys.unraisablehook
    # Both would print the message of an exception, which may hold anything, over the screen or after it.
    threading.excepthook, sys.unraisablehook = (lambda _: None), (lambda _: None)
    watch = _Watch(on_end, line, patience)
    watch.start()
    try:
        for number in _ENDING:
            signal.signal(number, watch.signalled)
        yield
    finally:
        watch.stop()
        threading.excepthook, sys.unraisablehook = hooks
        for number, handler in handlers.items():
            signal.signal(number, handler or signal.SIG_DFL)
        _restore(line, watch.termios)


class _Watch(threading.Thread):
    """Waits for a signal or the end of the line, and reads nothing of what is typed."""

    def __init__(self, on_end: Callable[[Cause], None], line: int, patience: float) -> None:
        super().__init__(name="line-watch", daemon=True)
        self._on_end, self._line, self._patience = on_end, line, patience
        self._ear, self._mouth = os.pipe()
        os.set_blocking(self._mouth, False)
        self._deadline: float | None = None
        self.termios: list[Any] | None = None
        with suppress(termios.error):
            self.termios = termios.tcgetattr(line)

    def signalled(self, number: int, frame: object) -> None:
        """The handler: says it to the thread, for the main thread may be held up in a write."""
        with suppress(BlockingIOError):
            os.write(self._mouth, b"h" if number == signal.SIGHUP else b"s")

    def stop(self) -> None:
        """End the thread."""
        os.write(self._mouth, b"q")
        self.join()
        os.close(self._ear)
        os.close(self._mouth)

    def run(self) -> None:
        poll = select.poll()
        poll.register(self._ear, select.POLLIN)
        poll.register(self._line, 0)  # nothing but the end of the line, which needs no asking
        while self._deadline is None or time.monotonic() < self._deadline:
            # A pseudo terminal wakes at once; a real line wakes readers only: looked at every two seconds.
            ready = dict(poll.poll(2000 if self._deadline is None else 200))
            if self._line in ready:
                poll.unregister(self._line)
                _put_aside()
                self._end(Cause.HANGUP)
            if self._ear in ready:
                word = os.read(self._ear, 1)
                if word == b"q":
                    return
                self._end(Cause.HANGUP if word == b"h" else Cause.SIGNAL)
        _force(self._line, self.termios)

    def _end(self, cause: Cause) -> None:
        if self._deadline is None:
            self._deadline = time.monotonic() + self._patience
            self._on_end(cause)


def _put_aside() -> None:
    """Put something quiet in the place of a line that is gone. Reading it would give an end of file again and again,
    which Textual's input thread asks for without a pause; writing to it fails."""
    silent, kept_open = os.pipe()
    os.write(kept_open, b"\0")  # for a read that is on its way and must not wait for ever; it is no key of ours
    os.set_blocking(silent, False)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    gone = select.poll()
    for descriptor in (0, 1, 2):
        gone.register(descriptor, 0)
    for descriptor, _event in gone.poll(0):
        os.dup2(silent if descriptor == 0 else nowhere, descriptor)
    os.close(nowhere)
    os.close(silent)


def _restore(line: int, before: list[Any] | None) -> None:
    if before is not None and _in_foreground(line):
        with suppress(termios.error):
            termios.tcsetattr(line, termios.TCSANOW, before)


def _force(line: int, before: list[Any] | None) -> None:
    def reset() -> None:
        with suppress(OSError):
            os.write(line, _SANE)

    _restore(line, before)
    last_word = threading.Thread(target=reset, daemon=True)  # a line that takes nothing must not hold up this too
    last_word.start()
    last_word.join(0.3)
    os._exit(Exit.INTERRUPTED)


class _Forgiving:
    """A file whose writer never learns that the line is gone: Textual's output thread would die of it, and the next
    thirty writes would hold up the app for ever."""

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def write(self, text: str) -> None:
        with suppress(OSError, ValueError):
            self._file.write(text)

    def flush(self) -> None:
        with suppress(OSError, ValueError):
            self._file.flush()

    def fileno(self) -> int:
        return self._file.fileno()


class SteadyLine(_Driver):
    """Piece of a driver class, before LinuxDriver: a lost line does not hold it up. DiffDriver needs none: line.py."""

    def __init__(self, app: _App, **options: Any) -> None:
        super().__init__(app, **options)
        self._file = cast("Any", _Forgiving(cast("TextIO", self._file)))

    def _sigcont_application(self, *_: object) -> None:
        # The kernel sends SIGCONT with the SIGHUP of a lost line; Textual would start a second thread that reads it.
        if self._must_signal_resume:
            super()._sigcont_application()


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


class JobControl(_App):
    """Piece of an App class, before App, for a binding of ctrl+z to `suspend_process`."""

    def action_suspend_process(self) -> None:
        """Stop, as the terminal's own Ctrl+Z would: the whole job, `make` or a script around us too, and only where a
        shell waits that can continue it; elsewhere nothing could ever wake us.

        Textual's way stops this process alone, and a script around it goes on holding the terminal.
        """
        driver = cast("LinuxDriver | None", self._driver)
        if driver is None or not driver.can_suspend or not resumable():
            self.bell()
            return
        self._suspend_signal()
        driver.suspend_application_mode()  # first: the shell has the terminal as soon as the script around us stops
        _stop_job(driver.fileno, lambda: self._exit)
        if self._exit and not _in_foreground(driver.fileno):
            # Ended from the shell (`kill %1`), whose terminal it is. Textual would set it, and be stopped for that.
            driver.attrs_before = None
            signal.signal(signal.SIGTTOU, signal.SIG_IGN)
            return
        driver.resume_application_mode()
        self._resume_signal()
        self.screen.refresh(layout=True)

    def on_driver_signal_resume(self) -> None:
        """After `kill -TSTP`, which Textual answers: paint anew what the shell has scrolled away."""
        self.screen.refresh(layout=True)


def _stop_job(line: int, leaving: Callable[[], bool]) -> None:
    """Stop this process group; returns when it is continued in the foreground, or when the app is to end."""
    handlers = {number: signal.signal(number, signal.SIG_DFL) for number in (signal.SIGTSTP, signal.SIGCONT)}
    try:
        while True:
            os.killpg(os.getpgrp(), signal.SIGTSTP)
            for _moment in range(20):  # in the background by `bg`, or by `kill`: then the watch is about to say so
                if _in_foreground(line) or leaving():
                    return
                time.sleep(0.025)
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)


def _in_foreground(line: int) -> bool:
    """Whether the terminal is ours, or gone: only a shell that has it forbids us to set it."""
    try:
        return os.tcgetpgrp(line) == os.getpgrp()
    except OSError:
        return True


def resumable() -> bool:
    """Whether our process group has a parent in another group of the session: a shell that can continue it (setpgid(2):
    the group is not orphaned). Not so for `ssh -t HOST COMMAND` or a command that tmux runs."""
    group, session, process = os.getpgrp(), os.getsid(0), os.getpid()
    try:
        while process > 1:
            # proc(5): pid (comm) state ppid pgrp session …; a name may hold blanks and brackets.
            _state, parent, of_group, of_session = (
                Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[:4]
            )
            if int(of_session) != session:
                return False
            if int(of_group) != group:
                return True
            process = int(parent)
    except OSError:
        pass
    return False
