"""Which registered spellings may be near a text: few enough to be compared one by one.

In a registry of up to a few thousand rows, or within one 団体 or 組織, that is all of them. In a larger one a slip (a
wrong, left out or added character, two in the wrong order) touches at most four trigrams in a row: a window is moved
over them, and every row that has all those outside of the window is a candidate. Short texts have too few trigrams for
that; their spellings stand in a table of their own.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from lgpki_tui.registry.grams import SIZE, all_of, beginning, grams, holding
from lgpki_tui.registry.port import RegistryKind
from lgpki_tui.registry.schema import EDGE, SHORT, grams_table, key_of, rows_table, short_table

# All rows of a scope are compared up to this many (8 ms).
MOST_ROWS = 4000
# Trigrams that a slip touches at most, and about how many windows there are.
_TOUCHED = 4
_WINDOWS = 4
# How many rows one of them may give.
_MOST_EACH = 500
# Rows that begin with, or hold, what was typed: people leave out the first or the last part of a name.
_MOST_HOLDING = 100

Spelling = tuple[str, str]


class Candidates:
    """Spellings of one column. `where` narrows the rows (SQL with named values), "" does not."""

    def __init__(
        self, connection: sqlite3.Connection, kind: RegistryKind, column: str, where: str, values: dict[str, str]
    ) -> None:
        self._connection = connection
        self._kind, self._column = kind, column
        self._where, self._values = where, values
        self._spelling = f"{column}, {key_of(column)}"

    def of(self, key: str) -> set[Spelling]:
        """(spelling, its folded form) of what may be near a folded text."""
        whole = self._whole_scope()
        if whole is not None:
            return whole
        found = set(self._same(key))
        for match, most in self._matches(key, slips=not found):
            found |= self._matching(match, most)
        return found | (self._short() if len(key) < SHORT else set())

    def _whole_scope(self) -> set[Spelling] | None:
        """All of them, None when they are too many."""
        where = f"WHERE {self._where}" if self._where else ""
        asked = f"SELECT {self._spelling} FROM {rows_table(self._kind)} AS r {where} LIMIT {MOST_ROWS + 1}"  # noqa: S608  # our own names
        if not self._where and self._last_row() > MOST_ROWS:
            return None
        rows = self._connection.execute(asked, self._values).fetchall()
        return None if len(rows) > MOST_ROWS else set(rows)

    def _last_row(self) -> int:
        (last,) = self._connection.execute(f"SELECT max(rowid) FROM {rows_table(self._kind)}").fetchone()  # noqa: S608  # our own names
        return int(last or 0)

    def _same(self, key: str) -> list[Spelling]:
        """Those that only differ in what folding passes over."""
        column, rows = self._column, rows_table(self._kind)
        found: list[Spelling] = []
        for condition in (f"{column} = :key AND {column}_key IS NULL", f"{column}_key = :key"):
            asked = f"SELECT {self._spelling} FROM {rows} WHERE {condition} LIMIT {_MOST_EACH}"  # noqa: S608  # our own names
            found += self._connection.execute(asked, {"key": key})
        return found

    def _matches(self, key: str, *, slips: bool) -> Iterator[tuple[str, int]]:
        """What is asked of the trigrams; `slips` are not looked for where folding alone has found it."""
        if len(key) >= SIZE:
            yield holding(key), _MOST_HOLDING
        if len(key) >= 2:
            yield beginning(key), _MOST_HOLDING
        if slips and len(key) >= SHORT:
            for match in surviving(key):
                yield match, _MOST_EACH

    def _matching(self, match: str, most: int) -> set[Spelling]:
        names, rows = grams_table(self._kind), rows_table(self._kind)
        narrowed = f"AND {self._where}" if self._where else ""
        asked = (
            f"SELECT {self._spelling} FROM {names} CROSS JOIN {rows} AS r ON r.rowid = {names}.rowid"  # noqa: S608  # our own names
            f" WHERE {names} MATCH :match {narrowed} LIMIT {most}"
        )
        return set(self._connection.execute(asked, {**self._values, "match": match}))

    def _short(self) -> set[Spelling]:
        asked = f"SELECT text, key FROM {short_table(self._kind)} WHERE of_column = ?"  # noqa: S608  # our own names
        return set(self._connection.execute(asked, (self._column,)))


def surviving(key: str) -> Iterator[str]:
    """MATCH expressions, one of which every row meets that is one slip away.

    A window leaves out one more trigram than a slip touches for each step that it is moved on.
    """
    there = grams(f"{EDGE}{key}{EDGE}")
    step = max(1, (len(there) - _TOUCHED) // _WINDOWS)
    last = max(0, len(there) - _TOUCHED)
    for first in (*range(0, last, step), last):
        kept = [*there[:first], *there[first + _TOUCHED + step - 1 :]]
        if kept:
            yield all_of(kept)
