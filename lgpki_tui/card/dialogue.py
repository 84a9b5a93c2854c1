"""Answers the questions that a program asks on a terminal: a PIN goes to it as if it were typed, for its arguments and
its environment can be read in /proc (MISSION rule 4)."""

from __future__ import annotations

import os
import pty
import select
import signal
import termios
from collections.abc import Callable, Mapping, Sequence
from time import monotonic, sleep

from lgpki_tui.ground.frozen import dataclass

# What a program printed is kept up to here; one that prints more than that has lost its way.
_MOST_BYTES = 1 << 16
_READ_BYTES = 4096
_STEP_SECONDS = 0.001


@dataclass(frozen=True, slots=True)
class Conversation:
    """How it went: the exit status (None: it was ended here), and what the program printed, without the answers."""

    status: int | None
    said: str


class NoAnswer(Exception):
    """To a question that nobody expected: the program is ended, for what it would do next is not known."""


def converse(
    command: Sequence[str], environment: Mapping[str, str], answer: Callable[[str], bytes], seconds: float
) -> Conversation:
    """Run a program on a terminal of its own and type what `answer` gives to each question, a line that ends in ": ".

    Typed only when the program has turned the echo off: what comes before is thrown away as it does so (tcsetattr(3),
    TCSAFLUSH), and would be echoed. It is ended after so many seconds, and when `answer` raises NoAnswer.

    Raises OSError when there is no such program.
    """
    _refuse_absent(command[0])
    child, terminal = pty.fork()
    if child == 0:
        _become(command, environment)
    ended = False
    try:
        said, ended = _talk(terminal, answer, monotonic() + seconds)
    finally:
        os.close(terminal)
        if not ended:
            os.kill(child, signal.SIGKILL)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return Conversation(status if ended else None, said.decode(errors="replace"))


def _refuse_absent(program: str) -> None:
    if not os.access(program, os.X_OK):
        raise FileNotFoundError(program)


def _become(command: Sequence[str], environment: Mapping[str, str]) -> None:
    try:
        os.execve(command[0], list(command), {**environment, "LC_ALL": "C"})  # noqa: S606  # no shell is the point
    finally:
        os._exit(127)


def _talk(terminal: int, answer: Callable[[str], bytes], until: float) -> tuple[bytes, bool]:
    """What the program said, and whether it came to its end."""
    said = b""
    answered = 0
    while (left := until - monotonic()) > 0 and len(said) < _MOST_BYTES:
        if not select.select([terminal], [], [], left)[0]:
            break
        heard = _heard(terminal)
        if not heard:
            return said, True
        said += heard
        question = said[answered:].rpartition(b"\n")[2]
        if question.endswith(b": "):
            answered = len(said)
            try:
                given = answer(question.decode(errors="replace"))
            except NoAnswer:
                return said, False
            if not _listens(terminal, until):
                return said, False
            os.write(terminal, given + b"\n")
    return said, False


def _listens(terminal: int, until: float) -> bool:
    """Wait until the echo is off, which nothing tells of; whether it is."""
    while termios.tcgetattr(terminal)[3] & termios.ECHO:
        if monotonic() >= until:
            return False
        sleep(_STEP_SECONDS)
    return True


def _heard(terminal: int) -> bytes:
    try:
        return os.read(terminal, _READ_BYTES)
    except OSError:  # EIO: the other side is closed
        return b""
