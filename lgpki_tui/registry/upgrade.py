"""Brings an index up to date: one of the version before, and one whose keys other folding tables have made."""

from __future__ import annotations

import sqlite3

from lgpki_tui.registry.folding import Folder, folding
from lgpki_tui.registry.port import RegistryKind
from lgpki_tui.registry.schema import (
    COLUMNS,
    ENTRY_COLUMNS,
    TEXTS,
    Place,
    create,
    drop,
    index_rows,
    insert_grams,
    rename,
    rows_table,
    there,
)

# `generation` counts the sets of tables that were ever made; `folding` marks the tables that made their keys.
SNAPSHOTS = """CREATE TABLE snapshots (
    kind TEXT NOT NULL, place TEXT NOT NULL, rows INTEGER NOT NULL, refused_rows INTEGER NOT NULL,
    refused TEXT NOT NULL, source TEXT NOT NULL, sha256 TEXT NOT NULL, imported_at TEXT NOT NULL,
    encoding TEXT NOT NULL DEFAULT '', delimiter TEXT NOT NULL DEFAULT '', duplicate_rows INTEGER NOT NULL DEFAULT 0,
    unreadable_rows INTEGER NOT NULL DEFAULT 0, generation INTEGER NOT NULL, folding TEXT NOT NULL,
    PRIMARY KEY (kind, place)) STRICT"""


def is_stale(connection: sqlite3.Connection) -> bool:
    """Whether the keys of a snapshot were made by other tables than today's."""
    return any(made != folding() for (made,) in connection.execute("SELECT folding FROM snapshots"))


def next_generation(connection: sqlite3.Connection) -> int:
    """A number that no set of tables had before."""
    return 1 + int(connection.execute("SELECT ifnull(max(generation), 0) FROM snapshots").fetchone()[0])


def upgrade(connection: sqlite3.Connection, *, from_first: bool) -> None:
    """Make every set of tables anew from its rows. `from_first`: the file is of version 1, which had no other places
    and no trigrams. Raises sqlite3.Error when it does not hold what that version wrote."""
    if from_first:
        _take_over_snapshots(connection)
    fold = Folder()
    connection.create_function("fold_key", 1, fold.key, deterministic=True)
    for kind, place, rows in connection.execute("SELECT kind, place, rows FROM snapshots").fetchall():
        _renew(connection, RegistryKind(kind), Place(place), rows)
    for kind in RegistryKind:  # whatever an import that was killed has left
        drop(connection, kind, Place.GONE)


def _take_over_snapshots(connection: sqlite3.Connection) -> None:
    connection.execute("ALTER TABLE snapshots RENAME TO snapshots_1")
    connection.execute(SNAPSHOTS)
    same = "rows, refused_rows, refused, source, sha256, imported_at"
    connection.execute(
        f"INSERT INTO snapshots (kind, place, {same}, encoding, delimiter, generation, folding)"  # noqa: S608  # our own names
        f" SELECT kind, 'current', {same}, 'utf-8', 'comma', rowid, '' FROM snapshots_1"
    )
    connection.execute("DROP TABLE snapshots_1")


def _renew(connection: sqlite3.Connection, kind: RegistryKind, place: Place, rows: int) -> None:
    generation = next_generation(connection)
    create(connection, kind, Place.NEXT)
    given = ", ".join((*ENTRY_COLUMNS[kind], *(f"fold_key({text})" for text in TEXTS[kind])))
    old = rows_table(kind, place)
    columns = ", ".join(COLUMNS[kind])
    connection.execute(
        f"INSERT INTO {rows_table(kind, Place.NEXT)} (rowid, {columns}) SELECT rowid, {given} FROM {old} ORDER BY rowid"  # noqa: S608  # our own names
    )
    counted = connection.execute(f"SELECT count(*) FROM {rows_table(kind, Place.NEXT)}").fetchone()[0]  # noqa: S608  # our own names
    if counted != rows:
        raise sqlite3.DatabaseError("rows")
    last = connection.execute(f"SELECT ifnull(max(rowid), 0) FROM {rows_table(kind, Place.NEXT)}").fetchone()[0]  # noqa: S608  # our own names
    insert_grams(connection, kind, Place.NEXT, 1, last)
    index_rows(connection, kind, Place.NEXT, generation)
    drop(connection, kind, place)
    rename(connection, kind, Place.NEXT, place)
    connection.execute(
        "UPDATE snapshots SET generation = ?, folding = ? WHERE kind = ? AND place = ?",
        (generation, folding(), kind.value, place.value),
    )


def tidy(connection: sqlite3.Connection) -> None:
    """Drop what was previous before the last import."""
    for kind in RegistryKind:
        if there(connection, kind, Place.GONE):
            drop(connection, kind, Place.GONE)
