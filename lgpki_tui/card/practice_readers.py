"""The readers of a virtual practice card: started by a room above this one, and lent to one program at a time."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.ground.flock import lock_within

# How long another program with the same card is waited for.
PATIENCE_SECONDS = 10.0


class PracticeReaders(Protocol):
    """Readers with the virtual practice card in one of them, until `close`."""

    @property
    def environment(self) -> Mapping[str, str]:
        """What a PC/SC client needs in its environment to see them."""
        ...

    def close(self) -> None:
        """Take them away. Again is harmless."""
        ...


ReaderStarter = Callable[[Path], PracticeReaders]


class LentReaders:
    """Those of one card, whose state is in a folder, between `borrow` and `close`."""

    def __init__(self, start: ReaderStarter, folder: Path) -> None:
        self._start = start
        self._folder = folder
        self._held: tuple[PracticeReaders, int] | None = None

    def borrow(self, *, wait: bool) -> None:
        """Have them; nothing is done when they are here already. This process sees them too from now on: libpcsclite
        looks once for the way to the service, so no PC/SC before this.

        Raises Refusal: card_in_use (reason practice_card: another program has them; `wait`: still), folder_unwritable,
        practice_readers.
        """
        if self._held is not None:
            return
        lock = self._lock(PATIENCE_SECONDS if wait else 0.0)
        try:
            self._held = self._start(self._folder), lock
        except BaseException:
            os.close(lock)
            raise
        os.environ.update(self.environment)

    @property
    def environment(self) -> Mapping[str, str]:
        """What a PC/SC client needs in its environment; nothing while they are not here."""
        return self._held[0].environment if self._held is not None else {}

    def close(self) -> None:
        """Give them back. Again is harmless."""
        if self._held is not None:
            (readers, lock), self._held = self._held, None
            readers.close()
            os.close(lock)

    def _lock(self, patience: float) -> int:
        try:
            self._folder.mkdir(mode=0o700, exist_ok=True)
            lock = os.open(self._folder / "lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise Refusal(Code.FOLDER_UNWRITABLE, folder=str(self._folder), reason=error.strerror or "") from None
        if not lock_within(lock, patience):
            os.close(lock)
            raise Refusal(Code.CARD_IN_USE, reason="practice_card", folder=str(self._folder.parent))
        return lock
