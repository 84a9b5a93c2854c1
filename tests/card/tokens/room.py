"""A room of its own on this machine (namespaces(7)) for a service of a token, so that many run beside one another.

Everything in it ends with the test, and also when the tests themselves are killed: each process asks the kernel to be
killed with its parent (PR_SET_PDEATHSIG, through setpriv(1)).
"""

from __future__ import annotations

import os
import select
import shlex
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest

# What begins a command that must not outlive its parent.
TIED = ("setpriv", "--pdeathsig", "KILL")
_ROOT = os.geteuid() == 0
_READY = b"ready\n"
_START_SECONDS = 10.0


class Room:
    """Namespaces with services in them. A context; `enter` before a command has it run inside."""

    def __init__(self, folder: Path, script: str, *kinds: str) -> None:
        """`script` for sh(1) mounts what it likes and starts services with `$TIED SERVICE &`; `kinds` are namespaces
        beside the one of mounts ("ipc", "net"). `folder` holds the log."""
        self._log = folder / "room.log"
        self._script = f'TIED="{shlex.join(TIED)}"\n{script}\necho ready\nexec sleep infinity\n'
        self._kinds = tuple(f"--{kind}" for kind in (*(() if _ROOT else ("user",)), "mount", *kinds))
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        mapped = () if _ROOT else ("--map-root-user",)
        apart = ["unshare", *self._kinds, *mapped, "--propagation", "private"]
        # TIED stands behind unshare: the kernel forgets such a wish when a process gains rights (prctl(2)).
        command = [*apart, *TIED, "sh", "-ec", self._script]
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, start_new_session=True
            )
        try:
            self._wait()
        except BaseException:
            self.end()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()

    @property
    def enter(self) -> tuple[str, ...]:
        """What begins a command that is to run inside. It stays one process, whose number is the command's."""
        assert self._process is not None
        kept = () if _ROOT else ("--preserve-credentials",)
        return ("/usr/bin/nsenter", f"--target={self._process.pid}", *self._kinds, *kept, "--")

    def run(self, *command: str) -> None:
        """Run a command inside. Raises CalledProcessError."""
        subprocess.run([*self.enter, *command], check=True, capture_output=True, timeout=30)

    def end(self) -> None:
        """End every process of the room. May be called twice."""
        process, self._process = self._process, None
        if process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()

    def _wait(self) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        descriptor, said = self._process.stdout.fileno(), b""
        while not said.endswith(_READY):
            found = select.select([descriptor], [], [], _START_SECONDS)[0]
            chunk = os.read(descriptor, 4096) if found else b""
            if not chunk:
                raise AssertionError(self._log.read_text(errors="replace") or "the room is never ready")
            said += chunk


def rooms_are_given(*kinds: str) -> bool:
    """Whether the kernel gives us such namespaces (an ordinary user gets none inside a chroot: unshare(2))."""
    flags = [f"--{kind}" for kind in ("mount", *kinds)] + ([] if _ROOT else ["--map-root-user"])
    return subprocess.run(["unshare", *flags, "true"], capture_output=True, check=False).returncode == 0


def need_rooms(*kinds: str) -> None:
    """Skip the test where the kernel gives us no such namespaces."""
    if not rooms_are_given(*kinds):
        pytest.skip("the kernel forbids this user a namespace (unshare(2))")


def start_tied(command: Sequence[str | Path], log: Path, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    """Start a service that ends with the tests, its words in a log."""
    with log.open("ab") as words:
        return subprocess.Popen(
            [*TIED, *map(str, command)], stdin=subprocess.DEVNULL, stdout=words, stderr=words, env=environment
        )
