"""The peer of a registry's search: the same rows in a table without an index, and every spelling in memory."""

from __future__ import annotations

import sqlite3
from bisect import bisect_left
from collections.abc import Sequence

from benchmarks.names import texts_of
from benchmarks.rows import timed
from lgpki_tui.subject.draft import Entry
from lgpki_tui.subject.lookalike import fold


class Scan:
    """Rows of one kind, and what a plain scan of them finds. `names`: what is looked for near spellings."""

    def __init__(self, entries: Sequence[Entry], limit: int) -> None:
        self._entries = entries
        self._limit = limit
        self._base = sqlite3.connect(":memory:")
        self._names = {_name(row) for row in entries}
        self.chars = sorted({char for row in entries[:20_000] for char in _name(row)})
        self._width = len(texts_of(entries[0]))
        columns = [f"{kind}{place}" for kind in "tk" for place in range(self._width)]
        self._base.execute(f"CREATE TABLE t ({', '.join(columns)})")
        rows = [(*texts, *map(fold, texts)) for texts in map(texts_of, entries)]
        self._keys = sorted(fold(_name(row)) for row in entries)
        self._base.executemany(f"INSERT INTO t VALUES ({', '.join('?' * len(columns))})", rows)  # noqa: S608  # our own names

    def has(self, name: str) -> bool:
        """Whether it is registered."""
        return name in self._names

    def begin_with(self, text: str) -> int:
        """How many rows begin with it."""
        key, end = fold(text), fold(text) + "\U0010ffff"
        return bisect_left(self._keys, end) - bisect_left(self._keys, key)

    def exact(self, row: Entry) -> float:
        """Milliseconds for the rows that are exactly this."""
        texts = texts_of(row)[::2]  # without readings
        there = " AND ".join(f"t{place * 2} = ?" for place in range(len(texts)))
        return timed(lambda: self._base.execute(f"SELECT * FROM t WHERE {there}", texts).fetchall())  # noqa: S608  # our own names

    def search(self, text: str) -> tuple[Entry, ...]:
        """Registry.search as the port promises it (the statement of the program before it had an index)."""
        statement = f"""SELECT rowid FROM t WHERE {self._any("instr({}, :key)", "k")} ORDER BY CASE
            WHEN {self._any("{} = :text", "t")} THEN 0
            WHEN {self._any("{} = :key", "k")} THEN 1
            WHEN {self._any("instr({}, :key) = 1", "k")} THEN 2
            ELSE 3 END, rowid LIMIT :limit"""  # noqa: S608  # our own names
        given = {"text": text, "key": fold(text), "limit": self._limit}
        return tuple(self._entries[rowid - 1] for (rowid,) in self._base.execute(statement, given))

    def nearest(self, entered: str) -> float:
        """Milliseconds for comparing every different spelling, in memory already."""
        from rapidfuzz import fuzz, process

        names = list(self._names)
        return timed(lambda: process.extract(entered, names, scorer=fuzz.ratio, limit=5))

    def _any(self, condition: str, kind: str) -> str:
        return " OR ".join(condition.format(f"{kind}{place}") for place in range(self._width))


def _name(row: Entry) -> str:
    return row.organization if row.name is None else row.name
