"""The PINs and their PUKs, each with a counter of its own (ISO 7816-4).

What is written down is a salted digest (scrypt, RFC 7914): nobody reads a PIN by chance in the state file. Somebody
who wants it tries out 10^4 to 10^8 numbers in no time; the practice card protects nothing real.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Callable
from dataclasses import dataclass

from lgpki_tui.rehearsal.virtual_card.apdu import CardError, StatusWord

PIN_BYTES = 8
MOST_TRIES = 15
SO_PIN = 3
_SALT_BYTES = 16
_COST = 1024  # 3 ms, measured

Save = Callable[[], None]


@dataclass(slots=True)
class Counted:
    """A PIN or PUK that is counted: its salted digest, the tries left and the tries there are."""

    salt: bytes
    digest: bytes
    left: int
    most: int

    @classmethod
    def of(cls, secret: bytes, tries: int) -> Counted:
        """One that nobody has tried yet."""
        made = cls(b"", b"", tries, tries)
        made.become(secret)
        return made

    def become(self, secret: bytes) -> None:
        """Take another secret and give all tries back."""
        self.salt = os.urandom(_SALT_BYTES)
        self.digest = _digest(secret, self.salt)
        self.left = self.most

    def accept(self, secret: bytes, save: Save) -> None:
        """Let the right secret through, and give all tries back. A wrong one has cost a try before anybody is told.

        Raises CardError: tries left, or blocked.
        """
        if not self.left:
            raise CardError(StatusWord.BLOCKED)
        right = hmac.compare_digest(self.digest, _digest(secret, self.salt))
        left = self.most if right else self.left - 1
        if left != self.left:
            self.left = left
            save()
        if not right:
            raise CardError(self.standing())

    def standing(self) -> int:
        """The status word that tells how many tries are left."""
        return StatusWord.TRIES_LEFT | self.left if self.left else StatusWord.BLOCKED


@dataclass(slots=True)
class Pin:
    """A PIN and the PUK that gives it back."""

    pin: Counted
    puk: Counted


def new_pin(data: bytes) -> Pin:
    """As MyEID's PUT DATA brings it: PIN and PUK of 8 bytes, filled with FF, then the tries of each.

    Raises CardError: wrong data.
    """
    if len(data) < 2 * PIN_BYTES + 2:
        raise CardError(StatusWord.WRONG_DATA)
    tries, puk_tries = data[2 * PIN_BYTES], data[2 * PIN_BYTES + 1]
    if not (0 < tries <= MOST_TRIES and 0 < puk_tries <= MOST_TRIES):
        raise CardError(StatusWord.WRONG_DATA)
    return Pin(
        Counted.of(data[:PIN_BYTES], tries),
        Counted.of(data[PIN_BYTES : 2 * PIN_BYTES], puk_tries),
    )


def _digest(secret: bytes, salt: bytes) -> bytes:
    return hashlib.scrypt(secret, salt=salt, n=_COST, r=8, p=1, dklen=32)
