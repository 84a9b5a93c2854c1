"""The thread in which the workplace lives, so that nothing that waits for a disk or a card holds up the screen."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import CancelledError
from contextlib import suppress
from typing import Any, TypeVar

_T = TypeVar("_T")
# How long the end of the program waits for what is under way; the card's process finishes its act in any case.
_LEAVE_SECONDS = 5.0


class Backstage:
    """One thread with an event loop of its own. Whatever touches ledger, registry, card or folder runs there, one
    SQLite connection and one card process in one thread; the screen's loop only awaits the answer."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="backstage", daemon=True)
        self._thread.start()

    async def run(self, act: Callable[[], Awaitable[_T]]) -> _T:
        """The answer of a coroutine. Cancelling cancels it there too."""
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(_awaited(act), self._loop))

    async def call(self, ask: Callable[[], _T]) -> _T:
        """The answer of a function that may block."""

        async def asked() -> _T:
            return ask()

        return await self.run(asked)

    def close(self, last: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Cancel what is under way, do the `last` thing, end the thread. Waits a bounded time and never raises."""
        if not self._thread.is_alive():
            return
        future = asyncio.run_coroutine_threadsafe(self._leave(last), self._loop)
        with suppress(Exception, CancelledError):
            future.result(_LEAVE_SECONDS)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_LEAVE_SECONDS)
        if not self._thread.is_alive():
            self._loop.close()

    async def _leave(self, last: Callable[[], Coroutine[Any, Any, None]]) -> None:
        under_way = asyncio.all_tasks() - {asyncio.current_task()}
        for task in under_way:
            task.cancel()
        await asyncio.wait(under_way, timeout=_LEAVE_SECONDS / 2) if under_way else None
        await last()


async def _awaited(act: Callable[[], Awaitable[_T]]) -> _T:
    return await act()
