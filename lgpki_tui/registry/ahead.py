"""Takes from an iterator in a thread of its own, while who will need it waits in C code that lets other threads run."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from itertools import islice
from typing import Generic, TypeVar

_T = TypeVar("_T")


class Ahead(Generic[_T]):
    """The next items of an iterator, `size` at a time. Between `begin` and `result` they are being made."""

    def __init__(self, items: Iterator[_T], size: int) -> None:
        self._items = items
        self._size = size
        self._thread: threading.Thread | None = None
        self._made: list[_T] = []
        self._raised: BaseException | None = None

    def begin(self) -> None:
        """Have the next ones made."""
        self._thread = threading.Thread(target=self._make, name="ahead", daemon=True)
        self._thread.start()

    def result(self) -> list[_T]:
        """The items, when they are there; none when there are no more. Raises what the iterator raised."""
        self.end()
        made, self._made = self._made, []
        if self._raised is not None:
            raise self._raised
        return made

    def end(self) -> None:
        """Wait until nothing is being made."""
        if self._thread is not None:
            self._thread.join()

    def _make(self) -> None:
        try:
            self._made = list(islice(self._items, self._size))
        except BaseException as error:
            self._raised = error
