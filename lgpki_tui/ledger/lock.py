"""One act at a time per ledger: a lock that ends with its process, however that ends."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.ground.flock import lock_within

PATIENCE_SECONDS = 2.0


@contextmanager
def exclusive(path: Path, patience: float = PATIENCE_SECONDS) -> Iterator[None]:
    """Hold the lock file while the block runs.

    Raises Refusal: ledger_busy (naming the other process, if it is still there), ledger_unwritable.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise Refusal(Code.LEDGER_UNWRITABLE, file=str(path), reason=error.strerror or "") from error
    try:
        _take(descriptor, path, patience)
        yield
    finally:
        os.close(descriptor)


def _take(descriptor: int, path: Path, patience: float) -> None:
    try:
        locked = lock_within(descriptor, patience)
    except OSError as error:
        raise Refusal(Code.LEDGER_UNWRITABLE, file=str(path), reason=error.strerror or "") from error
    if not locked:
        holder = os.pread(descriptor, 20, 0).decode("ascii", "replace")
        raise Refusal(Code.LEDGER_BUSY, file=str(path), process=holder)
    with suppress(OSError):  # a full disk: that we hold it is true all the same, and the act tells of the disk
        os.truncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
