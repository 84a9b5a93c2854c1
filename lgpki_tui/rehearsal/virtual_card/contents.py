"""What stays on the card without power, and what it is by its make."""

from __future__ import annotations

import os
from dataclasses import dataclass, field

from lgpki_tui.rehearsal.virtual_card.apdu import CardError, StatusWord
from lgpki_tui.rehearsal.virtual_card.files import PKCS15_DF, File, new_tree
from lgpki_tui.rehearsal.virtual_card.pins import Pin

SERIAL_BYTES = 10
DEFAULT_MEMORY = 65536
_MAKER = b"LG"
# The access conditions of a card from the factory, which the first format by OpenSC leaves as they are: the user makes
# files, the SO erases all. The same that OpenSC sets when it erases (its myeid.profile).
_FACTORY_MF = bytes.fromhex("113FFF")
_FACTORY_DF = bytes.fromhex("111FFF")


def random_serial() -> bytes:
    """Ten bytes; the last eight, which are all that OpenSC shows in PKCS#11, are random."""
    return _MAKER + os.urandom(SERIAL_BYTES - len(_MAKER))


@dataclass(frozen=True, slots=True)
class Make:
    """What a card is by its make: name and version that it announces, serial number, memory in bytes, largest keys."""

    name: str = "OsEID"
    version: tuple[int, int, int] = (4, 5, 5)
    serial: bytes = field(default_factory=random_serial)
    memory: int = DEFAULT_MEMORY
    most_rsa: int = 4096
    most_ec: int = 521

    @property
    def atr(self) -> bytes:
        """Answer to reset: T=1 and the name as historical bytes (ISO 7816-3)."""
        body = bytes.fromhex("F51800008131FE45") + self.name.encode("ascii")
        check = 0
        for octet in body:
            check ^= octet
        return b"\x3b" + body + bytes([check])


@dataclass(slots=True)
class Contents:
    """The memory. Access conditions hold once it is `active`; before that is the creation state."""

    make: Make
    mf: File = field(default_factory=lambda: new_tree(_FACTORY_MF, _FACTORY_DF))
    pins: dict[int, Pin] = field(default_factory=dict)
    active: bool = False
    changes: int = 0

    def erase(self, mf_security: bytes, df_security: bytes) -> None:
        """Make it blank: only the two folders, no PINs, in the creation state."""
        self.mf, self.pins, self.active = new_tree(mf_security, df_security), {}, False

    @property
    def application(self) -> File:
        """The PKCS#15 folder. Raises CardError: file not found."""
        return self.mf.below(PKCS15_DF.to_bytes(2, "big"))

    @property
    def free(self) -> int:
        """Bytes of memory that are left."""
        return self.make.memory - self.mf.memory()

    def pin(self, reference: int) -> Pin:
        """Raises CardError: reference not found."""
        if reference not in self.pins:
            raise CardError(StatusWord.REFERENCE_NOT_FOUND)
        return self.pins[reference]
