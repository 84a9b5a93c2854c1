"""Making a key pair and using it (ISO 7816-8; algorithms and templates as MyEID takes them)."""

from __future__ import annotations

import os

from lgpki_tui.rehearsal.virtual_card import keys
from lgpki_tui.rehearsal.virtual_card.apdu import CardError, Command, StatusWord
from lgpki_tui.rehearsal.virtual_card.chip import Chip, Environment
from lgpki_tui.rehearsal.virtual_card.files import Act, File
from lgpki_tui.rehearsal.virtual_card.tlv import decode

_SET_FOR_COMPUTATION = 0x41
_SIGNING, _DECIPHERING = 0xB6, 0xB8
_SIGN, _DECIPHER = (0x9E, 0x9A), (0x80, 0x86)
_PAD_BIT = 0x02
# In front of a cryptogram: plain, no padding indicator (ISO 7816-8).
_PLAIN = b"\0"


def challenge(chip: Chip, command: Command) -> bytes:
    """Random bytes, as many as are wanted."""
    return os.urandom(command.expected)


def generate(chip: Chip, command: Command) -> bytes:
    """A key pair in the current key file, in place of one that is there."""
    file = _key_file(chip, chip.current, Act.GENERATE)
    file.key = keys.generate(file.kind, file.size)
    chip.save()
    return b""


def set_environment(chip: Chip, command: Command) -> bytes:
    """Which key file (tag 81), by which algorithm (tag 80), for the template in P2."""
    template = decode(command.data)
    number = int.from_bytes(template.get(0x81, b""), "big")
    folder = chip.current.folder
    file = folder.children.get(number) or chip.contents.application.children.get(number)
    if command.p1 != _SET_FOR_COMPUTATION or file is None:
        raise CardError(StatusWord.REFERENCE_NOT_FOUND)
    algorithm = template.get(0x80) or b"\0"
    chip.environment = Environment(command.p2, algorithm[0], file)
    return b""


def perform(chip: Chip, command: Command) -> bytes:
    """Sign or decipher with the key of the environment. A key that wants its PIN before every use loses it here."""
    environment = chip.environment
    if environment is None:
        raise CardError(StatusWord.CONDITIONS)
    file = _key_file(chip, environment.file, Act.READ_USE_CREATE_DF)
    if not file.key:
        raise CardError(StatusWord.CONDITIONS)
    if file.pin_before_every_use:
        chip.verified.discard(file.pin_before_every_use)
    pad = bool(environment.algorithm & _PAD_BIT)
    act = (command.p1, command.p2)
    if act == _SIGN and environment.template == _SIGNING:
        return keys.sign(file.key, command.data, pad=pad)
    if act == _DECIPHER and environment.template == _DECIPHERING and command.data[:1] == _PLAIN:
        return keys.decipher(file.key, command.data[1:], pad=pad)
    raise CardError(StatusWord.WRONG_P1_P2)


def _key_file(chip: Chip, file: File, act: Act) -> File:
    if not file.is_key:
        raise CardError(StatusWord.FILE_TYPE)
    chip.need(file, act)
    return file
