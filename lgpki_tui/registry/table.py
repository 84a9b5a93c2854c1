"""Reads a table of rows from a CSV file (RFC 4180, UTF-8), one row at a time, every field exactly as it stands."""

from __future__ import annotations

import csv
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal

# More than ten million rows of 77 bytes; a registry of the whole country would be about one million.
MOST_BYTES = 1024 * 1024 * 1024
# A line longer than this is no row of a registry; it would be held in memory whole.
MOST_LINE_BYTES = 1024 * 1024
_BOM = b"\xef\xbb\xbf"


class TableFile:
    """An open table. Iterate `rows` once; `sha256` is then the digest of the whole file."""

    def __init__(self, path: Path, file: BinaryIO) -> None:
        self.path = path
        self._file = file
        self._digest = sha256()
        self._offset = 0
        self._line = 0

    @property
    def sha256(self) -> str:
        """The digest of what was read so far, lower-case hex."""
        return self._digest.hexdigest()

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """(row number, fields), the header being row 1; lines with nothing on them are no rows.

        Raises Refusal: registry_encoding (file, line, offset in bytes), registry_file (file, reason, row, line).
        """
        reader = csv.reader(self._lines(), strict=True)
        number = width = 0
        try:
            for fields in reader:
                number += 1
                if not fields:
                    continue
                width = width or len(fields)
                if len(fields) != width:
                    self._refuse("ragged", row=number, line=reader.line_num, expected=width, found=len(fields))
                yield number, fields
        except csv.Error as error:
            self._refuse("not_csv", row=number + 1, line=self._line, detail=str(error))
        except OSError as error:
            self._refuse(type(error).__name__)

    def _lines(self) -> Iterator[str]:
        while raw := self._file.readline(MOST_LINE_BYTES + 1):
            self._line += 1
            if len(raw) > MOST_LINE_BYTES:
                self._refuse("line_too_long", line=self._line)
            self._digest.update(raw)
            start = len(_BOM) if self._line == 1 and raw.startswith(_BOM) else 0
            try:
                line = raw[start:].decode()
            except UnicodeDecodeError as error:
                offset = self._offset + start + error.start
                raise Refusal(
                    Code.REGISTRY_ENCODING, file=str(self.path), line=self._line, offset=offset, expected="UTF-8"
                ) from None
            self._offset += len(raw)
            if self._offset > MOST_BYTES:
                self._refuse("too_large")
            yield line

    def _refuse(self, reason: str, **facts: int | str) -> None:
        raise Refusal(Code.REGISTRY_FILE, file=str(self.path), reason=reason, **facts)


@contextmanager
def open_table(path: Path) -> Iterator[TableFile]:
    """Open a regular file for reading; a FIFO or device is refused without waiting for it.

    Raises Refusal(registry_file) with `file` and `reason`: absent, folder, not_a_file, unreadable, too_large.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY)
    except FileNotFoundError:
        raise Refusal(Code.REGISTRY_FILE, file=str(path), reason="absent") from None
    except OSError as error:
        raise Refusal(Code.REGISTRY_FILE, file=str(path), reason="unreadable", detail=error.strerror or "") from None
    try:
        _refuse_other(path, os.fstat(descriptor))
    except Refusal:
        os.close(descriptor)
        raise
    with os.fdopen(descriptor, "rb", buffering=1 << 18) as file:
        yield TableFile(path, file)


def _refuse_other(path: Path, seen: os.stat_result) -> None:
    reason = ""
    if stat.S_ISDIR(seen.st_mode):
        reason = "folder"
    elif not stat.S_ISREG(seen.st_mode):
        reason = "not_a_file"
    elif seen.st_size > MOST_BYTES:
        reason = "too_large"
    if reason:
        raise Refusal(Code.REGISTRY_FILE, file=str(path), reason=reason)
