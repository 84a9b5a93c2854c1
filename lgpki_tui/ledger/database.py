"""One SQLite file (WAL, synchronous=FULL) that holds the entries and their chain."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.ground.points import Phase, Point, Watch, unwatched
from lgpki_tui.ground.sqlite import transaction, translated
from lgpki_tui.ledger.chain import START, link

BUSY_SECONDS = 3.0


def _create(database: sqlite3.Connection) -> None:
    """Version 1. The triggers keep honest programs honest; the chain shows what others did."""
    database.execute(
        "CREATE TABLE entries (number INTEGER PRIMARY KEY, entry TEXT NOT NULL, hash TEXT NOT NULL) STRICT"
    )
    database.execute("CREATE TABLE head (one INTEGER PRIMARY KEY CHECK (one = 1), count INTEGER, hash TEXT) STRICT")
    database.execute("INSERT INTO head VALUES (1, 0, ?)", (START,))
    for act in ("UPDATE", "DELETE"):
        database.execute(
            f"CREATE TRIGGER no_{act.lower()} BEFORE {act} ON entries "
            "BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END"
        )


# Each entry leads from the version before it to its own; they run in order, in one transaction.
MIGRATIONS: Mapping[int, Callable[[sqlite3.Connection], None]] = {1: _create}


class Database:
    """An open ledger file. `refused untouched` when a newer program wrote it."""

    def __init__(
        self,
        path: Path,
        watch: Watch = unwatched,
        migrations: Mapping[int, Callable[[sqlite3.Connection], None]] = MIGRATIONS,
    ) -> None:
        """Open or create the file and lead its schema forward.

        Raises Refusal: ledger_newer, ledger_damaged, ledger_busy, ledger_unwritable.
        """
        self.path = path
        self._watch = watch
        with translated(self.path, Code.LEDGER_DAMAGED):
            _refuse_newer(path, _header_version(path), max(migrations))
            new = not path.exists()
            if new:
                watch(Point.LEDGER_CREATE, Phase.BEFORE)
                path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600))
            self._connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
            try:
                self._connection.execute("PRAGMA journal_mode=WAL")
                self._connection.execute("PRAGMA synchronous=FULL")
                self._migrate(migrations)
            except BaseException:
                self._connection.close()
                raise
            if new:
                watch(Point.LEDGER_CREATE, Phase.AFTER)

    def rows(self) -> list[tuple[int, str, str]]:
        """All (number, entry, hash), in order."""
        with translated(self.path, Code.LEDGER_DAMAGED):
            return self._connection.execute("SELECT number, entry, hash FROM entries ORDER BY number").fetchall()

    def head(self) -> tuple[int, str]:
        """How many entries there are and the hash of the last, as last recorded."""
        with translated(self.path, Code.LEDGER_DAMAGED):
            row = self._connection.execute("SELECT count, hash FROM head").fetchone()
        return (row[0], row[1]) if row else (-1, "")

    def append(self, entries: Sequence[str]) -> None:
        """Append entries, all or none, and return when they are on the disk."""
        self._watch(Point.LEDGER_APPEND, Phase.BEFORE)
        with translated(self.path, Code.LEDGER_DAMAGED), transaction(self._connection):
            count, previous = self.head()
            for number, entry in enumerate(entries, count + 1):
                previous = link(previous, entry)
                self._connection.execute("INSERT INTO entries VALUES (?, ?, ?)", (number, entry, previous))
            self._connection.execute("UPDATE head SET count = ?, hash = ?", (count + len(entries), previous))
            self._watch(Point.LEDGER_APPEND, Phase.INSIDE)
        self._watch(Point.LEDGER_APPEND, Phase.AFTER)

    def close(self) -> None:
        """Close the file; the last one out folds the write-ahead log back into it."""
        with suppress(sqlite3.Error):
            self._connection.close()

    def _migrate(self, migrations: Mapping[int, Callable[[sqlite3.Connection], None]]) -> None:
        newest = max(migrations)
        if self._version() == newest:
            return
        with transaction(self._connection):
            version = self._version()  # again, inside: another program may have been first
            _refuse_newer(self.path, version, newest)
            self._watch(Point.LEDGER_CREATE, Phase.INSIDE)
            for step in range(version + 1, newest + 1):
                migrations[step](self._connection)
            self._connection.execute(f"PRAGMA user_version = {newest:d}")

    def _version(self) -> int:
        return int(self._connection.execute("PRAGMA user_version").fetchone()[0])


def _header_version(path: Path) -> int:
    """user_version from the file's header (SQLite file format, 1.3), read without opening it as a database."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return 0
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):  # a FIFO would be waited for, for ever
            raise Refusal(Code.LEDGER_DAMAGED, file=str(path), reason="not_a_file")
        header = file.read(64)
    if header and not header.startswith(b"SQLite format 3\0"):
        raise Refusal(Code.LEDGER_DAMAGED, file=str(path), reason="not_a_database")
    return int.from_bytes(header[60:64], "big")


def _refuse_newer(path: Path, version: int, newest: int) -> None:
    if version > newest:
        raise Refusal(Code.LEDGER_NEWER, file=str(path), version=version, known=newest)
