"""What goes to and from the card: a command, and a status word (ISO 7816-4). Short lengths only."""

from __future__ import annotations

from enum import IntEnum

from lgpki_tui.ground.frozen import dataclass

_HEADER = 4
_MOST_ANSWER = 256
_CHAIN_BIT = 0x10
# OpenSC asks MyEID to delete with class A0.
_CLASSES = (0x00, 0xA0)


class Instruction(IntEnum):
    """The instructions that this card knows (ISO 7816-4, 7816-8, 7816-9; ACTIVATE_APPLET and PUT_DATA as MyEID)."""

    ERASE_BINARY = 0x0E
    VERIFY = 0x20
    MANAGE_SECURITY_ENVIRONMENT = 0x22
    CHANGE_REFERENCE_DATA = 0x24
    PERFORM_SECURITY_OPERATION = 0x2A
    RESET_RETRY_COUNTER = 0x2C
    LOG_OUT = 0x2E
    ACTIVATE_APPLET = 0x44
    GENERATE_KEY_PAIR = 0x46
    GET_CHALLENGE = 0x84
    SELECT = 0xA4
    READ_BINARY = 0xB0
    GET_RESPONSE = 0xC0
    GET_DATA = 0xCA
    UPDATE_BINARY = 0xD6
    PUT_DATA = 0xDA
    CREATE_FILE = 0xE0
    DELETE_FILE = 0xE4


_WITH_PINS = frozenset(
    {
        Instruction.VERIFY,
        Instruction.CHANGE_REFERENCE_DATA,
        Instruction.RESET_RETRY_COUNTER,
        Instruction.PUT_DATA,
    }
)


class StatusWord(IntEnum):
    """How the card's answers end (ISO 7816-4)."""

    DONE = 0x9000
    MORE = 0x6100
    TRIES_LEFT = 0x63C0
    MEMORY_FAILURE = 0x6581
    WRONG_LENGTH = 0x6700
    FILE_TYPE = 0x6981
    SECURITY_STATUS = 0x6982
    BLOCKED = 0x6983
    CONDITIONS = 0x6985
    NO_FILE_SELECTED = 0x6986
    WRONG_DATA = 0x6A80
    FILE_NOT_FOUND = 0x6A82
    MEMORY_FULL = 0x6A84
    WRONG_P1_P2 = 0x6A86
    REFERENCE_NOT_FOUND = 0x6A88
    FILE_EXISTS = 0x6A89
    WRONG_OFFSET = 0x6B00
    UNKNOWN_INSTRUCTION = 0x6D00
    UNKNOWN_CLASS = 0x6E00
    FAULT = 0x6F00


class CardError(Exception):
    """The card answers with a status word and does nothing."""

    def __init__(self, status: int) -> None:
        super().__init__(f"{status:04X}")
        self.status = status


@dataclass(frozen=True, slots=True)
class Command:
    """One command: `data` without its length, `expected` the most bytes wanted in the answer (1 to 256)."""

    cla: int
    ins: int
    p1: int
    p2: int
    data: bytes
    expected: int

    @property
    def chained(self) -> bool:
        """Whether more of the same command follows (ISO 7816-4, command chaining)."""
        return bool(self.cla & _CHAIN_BIT)

    @property
    def p1_p2(self) -> int:
        """Both parameters as one number, for offsets and data objects."""
        return self.p1 << 8 | self.p2


def read_command(raw: bytes) -> Command:
    """Read a short command, cases 1 to 4. Raises CardError: wrong length, unknown class."""
    if len(raw) < _HEADER:
        raise CardError(StatusWord.WRONG_LENGTH)
    cla, ins, p1, p2 = raw[:_HEADER]
    if cla & ~_CHAIN_BIT not in _CLASSES:
        raise CardError(StatusWord.UNKNOWN_CLASS)
    data, expected = _body(raw[_HEADER:])
    return Command(cla, ins, p1, p2, data, expected or _MOST_ANSWER)


def _body(body: bytes) -> tuple[bytes, int]:
    """The data and Le as it stands (0 for absent or for all there is)."""
    if len(body) < 2:
        return b"", body[0] if body else 0
    length, rest = body[0], body[1:]
    if length == 0 or len(rest) not in (length, length + 1):
        raise CardError(StatusWord.WRONG_LENGTH)
    return rest[:length], rest[length] if len(rest) > length else 0


def answer(data: bytes, status: int) -> bytes:
    """Data and status word as they go over the line."""
    return data + status.to_bytes(2, "big")


def shown(raw: bytes) -> str:
    """A command for the log, in hex; of one that may carry a PIN only the header and how long its data is."""
    if len(raw) > _HEADER + 1 and raw[1] in _WITH_PINS:
        return f"{raw[: _HEADER + 1].hex()} ({len(raw) - _HEADER - 1} bytes left out)"
    return raw.hex()
