"""The tables of one registry in the index: rows, indexes, trigrams, short spellings; and their names.

Three sets of them may be there: the current, the previous, and while an import runs the next. Every text stands in its
own column exactly as imported; beside it `<column>_key`, its folded form, NULL when that is the same (nearly always).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from enum import StrEnum

from lgpki_tui.registry.ahead import Ahead
from lgpki_tui.registry.port import RegistryKind

_ROWS = {
    RegistryKind.ORGANIZATIONS: ("municipality_code", "organization", "organization_reading"),
    RegistryKind.ACCOUNTS: ("municipality_code", "organization", "organization_reading", "name", "name_reading"),
}
# The columns of an Entry, in its order; and of them those that are searched: every text but the code.
ENTRY_COLUMNS = _ROWS
TEXTS = {kind: columns[1:] for kind, columns in _ROWS.items()}
# What is looked for exactly as it stands, whatever folding says.
SPELT = {RegistryKind.ORGANIZATIONS: ("organization",), RegistryKind.ACCOUNTS: ("organization", "name")}
COLUMNS = {kind: (*columns, *(f"{column}_key" for column in columns[1:])) for kind, columns in _ROWS.items()}
# Stands before, between and behind the texts of a row in the trigrams; folding leaves no control character.
EDGE = "\x02"
# Folded texts this short have too few trigrams to survive a slip; their spellings are kept in a table of their own.
SHORT = 6
# How much FTS5 gathers before it writes (bytes; its own default of 1 MiB takes a third longer).
_GATHERED = 32 * 1024 * 1024
# Batches whose trigrams are made together: 100,000 rows of 組織, which is a tenth of a million and 60 MB.
_BATCHES = 125


class Place(StrEnum):
    """Which of the sets. GONE was previous before the last import and is only waiting to be dropped."""

    CURRENT = "current"
    PREVIOUS = "previous"
    NEXT = "next"
    GONE = "gone"


def rows_table(kind: RegistryKind, place: Place = Place.CURRENT) -> str:
    """The name of the table of rows."""
    return kind.value if place is Place.CURRENT else f"{kind.value}_{place.value}"


def grams_table(kind: RegistryKind, place: Place = Place.CURRENT) -> str:
    """The name of the FTS5 table of trigrams; its rowid is that of the row."""
    return f"{rows_table(kind, place)}_grams"


def short_table(kind: RegistryKind, place: Place = Place.CURRENT) -> str:
    """The name of the table of short spellings."""
    return f"{rows_table(kind, place)}_short"


def key_of(column: str, table: str = "") -> str:
    """SQL for the folded form of a text."""
    dot = f"{table}." if table else ""
    return f"ifnull({dot}{column}_key, {dot}{column})"


def create(connection: sqlite3.Connection, kind: RegistryKind, place: Place) -> None:
    """The table of rows and that of their trigrams, empty."""
    columns = ", ".join(f"{column} TEXT{'' if column.endswith('_key') else ' NOT NULL'}" for column in COLUMNS[kind])
    connection.execute(f"CREATE TABLE {rows_table(kind, place)} ({columns}) STRICT")
    grams = grams_table(kind, place)
    # Only which rows have a trigram: what is found is compared with the row, so no places and no copy are kept.
    options = "content='', columnsize=0, detail=none, tokenize='trigram case_sensitive 1'"
    connection.execute(f"CREATE VIRTUAL TABLE {grams} USING fts5(text, {options})")
    # No merging on the way; it is done once, at the end.
    for option, value in (("hashsize", _GATHERED), ("automerge", 0)):
        connection.execute(f"INSERT INTO {grams} ({grams}, rank) VALUES ('{option}', {value})")  # noqa: S608  # our own names


def insert(
    connection: sqlite3.Connection, kind: RegistryKind, place: Place, batches: Iterator[list[str | None]]
) -> None:
    """Put in rows, given as the values of COLUMNS one after the other, and their trigrams.

    While the trigrams of some rows are made (one long statement of SQLite), the next rows are (in Python).
    """
    rows = Rows(connection, kind, place)
    ahead = Ahead(batches, _BATCHES)
    try:
        ahead.begin()
        while some := ahead.result():
            first = rows.last + 1
            for values in some:
                rows.put(values)
            ahead.begin()
            insert_grams(connection, kind, place, first, rows.last)
    finally:
        ahead.end()


class Rows:
    """Puts rows in, many with one statement. `last`: the last rowid."""

    def __init__(self, connection: sqlite3.Connection, kind: RegistryKind, place: Place) -> None:
        self._connection = connection
        self._table, self._width = rows_table(kind, place), len(COLUMNS[kind])
        self.last = 0

    def put(self, values: list[str | None]) -> None:
        """The values of some rows, one after the other."""
        count = len(values) // self._width
        marks = ", ".join([f"({', '.join('?' * self._width)})"] * count)
        self._connection.execute(f"INSERT INTO {self._table} VALUES {marks}", values)  # noqa: S608  # our own names
        self.last += count


def insert_grams(connection: sqlite3.Connection, kind: RegistryKind, place: Place, first: int, last: int) -> None:
    """The trigrams of these rows, which must come after those that are there (FTS5 gathers ascending rowids only)."""
    edge = f"char({', '.join([str(ord(EDGE))] * 2)})"
    text = f" || {edge} || ".join(key_of(column) for column in TEXTS[kind])
    connection.execute(
        f"INSERT INTO {grams_table(kind, place)} (rowid, text) SELECT rowid, {edge} || {text} || {edge}"  # noqa: S608  # our own names
        f" FROM {rows_table(kind, place)} NOT INDEXED WHERE rowid BETWEEN ? AND ?",
        (first, last),
    )
    # Has FTS5 write what it gathered, so that its memory is free for what comes next.
    connection.execute("SAVEPOINT gathered")
    connection.execute("RELEASE gathered")


def index_rows(connection: sqlite3.Connection, kind: RegistryKind, place: Place, generation: int) -> None:
    """Everything else beside the rows, once they are in (faster than before). `generation` makes the names of the
    indexes, which stay when tables are renamed."""
    rows, texts, grams = rows_table(kind, place), TEXTS[kind], grams_table(kind, place)
    # Into one piece: a second at a million rows, and every question is answered in half the time.
    connection.execute(f"INSERT INTO {grams} ({grams}) VALUES ('optimize')")  # noqa: S608  # our own names
    wanted = [("municipality_code", "")]
    wanted += [(text, f"WHERE {text}_key IS NULL") for text in texts]
    wanted += [(f"{text}_key", f"WHERE {text}_key IS NOT NULL") for text in texts]
    wanted += [(text, f"WHERE {text}_key IS NOT NULL") for text in SPELT[kind]]
    for number, (column, where) in enumerate(wanted):
        connection.execute(f"CREATE INDEX {kind.value}_{generation:d}_{number} ON {rows} ({column}) {where}")
    _fill_short(connection, kind, place)


def _fill_short(connection: sqlite3.Connection, kind: RegistryKind, place: Place) -> None:
    short, rows = short_table(kind, place), rows_table(kind, place)
    connection.execute(f"CREATE TABLE {short} (of_column TEXT NOT NULL, text TEXT NOT NULL, key TEXT NOT NULL) STRICT")
    for column in SPELT[kind]:
        key = key_of(column)
        connection.execute(
            f"INSERT INTO {short} SELECT DISTINCT '{column}', {column}, {key} FROM {rows} NOT INDEXED"  # noqa: S608  # our own names
            f" WHERE length({key}) <= {SHORT}"
        )


def rename(connection: sqlite3.Connection, kind: RegistryKind, old: Place, new: Place) -> None:
    """Give a set of tables another place, which must be free."""
    for name in (rows_table, grams_table, short_table):
        connection.execute(f"ALTER TABLE {name(kind, old)} RENAME TO {name(kind, new)}")


def drop(connection: sqlite3.Connection, kind: RegistryKind, place: Place) -> None:
    """Drop a set of tables, if it is there."""
    for name in (rows_table, grams_table, short_table):
        connection.execute(f"DROP TABLE IF EXISTS {name(kind, place)}")


def there(connection: sqlite3.Connection, kind: RegistryKind, place: Place) -> bool:
    """Whether a set of tables is there."""
    asked = "SELECT count(*) FROM main.sqlite_master WHERE type = 'table' AND name = ?"
    return bool(connection.execute(asked, (rows_table(kind, place),)).fetchone()[0])
