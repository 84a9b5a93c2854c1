"""Waits until something is mounted or unmounted. The kernel tells (proc(5), /proc/PID/mountinfo); nothing is asked
meanwhile."""

from __future__ import annotations

import os
import select
from pathlib import Path

MOUNTINFO = Path("/proc/self/mountinfo")


class MountWatch:
    """What is mounted, from the moment it is made on. One thread waits; any may stop it."""

    def __init__(self, file: Path = MOUNTINFO) -> None:
        """Raises OSError where there is no such table."""
        self._table = os.open(file, os.O_RDONLY | os.O_CLOEXEC)
        self._reading, self._writing = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        self._poll = select.poll()
        self._poll.register(self._table, select.POLLPRI | select.POLLERR)
        self._poll.register(self._reading, select.POLLIN)

    def wait(self) -> bool:
        """Return True when something has been mounted or unmounted since the last time, False when stopped."""
        ready = {descriptor for descriptor, _ in self._poll.poll()}
        return self._reading not in ready

    def stop(self) -> None:
        """Let `wait` return False from now on. Again is harmless, also after `close`."""
        if self._writing >= 0:
            os.write(self._writing, b"\0")

    def close(self) -> None:
        """Give the descriptors back; by the thread that waits, when it is done."""
        writing, self._writing = self._writing, -1
        for descriptor in (self._table, self._reading, writing):
            os.close(descriptor)
