"""Follows which cards are in which readers, without touching a card: PC/SC tells of each change as it happens."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from enum import StrEnum
from time import monotonic, sleep
from typing import Any

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.ground.frozen import dataclass

# A reader that is plugged in or pulled changes the state of this one (pcsclite, winscard.c).
_READERS = "\\\\?PnP?\\Notification"
# The state of a reader is asked again after this even if nothing was told: a service that was restarted tells nothing.
_LONGEST_MS = 60_000
_AGAIN_SECONDS = 0.5
_CANCEL_SECONDS, _CANCEL_STEP_SECONDS = 0.5, 0.002
_TS = (b"\x3b", b"\x3f")


class Presence(StrEnum):
    """What is in a reader. MUTE: a card that does not answer, often one put in the wrong way round."""

    ABSENT = "absent"
    PRESENT = "present"
    MUTE = "mute"


@dataclass(frozen=True, slots=True)
class ReaderSeen:
    """A reader by its name, and what is in it. `atr` is upper-case hex, empty without a card that answers. `changes`:
    how often a card has come or gone, as the service counts: a card that was swapped between two looks is another."""

    reader: str
    card: Presence
    atr: str = ""
    changes: int = 0


Readers = tuple[ReaderSeen, ...]


class ReaderWatch:
    """The readers at this moment, and again with every change, until `stop`. One thread iterates."""

    def __init__(self) -> None:
        self._stopped = threading.Event()
        self._context: Any = None
        self._waiting = False

    def stop(self) -> None:
        """End the iteration soon; from any thread, and as often as one likes."""
        self._stopped.set()
        until = monotonic() + _CANCEL_SECONDS
        while self._waiting and (context := self._context) is not None and monotonic() < until:
            from smartcard import scard

            scard.SCardCancel(context)  # a wait that has not begun yet does not notice (measured)
            sleep(_CANCEL_STEP_SECONDS)

    def __iter__(self) -> Iterator[Readers]:
        """Raises Refusal(pcsc_service) when there is no service at the start; one that goes away later is waited for,
        and meanwhile there are no readers."""
        known: Readers | None = None
        for seen in self._states():
            if seen != known:
                known = seen
                yield seen

    def _states(self) -> Iterator[Readers]:
        from smartcard import scard

        first = True
        while not self._stopped.is_set():
            number, self._context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
            if number != scard.SCARD_S_SUCCESS:
                self._context = None
                if first:
                    raise Refusal(Code.PCSC_SERVICE, error=f"0x{number & 0xFFFFFFFF:08X}")
                yield ()
                self._stopped.wait(_AGAIN_SECONDS)
                continue
            first = False
            try:
                yield from self._while_served(self._context)
            finally:
                context, self._context = self._context, None
                scard.SCardReleaseContext(context)

    def _while_served(self, context: Any) -> Iterator[Readers]:
        """Until the service goes away, or we are stopped."""
        from smartcard import scard

        states: list[tuple[str, int]] = []
        while not self._stopped.is_set():
            number, names = scard.SCardListReaders(context, [])
            if number not in (scard.SCARD_S_SUCCESS, scard.SCARD_E_NO_READERS_AVAILABLE):
                return
            before = dict(states)
            asked = [(name, before.get(name, scard.SCARD_STATE_UNAWARE)) for name in names or ()]
            self._waiting = True
            try:
                if self._stopped.is_set():  # asked once more: whoever sets it later sees that we wait
                    return
                number, found = scard.SCardGetStatusChange(
                    context, 0 if not states else _LONGEST_MS, [*asked, self._pnp(states)]
                )
            finally:
                self._waiting = False
            if number not in (scard.SCARD_S_SUCCESS, scard.SCARD_E_TIMEOUT):
                return
            states = [(name, state & ~scard.SCARD_STATE_CHANGED) for name, state, _ in found]
            yield tuple(_seen(name, state, bytes(atr)) for name, state, atr in found if name != _READERS)

    def _pnp(self, states: list[tuple[str, int]]) -> tuple[str, int]:
        from smartcard import scard

        return _READERS, dict(states).get(_READERS, scard.SCARD_STATE_UNAWARE)


def _seen(name: str, state: int, atr: bytes) -> ReaderSeen:
    from smartcard import scard

    changes = state >> 16  # pcsclite puts its count of events there (winscard.c, SCardGetStatusChange)
    if not state & scard.SCARD_STATE_PRESENT:
        return ReaderSeen(name, Presence.ABSENT, changes=changes)
    # A card that answers begins with TS (ISO/IEC 7816-3, 8.1); vpcd tells of a mute one with another byte (measured).
    if state & scard.SCARD_STATE_MUTE or atr[:1] not in _TS:
        return ReaderSeen(name, Presence.MUTE, changes=changes)
    return ReaderSeen(name, Presence.PRESENT, atr.hex().upper(), changes)
