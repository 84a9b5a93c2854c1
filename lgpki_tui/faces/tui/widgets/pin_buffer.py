"""The bytes of a PIN while it is typed: one block of memory that never moves and that nothing shows."""

from __future__ import annotations

import hmac

from lgpki_tui.ground.secret import Secret

MOST_BYTES = 255


class PinBuffer:
    """At most 255 printable ASCII characters. No repr tells them; `wipe` overwrites them.

    A block of full length from the start: a bytearray that grows leaves its former places behind in memory. Unused
    bytes are zero, which no PIN holds, so that whole blocks can be compared.
    """

    __slots__ = ("_block", "_length")

    def __init__(self) -> None:
        self._block = bytearray(MOST_BYTES)
        self._length = 0

    def __len__(self) -> int:
        return self._length

    def add(self, character: int) -> bool:
        """Append one ASCII character. False: the block is full, nothing was done."""
        if self._length == MOST_BYTES:
            return False
        self._block[self._length] = character
        self._length += 1
        return True

    def drop_last(self) -> None:
        """Overwrite the last character, if there is one."""
        if self._length:
            self._length -= 1
            self._block[self._length] = 0

    def wipe(self) -> None:
        """Overwrite all."""
        for index in range(MOST_BYTES):
            self._block[index] = 0
        self._length = 0

    def take(self) -> Secret:
        """Hand the PIN over and wipe it here. An empty one is empty."""
        with memoryview(self._block) as block, block[: self._length] as typed:
            secret = Secret(typed)
        self.wipe()
        return secret

    def same_as(self, other: PinBuffer) -> bool:
        """Whether both hold the same, in a time that tells nothing about where they differ, nor of their lengths."""
        return hmac.compare_digest(self._block, other._block)

    def holds(self, text: str) -> bool:
        """Whether the PIN is this text, which somebody typed where it can be read."""
        other = PinBuffer()
        fits = text.isascii() and all(other.add(ord(character)) for character in text)
        same = fits and self.same_as(other)
        other.wipe()
        return same

    def __repr__(self) -> str:
        return "PinBuffer(***)"

    def __reduce__(self) -> str:
        raise TypeError("a PIN is not written anywhere")
