"""`registry import` and `registry restore`: replace the snapshot of one or both registries, all or nothing."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime
from operator import itemgetter
from pathlib import Path

from lgpki_tui.ground.clock import rfc3339
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.ground.frozen import dataclass
from lgpki_tui.ground.points import Phase, Point, Watch, unwatched
from lgpki_tui.registry.changes import Changes, Texts, scratch
from lgpki_tui.registry.columns import Column, Headers
from lgpki_tui.registry.database import reading, writing
from lgpki_tui.registry.encoding import Encoding
from lgpki_tui.registry.folding import folding
from lgpki_tui.registry.judging import Judge
from lgpki_tui.registry.municipalities import Municipalities
from lgpki_tui.registry.port import RefusedRows, RegistryKind, Snapshot
from lgpki_tui.registry.query import Index
from lgpki_tui.registry.report import Imported, Report
from lgpki_tui.registry.schema import (
    ENTRY_COLUMNS,
    Place,
    create,
    drop,
    index_rows,
    insert,
    rename,
    rows_table,
    there,
)
from lgpki_tui.registry.table import TableFile, open_table
from lgpki_tui.registry.upgrade import next_generation, tidy
from lgpki_tui.subject.profile import Profile

_Rows = Iterator[tuple[int, int, list[str]]]
_Places = dict[Column, int]
# Values in one statement; SQLite takes 32,766.
_BATCH = 4_000


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
    encoding: Encoding | None = None

    def replace(self, files: Mapping[RegistryKind, Path], now: datetime) -> tuple[Snapshot, ...]:
        """`run` without a report; what is imported now."""
        return tuple(each.snapshot for each in self.run(files, now, Report()))

    def run(self, files: Mapping[RegistryKind, Path], now: datetime, report: Report) -> tuple[Imported, ...]:
        """Replace the snapshots of the named kinds in one transaction; every row is taken exactly as it stands. What
        was current becomes the previous one, which `restore` brings back.

        Raises Refusal: registry_file, registry_encoding, registry_columns, registry_damaged, ledger_busy,
        ledger_unwritable. Nothing is changed then. Source: docs/contract.md, `registry import`.
        """
        with ExitStack() as stack:
            # Headers first: a wrong file is told before the index is touched or even made.
            started = self._start(files, stack)
            self.watch(Point.REGISTRY_REPLACE, Phase.BEFORE)
            with writing(self.path) as connection:
                done = tuple(self._fill(connection, each, now, report) for each in started)
                self.watch(Point.REGISTRY_REPLACE, Phase.INSIDE)
            self.watch(Point.REGISTRY_REPLACE, Phase.AFTER)
        # Later, for pages that are freed in a transaction are written twice in it; what is in the way, is in the way of
        # room on the disk only, and the next import tidies.
        with suppress(Refusal), writing(self.path) as connection:
            tidy(connection)
        return done

    def attempt(self, files: Mapping[RegistryKind, Path], now: datetime, report: Report) -> tuple[Imported, ...]:
        """The same without changing or making anything: what `run` would answer."""
        with ExitStack() as stack:
            started = self._start(files, stack)
            connection = stack.enter_context(reading(self.path))
            return tuple(self._judge(connection, each, now, report) for each in started)

    def previous(self) -> tuple[Snapshot, ...]:
        """What was current before, and `restore` brings back. Raises Refusal: registry_damaged, ledger_busy."""
        with reading(self.path) as connection:
            return Index(connection).snapshots(Place.PREVIOUS)

    def restore(self, kinds: Sequence[RegistryKind]) -> None:
        """Make the previous snapshots of these kinds current, and the current ones previous, all or none.

        Raises Refusal: registry_no_previous (registry), and what `run` raises of the index.
        """
        with reading(self.path) as before:  # asking makes no file
            for kind in kinds:
                if before is None or not there(before, kind, Place.PREVIOUS):
                    raise Refusal(Code.REGISTRY_NO_PREVIOUS, registry=kind.value)
        self.watch(Point.REGISTRY_REPLACE, Phase.BEFORE)
        with writing(self.path) as connection:
            for kind in kinds:
                for old, new in _SWAP:
                    rename(connection, kind, old, new)
                    _move(connection, kind, old, new)
            self.watch(Point.REGISTRY_REPLACE, Phase.INSIDE)
        self.watch(Point.REGISTRY_REPLACE, Phase.AFTER)

    # --- One table ---

    def _start(self, files: Mapping[RegistryKind, Path], stack: ExitStack) -> list[_Started]:
        tables = {
            kind: stack.enter_context(open_table(file, self.headers.known, self.encoding))
            for kind, file in files.items()
        }
        return [self._begun(kind, table) for kind, table in tables.items()]

    def _begun(self, kind: RegistryKind, table: TableFile) -> _Started:
        rows = table.rows()
        _, _, header = next(rows, (1, 1, []))
        return _Started(kind, table, self.headers.places(kind, header, table.path), rows)

    def _fill(self, connection: sqlite3.Connection, begun: _Started, now: datetime, report: Report) -> Imported:
        kind = begun.kind
        drop(connection, kind, Place.GONE)
        create(connection, kind, Place.NEXT)
        with self._judging(connection, begun, report) as judge:
            insert(connection, kind, Place.NEXT, _batches(begun, judge))
            done = self._imported(connection, begun, judge, now, report)
        generation = next_generation(connection)
        index_rows(connection, kind, Place.NEXT, generation)
        for old, new in _SHIFT:
            if there(connection, kind, old):
                rename(connection, kind, old, new)
                _move(connection, kind, old, new)
        _record(connection, done.snapshot, generation)
        return done

    def _judge(self, connection: sqlite3.Connection | None, begun: _Started, now: datetime, report: Report) -> Imported:
        with self._judging(connection, begun, report) as judge:
            for number, line, texts in begun.texts():
                judge.take(number, line, texts)
            return self._imported(connection, begun, judge, now, report)

    @contextmanager
    def _judging(self, connection: sqlite3.Connection | None, begun: _Started, report: Report) -> Iterator[Judge]:
        with scratch() as rows:
            changes = Changes(rows, _current(connection, begun.kind))
            yield Judge(begun.kind, self.profiles[begun.kind], self.municipalities.name_of, changes, report)

    def _imported(
        self, connection: sqlite3.Connection | None, begun: _Started, judge: Judge, now: datetime, report: Report
    ) -> Imported:
        difference = judge.changes.difference(begun.kind, _current(connection, begun.kind) or (), report)
        refused = tuple(
            RefusedRows(code.value, lines.count, tuple(lines.first_rows)) for code, lines in judge.refused.items()
        )
        table = begun.table
        snapshot = Snapshot(
            begun.kind,
            judge.rows,
            judge.refused_rows,
            refused,
            self.record(table.path.absolute()),
            table.sha256,
            now,
            encoding=table.encoding.value,
            delimiter=table.delimiter.value,
            duplicate_rows=judge.duplicates.count,
            unreadable_rows=judge.unreadable.count,
        )
        return Imported(
            snapshot, table.encoding_by, tuple(judge.refused.items()), judge.duplicates, judge.unreadable, difference
        )


@dataclass(frozen=True, slots=True)
class _Started:
    """A table whose header was read."""

    kind: RegistryKind
    table: TableFile
    places: _Places
    rows: _Rows

    def texts(self) -> Iterator[tuple[int, int, Texts]]:
        """Of each row its number, its first line and the texts of an Entry; "" for a column that is not there."""
        order = [self.places.get(Column(column)) for column in ENTRY_COLUMNS[self.kind]]
        if None in order:
            for number, line, fields in self.rows:
                yield number, line, tuple("" if place is None else fields[place] for place in order)
        else:
            pick = itemgetter(*(place for place in order if place is not None))
            for number, line, fields in self.rows:
                yield number, line, pick(fields)


# What becomes of the sets of tables by an import, and by going back.
_SHIFT = ((Place.PREVIOUS, Place.GONE), (Place.CURRENT, Place.PREVIOUS), (Place.NEXT, Place.CURRENT))
_SWAP = ((Place.CURRENT, Place.NEXT), (Place.PREVIOUS, Place.CURRENT), (Place.NEXT, Place.PREVIOUS))


def _batches(begun: _Started, judge: Judge) -> Iterator[list[str | None]]:
    """The values of COLUMNS of some rows at a time, one after the other: the texts as they stand, then their folded
    forms where they differ."""
    take, batch = judge.take, list[str | None]()
    for number, line, texts in begun.texts():
        batch += texts
        batch += take(number, line, texts)
        if len(batch) >= _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _current(connection: sqlite3.Connection | None, kind: RegistryKind) -> Iterable[Texts] | None:
    """The texts of the current snapshot's rows; None when there is none."""
    if connection is None or not there(connection, kind, Place.CURRENT):
        return None
    return connection.execute(f"SELECT {', '.join(ENTRY_COLUMNS[kind])} FROM {rows_table(kind)}")  # noqa: S608  # our own names


