"""The control socket: one line in, one line out, and the connection ends (mishaps.py says which lines there are)."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

_MOST_BYTES = 4096
# Whoever connects says its line at once.
_PATIENCE_SECONDS = 2.0
_OWNER_ONLY = 0o177


def listen(path: Path) -> socket.socket:
    """A socket at this path, for this user only; one that an ended process has left there gives way. Raises OSError."""
    path.unlink(missing_ok=True)
    server = socket.socket(socket.AF_UNIX)
    before = os.umask(_OWNER_ONLY)
    try:
        server.bind(str(path))
    finally:
        os.umask(before)
    server.listen()
    return server


def serve(server: socket.socket, order: Callable[[str], str]) -> None:
    """Answer whoever connects, one after the other, without end."""
    while True:
        connection, _ = server.accept()
        with connection, suppress(OSError, UnicodeDecodeError):
            connection.settimeout(_PATIENCE_SECONDS)
            line = _line(connection)
            connection.sendall(order(line).encode() + b"\n")


def ask(path: Path, line: str, seconds: float = 15.0) -> str:
    """Say one line to a card and return its answer. Raises OSError, TimeoutError, ConnectionError (it has ended)."""
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(seconds)
        client.connect(str(path))
        client.sendall(line.encode() + b"\n")
        answer = _line(client)
    if not answer:
        raise ConnectionResetError
    return answer


def _line(connection: socket.socket) -> str:
    with connection.makefile("rb") as lines:
        return lines.readline(_MOST_BYTES).decode().strip()
