"""A tmux of its own for one test: what a person sees in a multiplexer, and a shell with job control around it."""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self


class Tmux:
    """A server on a socket of its own with one window of one pane. Leaving the context ends all that runs in it.

    `command`: None is a plain `sh` with job control. `environ`: added to PATH, HOME, LANG=C.UTF-8. `term` is what the
    program inside gets as TERM.
    """

    def __init__(
        self,
        command: Sequence[str | Path] | None = None,
        *,
        columns: int = 80,
        lines: int = 24,
        environ: Mapping[str, str] | None = None,
        term: str = "screen-256color",
    ) -> None:
        self._command = [str(word) for word in command or ("env", "PS1=$ ", "ENV=", "sh", "-i")]
        self._columns, self._lines, self._term = columns, lines, term
        self._given = dict(environ or {})
        self._stack = ExitStack()
        self._folder = Path()

    def __enter__(self) -> Self:
        # A short path: that of a socket may have 107 bytes.
        self._folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="tmux", dir="/tmp")))
        config = self._folder / "conf"
        config.write_text(
            f"set -g default-terminal {self._term}\nset -g status off\nset -sg escape-time 0\n"
            # The last screen is kept as it was, without tmux's own line below it.
            "set -g remain-on-exit on\nset -g remain-on-exit-format ''\n"
        )
        size = ("-x", str(self._columns), "-y", str(self._lines))
        self._stack.callback(self.kill)
        self._tmux("-f", str(config), "new-session", "-d", *size, shlex.join(self._command))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def keys(self, *names: str) -> None:
        """Press keys by tmux's names: Enter, Escape, F10, C-z, Up, BSpace."""
        self._tmux("send-keys", *names)

    def text(self, text: str) -> None:
        """Type text as it is."""
        self._tmux("send-keys", "-l", "--", text)

    def screen(self, *, styled: bool = False) -> list[str]:
        """The rows as shown, without trailing blanks; `styled`: with their SGR sequences."""
        return self._tmux("capture-pane", "-p", *(("-e",) if styled else ())).split("\n")[: self._lines]

    def wait_for(self, text: str, seconds: float = 5) -> list[str]:
        """The screen as soon as it shows the text. Raises AssertionError with the screen when it never does."""
        end = time.monotonic() + seconds
        while True:
            shown = self.screen()
            if any(text in row for row in shown):
                return shown
            assert time.monotonic() < end, f"{text!r} not shown:\n" + "\n".join(shown)
            time.sleep(0.03)

    def cursor(self) -> tuple[int, int]:
        """Column and row of the cursor, from 0."""
        column, row = self._asked("#{cursor_x} #{cursor_y}").split()
        return int(column), int(row)

    def modes(self) -> dict[str, bool]:
        """What the program has switched on: alternate screen, cursor, mouse (any kind)."""
        names = ("alternate_on", "cursor_flag", "mouse_any_flag")
        return dict(
            zip(names, (word == "1" for word in self._asked(" ".join(f"#{{{n}}}" for n in names)).split()), strict=True)
        )

    def dead(self) -> int | None:
        """Exit status of the command, None while it runs."""
        over, status = self._asked("#{pane_dead} #{pane_dead_status}").partition(" ")[::2]
        if over != "1":
            return None
        # tmux 3.3a now and then misses the end of its child (measured: one in five), and never collects it.
        return int(status) if status else _status_of_zombie(self.pid())

    def pid(self) -> int:
        """The process that tmux started in the pane."""
        return int(self._asked("#{pane_pid}"))

    def tty(self) -> str:
        """The pane's terminal, for another program to write to."""
        return self._asked("#{pane_tty}")

    def resize(self, columns: int, lines: int) -> None:
        """Give the window another size."""
        self._columns, self._lines = columns, lines
        self._tmux("resize-window", "-x", str(columns), "-y", str(lines))

    def kill(self) -> None:
        """End the server and what runs in it (its programs get SIGHUP). May be called twice."""
        subprocess.run([*self._base(), "kill-server"], capture_output=True, check=False, env=self._environ())

    def _asked(self, form: str) -> str:
        return self._tmux("display-message", "-p", form).strip()

    def _tmux(self, *words: str) -> str:
        done = subprocess.run(
            [*self._base(), *words], capture_output=True, check=False, env=self._environ(), timeout=10, encoding="utf-8"
        )
        assert done.returncode == 0, (words, done.stderr)
        return done.stdout

    def _base(self) -> list[str]:
        return ["tmux", "-u", "-S", str(self._folder / "socket")]

    def _environ(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        return (
            kept | {"LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "TERM": "xterm-256color", "SHELL": "/bin/sh"} | self._given
        )


def _status_of_zombie(pid: int) -> int:
    """With what a process ended that its parent has not asked yet; -1 when that cannot be known, or it still runs."""
    try:
        # proc(5): pid (comm) state …; the 52nd and last is the status as waitpid(2) gives it.
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return -1
    return os.waitstatus_to_exitcode(int(fields[-1])) if fields[0] == "Z" else -1
