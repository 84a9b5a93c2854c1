"""Tells the app, from a thread of its own, that a card or a reader has come or gone (card/watching.py)."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress

from lgpki_tui.card.watching import Readers, ReaderWatch
from lgpki_tui.ground.findings import Refusal


class Follower:
    """Follows the readers until `stop`. Without a PC/SC service there is nothing to follow, and nobody is told."""

    def __init__(self, told: Callable[[Readers, bool], None]) -> None:
        """`told` is called in the loop that is running now: with the readers, and whether something has changed; what
        is there at first has not."""
        self._told = told
        self._loop = asyncio.get_running_loop()
        self._watch = ReaderWatch()
        # A daemon: a service that does not answer keeps no program from ending.
        threading.Thread(target=self._follow, name="readers", daemon=True).start()

    def stop(self) -> None:
        """Follow no longer. Again is harmless."""
        self._watch.stop()

    def _follow(self) -> None:
        with suppress(Refusal, ImportError, RuntimeError):  # no service, no library, the loop is closed
            for count, readers in enumerate(self._watch):
                self._loop.call_soon_threadsafe(self._told, readers, count > 0)
