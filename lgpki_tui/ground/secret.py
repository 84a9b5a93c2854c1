"""A PIN on its way from the field where it was typed to the card (MISSION rule 4)."""

from __future__ import annotations

import hmac
from hashlib import blake2b


class Secret:
    """Bytes that no repr, log, traceback or pickle shows. `wipe` overwrites them; using it as a context does so.

    Python cannot promise that no copy is left in memory; core dumps and ptrace are shut off elsewhere for that.
    """

    __slots__ = ("_bytes",)

    def __init__(self, value: str | bytes | bytearray | memoryview) -> None:
        self._bytes = bytearray(value.encode() if isinstance(value, str) else value)

    def reveal(self) -> bytes:
        """The bytes (UTF-8). Only the card's wire and the format rules of the card model may ask."""
        return bytes(self._bytes)

    def text(self) -> str:
        """The characters, for the format rules. Raises UnicodeDecodeError when the bytes are not UTF-8."""
        return self._bytes.decode()

    def digest(self, salt: bytes) -> bytes:
        """A keyed digest, to notice that the same PIN comes again without keeping it."""
        return blake2b(self._bytes, key=salt[:64], digest_size=16).digest()

    def wipe(self) -> None:
        """Overwrite the bytes and forget them."""
        for index in range(len(self._bytes)):
            self._bytes[index] = 0
        self._bytes.clear()

    def __enter__(self) -> Secret:
        return self

    def __exit__(self, *exc: object) -> None:
        self.wipe()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and hmac.compare_digest(self._bytes, other._bytes)

    __hash__ = None  # type: ignore[assignment]  # equal secrets must not be findable through a dictionary

    def __repr__(self) -> str:
        return "Secret(***)"

    def __reduce__(self) -> str:
        raise TypeError("a secret is not written anywhere")
