"""Every place where the program acts on the world has a name, so that tests can cut the power at each of them.

The rooms call `watch(point, phase)` just before, inside and after each act. The program itself passes
`unwatched`; the crash harness (tests/crash) passes a function that kills the process.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol


class Point(StrEnum):
    """One kind of act on the world."""

    LEDGER_CREATE = "ledger.create"
    LEDGER_APPEND = "ledger.append"
    CARD_FORMAT = "card.format"
    CARD_SET_PIN = "card.set-pin"
    CARD_UNBLOCK = "card.unblock"
    CARD_LOGIN = "card.login"
    KEY_MAKE = "key.make"
    KEY_SIGN = "key.sign"
    KEY_DESTROY = "key.destroy"
    CERTIFICATE_STORE = "certificate.store"
    RECEIPT_LEAVE = "receipt.leave"
    FILE_PROBE = "file.probe"
    FILE_WRITE = "file.write"
    FILE_PUBLISH = "file.publish"
    REGISTRY_REPLACE = "registry.replace"


class Phase(StrEnum):
    """Where in the act."""

    BEFORE = "before"
    INSIDE = "inside"
    AFTER = "after"


class Watch(Protocol):
    """Called at every point and phase."""

    def __call__(self, point: Point, phase: Phase) -> None:
        """May do anything, including never to return."""
        ...


def unwatched(point: Point, phase: Phase) -> None:
    """The program's own watch: nothing happens."""
