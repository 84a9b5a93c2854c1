"""A line to a program that draws on a terminal of 80x24: what it sends is counted and timed, and not drawn anywhere."""

from __future__ import annotations

import fcntl
import os
import re
import select
import struct
import subprocess
import termios
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from benchmarks.place import environ
from benchmarks.rows import CannotRun

COLUMNS, ROWS = 80, 24
PATIENCE = 10.0
_MODE_QUERY = re.compile(rb"\x1b\[\?(\d+)\$p")
_WHERE_IS_THE_CURSOR = b"\x1b[6n"
# The wizard asks before and after three characters of ambiguous width: this terminal draws them in one cell each.
_REPORTS = (b"\x1b[1;1R", b"\x1b[1;4R")


@dataclass(frozen=True, slots=True)
class Sent:
    """What a key brought about: bytes in so many writings; milliseconds to the first and to the last of them."""

    data: bytes
    writings: int
    first_ms: float
    last_ms: float

    @property
    def bytes(self) -> int:
        """How many."""
        return len(self.data)


class Line:
    """The program, from its start to the end of the `with`. Raises CannotRun when it cannot be started."""

    def __init__(self, command: Sequence[str | Path], more: Mapping[str, str] = {}) -> None:
        self.received = b""
        self._reports = iter(_REPORTS)
        self._descriptor, theirs = os.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        self._begun = time.perf_counter()
        try:
            self._process = subprocess.Popen(
                [str(word) for word in command],
                stdin=theirs,
                stdout=theirs,
                stderr=theirs,
                env={**environ(), "TERM": "xterm-256color", **more},
                start_new_session=True,
                preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
            )
        except OSError as error:
            os.close(self._descriptor)
            raise CannotRun(f"{command[0]}: {error.strerror}") from error
        finally:
            os.close(theirs)

    def __enter__(self) -> Line:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, 9)
        self._process.wait()
        os.close(self._descriptor)

    def shows(self, text: str) -> float:
        """Wait until the text has come, whole and in one piece; milliseconds since the start. Raises CannotRun."""
        end, wanted = time.perf_counter() + PATIENCE, text.encode()
        while wanted not in self.received:
            if time.perf_counter() > end:
                raise CannotRun(f"{text!r} does not appear: {self.received[-2000:].decode(errors='replace')}")
            self._read(0.05)
        return (time.perf_counter() - self._begun) * 1000

    def press(self, keys: str, quiet: float = 0.15) -> Sent:
        """Send keys; all that comes until nothing has come for `quiet` seconds. Nothing within a second is nothing."""
        begin = len(self.received)
        times = []
        sent = time.perf_counter()
        os.write(self._descriptor, keys.encode())
        wait, end = 1.0, sent + PATIENCE
        while self._read(wait) and time.perf_counter() < end:
            times.append((time.perf_counter() - sent) * 1000)
            wait = quiet
        first, last = (times[0], times[-1]) if times else (float("nan"), float("nan"))
        return Sent(self.received[begin:], len(times), first, last)

    def settle(self, quiet: float = 0.3) -> int:
        """Wait until nothing has come for `quiet` seconds, PATIENCE at most; bytes since the start."""
        end = time.perf_counter() + PATIENCE
        while self._read(quiet) and time.perf_counter() < end:
            pass
        return len(self.received)

    def idle(self, seconds: float) -> int:
        """Bytes that come while nobody does anything."""
        begin, end = len(self.received), time.perf_counter() + seconds
        while (left := end - time.perf_counter()) > 0:
            self._read(left)
        return len(self.received) - begin

    def memory(self) -> float:
        """MiB resident of the program and of what it started; what they share counts twice. Raises CannotRun."""
        try:
            return sum(map(_resident, _with_children(self._process.pid))) / 1024
        except OSError as error:
            raise CannotRun("the program has ended") from error

    def _read(self, seconds: float) -> bytes:
        if not select.select([self._descriptor], [], [], seconds)[0]:
            return b""
        try:
            data = os.read(self._descriptor, 65536)
        except OSError:
            return b""
        self.received += data
        for mode in _MODE_QUERY.findall(data):
            os.write(self._descriptor, b"\x1b[?%s;0$y" % mode)
        for _ in range(data.count(_WHERE_IS_THE_CURSOR)):
            os.write(self._descriptor, next(self._reports, _REPORTS[0]))
        return data


def _with_children(pid: int) -> Iterator[int]:
    yield pid
    for file in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in file.read_text(encoding="ascii").split():
            yield from _with_children(int(child))


def _resident(pid: int) -> int:
    """kB (proc(5))."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8", errors="replace")
    found = re.search(r"^VmRSS:\s+(\d+) kB", status, re.MULTILINE)
    return int(found[1]) if found else 0
