"""A registry of a million rows: import, search and near spellings, each against a plain scan of the same rows.

LGPKI_BENCH_ROWS makes it smaller. Every answer of a search is compared with what the scan finds; a wrong one ends it.
"""

from __future__ import annotations

import csv
import os
import random
import sqlite3
import subprocess
import sys
import time
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median

from benchmarks.names import Names, slips
from benchmarks.place import ROOT
from benchmarks.rows import CannotRun, timed
from lgpki_tui.registry.columns import read_headers
from lgpki_tui.registry.importer import Importer
from lgpki_tui.registry.municipalities import Municipalities
from lgpki_tui.registry.port import RegistryKind
from lgpki_tui.registry.snapshot import SqliteRegistry
from lgpki_tui.settings.profiles import load_profile, profile_folders
from lgpki_tui.subject.draft import Draft, Entry
from lgpki_tui.subject.lookalike import fold
from lgpki_tui.subject.profile import Profile

HEAD = ("registry", "asked", "median ms", "p99 ms", "peer (median ms)", "ratio", "goal", "")
ROWS = 1_000_000
LIMIT = 20
_KIND = RegistryKind.ORGANIZATIONS
# Questions of each kind; the plain scan is asked fewer, for it takes a second.
_ASKED, _CHECKED = 300, 12
_IMPORTS = 3

# The import in a process of its own, which tells its seconds and its most memory (MiB); not ru_maxrss, which is
# inherited from whoever started it.
_IMPORT = """
import sys, time
from pathlib import Path
from benchmarks.registry import importer
from lgpki_tui.registry.port import RegistryKind
from datetime import UTC, datetime
begun = time.perf_counter()
importer(Path(sys.argv[1])).replace({RegistryKind.ORGANIZATIONS: Path(sys.argv[2])}, datetime.now(UTC))
print(time.perf_counter() - begun)
print(int(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]) / 1024)
"""


@dataclass(frozen=True, slots=True)
class Measure:
    """One line of the table. `times` and `most` (what the 99th of 100 shall not be above, or of a few the median) in
    milliseconds; `beside`: what else was to be kept (memory, recall), and whether it was."""

    name: str
    times: tuple[float, ...]
    peer: str
    peer_ms: float | None
    most: float | None
    beside: str = ""
    beside_met: bool = True

    @property
    def p99(self) -> float:
        """The 99th of 100, of fewer the highest."""
        return sorted(self.times)[min(len(self.times) - 1, int(len(self.times) * 0.99))]

    @property
    def met(self) -> bool | None:
        """Whether the goal is met; None without one."""
        judged = self.p99 if self.many else median(self.times)
        return None if self.most is None else judged <= self.most and self.beside_met

    @property
    def many(self) -> bool:
        """Whether there are enough for a 99th of 100."""
        return len(self.times) >= 100

    @property
    def ratio(self) -> float | None:
        """The median to the peer's."""
        return None if self.peer_ms is None else median(self.times) / self.peer_ms

    def cells(self) -> tuple[str, ...]:
        """The line as it is printed."""
        peer = self.peer if self.peer_ms is None else f"{self.peer} {self.peer_ms:.1f}"
        goal = "-" if self.most is None else f"{'p99' if self.many else 'median'} <= {self.most:g} ms"
        judged = {True: "ok", False: "MISSED", None: ""}[self.met]
        ratio = "-" if self.ratio is None else f"{self.ratio:.3f}"
        shown = (f"{median(self.times):.2f}", f"{self.p99:.2f}")
        return (self.name, str(len(self.times)), *shown, peer, ratio, f"{goal} {self.beside}".strip(), judged)

    def facts(self) -> dict[str, object]:
        """The same as JSON has it."""
        return {
            "row": self.name, "asked": len(self.times), "median_ms": round(median(self.times), 3),
            "p99_ms": round(self.p99, 3), "peer": self.peer, "peer_ms": self.peer_ms, "ratio": self.ratio,
            "goal_ms": self.most, "beside": self.beside, "met": self.met,
        }  # fmt: skip


def importer(index: Path) -> Importer:
    """The program's own importer into an index."""
    return Importer(index, read_headers(), {_KIND: _profile()}, Municipalities())


