"""One process of a login at a time acts on cards. The claim ends with the process that holds it, however that ends."""

from __future__ import annotations

import os

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.ground.flock import lock_within

# A process whose program was killed still finishes the act that it is in: making an RSA key takes some cards long.
PATIENCE_SECONDS = 10.0


def claim(path: str, patience: float = PATIENCE_SECONDS) -> int:
    """Hold the lock file (made if absent, 0600) until this process ends; its descriptor.

    Raises Refusal: card_in_use (reason another_process), ledger_unwritable (file, reason).
    """
    try:
        os.makedirs(os.path.dirname(path), 0o700, exist_ok=True)  # noqa: PTH103, PTH120  # pathlib takes 5 ms to import
        descriptor = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise Refusal(Code.LEDGER_UNWRITABLE, file=path, reason=error.strerror or "") from None
    try:
        locked = lock_within(descriptor, patience)
    except OSError as error:
        os.close(descriptor)
        raise Refusal(Code.LEDGER_UNWRITABLE, file=path, reason=error.strerror or "") from None
    if not locked:
        os.close(descriptor)
        raise Refusal(Code.CARD_IN_USE, reason="another_process", file=path)
    return descriptor
