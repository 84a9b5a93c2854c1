"""The difference between a table and the snapshot before, row by row, in bounded memory.

Of every row only a number is remembered (Python's hash of its texts, 64 bits: in a million rows two different ones meet
once in 37 million imports); rows that differ are kept in a temporary database until they are paired.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager

from lgpki_tui.registry.port import RegistryKind
from lgpki_tui.registry.report import FIRST_ROWS, Change, Difference, Report, What
from lgpki_tui.subject.draft import Entry

Texts = tuple[str, ...]
_COLUMNS = "code, organization, reading, name, name_reading"
_SAME = "now.code = old.code AND now.organization = old.organization AND now.name = old.name AND now.nth = old.nth"
_NTH = "row_number() OVER (PARTITION BY code, organization, name ORDER BY rowid) AS nth"


class Changes:
    """Takes in the old rows, then every new one, then the old ones again."""

    def __init__(self, scratch: sqlite3.Connection, old: Iterable[Texts] | None) -> None:
        self._old = None if old is None else set(map(hash, old))
        self._new: set[int] = set()
        self._scratch = scratch
        for side in ("now", "old"):
            scratch.execute(f"CREATE TABLE {side} (line INTEGER, {_COLUMNS})")

    def is_repeated(self, line: int, texts: Texts) -> bool:
        """Take in a new row; whether the same one was there already."""
        number = hash(texts)
        if number in self._new:
            return True
        self._new.add(number)
        if self._old is not None and number not in self._old:
            self._keep("now", line, texts)
        return False

    def difference(self, kind: RegistryKind, old: Iterable[Texts], report: Report) -> Difference | None:
        """What became of the old rows; None when there was nothing before. All of it goes to the report."""
        new, known = self._new, self._old is not None
        self._new, self._old = set(), set()  # seventy bytes a row
        if not known:
            return None
        for texts in old:
            if hash(texts) not in new:
                self._keep("old", 0, texts)
        del new
        counts = dict.fromkeys((What.ADDED, What.REMOVED, What.CHANGED), 0)
        first: list[Change] = []
        for change in self._paired(kind):
            counts[change.what] += 1
            if counts[change.what] <= FIRST_ROWS:
                first.append(change)
            _tell(kind, change, report)
        return Difference(counts[What.ADDED], counts[What.REMOVED], counts[What.CHANGED], tuple(first))

    def _keep(self, side: str, line: int, texts: Texts) -> None:
        row = (line, *texts, *("",) * (5 - len(texts)))
        self._scratch.execute(f"INSERT INTO {side} VALUES (?, ?, ?, ?, ?, ?)", row)  # noqa: S608  # our own names

    def _paired(self, kind: RegistryKind) -> Iterator[Change]:
        for side in ("now", "old"):
            self._scratch.execute(f"CREATE TABLE {side}_nth AS SELECT *, {_NTH} FROM {side} ORDER BY rowid")  # noqa: S608  # our own names
            self._scratch.execute(f"CREATE INDEX {side}_by ON {side}_nth (code, organization, name, nth)")
        columns = ", ".join(f"{side}.{column}" for side in ("now", "old") for column in _COLUMNS.split(", "))
        both = f"SELECT now.line, {columns} FROM now_nth AS now LEFT JOIN old_nth AS old ON {_SAME} ORDER BY now.rowid"  # noqa: S608  # our own names
        for line, *texts in self._scratch.execute(both):
            before = None if texts[5] is None else _entry(kind, texts[5:])
            yield Change(What.ADDED if before is None else What.CHANGED, line, _entry(kind, texts[:5]), before)
        gone = (
            f"SELECT {_COLUMNS} FROM old_nth AS old WHERE NOT EXISTS (SELECT 1 FROM now_nth AS now WHERE {_SAME})"  # noqa: S608  # our own names
            " ORDER BY rowid"
        )
        for texts in self._scratch.execute(gone):
            yield Change(What.REMOVED, 0, None, _entry(kind, texts))


@contextmanager
def scratch() -> Iterator[sqlite3.Connection]:
    """A database that is in memory while it is small and then in a temporary file without a name; for one thread after
    the other."""
    with closing(sqlite3.connect("", isolation_level=None, check_same_thread=False)) as connection:
        connection.execute("BEGIN")
        yield connection


def texts_of(entry: Entry) -> Texts:
    """The texts of an entry in the order of a row."""
    texts = (entry.municipality_code, entry.organization, entry.organization_reading)
    return texts if entry.name is None else (*texts, entry.name, entry.name_reading)


def _entry(kind: RegistryKind, texts: Iterable[str]) -> Entry:
    code, organization, reading, name, name_reading = texts
    if kind is RegistryKind.ORGANIZATIONS:
        return Entry(code, organization, reading)
    return Entry(code, organization, reading, name, name_reading)


def _tell(kind: RegistryKind, change: Change, report: Report) -> None:
    if change.now is not None:
        report.row(kind, change.what, change.line, texts_of(change.now))
    if change.before is not None:
        what = What.REMOVED if change.now is None else What.CHANGED_FROM
        report.row(kind, what, 0, texts_of(change.before))
