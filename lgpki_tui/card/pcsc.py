"""Asks a reader and the card in it by PC/SC, beside the PKCS#11 module: what kind of card it is, and whether its file
system has been finished.

Only in the card's process, and never while the module is initialised: a driver remembers which file it has selected.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal

# SELECT the master file, and be told its control parameters (ISO/IEC 7816-4, 11.2.2).
_SELECT_MF = bytes.fromhex("00A40000023F0000")
_CONTROL_PARAMETERS = 0x6F
# Life cycle status integer (ISO/IEC 7816-4, 7.4.10): operational and activated are 5 and 7.
_LIFE_CYCLE = 0x8A
_ACTIVATED = {5, 7}
_DESCRIPTION_BYTES = 64  # CK_SLOT_INFO (PKCS#11 v2.40 base, 3.2)
# pcscd looks every 0.4 s whether a card is still there (measured).
_NOTICED_SECONDS = 1.0


def readers() -> dict[str, str]:
    """The readers that have a card, each with the card's ATR as upper-case hex. Nothing is sent to the cards. Empty
    where there is no PC/SC service: what that means is for card/readers.py to say."""
    try:
        from smartcard import scard
    except ImportError:
        return {}
    number, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
    if number != scard.SCARD_S_SUCCESS:
        return {}
    try:
        number, names = scard.SCardListReaders(context, [])
        if number != scard.SCARD_S_SUCCESS or not names:
            return {}
        asked = [(name, scard.SCARD_STATE_UNAWARE) for name in names]
        number, states = scard.SCardGetStatusChange(context, 0, asked)
        if number != scard.SCARD_S_SUCCESS:
            return {}
        return {name: bytes(atr).hex().upper() for name, state, atr in states if state & scard.SCARD_STATE_PRESENT}
    finally:
        scard.SCardReleaseContext(context)


def reader_of(slot: str, names: dict[str, str]) -> str | None:
    """The reader that a slot is of, by its description: the reader's name, cut to 64 bytes (PKCS#11 v2.40 base, 3.2).
    None when that is not sure."""
    found = _called(slot, names)
    return found[0] if len(found) == 1 else None


def reader_with(slot: str) -> str:
    """The reader that a slot with a card is of, by its whole name. Raises Refusal: card_removed, card_ambiguous (fact
    reader): two readers whose names are the same up to the cut."""
    found = _called(slot, readers())
    if len(found) != 1:
        raise Refusal(Code.CARD_AMBIGUOUS if found else Code.CARD_REMOVED, reader=slot)
    return found[0]


def is_out(reader: str, seconds: float = _NOTICED_SECONDS) -> bool:
    """Whether the card has left the reader, or the reader the PC; waits so long for that to be noticed."""
    from smartcard import scard

    number, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
    if number != scard.SCARD_S_SUCCESS:
        return False
    try:
        known, until = scard.SCARD_STATE_UNAWARE, monotonic() + seconds
        while (left := until - monotonic()) > 0:
            number, states = scard.SCardGetStatusChange(context, int(left * 1000) + 1, [(reader, known)])
            if number != scard.SCARD_S_SUCCESS:
                return bool(number == scard.SCARD_E_UNKNOWN_READER)
            if not states[0][1] & scard.SCARD_STATE_PRESENT:
                return True
            known = states[0][1] & ~scard.SCARD_STATE_CHANGED
        return False
    finally:
        scard.SCardReleaseContext(context)


def is_activated(reader: str) -> bool:
    """Whether the card's file system is in operation: until then access conditions are off, and any PIN is right
    (measured). Raises Refusal: card_removed, card_in_use, card_error (fact error)."""
    with _connected(reader) as transmit:
        answer = transmit(_SELECT_MF)
    state = _tag(answer[2:-2], _LIFE_CYCLE) if answer[:1] == bytes([_CONTROL_PARAMETERS]) else b""
    return len(state) == 1 and state[0] in _ACTIVATED


def _called(slot: str, names: dict[str, str]) -> list[str]:
    """The readers that a slot may be of."""
    return [name for name in names if slot and slot in (name, *(_cut(name, mark) for mark in (b"", b"...")))]


def _cut(name: str, mark: bytes) -> str:
    """A name as a slot's description has it when it is too long; OpenSC marks the cut (measured)."""
    raw = name.encode()
    return name if len(raw) <= _DESCRIPTION_BYTES else _text(raw[: _DESCRIPTION_BYTES - len(mark)] + mark)


def _text(raw: bytes) -> str:
    """As card/raw.py reads a description."""
    return raw.decode(errors="replace").rstrip()


@contextmanager
def _connected(reader: str) -> Iterator[Any]:
    from smartcard import scard

    number, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
    _check(number)
    try:
        number, card, protocol = scard.SCardConnect(
            context, reader, scard.SCARD_SHARE_SHARED, scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
        )
        _check(number)
        try:

            def transmit(apdu: bytes) -> bytes:
                number, answer = scard.SCardTransmit(card, protocol, list(apdu))
                _check(number)
                return bytes(answer)

            yield transmit
        finally:
            scard.SCardDisconnect(card, scard.SCARD_LEAVE_CARD)
    finally:
        scard.SCardReleaseContext(context)


def _check(number: int) -> None:
    from smartcard import scard

    if number == scard.SCARD_S_SUCCESS:
        return
    code = {
        scard.SCARD_W_REMOVED_CARD: Code.CARD_REMOVED,
        scard.SCARD_E_NO_SMARTCARD: Code.CARD_REMOVED,
        scard.SCARD_E_SHARING_VIOLATION: Code.CARD_IN_USE,
    }.get(number, Code.CARD_ERROR)
    raise Refusal(code, error=f"0x{number & 0xFFFFFFFF:08X}")


def _tag(data: bytes, wanted: int) -> bytes:
    """The value of a tag of one byte among BER-TLV objects of short length (ISO/IEC 7816-4, 5.2.2)."""
    place = 0
    while place + 2 <= len(data):
        tag, length = data[place], data[place + 1]
        if tag == wanted:
            return data[place + 2 : place + 2 + length]
        place += 2 + length
    return b""
