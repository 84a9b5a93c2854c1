"""What the ledger and the registry share of SQLite: whole transactions, and its errors in our codes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from errno import errorcode
from pathlib import Path

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal

# SQLite's primary result codes (sqlite.org/rescode.html); whatever else it says, the file is not what we wrote.
_CODES = {
    "BUSY": Code.LEDGER_BUSY,
    "LOCKED": Code.LEDGER_BUSY,
    "FULL": Code.LEDGER_UNWRITABLE,
    "IOERR": Code.LEDGER_UNWRITABLE,
    "READONLY": Code.LEDGER_UNWRITABLE,
    "CANTOPEN": Code.LEDGER_UNWRITABLE,
    "PERM": Code.LEDGER_UNWRITABLE,
}


@contextmanager
def translated(path: Path, damaged: Code) -> Iterator[None]:
    """Raise what SQLite and the system say of this file as Refusal: ledger_busy, ledger_unwritable or `damaged`, with
    `file` and `reason` (SQLite's extended name, or that of errno)."""
    try:
        yield
    except sqlite3.Error as error:
        name: str = getattr(error, "sqlite_errorname", type(error).__name__)
        code = _CODES.get(name.removeprefix("SQLITE_").partition("_")[0], damaged)
        raise Refusal(code, file=str(path), reason=name) from error
    except OSError as error:
        reason = errorcode.get(error.errno or 0, type(error).__name__)
        raise Refusal(Code.LEDGER_UNWRITABLE, file=str(path), reason=reason) from error


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Write all or nothing: committed when the block ends well, undone when it does not. Raises sqlite3.Error."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):  # also after a COMMIT that failed: its transaction stays open
            connection.execute("ROLLBACK")
        raise
