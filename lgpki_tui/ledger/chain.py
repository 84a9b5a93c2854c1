"""The hash chain over the entries: nothing can be changed, removed or put between without the chain saying so.

hash(n) = SHA-256 over hash(n-1) in lower-case hex, a line feed, and the entry's text in UTF-8; hash(0) is 64 zeros.
Anyone can recompute it: ``printf '%s\\n%s' "$previous" "$entry" | sha256sum``.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

START = "0" * 64


def link(previous: str, entry: str) -> str:
    """The hash of an entry that follows `previous`."""
    return sha256(f"{previous}\n{entry}".encode()).hexdigest()


def first_broken(rows: Iterable[tuple[int, str, str]], count: int, head: str) -> int | None:
    """The sequence number (from 1) of the first row that does not hold, or None.

    `rows` are (number, entry, hash) in order; `count` and `head` are what the ledger says of its end, so that rows
    cut off at the end are missed: the number after the last row is then the first broken one.
    """
    previous, expected = START, 1
    for number, entry, stored in rows:
        if number != expected or link(previous, entry) != stored:
            return expected
        previous, expected = stored, expected + 1
    return None if (count, head) == (expected - 1, previous) else expected
