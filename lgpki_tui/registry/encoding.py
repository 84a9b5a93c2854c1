"""In which encoding a table is written: found out from its bytes, never guessed.

In this order: a byte order mark decides. Without one: UTF-16 only where zero bytes are there and exactly one byte order
gives a header row that is known. Else UTF-8, when every byte is valid UTF-8: a file that could be CP932 too is UTF-8
(pure ASCII, in which both are the same, and next to nothing else: docs/contract.md). Else CP932 (Windows' Shift_JIS),
when every byte is valid there and no character beyond ASCII stood before the first byte that UTF-8 refuses; one that
did means a UTF-8 file with a damaged place, which CP932 would read as other kanji. Anything else is refused, and can be
named by `--encoding`.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable
from enum import StrEnum
from hashlib import sha256
from typing import BinaryIO

from lgpki_tui.ground.frozen import dataclass

# More than ten million rows of 77 bytes; a registry of the whole country would be about one million.
MOST_BYTES = 1024 * 1024 * 1024
# A line longer than about this many characters is no row of a registry; it would be held in memory whole.
MOST_LINE = 1024 * 1024
_CHUNK = 256 * 1024


class Encoding(StrEnum):
    """An encoding of a table; the value is Python's name and that of `--encoding`."""

    UTF_8 = "utf-8"
    CP932 = "cp932"
    UTF_16_LE = "utf-16-le"
    UTF_16_BE = "utf-16-be"


class By(StrEnum):
    """What told the encoding."""

    MARK = "mark"
    CONTENT = "content"
    OPTION = "option"


_MARKS = (
    (codecs.BOM_UTF8, Encoding.UTF_8),
    (codecs.BOM_UTF16_LE, Encoding.UTF_16_LE),
    (codecs.BOM_UTF16_BE, Encoding.UTF_16_BE),
)


@dataclass(frozen=True, slots=True)
class Detected:
    """How to read a table, and what was read. `mark`: length of the byte order mark; `first_line` without its end."""

    encoding: Encoding
    by: By
    mark: int
    sha256: str
    first_line: str


class BadBytes(Exception):
    """Bytes that the encoding does not have: `offset` from the start of the file, `line` from 1. `seen`: whether a
    character beyond ASCII was read before them."""

    def __init__(self, encoding: Encoding, offset: int, line: int, *, seen: bool) -> None:
        super().__init__(offset)
        self.encoding, self.offset, self.line, self.seen = encoding, offset, line, seen


class Unfit(Exception):
    """The file is no table: `reason` line_too_long (with `line`) or too_large."""

    def __init__(self, reason: str, line: int = 0) -> None:
        super().__init__(reason)
        self.reason, self.line = reason, line


def detect(file: BinaryIO, is_header: Callable[[str], bool], wanted: Encoding | None = None) -> Detected:
    """Read a file once from its beginning and tell its encoding; `wanted` is taken at its word.

    Every byte has been decoded when it returns. Raises BadBytes (of UTF-8, unless `wanted` is another one), Unfit.
    """
    head = file.read(_CHUNK)
    marked, mark = next(((encoding, len(mark)) for mark, encoding in _MARKS if head.startswith(mark)), (None, 0))
    if wanted is not None:
        return _scan(file, wanted, By.OPTION, mark if marked is wanted else 0)
    if marked is not None:
        return _scan(file, marked, By.MARK, mark)
    wide = _without_mark(head, is_header)
    if wide is not None:
        return _scan(file, wide, By.CONTENT, 0)
    try:
        return _scan(file, Encoding.UTF_8, By.CONTENT, 0)
    except BadBytes as bad:
        if bad.seen:
            raise
        try:
            return _scan(file, Encoding.CP932, By.CONTENT, 0)
        except BadBytes:
            raise bad from None


def _without_mark(head: bytes, is_header: Callable[[str], bool]) -> Encoding | None:
    """UTF-16 in the one byte order that gives a header; None when there is none, or no zero byte at all."""
    if b"\0" not in head:
        return None
    head = head[: len(head) & ~1]
    fitting = [each for each in (Encoding.UTF_16_LE, Encoding.UTF_16_BE) if is_header(_first_line(head, each))]
    return fitting[0] if len(fitting) == 1 else None


def _first_line(head: bytes, encoding: Encoding) -> str:
    return head.decode(encoding.value, "ignore").partition("\n")[0].rstrip("\r")


def _scan(file: BinaryIO, encoding: Encoding, by: By, mark: int) -> Detected:
    file.seek(0)
    digest, decoder = sha256(), codecs.getincrementaldecoder(encoding.value)()
    read = lines = since = 0
    seen, first, first_ended = False, "", False
    while True:
        raw = file.read(_CHUNK)
        digest.update(raw)
        body = raw[mark:] if not read else raw
        try:
            text = decoder.decode(body, final=not raw)
        except UnicodeDecodeError as error:
            before = _valid(error, encoding)
            start = read + len(raw) - len(error.object) + error.start
            seen = seen or not before.isascii()
            raise BadBytes(encoding, start, lines + before.count("\n") + 1, seen=seen) from None
        read += len(raw)
        if not first_ended:
            head, end, _ = text.partition("\n")
            first, first_ended = first + head, bool(end)
        seen = seen or not text.isascii()
        found = text.count("\n")
        lines += found
        since = len(text) - text.rfind("\n") - 1 if found else since + len(text)
        if since > MOST_LINE:
            raise Unfit("line_too_long", lines + 1)
        if read > MOST_BYTES:
            raise Unfit("too_large")
        if not raw:
            return Detected(encoding, by, mark, digest.hexdigest(), first.removesuffix("\r"))


def _valid(error: UnicodeDecodeError, encoding: Encoding) -> str:
    return error.object[: error.start].decode(encoding.value, "ignore")
