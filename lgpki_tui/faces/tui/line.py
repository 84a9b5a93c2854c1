"""The line to the terminal as a file for Textual's writer thread: it tells when the line took what it was given."""

from __future__ import annotations

import os
import select
from collections.abc import Callable
from typing import TextIO


class Line:
    """Writes text to the terminal behind `stream`, waiting while the line is stuck. Used in the writer thread only."""

    def __init__(self, stream: TextIO, taken: Callable[[], None]) -> None:
        """`taken` is called, in the writer thread, whenever `written` has grown."""
        self._descriptor = stream.fileno()
        self._encoding = stream.encoding or "utf-8"
        self._taken = taken
        self.written = 0

    def write(self, text: str) -> None:
        """Give the whole text to the line and count it in `written`; a line that was hung up swallows it."""
        rest = memoryview(text.encode(self._encoding, "replace"))
        try:
            while rest:
                rest = rest[self._some(rest) :]
        except OSError:
            # Hung up. An exception would end the thread, and the program would then wait for it for ever; that the
            # person is gone is told by the end of the input.
            pass
        self.written += 1
        self._taken()

    def flush(self) -> None:
        """Nothing is kept back."""

    def fileno(self) -> int:
        """The terminal's file descriptor."""
        return self._descriptor

    def _some(self, rest: memoryview) -> int:
        try:
            return os.write(self._descriptor, rest)
        except BlockingIOError:
            # O_NONBLOCK belongs to the open terminal, not to us: another program may have set it.
            select.select([], [self._descriptor], [])
            return 0
