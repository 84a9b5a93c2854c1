"""The other end of the line: a reader as vpcd has it, and a card started as a process."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path
from types import TracebackType

from lgpki_tui.rehearsal.virtual_card.control import ask

_SECONDS = 20.0
OFF, ON, RESET, ATR = b"\0", b"\1", b"\2", b"\4"


class Reader:
    """Listens for a card on a port of its own choice, on the loopback only."""

    def __init__(self) -> None:
        self._server = socket.create_server(("127.0.0.1", 0))
        self._server.settimeout(_SECONDS)
        self._card: socket.socket | None = None

    @property
    def port(self) -> int:
        """Where the card is to connect."""
        port = self._server.getsockname()[1]
        assert isinstance(port, int)
        return port

    def wait(self) -> None:
        """Until a card is put in; then power it."""
        self._drop()
        self._card, _ = self._server.accept()
        self._card.settimeout(_SECONDS)
        self.say(ON)

    def say(self, message: bytes) -> None:
        """Send without waiting for an answer; length and body apart, as vpcd does."""
        assert self._card
        self._card.sendall(len(message).to_bytes(2, "big"))
        self._card.sendall(message)

    def hear(self) -> bytes | None:
        """The card's answer; None when it has been pulled."""
        length = self._read(2)
        return None if length is None else self._read(int.from_bytes(length, "big"))

    def ask(self, message: bytes | str) -> bytes | None:
        """Both."""
        self.say(bytes.fromhex(message) if isinstance(message, str) else message)
        return self.hear()

    def _read(self, size: int) -> bytes | None:
        assert self._card
        got = b""
        while len(got) < size:
            try:
                part = self._card.recv(size - len(got))
            except ConnectionResetError:
                return None
            if not part:
                return None
            got += part
        return got

    def _drop(self) -> None:
        if self._card:
            self._card.close()

    def __enter__(self) -> Reader:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._drop()
        self._server.close()


class CardProcess:
    """`python -m lgpki_tui.rehearsal.virtual_card`, killed at the end."""

    def __init__(self, folder: Path, port: int, *options: str) -> None:
        self._control = folder / "control"
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "lgpki_tui.rehearsal.virtual_card"),
                *("--folder", str(folder), "--port", str(port), "--control", str(self._control), *options),
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def tell(self, line: str) -> str:
        """By its control socket."""
        return ask(self._control, line)

    def ready(self) -> None:
        """Until it says so."""
        assert self.process.stdout
        assert self.process.stdout.readline() == b"ready\n", self.errors()

    def errors(self) -> str:
        """What it wrote to stderr until its end."""
        return self.process.communicate(timeout=_SECONDS)[1].decode()

    def kill(self) -> None:
        """SIGKILL, and wait."""
        self.process.kill()
        self.process.communicate(timeout=_SECONDS)

    def __enter__(self) -> CardProcess:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.returncode is None:
            self.kill()
