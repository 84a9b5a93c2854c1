"""A terminal for tests: runs a program in a pty, answers its queries and shows what it drew, byte by byte counted."""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import select
import signal
import struct
import subprocess
import termios
import time
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pyte
from wcwidth import wcwidth

ROOT = Path(__file__).parents[2]
# What pyte 0.8.2 would print as text: the kitty keyboard protocol's pop.
_UNKNOWN_TO_PYTE = re.compile(rb"\x1b\[<[\d;]*u")
_MODE_QUERY = re.compile(rb"\x1b\[\?(\d+)\$p")
# A sequence (or UTF-8 character, which pyte's own decoder joins) that the read cut off.
_CUT_OFF = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*)?\Z")


class Look(NamedTuple):
    """What can be seen of one cell; what cannot be seen on a space is left out."""

    text: str
    foreground: str
    background: str
    attributes: tuple[str, ...]


class Screen(pyte.Screen):
    """pyte's screen with an alternate screen, and wide characters that break when one half is overwritten."""

    def __init__(
        self, columns: int, lines: int, answer: Callable[[str], None] | None = None, *, two_screens: bool = True
    ) -> None:
        self._normal: dict[int, Any] | None = None
        self._two_screens = two_screens
        self.answer = answer
        super().__init__(columns, lines)

    @property
    def alternate(self) -> bool:
        """Whether the alternate screen is shown."""
        return self._normal is not None

    def write_process_input(self, data: str) -> None:
        """Send the program what the terminal answers (cursor position, device attributes)."""
        if self.answer is not None:
            self.answer(data)

    def set_mode(self, *modes: int, **kwargs: Any) -> None:
        """As pyte, and 1049: keep the normal screen, show an empty one."""
        if 1049 in modes and kwargs.get("private") and self._two_screens and self._normal is None:
            self.save_cursor()
            normal = dict(self.buffer)
            self.buffer.clear()
            self._normal = normal
        super().set_mode(*modes, **kwargs)

    def reset_mode(self, *modes: int, **kwargs: Any) -> None:
        """As pyte, and 1049: show the normal screen again."""
        if 1049 in modes and kwargs.get("private") and self._normal is not None:
            self.buffer.clear()
            self.buffer.update(self._normal)
            self._normal = None
            self.restore_cursor()
        super().reset_mode(*modes, **kwargs)

    def draw(self, data: str) -> None:
        """As pyte; marks, joiners and selectors join the character before, and no half of a wide one is left."""
        for character in data:
            line, x = self.buffer[self.cursor.y], min(self.cursor.x, self.columns - 1)
            if wcwidth(character) > 0:
                for edge in (x, x + wcwidth(character)):
                    if 0 < edge < self.columns and line[edge].data == "":
                        line[edge] = line[edge]._replace(data=" ")
                        line[edge - 1] = line[edge - 1]._replace(data=" ")
                super().draw(character)
            elif wcwidth(character) == 0 and self.cursor.x:
                owner = self.cursor.x - 1 - (line[self.cursor.x - 1].data == "")
                joined = unicodedata.normalize("NFC", line[owner].data + character)
                line[owner] = line[owner]._replace(data=joined)

    def display_cells(self) -> list[str]:
        """The rows' texts, blanks included."""
        return ["".join(self.buffer[y][x].data for x in range(self.columns)) for y in range(self.lines)]


def looks_of(screen: pyte.Screen) -> list[list[Look]]:
    """All cells of a screen, row by row."""
    return [[_look(screen.buffer[y][x]) for x in range(screen.columns)] for y in range(screen.lines)]


def _look(cell: Any) -> Look:
    names = ("bold", "italics", "underscore", "strikethrough", "reverse", "blink")
    attributes = tuple(name for name in names if getattr(cell, name))
    seen_on_space = {"underscore", "strikethrough", "reverse"}
    if cell.data == " " and not seen_on_space & set(attributes):
        return Look(" ", "", cell.bg, ())
    return Look(cell.data, cell.fg, cell.bg, tuple(a for a in attributes if cell.data != " " or a != "italics"))


