"""A real OpenSSH server on loopback for one test, a program on a line (pty) of its own, and ways to cut that line."""

from __future__ import annotations

import fcntl
import grp
import os
import pwd
import select
import shlex
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import termios
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

_CONFIG = """\
ListenAddress 127.0.0.1:{port}
HostKey {folder}/host
AuthorizedKeysFile {folder}/user.pub
PidFile none
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
StrictModes no
PrintMotd no
PrintLastLog no
AcceptEnv LANG LC_*
LogLevel ERROR
"""


class Line:
    """A program in a session of its own on a pty whose other end is ours. Leaving the context hangs up and ends it."""

    def __init__(
        self, command: Sequence[str | Path], environ: Mapping[str, str], *, columns: int = 80, lines: int = 24
    ) -> None:
        self.master, slave = os.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self.received = b""
        self.process = subprocess.Popen(
            [str(word) for word in command],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=dict(environ),
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )
        os.close(slave)
        self._open = True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.hang_up()
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    def send(self, data: bytes) -> None:
        """Type."""
        os.write(self.master, data)

    def wait_for(self, mark: bytes, seconds: float = 5) -> bytes:
        """All that came, as soon as the mark is in it. Raises AssertionError with it when it never comes."""
        end = time.monotonic() + seconds
        while mark not in self.received:
            assert self._more(end - time.monotonic()), (mark, self.received)
        return self.received

    def drain(self, seconds: float) -> bytes:
        """All that came, once nothing more has come for so long or the program has closed its end."""
        while self._more(seconds):
            pass
        return self.received

    def echoes(self) -> bool:
        """Whether the line is as a shell wants it: echo and whole lines."""
        flags = termios.tcgetattr(self.master)[3]
        return bool(flags & termios.ECHO) and bool(flags & termios.ICANON)

    def hang_up(self) -> None:
        """Close our end, as a terminal window or an SSH server does. May be called twice."""
        if self._open:
            self._open = False
            os.close(self.master)

    def _more(self, seconds: float) -> bool:
        if seconds <= 0 or not select.select([self.master], [], [], seconds)[0]:
            return False
        try:
            data = os.read(self.master, 65536)
        except OSError:  # EIO: the last program on the line has gone
            return False
        self.received += data
        return bool(data)


class Sshd:
    """sshd of this user (root or not), with keys and configuration of its own, on 127.0.0.1 only. A context."""

    def __init__(self) -> None:
        self._folder = Path()
        self._port = 0
        self._listener: subprocess.Popen[bytes] | None = None

    @staticmethod
    def missing(*, terminals: bool = True) -> str | None:
        """Why it cannot be started here, None when it can: the reason for a skip. `terminals`: somebody logs in."""
        if _sshd() is None or not (shutil.which("ssh") and shutil.which("ssh-keygen")):
            return "OpenSSH is not installed"
        if not os.access(pwd.getpwuid(os.getuid()).pw_shell or "/bin/sh", os.X_OK):
            return "this user has no login shell"
        if terminals and os.getuid() != 0 and not _may_own_terminals():
            return "devpts gives terminals to another group than sshd wants, and only root may change that"
        return None

    def __enter__(self) -> Self:
        if os.getuid() == 0:
            Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)  # sshd(8): where its unprivileged half lives
        self._folder = Path(tempfile.mkdtemp(prefix="sshd"))
        try:
            for name in ("host", "user"):
                make = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(self._folder / name)]
                subprocess.run(make, check=True)
            self._start()
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def command(self, remote: Sequence[str | Path] | None = None) -> list[str]:
        """The `ssh -tt` that runs the command there, or a login shell. Give it to a Line, or to a shell in tmux."""
        # The command goes through a shell there.
        return [*self._ssh("-tt"), *([shlex.join(map(str, remote))] if remote else ())]

    def forwarding(self, there: Path, here: Path) -> list[str]:
        """The `ssh` that makes a unix socket there, which leads to the one here, until it ends. With a terminal, as a
        person has one: without it OpenSSH leaves Nagle's algorithm on, and each answer takes 40 ms (measured)."""
        return [*self._ssh("-tt", "-o", "ExitOnForwardFailure=yes", "-R", f"{there}:{here}"), "sleep", "infinity"]

    def _ssh(self, *words: str) -> list[str]:
        """`ssh` to here with these options: neither this user's configuration nor this machine's (-F none)."""
        options = (
            f"Port={self._port}",
            f"User={pwd.getpwuid(os.getuid()).pw_name}",
            f"IdentityFile={self._folder / 'user'}",
            "IdentitiesOnly=yes",
            f"UserKnownHostsFile={self._folder / 'known'}",
            "StrictHostKeyChecking=accept-new",
            "GlobalKnownHostsFile=none",
            "BatchMode=yes",
            "LogLevel=ERROR",
            "SendEnv=LANG LC_*",
        )
        told = [word for option in options for word in ("-o", option)]
        return ["ssh", "-F", "none", *words, *told, "127.0.0.1"]

    def line(self, remote: Sequence[str | Path] | None = None, *, term: str = "xterm-256color") -> Line:
        """An SSH client on a pty, running the command there."""
        return Line(self.command(remote), {"PATH": os.defpath, "LANG": "C.UTF-8", "TERM": term})

    def drop(self) -> None:
        """Kill the server's half of every connection with SIGKILL; what ran there is left to the kernel's hang-up."""
        assert self._listener is not None
        for process in _children(self._listener.pid):
            # As root the child is a monitor, and the session's own process, with the pty's master, is below it.
            for half in (*(p for p in _children(process) if _name(p).startswith("sshd")), process):
                with suppress(ProcessLookupError):
                    os.kill(half, signal.SIGKILL)

    def _start(self) -> None:
        for _attempt in range(5):  # another may take the free port before we do
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                self._port = probe.getsockname()[1]
            config = self._folder / "sshd_config"
            config.write_text(_CONFIG.format(port=self._port, folder=self._folder))
            command = [str(_sshd()), "-D", "-e", "-f", str(config)]
            with (self._folder / "log").open("wb") as log:
                self._listener = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
            if self._listening():
                return
        raise AssertionError((self._folder / "log").read_text())

    def _listening(self) -> bool:
        assert self._listener is not None
        for _moment in range(250):
            if self._listener.poll() is not None:
                return False
            with suppress(OSError), socket.create_connection(("127.0.0.1", self._port), 1) as greeted:
                return greeted.recv(4) == b"SSH-"
            time.sleep(0.02)
        return False

    def _end(self) -> None:
        if self._listener is not None:
            self.drop()
            self._listener.kill()
            self._listener.wait()
        shutil.rmtree(self._folder)


def _sshd() -> str | None:
    # sshd must be called by its whole path, and /usr/sbin is in no ordinary user's PATH.
    return shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


def _may_own_terminals() -> bool:
    """Whether a new pty has the group that sshd gives it (tty; devpts mounted gid=5), or this user may give it."""
    try:
        wanted = grp.getgrnam("tty").gr_gid
    except KeyError:
        return True
    master, slave = os.openpty()
    try:
        return os.fstat(slave).st_gid == wanted or wanted in os.getgroups()
    finally:
        os.close(master)
        os.close(slave)


def _children(pid: int) -> list[int]:
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()] if _alive(pid) else []


def _alive(pid: int) -> bool:
    return Path(f"/proc/{pid}/task/{pid}/children").exists()


def _name(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""
