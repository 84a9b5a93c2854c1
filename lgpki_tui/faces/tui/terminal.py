"""What surrounds the run of the wizard: the environment set before Textual is imported, and a terminal left sane
however the run ends, also by a lost line or a signal. Imports no Textual."""

from __future__ import annotations

import os
import select
import signal
import sys
import termios
import threading
import time
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager, suppress
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TextIO, cast

from lgpki_tui.faces.tui.job import in_foreground
from lgpki_tui.faces.tui.look import Look, colourless
from lgpki_tui.ground.codes import Exit

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
    if before is not None and in_foreground(line):
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
