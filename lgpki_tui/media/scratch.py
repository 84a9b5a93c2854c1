"""Our own temporary files in somebody's folder: made so that nothing of them stays, whatever happens.

While a temporary file is in use it is locked. A lock ends with its process, so what is found unlocked was left behind
by one that died, and is removed; what another running program is writing is left alone.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from lgpki_tui.ground.frozen import dataclass

PREFIX, SUFFIX = ".lgpki-tui-", ".part"
_READ = os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY


@dataclass(frozen=True, slots=True)
class Scratch:
    """One temporary file in the folder, open for writing and locked."""

    name: str
    descriptor: int


@contextmanager
def scratch(folder: int) -> Iterator[Scratch]:
    """Make a temporary file below the folder's descriptor; remove its name and close it in the end. Raises OSError."""
    made = _make(folder)
    try:
        yield made
    finally:
        with suppress(OSError):  # published by renaming, or the folder is gone: there is nothing to remove then
            os.unlink(made.name, dir_fd=folder)
        with suppress(OSError):
            os.close(made.descriptor)


def sweep(folder: int) -> None:
    """Remove what died programs of this user left in the folder. What cannot be removed is in nobody's way."""
    for name in os.listdir(folder):
        if name.startswith(PREFIX) and name.endswith(SUFFIX):
            with suppress(OSError):
                _remove_if_left(folder, name)


def _make(folder: int) -> Scratch:
    while True:
        name = f"{PREFIX}{secrets.token_hex(8)}{SUFFIX}"
        descriptor = os.open(name, os.O_RDWR | os.O_CREAT | os.O_EXCL | _READ, 0o600, dir_fd=folder)
        with suppress(OSError):  # a file system without locks: then nothing is ever swept there either
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        if os.fstat(descriptor).st_nlink > 0:
            return Scratch(name, descriptor)
        os.close(descriptor)  # swept in the moment before it was locked: once more


def _remove_if_left(folder: int, name: str) -> None:
    descriptor = os.open(name, os.O_RDWR | _READ, dir_fd=folder)
    try:
        found = os.fstat(descriptor)
        if stat.S_ISREG(found.st_mode) and found.st_uid == os.geteuid():
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.unlink(name, dir_fd=folder)
    finally:
        os.close(descriptor)
