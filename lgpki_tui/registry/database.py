"""The index: one SQLite file that holds the snapshots, the current and the previous one of each registry."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.ground.sqlite import transaction, translated
from lgpki_tui.registry.upgrade import SNAPSHOTS, is_stale, upgrade

BUSY_SECONDS = 3.0
# "LGpk", so that another program's database is never taken for the index (sqlite.org/pragma.html, application_id).
APPLICATION_ID = 0x4C47706B
# Rises when a table changes. Of version 1 the rows are taken over when it is first opened; a newer one is not read.
VERSION = 2
_OLD_VERSION = 1
# Bytes of a page of a new file: four times SQLite's own, for a million rows are read and written one after the other.
PAGE = 16 * 1024
# Pages kept in memory, in KiB; sorting takes as much again, or twice as much.
CACHE_KIB = 16 * 1024


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection | None]:
    """One consistent view of the index; None when nothing was ever imported.

    An index of the version before, or one whose keys were folded by other tables, is first brought up to date (about
    ten seconds for a million rows). Raises Refusal: registry_damaged, ledger_busy, ledger_unwritable (each with file
    and reason).
    """
    with translated(path, Code.REGISTRY_DAMAGED):
        if not path.exists():
            yield None
            return
        # Not mode=ro: an import that was killed leaves a journal, which the next reader rolls back.
        with _connected(path) as connection:
            connection.execute("BEGIN")
            version = _version(path, connection)
            if version and (version != VERSION or is_stale(connection)):
                connection.execute("ROLLBACK")
                with writing(path):
                    pass
                connection.execute("BEGIN")
            yield connection if version else None


@contextmanager
def writing(path: Path) -> Iterator[sqlite3.Connection]:
    """The index within one transaction, which ends with the block: kept when it ends well, undone when it does not.

    The file is made (0600, its folder 0700) when it is missing, and brought up to date when it is older. Raises what
    `reading` raises.
    """
    with translated(path, Code.REGISTRY_DAMAGED):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600))
        with _connected(path) as connection:
            connection.execute(f"PRAGMA cache_size = -{CACHE_KIB:d}")
            connection.execute(f"PRAGMA page_size = {PAGE:d}")
            # One more thread to sort with.
            connection.execute("PRAGMA threads = 1")
            with transaction(connection):
                version = _version(path, connection)
                if not version:
                    connection.execute(f"PRAGMA application_id = {APPLICATION_ID:d}")
                    connection.execute(SNAPSHOTS)
                elif version == _OLD_VERSION or is_stale(connection):
                    upgrade(connection, from_first=version == _OLD_VERSION)
                connection.execute(f"PRAGMA user_version = {VERSION:d}")
                yield connection


@contextmanager
def _connected(path: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
    try:
        yield connection
    finally:
        connection.close()


def _version(path: Path, connection: sqlite3.Connection) -> int:
    """The version of the index in the file; 0 when it is empty (an import that did not come to its end).

    Raises Refusal(registry_damaged) when it holds something else, or is of a newer version.
    """
    application, version = (
        connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version")
    )
    if application == APPLICATION_ID and version in (_OLD_VERSION, VERSION):
        return int(version)
    if (application, version) != (0, 0) or connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        reason = "other_version" if application == APPLICATION_ID else "other_database"
        raise Refusal(Code.REGISTRY_DAMAGED, file=str(path), reason=reason)
    return 0
