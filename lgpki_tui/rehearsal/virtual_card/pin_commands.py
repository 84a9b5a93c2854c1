"""VERIFY, CHANGE REFERENCE DATA, RESET RETRY COUNTER and logging out (ISO 7816-4)."""

from __future__ import annotations

from lgpki_tui.rehearsal.virtual_card.apdu import CardError, Command, StatusWord
from lgpki_tui.rehearsal.virtual_card.chip import Chip
from lgpki_tui.rehearsal.virtual_card.pins import PIN_BYTES, SO_PIN

_SHORTEST_PIN = 4
_BY_SO_PIN = 2


def verify(chip: Chip, command: Command) -> bytes:
    """The PIN of reference P2. Without data it costs no try and tells how many are left."""
    pin = chip.contents.pin(command.p2).pin
    if not command.data:
        if command.p2 not in chip.verified or not pin.left:
            raise CardError(pin.standing())
        return b""
    chip.verified.discard(command.p2)
    pin.accept(command.data, chip.save)
    chip.verified.add(command.p2)
    return b""


def change(chip: Chip, command: Command) -> bytes:
    """The old and the new PIN, 8 bytes each."""
    pin = chip.contents.pin(command.p2).pin
    old, new = _halves(command)
    chip.verified.discard(command.p2)
    pin.accept(old, chip.save)
    pin.become(new)
    chip.save()
    chip.verified.add(command.p2)
    return b""


def unblock(chip: Chip, command: Command) -> bytes:
    """The PUK and a new PIN; or, P1 = 2, only a new PIN after the SO PIN.

    OpenSC sends the second form without filling. Whether real cards take it is not known.
    """
    pin = chip.contents.pin(command.p2)
    if command.p1 == 0:
        puk, new = _halves(command)
        pin.puk.accept(puk, chip.save)
    else:
        new = _after_so_pin(chip, command)
    pin.pin.become(new)
    chip.verified.discard(command.p2)
    chip.save()
    return b""


def log_out(chip: Chip, command: Command) -> bytes:
    """Of the PIN of reference P2, or of all."""
    chip.verified -= {command.p2} if command.p2 else set(chip.verified)
    return b""


def _halves(command: Command) -> tuple[bytes, bytes]:
    if command.p1 or len(command.data) != 2 * PIN_BYTES:
        raise CardError(StatusWord.WRONG_DATA)
    return command.data[:PIN_BYTES], command.data[PIN_BYTES:]


def _after_so_pin(chip: Chip, command: Command) -> bytes:
    if command.p1 != _BY_SO_PIN or not _SHORTEST_PIN <= len(command.data) <= PIN_BYTES:
        raise CardError(StatusWord.WRONG_DATA)
    if SO_PIN not in chip.verified or command.p2 == SO_PIN:
        raise CardError(StatusWord.SECURITY_STATUS)
    return command.data.ljust(PIN_BYTES, b"\xff")
