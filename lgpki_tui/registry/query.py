"""The questions put to the index: exact rows, all spellings, search, snapshots. Column names are ours, never input."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence

from lgpki_tui.ground.clock import from_rfc3339
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.registry.database import ENTRY_COLUMNS, KEYS
from lgpki_tui.registry.port import RefusedRows, RegistryKind, Snapshot
from lgpki_tui.subject.draft import Entry
from lgpki_tui.subject.lookalike import fold


class Index:
    """One view of the index. `connection` is None when nothing was ever imported."""

    def __init__(self, connection: sqlite3.Connection | None) -> None:
        self._connection = connection

    def imported(self) -> tuple[RegistryKind, ...]:
        """The kinds that were imported, organisations first."""
        there = {snapshot.kind for snapshot in self.snapshots()}
        return tuple(kind for kind in RegistryKind if kind in there)

    def rows(self, kind: RegistryKind, *, limit: int = -1, **equal: str | None) -> tuple[Entry, ...]:
        """The rows whose columns are exactly these texts (None: any); a negative limit is none.

        Raises Refusal(registry_missing).
        """
        where, values = _where(equal)
        statement = f"SELECT {_entry(kind)} FROM {kind.value} {where} ORDER BY rowid LIMIT ?"  # noqa: S608  # our own names
        return _entries(self._ask(kind, statement, (*values, limit)))

    def spellings(self, kind: RegistryKind, column: str, **equal: str | None) -> tuple[tuple[str, str], ...]:
        """Every different text of a column with its folded form. Raises Refusal(registry_missing)."""
        where, values = _where(equal)
        statement = f"SELECT DISTINCT {column}, {column}_key FROM {kind.value} {where}"  # noqa: S608  # our own names
        return tuple((text, key) for text, key in self._ask(kind, statement, values))

    def search(self, kind: RegistryKind, text: str, limit: int) -> tuple[Entry, ...]:
        """Rows that are, begin with or contain the text, folded; in that order, then as imported.

        instr() and not LIKE: nothing in the text is a wildcard. Raises Refusal(registry_missing).
        """
        keys = KEYS[kind]
        exact = " OR ".join(f"{key.removesuffix('_key')} = :text" for key in keys)
        same = " OR ".join(f"{key} = :key" for key in keys)
        begins = " OR ".join(f"instr({key}, :key) = 1" for key in keys)
        any_of = " OR ".join(f"instr({key}, :key)" for key in keys)
        statement = (
            f"SELECT {_entry(kind)} FROM {kind.value} WHERE {any_of} ORDER BY "  # noqa: S608  # our own names
            f"CASE WHEN {exact} THEN 0 WHEN {same} THEN 1 WHEN {begins} THEN 2 ELSE 3 END, rowid LIMIT :limit"
        )
        given: dict[str, str | int] = {"text": _storable(text), "key": _storable(fold(text)), "limit": limit}
        return _entries(self._ask(kind, statement, given))

    def of_municipalities(self, codes: Sequence[str], limit: int) -> tuple[Entry, ...]:
        """The 組織 of these 団体, as imported. Raises Refusal(registry_missing)."""
        if not codes:
            return ()
        kind = RegistryKind.ORGANIZATIONS
        marks = ", ".join("?" for _ in codes)
        where = f"WHERE municipality_code IN ({marks})"
        statement = f"SELECT {_entry(kind)} FROM {kind.value} {where} ORDER BY rowid LIMIT ?"  # noqa: S608  # our own names
        return _entries(self._ask(kind, statement, (*codes, limit)))

    def snapshots(self) -> tuple[Snapshot, ...]:
        """What is imported, organisations first."""
        if self._connection is None:
            return ()
        rows = self._connection.execute(
            "SELECT kind, rows, refused_rows, refused, source, sha256, imported_at FROM snapshots ORDER BY kind DESC"
        )
        return tuple(_snapshot(*row) for row in rows)

    def _ask(
        self, kind: RegistryKind, statement: str, values: Sequence[str | int] | dict[str, str | int]
    ) -> list[tuple[str, ...]]:
        if self._connection is None or kind not in {snapshot.kind for snapshot in self.snapshots()}:
            raise Refusal(Code.REGISTRY_MISSING, registry=kind.value)
        return self._connection.execute(statement, values).fetchall()


def _entry(kind: RegistryKind) -> str:
    return ", ".join(ENTRY_COLUMNS[kind])


def _entries(rows: list[tuple[str, ...]]) -> tuple[Entry, ...]:
    return tuple(Entry(*row) for row in rows)


def _where(equal: dict[str, str | None]) -> tuple[str, list[str | int]]:
    given = {column: text for column, text in equal.items() if text is not None}
    where = " AND ".join(f"{column} = ?" for column in given)
    return (f"WHERE {where}" if where else "", [_storable(text) for text in given.values()])


def _storable(text: str) -> str:
    """A text that SQLite can be given. Lone surrogates (bytes of an argument that are not UTF-8) become U+FFFF, a
    noncharacter; a row that has it there would differ from the text all the same, and is refused by every profile."""
    return "".join("\uffff" if "\ud800" <= char <= "\udfff" else char for char in text)


def _snapshot(
    kind: str, rows: int, refused_rows: int, refused: str, source: str, sha256: str, imported_at: str
) -> Snapshot:
    """Raises sqlite3.DatabaseError when the row is not one that the importer writes."""
    try:
        return _read_snapshot(kind, rows, refused_rows, refused, source, sha256, imported_at)
    except (ValueError, TypeError) as error:
        raise sqlite3.DatabaseError("snapshots") from error


def _read_snapshot(
    kind: str, rows: int, refused_rows: int, refused: str, source: str, sha256: str, imported_at: str
) -> Snapshot:
    listed = tuple(RefusedRows(code, count, tuple(first)) for code, count, first in json.loads(refused))
    return Snapshot(RegistryKind(kind), rows, refused_rows, listed, source, sha256, from_rfc3339(imported_at))
