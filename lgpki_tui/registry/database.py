"""The index: one SQLite file of rows exactly as imported, with folded columns beside them for finding."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.ground.sqlite import transaction, translated
from lgpki_tui.registry.port import RegistryKind

BUSY_SECONDS = 3.0
# "LGpk", so that another program's database is never taken for the index (sqlite.org/pragma.html, application_id).
APPLICATION_ID = 0x4C47706B
# Rises when a table changes; an index of another version is not read, it is imported anew.
VERSION = 1
# Pages kept in memory, in KiB; beyond it SQLite writes them out within the transaction.
CACHE_KIB = 32 * 1024

SNAPSHOTS = """CREATE TABLE IF NOT EXISTS snapshots (
    kind TEXT PRIMARY KEY, rows INTEGER NOT NULL, refused_rows INTEGER NOT NULL, refused TEXT NOT NULL,
    source TEXT NOT NULL, sha256 TEXT NOT NULL, imported_at TEXT NOT NULL) STRICT"""
_COLUMNS = {
    RegistryKind.ORGANIZATIONS: ("municipality_code", "organization", "organization_reading"),
    RegistryKind.ACCOUNTS: ("municipality_code", "organization", "organization_reading", "name", "name_reading"),
}
# Folded by subject.lookalike.fold; every text but the code.
KEYS = {kind: tuple(f"{column}_key" for column in columns[1:]) for kind, columns in _COLUMNS.items()}
# The columns of one kind's table, in order; the first are those of an Entry.
COLUMNS = {kind: (*columns, *KEYS[kind]) for kind, columns in _COLUMNS.items()}
ENTRY_COLUMNS = _COLUMNS
_INDEXES = {
    RegistryKind.ORGANIZATIONS: (("organization", "municipality_code"), ("organization_key",)),
    RegistryKind.ACCOUNTS: (("name", "organization", "municipality_code"), ("organization", "municipality_code")),
}


def table_statement(kind: RegistryKind) -> str:
    """CREATE TABLE for the rows of one kind."""
    return f"CREATE TABLE {kind.value} ({', '.join(f'{column} TEXT NOT NULL' for column in COLUMNS[kind])}) STRICT"


def index_statements(kind: RegistryKind) -> tuple[str, ...]:
    """CREATE INDEX for them, to be run after the rows are in (faster than before)."""
    return tuple(
        f"CREATE INDEX {kind.value}_{number} ON {kind.value} ({', '.join(columns)})"
        for number, columns in enumerate(_INDEXES[kind])
    )


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection | None]:
    """One consistent view of the index; None when nothing was ever imported.

    Raises Refusal: registry_damaged, ledger_busy, ledger_unwritable (each with file and reason).
    """
    with translated(path, Code.REGISTRY_DAMAGED):
        if not path.exists():
            yield None
            return
        # Not mode=ro: an import that was killed leaves a journal, which the next reader rolls back.
        with _connected(path) as connection:
            connection.execute("BEGIN")
            yield connection if _is_ours(path, connection) else None


@contextmanager
def writing(path: Path) -> Iterator[sqlite3.Connection]:
    """The index within one transaction, which ends with the block: kept when it ends well, undone when it does not.

    The file is made (0600, its folder 0700) when it is missing. Raises what `reading` raises.
    """
    with translated(path, Code.REGISTRY_DAMAGED):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600))
        with _connected(path) as connection:
            connection.execute(f"PRAGMA cache_size = -{CACHE_KIB:d}")
            with transaction(connection):
                if not _is_ours(path, connection):
                    connection.execute(f"PRAGMA application_id = {APPLICATION_ID:d}")
                    connection.execute(f"PRAGMA user_version = {VERSION:d}")
                connection.execute(SNAPSHOTS)
                yield connection


@contextmanager
def _connected(path: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
    try:
        yield connection
    finally:
        connection.close()


def _is_ours(path: Path, connection: sqlite3.Connection) -> bool:
    """Whether the file holds an index of this version; False when it is empty (an import that did not come to its end).

    Raises Refusal(registry_damaged) when it holds something else.
    """
    application, version = (
        connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version")
    )
    if (application, version) == (APPLICATION_ID, VERSION):
        return True
    if (application, version) != (0, 0) or connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        reason = "other_version" if application == APPLICATION_ID else "other_database"
        raise Refusal(Code.REGISTRY_DAMAGED, file=str(path), reason=reason)
    return False
