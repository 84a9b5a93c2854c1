"""A token of SoftHSM behind p11-kit: served on a unix socket and used through p11-kit-client.so, beside the server or
at the other end of `ssh -R`, as a card is that is plugged into another machine. Cutting the way to it is what pulling
the card is."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from tests.card.backends import Backend
from tests.card.tokens.modules import multiarch
from tests.card.tokens.room import start_tied
from tests.card.tokens.softhsm import softhsm
from tests.tui.sshd import Sshd

_START_SECONDS = 10.0
_STEP_SECONDS = 0.005


class Server:
    """`p11-kit server` for every token of a module, which can be taken away and put back."""

    def __init__(self, served: Backend, folder: Path) -> None:
        self.socket = folder / "p11-kit.socket"
        self._served = served
        self._log = folder / "p11-kit.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Serve, until `stop`. What the client asks comes to a process of its own for each connection."""
        served = self._served
        words = ("p11-kit", "server", "-f", "-n", self.socket, "-p", served.module, "pkcs11:")
        self._process = start_tied([*served.enter, *map(str, words)], self._log, dict(served.environment))
        _wait_for(self.socket, self._log)

    def stop(self) -> None:
        """End it and every connection. May be called twice."""
        process, self._process = self._process, None
        if process is None:
            return
        for child in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split():
            with suppress(ProcessLookupError):  # it has seen its client go
                os.kill(int(child), signal.SIGKILL)
        process.kill()
        process.wait()
        self.socket.unlink(missing_ok=True)


@contextmanager
def p11_kit(folder: Path) -> Iterator[Backend]:
    """A token of SoftHSM that is reached through p11-kit's server and client, blank."""
    with softhsm(folder) as served:
        server = Server(served, folder)
        server.start()
        try:
            yield forwarded(served, server.socket, pull=server.stop, insert=server.start)
        finally:
            server.stop()


class Tunnel:
    """`ssh -R` to OpenSSH's server on loopback: a socket there that leads to one here. Can be cut and laid anew."""

    def __init__(self, sshd: Sshd, here: Path, folder: Path) -> None:
        self.socket = folder / "forwarded.socket"
        self._command = sshd.forwarding(self.socket, here)
        self._log = folder / "ssh.log"
        self._process: subprocess.Popen[bytes] | None = None

    def lay(self) -> None:
        """Connect, until `cut`."""
        self._process = start_tied(self._command, self._log, {"PATH": os.environ["PATH"]})
        _wait_for(self.socket, self._log)

    def cut(self) -> None:
        """End the connection. May be called twice."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            self.socket.unlink(missing_ok=True)  # sshd leaves it


@contextmanager
def ssh(folder: Path) -> Iterator[Backend]:
    """A token of SoftHSM on the user's machine, seen from a server that the user has logged in to, blank."""
    reason = Sshd.missing()
    if reason is not None:
        pytest.skip(reason)
    with softhsm(folder) as served, Sshd() as sshd:
        server = Server(served, folder)
        tunnel = Tunnel(sshd, server.socket, folder)
        try:
            server.start()
            tunnel.lay()
            yield forwarded(served, tunnel.socket, pull=tunnel.cut, insert=tunnel.lay)
        finally:
            tunnel.cut()
            server.stop()


def _wait_for(path: Path, log: Path) -> None:
    """Until somebody listens there: the socket is in its folder a moment earlier."""
    end = time.monotonic() + _START_SECONDS
    while not _is_taken(path):
        assert time.monotonic() < end, log.read_text()
        time.sleep(_STEP_SECONDS)


def _is_taken(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(path))
        except OSError:
            return False
    return True


def forwarded(served: Backend, place: Path, pull: Callable[[], None], insert: Callable[[], None]) -> Backend:
    """A token as it is seen through a socket of p11-kit's server."""
    client = multiarch("pkcs11/p11-kit-client.so")
    environment = {
        "PATH": os.environ["PATH"],
        "LC_ALL": "C.UTF-8",
        "P11_KIT_SERVER_ADDRESS": f"unix:path={place}",
    }
    apart = replace(served.apart, pull=pull, insert=insert)
    return replace(served, module=client, judged=client, environment=environment, enter=(), apart=apart)
