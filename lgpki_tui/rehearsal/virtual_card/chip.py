"""The chip: what it keeps, what it knows while it has power, and the access conditions that hold on it."""

from __future__ import annotations

from threading import Event
from typing import Protocol

from lgpki_tui.ground.frozen import dataclass
from lgpki_tui.rehearsal.virtual_card.apdu import CardError, StatusWord
from lgpki_tui.rehearsal.virtual_card.contents import Contents
from lgpki_tui.rehearsal.virtual_card.files import NEVER, Act, File

_CHANGES = 0x10000


class Memory(Protocol):
    """Where the contents lie without power."""

    def contents(self) -> Contents: ...

    def save(self, contents: Contents) -> None: ...


class PowerLost(Exception):
    """The card was pulled while it worked: what was not saved by then never happened, and there is no answer."""


@dataclass(frozen=True, slots=True)
class Environment:
    """The security environment that MANAGE SECURITY ENVIRONMENT has set (ISO 7816-4)."""

    template: int
    algorithm: int
    file: File


class Chip:
    """A chip on its memory. One thread at a time works with it; `cut` may be set by any."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self.cut = Event()
        self.contents = memory.contents()
        self.reset()

    def power_on(self) -> None:
        """Start from what was saved. Everything else is forgotten."""
        self.cut.clear()
        self.contents = self._memory.contents()
        self.reset()

    def reset(self) -> None:
        """Forget what was selected, verified and set."""
        self.current = self.contents.mf
        self.verified: set[int] = set()
        self.environment: Environment | None = None

    def need(self, file: File, act: Act) -> None:
        """Let through who has verified the PIN that the act needs; anybody in the creation state.

        Raises CardError: security status.
        """
        reference = file.needs(act)
        if self.contents.active and reference and (reference == NEVER or reference not in self.verified):
            raise CardError(StatusWord.SECURITY_STATUS)

    def save(self) -> None:
        """Keep the contents as they are now, before any answer tells of it.

        Raises PowerLost, and CardError where it cannot be written: then the card is as it was, and reset.
        """
        if self.cut.is_set():
            raise PowerLost
        self.contents.changes = (self.contents.changes + 1) % _CHANGES
        try:
            self._memory.save(self.contents)
        except OSError as error:
            self.contents = self._memory.contents()
            self.reset()
            raise CardError(StatusWord.MEMORY_FAILURE) from error
