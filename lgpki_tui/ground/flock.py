"""A lock that ends with its process, however that ends: flock(2) on an open file."""

from __future__ import annotations

import fcntl
import time

_STEP_SECONDS = 0.01


def lock_within(descriptor: int, patience: float) -> bool:
    """Lock the open file for this process, waiting so many seconds at most; whether it worked.

    Raises OSError where the file system knows no locks (flock(2), ENOLCK).
    """
    end = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= end:
                return False
            time.sleep(_STEP_SECONDS)
        else:
            return True
