"""Tells a page, from a thread of its own, that something was mounted or unmounted (media/watching.py)."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress

from lgpki_tui.media.watching import MountWatch


class MediaFollower:
    """Follows the kernel's table of mounts until `stop`; where there is none, nobody is told."""

    def __init__(self, told: Callable[[], None]) -> None:
        """`told` is called in the loop that is running now, at every change."""
        self._told = told
        self._loop = asyncio.get_running_loop()
        self._watch: MountWatch | None = None
        with suppress(OSError):
            self._watch = MountWatch()
            threading.Thread(target=self._follow, args=(self._watch,), name="media", daemon=True).start()

    def stop(self) -> None:
        """Follow no longer. Again is harmless."""
        if self._watch is not None:
            self._watch.stop()

    def _follow(self, watch: MountWatch) -> None:
        with suppress(RuntimeError):  # the loop is closed
            while watch.wait():
                self._loop.call_soon_threadsafe(self._told)
        watch.close()