def _move(connection: sqlite3.Connection, kind: RegistryKind, old: Place, new: Place) -> None:
    """The same for what is recorded of a snapshot; of one that is gone nothing is."""
    if new is Place.GONE:
        connection.execute("DELETE FROM snapshots WHERE kind = ? AND place = ?", (kind.value, old.value))
    else:
        statement = "UPDATE snapshots SET place = ? WHERE kind = ? AND place = ?"
        connection.execute(statement, (new.value, kind.value, old.value))


def _record(connection: sqlite3.Connection, snapshot: Snapshot, generation: int) -> None:
    values: dict[str, str | int] = {
        "kind": snapshot.kind.value,
        "place": Place.CURRENT.value,
        "rows": snapshot.rows,
        "refused_rows": snapshot.refused_rows,
        "refused": json.dumps([[one.code, one.count, one.first_rows] for one in snapshot.refused]),
        "source": snapshot.source,
        "sha256": snapshot.sha256,
        "imported_at": rfc3339(snapshot.imported_at),
        "encoding": snapshot.encoding,
        "delimiter": snapshot.delimiter,
        "duplicate_rows": snapshot.duplicate_rows,
        "unreadable_rows": snapshot.unreadable_rows,
        "generation": generation,
        "folding": folding(),
    }
    names, marks = ", ".join(values), ", ".join(f":{name}" for name in values)
    connection.execute(f"INSERT INTO snapshots ({names}) VALUES ({marks})", values)  # noqa: S608  # our own names
