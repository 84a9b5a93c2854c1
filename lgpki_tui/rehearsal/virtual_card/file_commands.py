"""SELECT, CREATE, DELETE, READ, UPDATE and ERASE (ISO 7816-4, 7816-9)."""

from __future__ import annotations

from lgpki_tui.rehearsal.virtual_card.apdu import CardError, Command, StatusWord
from lgpki_tui.rehearsal.virtual_card.chip import Chip
from lgpki_tui.rehearsal.virtual_card.files import FREE_FOR_ALL, MF, PKCS15_AID, Act, File, Kind
from lgpki_tui.rehearsal.virtual_card.keys import may_be
from lgpki_tui.rehearsal.virtual_card.tlv import decode, encode

_ACTIVATED, _CREATION = b"\x07", b"\x01"
_NO_FCI = 0x0C
_SHORT_FILE = 0x8000
_MOST_EF = 0x7FFF
_TEMPLATE_HEADER = 2


def select(chip: Chip, command: Command) -> bytes:
    """By file number, path, name or parent; answers the file's control information (tag 6F)."""
    chip.current = _found(chip, command)
    return b"" if command.p2 & _NO_FCI else _control_information(chip, chip.current)


def _found(chip: Chip, command: Command) -> File:
    mf, folder = chip.contents.mf, chip.current.folder
    match command.p1:
        case 0x00:
            return _by_number(chip, command.data or MF.to_bytes(2, "big"))
        case 0x03:
            return folder.parent or mf
        case 0x04 if command.data == PKCS15_AID:
            return mf
        case 0x04:
            raise CardError(StatusWord.FILE_NOT_FOUND)
        case 0x08:
            return mf.below(command.data)
        case 0x09:
            return folder.below(command.data)
    raise CardError(StatusWord.WRONG_P1_P2)


def _by_number(chip: Chip, number: bytes) -> File:
    folder = chip.current.folder
    for near in (chip.contents.mf, chip.current, folder, folder.parent):
        if near is not None and near.number == int.from_bytes(number, "big"):
            return near
    return folder.below(number)


def _control_information(chip: Chip, file: File) -> bytes:
    size = 2 if file.is_folder else file.size
    inside = (
        encode(0x81, size.to_bytes(2, "big")),
        encode(0x82, bytes([file.kind])),
        encode(0x83, file.number.to_bytes(2, "big")),
        encode(0x84, file.name) if file.name else b"",
        encode(0x86, file.security),
        encode(0x85, file.proprietary),
        encode(0x8A, _ACTIVATED if chip.contents.active else _CREATION),
    )
    return encode(0x6F, b"".join(inside))


def create(chip: Chip, command: Command) -> bytes:
    """A file in the current folder, as the template (tag 62) says; it becomes the current one."""
    folder = chip.current.folder
    file = _described(decode(command.data[_TEMPLATE_HEADER:]))
    chip.need(folder, Act.READ_USE_CREATE_DF if file.is_folder else Act.UPDATE_CREATE_EF)
    make = chip.contents.make
    if file.number in folder.children:
        raise CardError(StatusWord.FILE_EXISTS)
    if file.is_key and not may_be(file.kind, file.size, make.most_rsa, make.most_ec):
        raise CardError(StatusWord.WRONG_DATA)
    if file.memory() > chip.contents.free:
        raise CardError(StatusWord.MEMORY_FULL)
    chip.current = folder.add(file)
    chip.save()
    return b""


def _described(template: dict[int, bytes]) -> File:
    try:
        kind = Kind(template[0x82][0])
        number = int.from_bytes(template[0x83], "big")
    except (KeyError, IndexError, ValueError) as error:
        raise CardError(StatusWord.WRONG_DATA) from error
    size = 0 if kind is Kind.DF else int.from_bytes(template.get(0x80, template.get(0x81, b"")), "big")
    security, proprietary = template.get(0x86, FREE_FOR_ALL), template.get(0x85, b"\0\0")
    if len(security) != len(FREE_FOR_ALL) or not proprietary or number > 0xFFFF or size > _MOST_EF:
        raise CardError(StatusWord.WRONG_DATA)
    content = bytearray(size if kind is Kind.EF else 0)
    return File(number, kind, size, security, proprietary, template.get(0x84, b""), content)


def delete(chip: Chip, command: Command) -> bytes:
    """The current file, with all that is in it; its folder becomes the current one."""
    chip.need(chip.current, Act.DELETE)
    chip.current = chip.current.remove()
    chip.save()
    return b""


def read(chip: Chip, command: Command) -> bytes:
    """From the offset on, as much as there is and is wanted."""
    file, offset = _working(chip, command, Act.READ_USE_CREATE_DF)
    return bytes(file.content[offset : offset + command.expected])


def update(chip: Chip, command: Command) -> bytes:
    """Put the data at the offset; all of it must fit."""
    file, offset = _working(chip, command, Act.UPDATE_CREATE_EF)
    end = offset + len(command.data)
    if end > len(file.content):
        raise CardError(StatusWord.WRONG_OFFSET)
    file.content[offset:end] = command.data
    chip.save()
    return b""


def erase(chip: Chip, command: Command) -> bytes:
    """Zeros from the offset to the end."""
    file, offset = _working(chip, command, Act.UPDATE_CREATE_EF)
    file.content[offset:] = bytes(len(file.content) - offset)
    chip.save()
    return b""


def _working(chip: Chip, command: Command, act: Act) -> tuple[File, int]:
    file, offset = chip.current, command.p1_p2
    if file.is_folder:
        raise CardError(StatusWord.NO_FILE_SELECTED)
    if file.is_key:
        raise CardError(StatusWord.FILE_TYPE)
    chip.need(file, act)
    if offset & _SHORT_FILE:
        raise CardError(StatusWord.WRONG_P1_P2)
    if offset > len(file.content):
        raise CardError(StatusWord.WRONG_OFFSET)
    return file, offset
