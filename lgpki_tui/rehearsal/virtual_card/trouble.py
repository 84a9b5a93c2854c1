"""The trouble that has been ordered and has not come yet."""

from __future__ import annotations

from dataclasses import replace
from threading import Lock

from lgpki_tui.rehearsal.virtual_card.apdu import Instruction, StatusWord
from lgpki_tui.rehearsal.virtual_card.mishaps import Fail, Full, PullAt, Slow


class Trouble:
    """Ordered by one thread, met by another."""

    def __init__(self) -> None:
        self._lock = Lock()
        self.calm()

    def calm(self) -> None:
        """Forget all of it."""
        with self._lock:
            self.delay = 0.0
            self._full = False
            self._fail: Fail | None = None
            self._pull: PullAt | None = None

    def order(self, what: Slow | Fail | Full | PullAt) -> None:
        """From the next command on; in place of an earlier one of its kind."""
        with self._lock:
            match what:
                case Slow(milliseconds):
                    self.delay = milliseconds / 1000
                case Fail():
                    self._fail = what
                case Full():
                    self._full = True
                case PullAt():
                    self._pull = what

    def failure(self, ins: int) -> int | None:
        """The status word that a command of this instruction gets instead of being carried out."""
        with self._lock:
            if self._full and ins == Instruction.CREATE_FILE:
                return StatusWord.MEMORY_FULL
            fail = self._fail
            if fail is None or fail.ins not in (None, ins):
                return None
            self._fail = replace(fail, count=fail.count - 1) if fail.count > 1 else None
            return fail.status

    def pulled(self, ins: int) -> PullAt | None:
        """Count a command of this instruction; whether the card is pulled at it."""
        with self._lock:
            pull = self._pull
            if pull is None or pull.ins not in (None, ins):
                return None
            self._pull = replace(pull, nth=pull.nth - 1) if pull.nth > 1 else None
            return pull if pull.nth == 1 else None
