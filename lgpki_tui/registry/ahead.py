"""Runs an iterator in a thread of its own, a little ahead of whoever takes from it."""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterator
from queue import Empty, Full, Queue
from typing import TypeVar

_T = TypeVar("_T")
# How many items wait at most: enough that neither waits for the other's every step.
_AHEAD = 70
_SECONDS = 0.2


class _End(Exception):
    """The iterator has come to its end."""


def ahead(items: Iterator[_T]) -> Generator[_T, None, None]:
    """The same items. What the iterator raises is raised here; when the taker stops, so does the thread.

    Worth it where the taker mostly waits in C code that lets other threads run.
    """
    queue: Queue[tuple[_T | None, BaseException | None]] = Queue(_AHEAD)
    stop = threading.Event()
    thread = threading.Thread(target=_run, args=(items, queue, stop), name="ahead", daemon=True)
    thread.start()
    try:
        while True:
            item, raised = queue.get()
            if isinstance(raised, _End):
                return
            if raised is not None:
                raise raised
            yield item  # type: ignore[misc]  # None only beside an exception, or where the iterator gives it
    finally:
        stop.set()
        _empty(queue)
        thread.join()


def _run(items: Iterator[_T], queue: Queue[tuple[_T | None, BaseException | None]], stop: threading.Event) -> None:
    end: BaseException = _End()
    try:
        for item in items:
            if not _put(queue, (item, None), stop):
                return
    except BaseException as error:
        end = error
    _put(queue, (None, end), stop)


def _put(
    queue: Queue[tuple[_T | None, BaseException | None]],
    item: tuple[_T | None, BaseException | None],
    stop: threading.Event,
) -> bool:
    while not stop.is_set():
        try:
            queue.put(item, timeout=_SECONDS)
        except Full:
            continue
        return True
    return False


def _empty(queue: Queue[tuple[_T | None, BaseException | None]]) -> None:
    try:
        while True:
            queue.get_nowait()
    except Empty:
        return
