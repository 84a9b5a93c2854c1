"""How the wizard may look on this terminal: asked for, told by the environment, or measured as Textual is imported."""

from __future__ import annotations

import os
import re
import select
import termios
import time
import tty
from collections.abc import Callable, Mapping
from contextlib import suppress
from enum import StrEnum
from threading import Thread
from typing import TYPE_CHECKING, Any

from lgpki_tui.ground.frozen import dataclass

if TYPE_CHECKING:
    from textual.app import App

# One box-drawing character, one square, one ellipsis: terminals draw these classes by settings of their own. None of
# their bytes is a control sequence for a terminal that reads another encoding (0x9B and 0x90 would be).
_SAMPLE = "\u2500\u25a0\u2026"
_REPORT = re.compile(rb"\x1b\[(\d{1,4});(\d{1,4})R")
# An SSH line across the country answers within 300 ms; a terminal that never answers costs this once.
_DEADLINE = 0.5
# terminfo(5): these have no `colors`, or colors#-1. Asking terminfo itself takes curses and an entry that this host
# may lack for a terminal that is newer than it; what is not named here has colour.
_COLOURLESS = re.compile(
    r"vt(52|1\d\d|2\d\d|3\d\d|4\d\d)(-.*)?|xterm-r[56]|rxvt-basic|mach(-bold|-gnu)?|sun|ansi-mini|.*-m(ono)?|dumb"
)


class Look(StrEnum):
    """ASCII: borders of `+-|`. PRETTY: box drawing. MONO: ASCII borders and no colour at all."""

    ASCII = "ascii"
    PRETTY = "pretty"
    MONO = "mono"


class Unusable(StrEnum):
    """Why a full screen cannot be drawn here; the plain face and the commands can be used instead."""

    NOT_A_TERMINAL = "not_a_terminal"
    DUMB = "dumb"


class Hint(StrEnum):
    """What this terminal cannot do although a full screen works."""

    LINUX_CONSOLE = "linux_console"


@dataclass(frozen=True, slots=True)
class Measured:
    """What the terminal answered. `width`: cells of an ambiguous character, 1 or 2, None without an answer that makes
    sense. `garbled`: it answered a width that only another encoding than UTF-8 explains. `typed_ahead`: what else was
    read, in order and in bytes as typed; the caller gives it to the wizard (replay)."""

    width: int | None
    typed_ahead: bytes = b""
    garbled: bool = False


def colourless(environ: Mapping[str, str], asked: Look | None = None) -> bool:
    """Whether nothing may be coloured: NO_COLOR is set and not empty (no-color.org), TERM has none, or it was asked."""
    return bool(environ.get("NO_COLOR")) or asked is Look.MONO or bool(_COLOURLESS.fullmatch(environ.get("TERM", "")))


def choose_look(asked: Look | None, environ: Mapping[str, str], width_of_ambiguous: int | None) -> Look:
    """What was asked, else MONO where no colour is, else PRETTY where box drawing is one cell wide, else ASCII.

    A terminal that draws ambiguous characters (UAX #11) two cells wide tears every border that Textual counts as one.
    """
    if asked is not None:
        return asked
    if colourless(environ):
        return Look.MONO
    return Look.PRETTY if width_of_ambiguous == 1 else Look.ASCII


def unusable(environ: Mapping[str, str], stdin_tty: bool, stdout_tty: bool, stderr_tty: bool = True) -> Unusable | None:
    """Why no full screen can be drawn, None when it can. TERM dumb, unknown, empty or unset: no cursor movement.

    Textual draws on standard error: redirected to a log, the log would get the screen, and the person nothing.
    """
    if not (stdin_tty and stdout_tty and stderr_tty):
        return Unusable.NOT_A_TERMINAL
    return Unusable.DUMB if environ.get("TERM", "") in ("", "dumb", "unknown") else None


def hint(environ: Mapping[str, str]) -> Hint | None:
    """LINUX_CONSOLE on the bare console, whose font has no Japanese: English then. Not seen inside tmux there."""
    return Hint.LINUX_CONSOLE if environ.get("TERM") == "linux" else None


def measure_ambiguous(fd_in: int, fd_out: int, timeout: float = _DEADLINE) -> Measured:
    """How wide the terminal draws an ambiguous character; never raises, takes `timeout` seconds at most.

    Asks where the cursor is (CPR, ECMA-48 8.3.14, answered by DSR 6) before and after three such characters, and rubs
    them out. No second kind of question (DA1) ends the wait of a mute terminal: the late answer to this one is known
    to Textual as a cursor position and swallowed, that to DA1 would arrive as typed text. In tmux and screen it is they
    who answer, for what they draw. termios is put back as it was.
    """
    try:
        before = termios.tcgetattr(fd_in)
    except termios.error:
        return Measured(None)
    try:
        # TCSANOW: what was typed before stays in the queue. Ctrl+C still interrupts.
        tty.setcbreak(fd_in, termios.TCSANOW)
        deadline = time.monotonic() + timeout
        if not select.select([], [fd_out], [], timeout)[1]:  # stopped with Ctrl+S, or a line that takes nothing more
            return Measured(None)
        _write(fd_out, b"\x1b7\x1b[6n" + _SAMPLE.encode() + b"\x1b[6n\x1b8\x1b[K")
        return _understood(_answer(fd_in, deadline))
    except (OSError, termios.error):
        return Measured(None)
    finally:
        with suppress(termios.error):
            termios.tcsetattr(fd_in, termios.TCSANOW, before)


def begin_measuring(fd_in: int, fd_out: int, timeout: float = _DEADLINE) -> Callable[[], Measured]:
    """Measure in a thread while Textual is imported. Call what is returned, before Textual runs: it waits."""
    measured: list[Measured] = []
    thread = Thread(target=lambda: measured.append(measure_ambiguous(fd_in, fd_out, timeout)), name="measuring")
    thread.start()

    def answer() -> Measured:
        thread.join()
        return measured[0] if measured else Measured(None)

    return answer


def _answer(fd: int, deadline: float) -> bytes:
    """All that comes in until two reports are there, the deadline, or the end of the line."""
    data = b""
    while len(_REPORT.findall(data)) < 2:
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([fd], [], [], left)[0]:
            break
        more = os.read(fd, 4096)
        if not more:
            break
        data += more
    return data


def _understood(data: bytes) -> Measured:
    reports = [(int(row), int(column)) for row, column in _REPORT.findall(data)]
    typed_ahead = _REPORT.sub(b"", data)
    if len(reports) != 2 or reports[0][0] != reports[1][0]:
        return Measured(None, typed_ahead)
    moved, cells = reports[1][1] - reports[0][1], len(_SAMPLE)
    if moved < cells:  # at the right margin, say: nothing follows from it
        return Measured(None, typed_ahead)
    if moved > 2 * cells:
        return Measured(None, typed_ahead, garbled=True)
    return Measured(1 if moved == cells else 2, typed_ahead)


def _write(fd: int, data: bytes) -> None:
    while data:
        data = data[os.write(fd, data) :]


def replay(app: App[Any], typed_ahead: bytes) -> None:
    """Give the wizard what was typed while the terminal was measured; to be called when the first field has focus."""
    from textual._xterm_parser import XTermParser

    # The line was not raw yet: Enter came as a newline.
    text = typed_ahead.decode("utf-8", "ignore").replace("\n", "\r")
    parser = XTermParser()
    for message in [*(parser.feed(text) if text else ()), *parser.feed("")]:
        app.post_message(message)
