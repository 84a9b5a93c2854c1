"""Keeps a card's state in a file, whole at any moment, and for one process at a time."""

from __future__ import annotations

import os
import re
from pathlib import Path

from lgpki_tui.ground.flock import lock_within
from lgpki_tui.rehearsal.virtual_card.contents import Contents, Make
from lgpki_tui.rehearsal.virtual_card.state import Unreadable, dump, load

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}")
_OWNER_ONLY = 0o600


class StoreError(Exception):
    """The state cannot be had: `reason` is name, in_use or damaged."""

    def __init__(self, reason: str, name: str) -> None:
        super().__init__(f"{reason} {name}")
        self.reason = reason


class Store:
    """The state of the card NAME in FOLDER/NAME.json; beside it a lock file, and NAME.json.new while writing."""

    def __init__(self, folder: Path, name: str, make: Make) -> None:
        """Open it, and make a blank card of this make where there is none yet. Raises StoreError, OSError."""
        if not _NAME.fullmatch(name):
            raise StoreError("name", name)
        self.name = name
        self._path = folder / f"{name}.json"
        self._new = folder / f"{name}.json.new"
        self._lock = os.open(folder / f"{name}.lock", os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, _OWNER_ONLY)
        try:
            if not lock_within(self._lock, 0):
                raise StoreError("in_use", name)
            if not self._path.exists():
                self.save(Contents(make))
            self.contents()
        except BaseException:
            self.close()
            raise

    def contents(self) -> Contents:
        """What was saved last. Raises StoreError, OSError."""
        try:
            return load(self._path.read_bytes())
        except Unreadable as error:
            raise StoreError("damaged", self.name) from error

    def save(self, contents: Contents) -> None:
        """Write it beside, let it reach the disk, and put it in the old one's place. Raises OSError."""
        descriptor = os.open(self._new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, _OWNER_ONLY)
        with os.fdopen(descriptor, "wb") as file:
            file.write(dump(contents))
            file.flush()
            os.fsync(file.fileno())
        self._new.replace(self._path)

    def close(self) -> None:
        """Let another process have it."""
        os.close(self._lock)
