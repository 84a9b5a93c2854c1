"""`registry import`: replaces the snapshot of one or both registries, all or nothing."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from lgpki_tui.ground.clock import rfc3339
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.points import Phase, Point, Watch, unwatched
from lgpki_tui.registry.columns import READ, Column, Headers
from lgpki_tui.registry.database import COLUMNS, index_statements, table_statement, writing
from lgpki_tui.registry.municipalities import Municipalities
from lgpki_tui.registry.port import RefusedRows, RegistryKind, Snapshot
from lgpki_tui.registry.table import TableFile, open_table
from lgpki_tui.subject.draft import Entry
from lgpki_tui.subject.findings import row_refusals
from lgpki_tui.subject.lookalike import fold
from lgpki_tui.subject.profile import Profile

FIRST_ROWS = 5
_Rows = Iterator[tuple[int, list[str]]]


@dataclass(frozen=True, slots=True)
class Importer:
    """Imports into the index at `path`. `profiles`: which judges the rows of a kind (they are only counted).
    `record`: how the path of an imported file is kept, for an index that may be moved with its files."""

    path: Path
    headers: Headers
    profiles: Mapping[RegistryKind, Profile]
    municipalities: Municipalities
    watch: Watch = unwatched
    record: Callable[[Path], str] = str

    def replace(self, files: Mapping[RegistryKind, Path], now: datetime) -> tuple[Snapshot, ...]:
        """Replace the snapshots of the named kinds in one transaction; every row is taken exactly as it stands.

        Raises Refusal: registry_file, registry_encoding, registry_columns, registry_damaged, ledger_busy,
        ledger_unwritable. Nothing is changed then. Source: docs/contract.md, `registry import`.
        """
        with ExitStack() as stack:
            # Headers first: a wrong file is told before the index is touched or even made.
            tables = {kind: stack.enter_context(open_table(file)) for kind, file in files.items()}
            started = {kind: self._start(kind, table) for kind, table in tables.items()}
            self.watch(Point.REGISTRY_REPLACE, Phase.BEFORE)
            with writing(self.path) as connection:
                done = tuple(self._fill(connection, kind, tables[kind], *started[kind], now) for kind in files)
                self.watch(Point.REGISTRY_REPLACE, Phase.INSIDE)
            self.watch(Point.REGISTRY_REPLACE, Phase.AFTER)
        return done

    def _start(self, kind: RegistryKind, table: TableFile) -> tuple[dict[Column, int], _Rows]:
        rows = table.rows()
        _, header = next(rows, (1, []))
        return self.headers.places(kind, header, table.path), rows

    def _fill(
        self,
        connection: sqlite3.Connection,
        kind: RegistryKind,
        table: TableFile,
        places: dict[Column, int],
        rows: _Rows,
        now: datetime,
    ) -> Snapshot:
        tally = _Tally(kind, self.profiles[kind], self.municipalities.name_of, self.record)
        connection.execute(f"DROP TABLE IF EXISTS {kind.value}")
        connection.execute(table_statement(kind))
        marks = ", ".join("?" * len(COLUMNS[kind]))
        connection.executemany(
            f"INSERT INTO {kind.value} VALUES ({marks})",  # noqa: S608  # our own names
            _stored(kind, places, rows, tally),
        )
        for statement in index_statements(kind):
            connection.execute(statement)
        snapshot = tally.snapshot(table, now)
        _record(connection, snapshot)
        return snapshot


@dataclass(slots=True)
class _Tally:
    """Counts the rows of one table, and those that a profile would refuse."""

    kind: RegistryKind
    profile: Profile
    municipality: Callable[[str], str | None]
    record: Callable[[Path], str]
    rows: int = 0
    refused_rows: int = 0
    refused: dict[Code, tuple[int, list[int]]] = field(default_factory=dict)

    def count(self, number: int, entry: Entry) -> None:
        self.rows += 1
        codes = row_refusals(entry, self.profile, self.municipality(entry.municipality_code))
        self.refused_rows += bool(codes)
        for code in codes:
            many, first = self.refused.get(code, (0, []))
            self.refused[code] = (many + 1, first if len(first) >= FIRST_ROWS else [*first, number])

    def snapshot(self, table: TableFile, now: datetime) -> Snapshot:
        refused = tuple(RefusedRows(code.value, many, tuple(first)) for code, (many, first) in self.refused.items())
        source = self.record(table.path.absolute())
        return Snapshot(self.kind, self.rows, self.refused_rows, refused, source, table.sha256, now)


def _stored(kind: RegistryKind, places: dict[Column, int], rows: _Rows, tally: _Tally) -> Iterator[tuple[str, ...]]:
    """The values of COLUMNS for each row: the texts as they stand, then their folded forms."""
    order = [places.get(Column(column)) for column in COLUMNS[kind][: len(READ[kind])]]
    for number, fields in rows:
        texts = tuple("" if place is None else fields[place] for place in order)
        tally.count(number, Entry(*texts))
        yield (*texts, *map(fold, texts[1:]))


def _record(connection: sqlite3.Connection, snapshot: Snapshot) -> None:
    refused = json.dumps([[one.code, one.count, one.first_rows] for one in snapshot.refused])
    connection.execute(
        "INSERT OR REPLACE INTO snapshots VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            snapshot.kind.value,
            snapshot.rows,
            snapshot.refused_rows,
            refused,
            snapshot.source,
            snapshot.sha256,
            rfc3339(snapshot.imported_at),
        ),
    )