def registry(work: Path) -> Iterator[Measure]:
    """All lines of the table. Raises CannotRun when an answer is not that of the plain scan."""
    rows = int(os.environ.get("LGPKI_BENCH_ROWS", ROWS))
    file, index = work / "organizations.csv", work / "registry.sqlite3"
    Names().write(file, rows)
    entries = tuple(Names().entries(rows))
    scan = _Scan(entries)
    yield from _importing(index, file, rows)
    ours = SqliteRegistry(index, Municipalities())
    yield from _searching(ours, entries, scan)
    yield from _near(ours, entries, scan)


def _importing(index: Path, file: Path, rows: int) -> Iterator[Measure]:
    """Ours and the peer in turn, each into a new file; the last index stays."""
    times, peer, memory = [], [], 0.0
    for _ in range(_IMPORTS):
        index.unlink(missing_ok=True)
        seconds, most = _imported(index, file)
        times.append(seconds * 1000)
        memory = max(memory, most)
        bare = index.with_suffix(".bare")
        bare.unlink(missing_ok=True)
        peer.append(timed(partial(_bare, file, bare)))
    goal, beside = 10_000 * max(1.0, rows / ROWS), f"<= 300 MB ({memory:.0f})"
    name = f"import of {rows:,} rows, with indexes"
    yield Measure(name, tuple(times), "csv into a bare table", median(peer), goal, beside, memory <= 300)


