"""What an import found in a file and against the snapshot before: counts, the first lines, and a TSV of all of them."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TextIO

from lgpki_tui.ground import frozen
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.registry.encoding import By
from lgpki_tui.registry.port import RegistryKind, Snapshot
from lgpki_tui.subject.draft import Entry

# How many line numbers of one kind an answer holds; the report file has all of them.
MOST_LINES = 1000
FIRST_ROWS = 5
HEAD = ("registry", "what", "code", "line", "municipality_code", "organization", "organization_reading", "name",
        "name_reading")  # fmt: skip
# A spreadsheet would take a cell that begins so for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class What(StrEnum):
    """Why a row is in the report."""

    REFUSED = "refused"
    DUPLICATE = "duplicate"
    UNREADABLE = "unreadable"
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    CHANGED_FROM = "changed-from"


@dataclass(slots=True)
class Lines:
    """How many rows, and the numbers of the lines on which the first of them begin (the header is line 1).

    `first_rows`: the numbers of the first few rows, where a row of several lines counts as one.
    """

    count: int = 0
    lines: list[int] = field(default_factory=list)
    first_rows: list[int] = field(default_factory=list)

    def note(self, line: int, row: int = 0) -> None:
        """One more."""
        self.count += 1
        if self.count <= MOST_LINES:
            self.lines.append(line)
        if self.count <= FIRST_ROWS:
            self.first_rows.append(row)


@frozen.dataclass(frozen=True, slots=True)
class Change:
    """A row that differs from the snapshot before: what it is now, what it was; one of them is None when it was added
    or removed. `line`: where it stands in the file, 0 when it does not."""

    what: What
    line: int
    now: Entry | None
    before: Entry | None


@frozen.dataclass(frozen=True, slots=True)
class Difference:
    """Against the snapshot before. Rows equal in 団体コード, 組織 and 名義 are the same row, changed in its readings.
    `first`: the first few of each."""

    added: int
    removed: int
    changed: int
    first: tuple[Change, ...]


@frozen.dataclass(frozen=True, slots=True)
class Imported:
    """One imported table, or one that was only tried. `refused`: by code; `duplicates`: rows that stand there again;
    `unreadable`: rows with characters that a program put where it knew none (private use: CP932's gaiji, or U+FFFD).
    `difference`: None when there was no snapshot before."""

    snapshot: Snapshot
    encoding_by: By
    refused: tuple[tuple[Code, Lines], ...]
    duplicates: Lines
    unreadable: Lines
    difference: Difference | None


class Report:
    """Writes the rows of the report as they are met; nothing when it has no file."""

    def __init__(self, file: TextIO | None = None) -> None:
        self._writer = csv.writer(file, delimiter="\t", lineterminator="\n") if file is not None else None
        if self._writer is not None:
            self._writer.writerow(HEAD)

    def row(self, kind: RegistryKind, what: What, line: int, texts: Sequence[str], code: str = "") -> None:
        """One row: the texts are those of an Entry."""
        if self._writer is not None:
            self._writer.writerow((kind.value, what.value, code, line or "", *map(_cell, texts)))


@contextmanager
def report_to(path: Path | None) -> Iterator[Report]:
    """A report in a new file (UTF-8, TSV, 0600), which is taken away again when the import is refused.

    A cell that a spreadsheet would take for a formula has an apostrophe before it. Raises Refusal: file_exists,
    folder_missing, folder_unwritable, folder_full (each with `file`).
    """
    if path is None:
        yield Report()
        return
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileExistsError:
        raise Refusal(Code.FILE_EXISTS, file=str(path)) from None
    except FileNotFoundError:
        raise Refusal(Code.FOLDER_MISSING, folder=str(path.parent), file=str(path), reason="absent") from None
    except OSError as error:
        raise _unwritable(path, error) from None
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            yield Report(file)
    except BaseException as error:
        path.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise _unwritable(path, error) from None
        raise


def _unwritable(path: Path, error: OSError) -> Refusal:
    from errno import EDQUOT, EFBIG, ENOSPC

    code = Code.FOLDER_FULL if error.errno in (ENOSPC, EDQUOT, EFBIG) else Code.FOLDER_UNWRITABLE
    return Refusal(code, folder=str(path.parent), file=str(path), reason=error.strerror or type(error).__name__)


def _cell(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text