class Terminal:
    """A program in a pty, and the screen that it draws on. Leaving its `with` ends the program."""

    def __init__(
        self,
        command: Sequence[str | Path],
        *,
        columns: int = 80,
        lines: int = 24,
        environment: Mapping[str, str] | None = None,
        synchronized: bool = False,
        alternate: bool = True,
        cwd: Path = ROOT,
    ) -> None:
        """Start the command. `environment` is added to a minimal one; `synchronized`: the terminal knows mode 2026;
        `alternate`: it has an alternate screen."""
        self.received = b""
        # Reads that gave something: a program's writings, as long as it pauses between them.
        self.writings = 0
        self._synchronized = synchronized
        self._cut = b""
        self.screen = Screen(columns, lines, lambda data: self.send(data.encode()), two_screens=alternate)
        self._stream = pyte.ByteStream(self.screen)
        self.master, slave = os.openpty()
        _set_size(slave, columns, lines)
        self.process = subprocess.Popen(
            [str(word) for word in command],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            cwd=cwd,
            env={**_minimal_environment(), **(environment or {})},
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )
        self.slave = slave

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def send(self, keys: str | bytes) -> None:
        """Type keys, UTF-8 as a terminal sends them ("\\t", "\\x1b[A", "漢")."""
        os.write(self.master, keys.encode() if isinstance(keys, str) else keys)

    def read(self, seconds: float) -> bytes:
        """What arrives within so many seconds at most, in one read; empty when nothing does or the program has gone."""
        if not select.select([self.master], [], [], seconds)[0]:
            return b""
        try:
            data = os.read(self.master, 65536)
        except OSError:
            return b""
        self.writings += 1
        self.received += data
        self._show(data)
        return data

    def settle(self, quiet: float = 0.15, limit: float = 15.0) -> bytes:
        """Read until nothing came for `quiet` seconds and the program waits too (on a loaded machine it may still have
        to get its turn); what came."""
        end, begin = time.monotonic() + limit, len(self.received)
        while (self.read(quiet) or self._is_working()) and time.monotonic() < end:
            pass
        return self.received[begin:]

    def step(self, keys: str | bytes, quiet: float = 0.15) -> bytes:
        """Type keys and give back all that the program wrote upon it."""
        self.send(keys)
        begin = len(self.received)
        self.read(5.0)
        self.settle(quiet)
        return self.received[begin:]

    def wait(self, seen: Callable[[str], object], limit: float = 15.0) -> None:
        """Read until the screen's text fulfils the condition. Raises TimeoutError, showing the screen."""
        end = time.monotonic() + limit
        while not seen(self.text()):
            if time.monotonic() > end:
                raise TimeoutError(self.text())
            self.read(0.05)

    def wait_for(self, text: str, limit: float = 15.0) -> None:
        """Read until the text stands on the screen."""
        self.wait(lambda shown: text in shown, limit)

    def text(self) -> str:
        """The screen's rows without trailing spaces."""
        return "\n".join(row.rstrip() for row in self.screen.display)

    def looks(self) -> list[list[Look]]:
        """All cells, row by row."""
        return looks_of(self.screen)

    def cursor(self) -> tuple[int, int]:
        """Column and row of the cursor, from 0."""
        return self.screen.cursor.x, self.screen.cursor.y

    def resize(self, columns: int, lines: int) -> None:
        """Change the size, as dragging the window's corner does."""
        self.screen.resize(lines, columns)
        _set_size(self.master, columns, lines)

    def close(self) -> int:
        """End the program if it still runs, with all of its session; its exit status."""
        if self.process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
        status = self.process.wait(10)
        for descriptor in (self.master, self.slave):
            with contextlib.suppress(OSError):
                os.close(descriptor)
        return status

    def _is_working(self) -> bool:
        """Whether a thread of the program runs or would, if the machine let it (proc_pid_stat(5): R, D)."""
        states = []
        for task in Path(f"/proc/{self.process.pid}/task").glob("*/stat"):
            with contextlib.suppress(OSError):  # a thread that ended meanwhile
                states.append(task.read_text().rpartition(")")[2].split()[0])
        return bool({"R", "D"} & set(states))

    def _show(self, data: bytes) -> None:
        for mode in _MODE_QUERY.findall(data):
            known = 2 if mode == b"2026" and self._synchronized else 0
            self.send(b"\x1b[?%s;%d$y" % (mode, known))
        data = self._cut + data
        cut = _CUT_OFF.search(data)
        self._cut = data[cut.start() :] if cut else b""
        self._stream.feed(_UNKNOWN_TO_PYTE.sub(b"", data[: cut.start()] if cut else data))


def _set_size(descriptor: int, columns: int, lines: int) -> None:
    fcntl.ioctl(descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))


def _minimal_environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    return {**kept, "TERM": "xterm-256color", "LANG": "C.UTF-8", "TEXTUAL_ANIMATIONS": "none"}
