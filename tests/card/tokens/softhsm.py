"""SoftHSM: a token in files, which never locks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from tests.card.backends import Apart, Backend, soft_backend
from tests.card.tokens.room import Room, rooms_are_given


@contextmanager
def softhsm(folder: Path) -> Iterator[Backend]:
    """A token of SoftHSM, blank. Where the kernel gives no namespace, it cannot be filled."""
    backend = soft_backend(folder)
    if not rooms_are_given():
        yield replace(backend, apart=Apart(fill=lambda: pytest.skip("the kernel forbids this user a namespace")))
        return
    tokens = folder / "tokens"
    with Room(folder, f"mount -t tmpfs -o size=256k tmpfs {tokens}") as room:
        full = ("sh", "-c", f"cat /dev/zero >{tokens}/full || :")
        yield replace(backend, enter=room.enter, apart=Apart(fill=lambda: room.run(*full)))
