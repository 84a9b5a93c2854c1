"""Reads a table of rows from a CSV or TSV file (RFC 4180; a tab for the comma), one row at a time, every field exactly
as it stands."""

from __future__ import annotations

import csv
import io
import os
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.registry.encoding import MOST_BYTES, BadBytes, By, Detected, Encoding, Unfit, detect

# Three times a registry of the whole country; of each row some seventy bytes are remembered while it is imported.
MOST_ROWS = 3_000_000
# How many columns of a header row are known.
Known = Callable[[Sequence[str]], int]


class Delimiter(StrEnum):
    """What stands between two fields."""

    COMMA = "comma"
    TAB = "tab"

    @property
    def char(self) -> str:
        """The character itself."""
        return "," if self is Delimiter.COMMA else "\t"


class TableFile:
    """An open table that was read once to find out how it is written. Iterate `rows` once."""

    def __init__(self, path: Path, file: BinaryIO, detected: Detected, delimiter: Delimiter) -> None:
        self.path = path
        self.delimiter = delimiter
        self._file = file
        self._detected = detected

    @property
    def encoding(self) -> Encoding:
        """How the file is written."""
        return self._detected.encoding

    @property
    def encoding_by(self) -> By:
        """What told that."""
        return self._detected.by

    @property
    def sha256(self) -> str:
        """The digest of the whole file, lower-case hex."""
        return self._detected.sha256

    def rows(self) -> Iterator[tuple[int, int, list[str]]]:
        """(row number, number of its first line, fields), the header being row 1; empty lines are no rows.

        Raises Refusal registry_file: file, reason (ragged, not_csv, changed, too_many_rows, ...), row, line.
        """
        raw = _Digested(self._file)
        lines = io.TextIOWrapper(io.BufferedReader(raw, 1 << 18), self.encoding.value, newline="\n")
        lines.buffer.read(self._detected.mark)
        reader = csv.reader(lines, strict=True, delimiter=self.delimiter.char)
        number = width = line = 0
        try:
            for fields in reader:
                number += 1
                if fields:
                    width = width or len(fields)
                    if len(fields) != width:
                        self._refuse("ragged", row=number, line=line + 1, expected=width, found=len(fields))
                    if number > MOST_ROWS:
                        self._refuse("too_many_rows", row=number, most=MOST_ROWS)
                    yield number, line + 1, fields
                line = reader.line_num
        except csv.Error as error:
            self._refuse("not_csv", row=number + 1, line=line + 1, detail=str(error))
        except UnicodeDecodeError:
            self._refuse("changed")
        except OSError as error:
            self._refuse(type(error).__name__)
        if raw.digest.hexdigest() != self.sha256:  # somebody wrote to it since it was looked at
            self._refuse("changed")

    def _refuse(self, reason: str, **facts: int | str) -> NoReturn:
        raise Refusal(Code.REGISTRY_FILE, file=str(self.path), reason=reason, **facts)


class _Digested(io.RawIOBase):
    """The bytes of a file from its beginning, digested as they pass."""

    def __init__(self, file: BinaryIO) -> None:
        file.seek(0)
        self._file = file
        self.digest = sha256()

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any) -> int:
        """As io.RawIOBase.readinto."""
        raw = self._file.read(len(buffer))
        buffer[: len(raw)] = raw
        self.digest.update(raw)
        return len(raw)


@contextmanager
def open_table(path: Path, known: Known, encoding: Encoding | None = None) -> Iterator[TableFile]:
    """Open a regular file and find out how it is written; a FIFO or device is refused without waiting for it.

    `known` tells how many columns of a header row are known, by which comma and tab are told apart. Raises Refusal:
    registry_file with `file` and `reason` (absent, folder, not_a_file, unreadable, too_large, line_too_long),
    registry_encoding with `file`, `line`, `offset` in bytes, `expected`, `reason` (damaged: UTF-8 but for this place;
    unknown; option: not what `--encoding` says).
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
    with os.fdopen(descriptor, "rb", buffering=0) as raw, io.BufferedReader(raw, 1 << 18) as file:
        detected = _detected(path, file, known, encoding)
        yield TableFile(path, file, detected, _delimiter(detected.first_line, known))


def _detected(path: Path, file: BinaryIO, known: Known, encoding: Encoding | None) -> Detected:
    def is_header(line: str) -> bool:
        return any(known(_fields(line, delimiter)) for delimiter in Delimiter)

    try:
        return detect(file, is_header, encoding)
    except BadBytes as bad:
        reason = "option" if encoding is not None else "damaged" if bad.seen else "unknown"
        expected = bad.encoding.value.upper()
        raise Refusal(
            Code.REGISTRY_ENCODING, file=str(path), line=bad.line, offset=bad.offset, expected=expected, reason=reason
        ) from None
    except Unfit as unfit:
        where = {"line": unfit.line} if unfit.line else {}
        raise Refusal(Code.REGISTRY_FILE, file=str(path), reason=unfit.reason, **where) from None
    except OSError as error:
        raise Refusal(Code.REGISTRY_FILE, file=str(path), reason=type(error).__name__) from None


def _delimiter(line: str, known: Known) -> Delimiter:
    """The one that gives more known columns; of a header row of one column, or an unknown one, the one it has."""
    comma, tab = (known(_fields(line, delimiter)) for delimiter in Delimiter)
    if comma == tab:
        return Delimiter.TAB if "\t" in line and "," not in line else Delimiter.COMMA
    return Delimiter.COMMA if comma > tab else Delimiter.TAB


def _fields(line: str, delimiter: Delimiter) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter.char), [])
    except csv.Error:
        return []


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
