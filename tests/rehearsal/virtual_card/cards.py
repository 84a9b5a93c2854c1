"""A card whose memory is this process's, spoken to in raw commands."""

from __future__ import annotations

from dataclasses import dataclass, field

from lgpki_tui.rehearsal.virtual_card.contents import Contents, Make
from lgpki_tui.rehearsal.virtual_card.files import PKCS15_AID
from lgpki_tui.rehearsal.virtual_card.operating_system import Card
from lgpki_tui.rehearsal.virtual_card.state import dump, load

PIN, PUK = b"2468\xff\xff\xff\xff", b"11223344"
SO_PIN, SO_PUK = b"87654321", b"99887766"
WRONG = b"0000\xff\xff\xff\xff"
USER, SO = 1, 3
TRIES, PUK_TRIES = 3, 10
# Who may create folders, create files and delete, by nibble: in the MF the SO; in the application the user, and the
# SO deletes it.
MF_ACCESS, APPLICATION_ACCESS = bytes.fromhex("333FFF"), bytes.fromhex("113FFF")
APPLICATION = bytes.fromhex("3F005015")
USER_READS_AND_WRITES = bytes.fromhex("111FFF")
# A key: the user uses, updates, deletes and generates.
USERS_KEY = bytes.fromhex("1111FF")
OK = 0x9000


@dataclass
class InMemory:
    """Keeps the state as the file would hold it. May be told to be full."""

    make: Make
    state: bytes = b""
    full: bool = False
    saved: int = 0

    def __post_init__(self) -> None:
        self.state = dump(Contents(self.make))

    def contents(self) -> Contents:
        return load(self.state)

    def save(self, contents: Contents) -> None:
        if self.full:
            raise OSError(28, "No space left on device")
        self.state = dump(contents)
        self.saved += 1


@dataclass
class Bench:
    """A card and who talks to it."""

    make: Make = field(default_factory=Make)

    def __post_init__(self) -> None:
        self.memory = InMemory(self.make)
        self.card = Card(self.memory)

    def send(self, header: str, data: bytes = b"", expected: int | None = None) -> tuple[bytes, int]:
        """The header as four bytes in hex. The answer's data and status word; long answers are fetched whole."""
        body = bytes([len(data)]) + data if data else b""
        end = b"" if expected is None else bytes([expected])
        answer = self.card.respond(bytes.fromhex(header) + body + end)
        got = answer[:-2]
        while answer[-2] == 0x61:
            answer = self.card.respond(bytes.fromhex("00C00000") + answer[-1:])
            got += answer[:-2]
        return got, int.from_bytes(answer[-2:], "big")

    def status(self, header: str, data: bytes = b"", expected: int | None = None) -> int:
        """Only the status word."""
        return self.send(header, data, expected)[1]

    def chained(self, header: str, data: bytes) -> tuple[bytes, int]:
        """The data in several commands (ISO 7816-4, command chaining)."""
        while len(data) > 255:
            assert self.status("10" + header[2:], data[:255]) == OK
            data = data[255:]
        return self.send(header, data)

    def again(self) -> None:
        """Out of the reader and in again: nothing is left but what was saved."""
        self.card = Card(self.memory)

    def initialise(self) -> None:
        """Blank, with access conditions, in the creation state."""
        assert self.status("00DA01E0", b"\xff\xff" + MF_ACCESS + APPLICATION_ACCESS) == OK

    def set_pins(self) -> None:
        """User PIN and SO PIN, each with its PUK."""
        for reference, pin, puk in ((USER, PIN, PUK), (SO, SO_PIN, SO_PUK)):
            assert self.status(f"00DA01{reference:02X}", pin + puk + bytes([TRIES, PUK_TRIES])) == OK

    def activate(self) -> None:
        """From here on access conditions hold."""
        assert self.status("00440000", PKCS15_AID) == OK

    def format(self) -> None:
        """All three."""
        self.initialise()
        self.set_pins()
        self.activate()

    def verify(self, pin: bytes = PIN, reference: int = USER) -> int:
        """Log in."""
        return self.status(f"002000{reference:02X}", pin)

    def tries(self, reference: int = USER) -> int:
        """VERIFY without data."""
        return self.status(f"002000{reference:02X}")

    def enter(self) -> None:
        """Select the application's folder."""
        assert self.status("00A40800", APPLICATION[2:]) == OK

    def create(self, number: int, kind: int, size: int, access: bytes) -> int:
        """A file in the current folder."""
        template = (
            b"\x80\x02" + size.to_bytes(2, "big") + b"\x82\x01" + bytes([kind]) + b"\x83\x02"
            + number.to_bytes(2, "big") + b"\x86\x03" + access
        )  # fmt: skip
        return self.status("00E00000", b"\x62" + bytes([len(template)]) + template)

    def generate(self, number: int, kind: int, bits: int) -> None:
        """A key pair in a new key file of the user."""
        self.enter()
        assert self.create(number, kind, bits, USERS_KEY) == OK
        assert self.status("00460000") == OK

    def use(self, number: int, algorithm: int, template: int = 0xB6) -> None:
        """Set the security environment."""
        data = bytes([0x80, 1, algorithm, 0x81, 2]) + number.to_bytes(2, "big")
        assert self.status(f"002241{template:02X}", data) == OK


def formatted(make: Make | None = None) -> Bench:
    """A card with PINs and access conditions."""
    bench = Bench(make or Make())
    bench.format()
    return bench
