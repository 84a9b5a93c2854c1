"""`Registry.search` over the index: the rows that are, begin with or hold a text, in the order that the port promises.

Four questions, each put only while there is room: the text itself, the same folded, beginnings, the rest; each answered
in the order of the rows, so that none of them sorts more than it shows.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from lgpki_tui.registry.grams import after, any_of, beginning, begun_by, holding
from lgpki_tui.registry.port import RegistryKind
from lgpki_tui.registry.schema import TEXTS, grams_table, key_of, rows_table

# Beginnings up to this many are collected and sorted (0.1 ms); of more the first ones are looked up by trigrams.
_FEW = 100
# One or two characters that begin more trigrams than this are everywhere: reading on from the first row finds them.
_MANY_GRAMS = 300
# But not further than this many rows (20 ms), should they stand at the end only.
_MOST_READ = 50_000


class Search:
    """One question: `text` as it was typed, `key` its folded form."""

    def __init__(self, connection: sqlite3.Connection, kind: RegistryKind, text: str, key: str, limit: int) -> None:
        self._connection = connection
        self._kind = kind
        self._text, self._key, self._limit = text, key, limit
        self._rows = rows_table(kind)
        self._found: dict[int, None] = {}

    def rowids(self) -> list[int]:
        """The rows, best first, then as imported; no more than `limit`."""
        for ask in (self._exact, self._same, self._beginning, self._holding):
            if len(self._found) < self._limit:
                self._take(ask())
        return list(self._found)[: self._limit]

    def _take(self, rowids: Iterable[int]) -> None:
        self._found |= dict.fromkeys(sorted(set(rowids) - self._found.keys()))

    @property
    def _room(self) -> int:
        """How many of the smallest rowids must be asked for to be sure of enough new ones."""
        return self._limit + len(self._found)

    # --- The questions ---

    def _exact(self) -> list[int]:
        if self._text == self._key:
            return self._in_each("{0} = :text AND {0}_key IS NULL")
        return self._in_each("{0}_key = :key AND {0} = :text")

    def _same(self) -> list[int]:
        same = [] if self._text == self._key else self._in_each("{0} = :key AND {0}_key IS NULL")
        return [*same, *self._in_each("{0}_key = :key")]

    def _beginning(self) -> list[int]:
        if not self._key:
            return self._ask(f"SELECT rowid FROM {self._rows} ORDER BY rowid LIMIT :room")  # noqa: S608  # our own names
        few: list[int] = []
        for column in TEXTS[self._kind]:
            for own, where in ((column, f"{column}_key IS NULL"), (f"{column}_key", "TRUE")):
                between = f"{own} >= :key AND {own} < :after AND {where}"
                found = self._ask(f"SELECT rowid FROM {self._rows} WHERE {between} LIMIT {_FEW + 1}")  # noqa: S608  # our own names
                if len(found) > _FEW:
                    return self._by_grams(beginning(self._key), "substr({0}, 1, length(:key)) = :key")
                few += found
        return few

    def _holding(self) -> list[int]:
        if len(self._key) > 2:
            return self._by_grams(holding(self._key), "instr({0}, :key)")
        there = begun_by(self._connection, self._kind, self._key, _MANY_GRAMS + 1)
        if not there:
            return []
        if len(there) <= _MANY_GRAMS:
            return self._by_grams(any_of(there), "instr({0}, :key)")
        return self._read_on()

    def _read_on(self) -> list[int]:
        """Row by row from the first one; where that takes too long, all the trigrams from there on."""
        any_text = self._any("instr({0}, :key)", "")
        asked = f"SELECT rowid FROM {self._rows} WHERE rowid <= {_MOST_READ} AND {any_text} ORDER BY rowid LIMIT :room"  # noqa: S608  # our own names
        found = self._ask(asked)
        if len(found) < self._room:
            there = begun_by(self._connection, self._kind, self._key, -1)
            found += self._by_grams(any_of(there), "instr({0}, :key)", from_row=_MOST_READ + 1)
        return found

    # --- How they are put ---

    def _in_each(self, condition: str) -> list[int]:
        """Of each text the first rows that meet a condition."""
        found = []
        for column in TEXTS[self._kind]:
            where = condition.format(column)
            found += self._ask(f"SELECT rowid FROM {self._rows} WHERE {where} ORDER BY rowid LIMIT :room")  # noqa: S608  # our own names
        return found

    def _by_grams(self, match: str, condition: str, *, from_row: int = 0) -> list[int]:
        """The first rows that the trigrams name and that meet a condition in one of their texts."""
        grams = grams_table(self._kind)
        # CROSS JOIN: in this order (sqlite.org/optoverview.html, 8.2), so that it ends with the last row that is shown.
        statement = (
            f"SELECT r.rowid FROM {grams} CROSS JOIN {self._rows} AS r ON r.rowid = {grams}.rowid"  # noqa: S608  # our own names
            f" WHERE {grams} MATCH :match AND {grams}.rowid >= {from_row:d} AND ({self._any(condition, 'r')})"
            f" ORDER BY {grams}.rowid LIMIT :room"
        )
        return self._ask(statement, match)

    def _any(self, condition: str, table: str) -> str:
        texts = " OR ".join(condition.format(key_of(column, table)) for column in TEXTS[self._kind])
        return f"({texts})"

    def _ask(self, statement: str, match: str = "") -> list[int]:
        given = {
            "text": self._text,
            "key": self._key,
            "after": after(self._key) if self._key else "",
            "room": self._room,
            "match": match,
        }
        return [rowid for (rowid,) in self._connection.execute(statement, given)]
