"""The files of the card: folders, working files and key files, and who may do what with them (ISO 7816-4)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum

from lgpki_tui.rehearsal.virtual_card.apdu import CardError, StatusWord

MF = 0x3F00
PKCS15_DF = 0x5015
PKCS15_AID = bytes.fromhex("A000000063504B43532D3135")
FREE_FOR_ALL = b"\0\0\0"
NEVER = 15
# What a file takes besides its content. How much a real card takes is not known here.
HEADER_BYTES = 32


class Kind(IntEnum):
    """The file descriptor byte, tag 82; key files as MyEID numbers them."""

    DF = 0x38
    EF = 0x01
    RSA_KEY = 0x11
    EC_KEY = 0x22


class Act(IntEnum):
    """Which nibble of the security attributes (tag 86) an act needs. What it means differs by kind of file."""

    READ_USE_CREATE_DF = 0
    UPDATE_CREATE_EF = 1
    DELETE = 2
    GENERATE = 3


@dataclass(eq=False, slots=True)
class File:
    """A file. `size` is bytes for an EF and bits for a key file; `key` is PKCS #8 DER, empty before generation."""

    number: int
    kind: Kind
    size: int = 0
    security: bytes = FREE_FOR_ALL
    proprietary: bytes = b"\0\0"
    name: bytes = b""
    content: bytearray = field(default_factory=bytearray)
    key: bytes = b""
    parent: File | None = None
    children: dict[int, File] = field(default_factory=dict)

    @property
    def is_folder(self) -> bool:
        """Whether it is a DF (or the MF)."""
        return self.kind is Kind.DF

    @property
    def is_key(self) -> bool:
        """Whether it holds a key pair."""
        return self.kind in (Kind.RSA_KEY, Kind.EC_KEY)

    @property
    def folder(self) -> File:
        """The DF it is in; a DF itself."""
        return self if self.is_folder or self.parent is None else self.parent

    def add(self, child: File) -> File:
        """Put a file into this DF."""
        child.parent = self
        self.children[child.number] = child
        return child

    def remove(self) -> File:
        """Take it out of its DF, with all it holds; the DF. The MF cannot be removed."""
        if self.parent is None:
            raise CardError(StatusWord.CONDITIONS)
        del self.parent.children[self.number]
        return self.parent

    def needs(self, act: Act) -> int:
        """The reference of the PIN that the act needs: 0 for none, NEVER for nobody."""
        octet = self.security[act // 2]
        return octet & 15 if act & 1 else octet >> 4

    @property
    def pin_before_every_use(self) -> int:
        """The reference of the PIN that a key wants verified anew for each use; 0 for none."""
        return self.proprietary[0] >> 4

    def below(self, path: bytes) -> File:
        """Follow file numbers of two bytes each. Raises CardError: file not found."""
        found: File | None = self
        for place in range(0, len(path), 2):
            found = found and found.children.get(int.from_bytes(path[place : place + 2], "big"))
        if found is None or len(path) % 2:
            raise CardError(StatusWord.FILE_NOT_FOUND)
        return found

    def walk(self) -> Iterator[File]:
        """It and everything in it."""
        yield self
        for child in self.children.values():
            yield from child.walk()

    def memory(self) -> int:
        """Bytes of card memory that it takes, with everything in it; a key as if it were there already."""
        return sum(HEADER_BYTES + (one.size // 8 * 5 if one.is_key else one.size) for one in self.walk())


def new_tree(mf_security: bytes, df_security: bytes) -> File:
    """An MF that holds the PKCS#15 DF, both with their access conditions."""
    mf = File(MF, Kind.DF, security=mf_security)
    mf.add(File(PKCS15_DF, Kind.DF, security=df_security, name=PKCS15_AID))
    return mf
