"""Tag, length, value with one-byte tags (ISO 7816-4)."""

from __future__ import annotations

from lgpki_tui.rehearsal.virtual_card.apdu import CardError, StatusWord

_SHORT = 0x80


def encode(tag: int, value: bytes) -> bytes:
    """One data object; the value shorter than 65536 bytes."""
    size = len(value)
    if size < _SHORT:
        return bytes([tag, size]) + value
    octets = (size.bit_length() + 7) // 8
    return bytes([tag, _SHORT | octets]) + size.to_bytes(octets, "big") + value


def decode(content: bytes) -> dict[int, bytes]:
    """The data objects one after the other, up to the end or a zero tag (filling); lengths below 128.

    Raises CardError: wrong data.
    """
    found: dict[int, bytes] = {}
    place = 0
    while place < len(content) and content[place]:
        if place + 1 >= len(content):
            raise CardError(StatusWord.WRONG_DATA)
        tag, size = content[place], content[place + 1]
        value = content[place + 2 : place + 2 + size]
        if size >= _SHORT or len(value) != size:
            raise CardError(StatusWord.WRONG_DATA)
        found[tag] = value
        place += 2 + size
    return found
