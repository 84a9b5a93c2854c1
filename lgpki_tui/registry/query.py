"""The questions put to the index: exact rows, near spellings, search, snapshots. Column names are ours, never input."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence

from lgpki_tui.ground.clock import from_rfc3339
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.registry.candidates import Candidates
from lgpki_tui.registry.grams import whole
from lgpki_tui.registry.nearest import nearest
from lgpki_tui.registry.port import RefusedRows, RegistryKind, Snapshot
from lgpki_tui.registry.schema import ENTRY_COLUMNS, Place, grams_table, rows_table
from lgpki_tui.registry.search import Search
from lgpki_tui.subject.draft import Entry
from lgpki_tui.subject.lookalike import fold


class Index:
    """One view of the index. `connection` is None when nothing was ever imported."""

    def __init__(self, connection: sqlite3.Connection | None) -> None:
        self._connection = connection
        self._imported: tuple[RegistryKind, ...] | None = None

    def imported(self) -> tuple[RegistryKind, ...]:
        """The kinds that were imported, organisations first."""
        if self._imported is None:
            self._imported = tuple(snapshot.kind for snapshot in self.snapshots())
        return self._imported

    def organizations(self, organization: str, code: str | None = None, limit: int = -1) -> tuple[Entry, ...]:
        """The 組織 that are exactly this text, of one 団体 or (None) of any; a negative limit is none.

        Raises Refusal(registry_missing).
        """
        return self._spelt(RegistryKind.ORGANIZATIONS, "organization", organization, code, limit)

    def names(self, name: str, limit: int = -1) -> tuple[Entry, ...]:
        """The accounts whose 名義 is exactly this text. Raises Refusal(registry_missing)."""
        return self._spelt(RegistryKind.ACCOUNTS, "name", name, None, limit)

    def accounts(self, organization: str, name: str, code: str | None = None) -> tuple[Entry, ...]:
        """The accounts whose 組織 and 名義 are exactly these texts, of one 団体 or (None) of any.

        Raises Refusal(registry_missing).
        """
        kind = RegistryKind.ACCOUNTS
        given = {"organization": _storable(organization), "name": _storable(name)}
        # By both at once: 課長 may be a hundred thousand rows, and 総務課 too; of one 団体 there are few of either.
        if code is not None:
            given["code"] = _storable(code)
            both = " INTERSECT ".join(
                f"SELECT * FROM ({_exactly(column, kind, f':{column}', _between_rows_of(kind))})"  # noqa: S608  # our own names
                for column in ("organization", "name")
            )
            within = f"rowid IN ({both}) AND +municipality_code = :code"
        else:
            grams = grams_table(kind)
            given["match"] = whole(fold(given["organization"]), fold(given["name"]))
            within = f"rowid IN (SELECT rowid FROM {grams} WHERE {grams} MATCH :match)"  # noqa: S608  # as above
        statement = (
            f"SELECT {_entry(kind)} FROM {rows_table(kind)} WHERE {within}"  # noqa: S608  # our own names
            " AND +name = :name AND +organization = :organization ORDER BY rowid"
        )
        return _entries(self._ask(kind, statement, given))

    def near(
        self, kind: RegistryKind, column: str, text: str, *, code: str | None = None, organization: str | None = None
    ) -> tuple[str, ...]:
        """Registered spellings near a text, best first, of one 団体 or one 組織 where they are given.

        Raises Refusal(registry_missing).
        """
        values = {"code": code, "organization": organization}
        given = {name: _storable(value) for name, value in values.items() if value is not None}
        where = []
        if organization is not None:
            where.append(f"r.rowid IN ({_exactly('organization', kind, ':organization')})")
        if code is not None:
            where.append("r.municipality_code = :code")
        candidates = Candidates(self._of(kind), kind, column, " AND ".join(where), given)
        return nearest(text, candidates.of(fold(_storable(text))))

    def codes(self, organization: str, limit: int) -> tuple[str, ...]:
        """The codes of the 団体 that have exactly this 組織, each once, as imported.

        Raises Refusal(registry_missing).
        """
        kind = RegistryKind.ORGANIZATIONS
        statement = (
            f"SELECT DISTINCT municipality_code FROM {rows_table(kind)}"  # noqa: S608  # our own names
            f" WHERE rowid IN ({_exactly('organization', kind, ':text')}) LIMIT :limit"
        )
        return tuple(code for (code,) in self._ask(kind, statement, {"text": _storable(organization), "limit": limit}))

    def has_accounts(self, organization: str, code: str | None) -> bool:
        """Whether a 組織 (of this 団体) has any account. Raises Refusal(registry_missing)."""
        return bool(self._spelt(RegistryKind.ACCOUNTS, "organization", organization, code, 1))

    def search(self, kind: RegistryKind, text: str, limit: int) -> tuple[Entry, ...]:
        """Rows that are, begin with or contain the text, folded; in that order, then as imported.

        Raises Refusal(registry_missing).
        """
        search = Search(self._of(kind), kind, _storable(text), _storable(fold(text)), limit)
        return self._rows(kind, search.rowids())

    def of_municipalities(self, codes: Sequence[str], limit: int) -> tuple[Entry, ...]:
        """The 組織 of these 団体, as imported. Raises Refusal(registry_missing)."""
        kind = RegistryKind.ORGANIZATIONS
        statement = f"SELECT rowid FROM {rows_table(kind)} WHERE municipality_code = ? ORDER BY rowid LIMIT ?"  # noqa: S608  # our own names
        found = (rowid for code in codes for (rowid,) in self._of(kind).execute(statement, (code, limit)))
        return self._rows(kind, sorted(found)[:limit])

    def snapshots(self, place: Place = Place.CURRENT) -> tuple[Snapshot, ...]:
        """What is imported, organisations first; or what was before."""
        if self._connection is None:
            return ()
        rows = self._connection.execute(
            "SELECT kind, rows, refused_rows, refused, source, sha256, imported_at, encoding, delimiter,"
            " duplicate_rows, unreadable_rows FROM snapshots WHERE place = ? ORDER BY kind DESC",
            (place.value,),
        )
        return tuple(_snapshot(row) for row in rows)

    def _spelt(self, kind: RegistryKind, column: str, text: str, code: str | None, limit: int) -> tuple[Entry, ...]:
        """By the text and never by the 団体: of one text there are few, of one 団体 there may be all."""
        narrowed = "" if code is None else "AND +municipality_code = :code"
        within = "" if code is None else _between_rows_of(kind)
        statement = (
            f"SELECT {_entry(kind)} FROM {rows_table(kind)} WHERE rowid IN ({_exactly(column, kind, ':text', within)})"  # noqa: S608  # our own names
            f" {narrowed} ORDER BY rowid LIMIT :limit"
        )
        given = {"text": _storable(text), "code": None if code is None else _storable(code), "limit": limit}
        return _entries(self._ask(kind, statement, given))

    def _rows(self, kind: RegistryKind, rowids: Iterable[int]) -> tuple[Entry, ...]:
        statement = f"SELECT {_entry(kind)} FROM {rows_table(kind)} WHERE rowid = ?"  # noqa: S608  # our own names
        connection = self._of(kind)
        return _entries(row for rowid in rowids for row in connection.execute(statement, (rowid,)))

    def _ask(self, kind: RegistryKind, statement: str, values: Mapping[str, str | int | None]) -> list[tuple[str, ...]]:
        return self._of(kind).execute(statement, values).fetchall()

    def _of(self, kind: RegistryKind) -> sqlite3.Connection:
        if self._connection is None or kind not in self.imported():
            raise Refusal(Code.REGISTRY_MISSING, registry=kind.value)
        return self._connection


def _between_rows_of(kind: RegistryKind) -> str:
    """SQL that leaves out rows before the first and behind the last one of a 団体: an extract is mostly in their order,
    and every one of them has a 総務課."""
    of = f"FROM {rows_table(kind)} WHERE municipality_code = :code"
    return f"rowid BETWEEN (SELECT min(rowid) {of}) AND (SELECT max(rowid) {of}) AND"


def _exactly(column: str, kind: RegistryKind, value: str, within: str = "") -> str:
    """SQL for the rowids of a text exactly as it stands, by the two indexes that hold each of them once."""
    one = f"SELECT rowid FROM {rows_table(kind)} WHERE {within} {column} = {value} AND {column}_key IS"  # noqa: S608  # our own names
    return f"{one} NULL UNION ALL {one} NOT NULL"


def _entry(kind: RegistryKind) -> str:
    return ", ".join(ENTRY_COLUMNS[kind])


def _entries(rows: Iterable[tuple[str, ...]]) -> tuple[Entry, ...]:
    return tuple(Entry(*row) for row in rows)


def _storable(text: str) -> str:
    """A text that SQLite can be given. Lone surrogates (bytes of an argument that are not UTF-8) become U+FFFF, a
    noncharacter; a row that has it there would differ from the text all the same, and is refused by every profile."""
    return "".join("\uffff" if "\ud800" <= char <= "\udfff" else char for char in text)


def _snapshot(row: tuple[str, int, int, str, str, str, str, str, str, int, int]) -> Snapshot:
    """Raises sqlite3.DatabaseError when the row is not one that the importer writes."""
    kind, rows, refused_rows, refused, source, sha256, imported_at = row[:7]
    try:
        listed = tuple(RefusedRows(code, count, tuple(first)) for code, count, first in json.loads(refused))
        moment = from_rfc3339(imported_at)
        return Snapshot(RegistryKind(kind), rows, refused_rows, listed, source, sha256, moment, *row[7:])
    except (ValueError, TypeError) as error:
        raise sqlite3.DatabaseError("snapshots") from error
