"""GET DATA, PUT DATA and the life cycle, as MyEID has them."""

from __future__ import annotations

import struct

from lgpki_tui.rehearsal.virtual_card import keys
from lgpki_tui.rehearsal.virtual_card.apdu import CardError, Command, StatusWord
from lgpki_tui.rehearsal.virtual_card.chip import Chip
from lgpki_tui.rehearsal.virtual_card.files import PKCS15_AID, Act, File, Kind
from lgpki_tui.rehearsal.virtual_card.pins import new_pin
from lgpki_tui.rehearsal.virtual_card.tlv import encode

_MODULUS, _EXPONENT, _POINT = 0x0101, 0x0102, 0x0186
_PINS = range(0x0101, 0x010F)
_INITIALISE = 0x01E0
# Sizes (2 bytes), then the access conditions of the MF and of the PKCS#15 folder.
_INITIALISE_BYTES = 8
_RSA_AND_EC = 0x01 | 0x08


def get(chip: Chip, command: Command) -> bytes:
    """What the card is, what it can, which files are in the folder, or a public key of the current key file."""
    contents = chip.contents
    make = contents.make
    match command.p1_p2:
        case 0x01A0:  # the card
            return b"MyEID" + bytes(make.version) + make.serial + contents.changes.to_bytes(2, "big")
        case 0x01AA:  # its capabilities
            return struct.pack(">BHHHHH", 1, _RSA_AND_EC, make.most_rsa, 0, 0, make.most_ec)
        case 0x01A1:  # the files here
            return b"".join(number.to_bytes(2, "big") for number in chip.current.folder.children)
    return _public_part(chip.current, command.p1_p2)


def _public_part(file: File, which: int) -> bytes:
    if not file.key:
        raise CardError(StatusWord.REFERENCE_NOT_FOUND)
    if file.kind is Kind.RSA_KEY and which == _MODULUS:
        return keys.modulus(file.key)
    if file.kind is Kind.RSA_KEY and which == _EXPONENT:
        return keys.exponent(file.key)
    if file.kind is Kind.EC_KEY and which == _POINT:
        return encode(0x86, keys.point(file.key))
    raise CardError(StatusWord.REFERENCE_NOT_FOUND)


def put(chip: Chip, command: Command) -> bytes:
    """Make everything blank, or create a PIN."""
    if command.p1_p2 == _INITIALISE:
        return _initialise(chip, command.data)
    if command.p1_p2 in _PINS:
        return _create_pin(chip, command.p2, command.data)
    raise CardError(StatusWord.REFERENCE_NOT_FOUND)


def _initialise(chip: Chip, data: bytes) -> bytes:
    chip.need(chip.contents.mf, Act.DELETE)
    if len(data) < _INITIALISE_BYTES:
        raise CardError(StatusWord.WRONG_LENGTH)
    chip.contents.erase(data[2:5], data[5:8])
    chip.reset()
    chip.save()
    return b""


def _create_pin(chip: Chip, reference: int, data: bytes) -> bytes:
    chip.need(chip.contents.mf, Act.UPDATE_CREATE_EF)
    if chip.contents.active and reference in chip.contents.pins:
        raise CardError(StatusWord.CONDITIONS)
    chip.contents.pins[reference] = new_pin(data)
    chip.save()
    return b""


def activate(chip: Chip, command: Command) -> bytes:
    """End the creation state: access conditions hold from here on."""
    if command.data != PKCS15_AID:
        raise CardError(StatusWord.FILE_NOT_FOUND)
    chip.contents.active = True
    chip.save()
    return b""