def _imported(index: Path, file: Path) -> tuple[float, float]:
    """Seconds, and the most memory in MB."""
    command = [sys.executable, "-c", _IMPORT, str(index), str(file)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if run.returncode:
        raise CannotRun(run.stderr)
    seconds, mebibytes = map(float, run.stdout.split())
    return seconds, mebibytes * 1.048576


def _bare(file: Path, table: Path) -> None:
    """The same file into a table without an index or a key."""
    with file.open(encoding="utf-8", newline="") as read, closing(sqlite3.connect(table)) as base, base:
        base.execute("CREATE TABLE t (code, organization, reading)")
        base.executemany("INSERT INTO t VALUES (?, ?, ?)", csv.reader(read))


def _searching(ours: SqliteRegistry, entries: Sequence[Entry], scan: _Scan) -> Iterator[Measure]:
    chance = random.Random(1)  # noqa: S311  # the same questions every time
    some = chance.sample(entries, _ASKED)
    profile = _profile()
    drafts = [Draft("shokuseki", row.organization, "市長", row.municipality_code) for row in some]
    times = [timed(partial(ours.found, draft, profile)) for draft in (*drafts[:5], *drafts)][5:]
    if not all(ours.found(draft, profile).organizations for draft in drafts):
        raise CannotRun("a registered row was not found")
    yield Measure("exact: one row of a registry", tuple(times), "scan, =", scan.exact(some[0].organization), 1)
    yield _search(ours, scan, "typed beginnings, 20 and more there", _common(_beginnings(some, chance), scan), 1)
    yield _search(ours, scan, "typed beginnings, any", _beginnings(some, chance), None)
    yield _search(ours, scan, "whole names", [row.organization for row in some], None)
    for size, name in ((3, "3 characters"), (5, "5 characters"), (8, "8 characters")):
        yield _search(ours, scan, name, [_piece(row.organization, size, chance) for row in some], 5)
    yield _search(
        ours, scan, "5 characters of a reading", [_piece(row.organization_reading, 5, chance) for row in some], 5
    )
    yield _search(ours, scan, "5 characters that are nowhere", ["".join(chance.sample(scan.chars, 5)) for _ in some], 5)
    for size in (1, 2):
        texts = [_piece(row.organization, size, chance) for row in some]
        yield _search(ours, scan, f"{size} character{'s' * (size > 1)}", texts, 50)
    rare = ["鬱", "鬱病", *("".join(chance.sample(scan.chars, 2)) for _ in range(98))]
    yield _search(ours, scan, "2 characters, mostly nowhere", rare, 50)


def _search(ours: SqliteRegistry, scan: _Scan, name: str, texts: Sequence[str], most: float | None) -> Measure:
    for text in texts[:5]:
        ours.search(text, _KIND, LIMIT)
    times = [timed(partial(ours.search, text, _KIND, LIMIT)) for text in texts]
    peer = []
    for text in dict.fromkeys(texts[:: max(1, len(texts) // _CHECKED)]):
        begun = time.perf_counter()
        right = scan.search(text)
        peer.append((time.perf_counter() - begun) * 1000)
        if ours.search(text, _KIND, LIMIT) != right:
            raise CannotRun(f"search for {text!r}: not what a plain scan finds")
    return Measure(name, tuple(times), "scan, instr", median(peer), most)


def _near(ours: SqliteRegistry, entries: Sequence[Entry], scan: _Scan) -> Iterator[Measure]:
    profile = _profile()
    chance = random.Random(2)  # noqa: S311
    for slip in slips():
        times, found = [], 0
        for row in chance.sample(entries, _ASKED * 2):
            entered = slip(row.organization, chance)
            if entered == row.organization or scan.has(entered):
                continue
            begun = time.perf_counter()
            near = ours.found(Draft("shokuseki", entered, "市長"), profile).nearest_organizations
            times.append((time.perf_counter() - begun) * 1000)
            found += row.organization in near
            if len(times) == _ASKED:
                break
        recall = found / len(times)
        name = f"near spellings: {slip.__name__.replace('_', ' ')}"
        beside = f"recall@5 {recall:.1%}"
        yield Measure(
            name, tuple(times), "every spelling, rapidfuzz", scan.nearest(entered), 20, beside, recall >= 0.95
        )


class _Scan:
    """The same rows in a table without an index, and what a plain scan of it finds."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._entries = entries
        self._base = sqlite3.connect(":memory:")
        self._base.execute("CREATE TABLE t (code, organization, reading, organization_key, reading_key)")
        self._names = {row.organization for row in entries}
        self.chars = sorted({char for row in entries[:20_000] for char in row.organization})
        rows = [
            (row.municipality_code, *texts, *map(fold, texts))
            for row in entries
            for texts in [(row.organization, row.organization_reading)]
        ]
        self._keys = sorted(row[3] for row in rows)
        self._base.executemany("INSERT INTO t VALUES (?, ?, ?, ?, ?)", rows)

    def has(self, organization: str) -> bool:
        """Whether it is registered."""
        return organization in self._names

    def begin_with(self, text: str) -> int:
        """How many rows begin with it."""
        key, end = fold(text), fold(text) + "\U0010ffff"
        return bisect_left(self._keys, end) - bisect_left(self._keys, key)

    def exact(self, organization: str) -> float:
        """Milliseconds for the rows that are exactly this."""
        return timed(lambda: self._base.execute("SELECT * FROM t WHERE organization = ?", (organization,)).fetchall())

    def search(self, text: str) -> tuple[Entry, ...]:
        """Registry.search as the port promises it (the statement of the program before it had an index)."""
        statement = """SELECT rowid FROM t WHERE instr(organization_key, :key) OR instr(reading_key, :key) ORDER BY CASE
            WHEN organization = :text OR reading = :text THEN 0
            WHEN organization_key = :key OR reading_key = :key THEN 1
            WHEN instr(organization_key, :key) = 1 OR instr(reading_key, :key) = 1 THEN 2
            ELSE 3 END, rowid LIMIT :limit"""
        given = {"text": text, "key": fold(text), "limit": LIMIT}
        return tuple(self._entries[rowid - 1] for (rowid,) in self._base.execute(statement, given))

    def nearest(self, entered: str) -> float:
        """Milliseconds for comparing every different spelling, in memory already."""
        from rapidfuzz import fuzz, process

        names = list(self._names)
        return timed(lambda: process.extract(entered, names, scorer=fuzz.ratio, limit=5))


def _profile() -> Profile:
    profile = load_profile("shokuseki", profile_folders())
    if profile is None:
        raise CannotRun("no profile")
    return profile


def _beginnings(some: Sequence[Entry], chance: random.Random) -> list[str]:
    return [row.organization[: chance.randint(1, len(row.organization) - 1)] for row in some]


def _common(texts: Sequence[str], scan: _Scan) -> list[str]:
    """Those that enough rows begin with to fill what is shown."""
    return [text for text in texts if scan.begin_with(text) >= LIMIT]


def _piece(text: str, size: int, chance: random.Random) -> str:
    first = chance.randint(0, max(0, len(text) - size))
    return text[first : first + size]
