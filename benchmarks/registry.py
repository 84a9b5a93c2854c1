"""A registry of a million rows, of 組織 or of accounts: import, search and near spellings, each against a plain scan of
the same rows.

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
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from statistics import median

from benchmarks.measure import Measure
from benchmarks.names import Names, slips
from benchmarks.place import ROOT
from benchmarks.rows import CannotRun, timed
from benchmarks.scan import Scan
from lgpki_tui.registry.columns import read_headers
from lgpki_tui.registry.importer import Importer
from lgpki_tui.registry.municipalities import Municipalities
from lgpki_tui.registry.port import RegistryKind
from lgpki_tui.registry.snapshot import SqliteRegistry
from lgpki_tui.settings.profiles import load_profile, profile_folders
from lgpki_tui.subject.draft import Draft, Entry
from lgpki_tui.subject.profile import Profile

ROWS = 1_000_000
LIMIT = 20
# Questions of each kind; the plain scan is asked fewer, for it takes a second.
_ASKED, _CHECKED = 300, 12
_IMPORTS = 3
# Of the second kind, 名義 are registered too.
_PROFILES = {RegistryKind.ORGANIZATIONS: "shokuseki", RegistryKind.ACCOUNTS: "riyosha"}

# The import in a process of its own, which tells its seconds and its most memory (MiB); not ru_maxrss, which is
# inherited from whoever started it.
_IMPORT = """
import sys, time
from pathlib import Path
from benchmarks.registry import importer
from lgpki_tui.registry.port import RegistryKind
from datetime import UTC, datetime
begun = time.perf_counter()
importer(Path(sys.argv[1])).replace({RegistryKind(sys.argv[2]): Path(sys.argv[3])}, datetime.now(UTC))
print(time.perf_counter() - begun)
print(int(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]) / 1024)
"""


def importer(index: Path) -> Importer:
    """The program's own importer into an index."""
    return Importer(index, read_headers(), {kind: _profile(kind) for kind in RegistryKind}, Municipalities())


def registry(work: Path) -> Iterator[Measure]:
    """All lines of the table of 組織. Raises CannotRun when an answer is not that of the plain scan."""
    bench = _Bench(work, RegistryKind.ORGANIZATIONS)
    yield from bench.importing()
    yield from bench.searching()
    yield from bench.near()


def accounts(work: Path) -> Iterator[Measure]:
    """The same of accounts, with the 組織 of the same rows imported before them."""
    bench = _Bench(work, RegistryKind.ACCOUNTS)
    yield from bench.importing()
    importer(bench.index).replace({RegistryKind.ORGANIZATIONS: bench.organizations()}, datetime.now(UTC))
    yield from bench.searching()
    yield from bench.near()


class _Bench:
    """The rows of one kind, as a file, in our index and in a plain table."""

    def __init__(self, work: Path, kind: RegistryKind) -> None:
        self._rows = int(os.environ.get("LGPKI_BENCH_ROWS", ROWS))
        self._kind = kind
        self.file, self.index = work / f"{kind}.csv", work / "registry.sqlite3"
        names = Names(accounts=kind is RegistryKind.ACCOUNTS)
        names.write(self.file, self._rows)
        self._entries = tuple(names.entries(self._rows))
        self._scan = Scan(self._entries, LIMIT)
        self._ours = SqliteRegistry(self.index, Municipalities())

    def organizations(self) -> Path:
        """A file of the 組織 that the rows belong to."""
        file = self.file.with_name("those-of-the-accounts.csv")
        with file.open("w", encoding="utf-8", newline="") as out:
            out.write("団体コード,組織,組織よみ\r\n")
            out.writelines(
                f"{row.municipality_code},{row.organization},{row.organization_reading}\r\n" for row in self._entries
            )
        return file

    def importing(self) -> Iterator[Measure]:
        """Ours and the peer in turn, each into a new file; the last index stays."""
        times, peer, memory = [], [], 0.0
        for _ in range(_IMPORTS):
            self.index.unlink(missing_ok=True)
            seconds, most = _imported(self.index, self._kind, self.file)
            times.append(seconds * 1000)
            memory = max(memory, most)
            bare = self.index.with_suffix(".bare")
            bare.unlink(missing_ok=True)
            peer.append(timed(partial(_bare, self.file, bare)))
        judged = self._kind is RegistryKind.ORGANIZATIONS  # the goal is one name a row; an account has two
        goal = 10_000 * max(1.0, self._rows / ROWS) if judged else None
        beside = f"<= 300 MB ({memory:.0f})" if judged else f"({memory:.0f} MB)"
        name = f"import of {self._rows:,} rows, with indexes"
        yield Measure(name, tuple(times), "csv into a bare table", median(peer), goal, beside, memory <= 300)

    def searching(self) -> Iterator[Measure]:
        """Exact, beginnings, pieces."""
        chance = random.Random(1)  # noqa: S311  # the same questions every time
        some = chance.sample(self._entries, _ASKED)
        names = [_name(row) for row in some]
        yield self._exact(some)
        beginnings = [name[: chance.randint(1, len(name) - 1)] for name in names]
        common = [text for text in beginnings if self._scan.begin_with(text) >= LIMIT]  # enough to fill what is shown
        yield self._search("typed beginnings, 20 and more there", common, 1)
        yield self._search("typed beginnings, any", beginnings, None)
        yield self._search("whole names", names, None)
        for size in (3, 5, 8):
            yield self._search(f"{size} characters", [_piece(name, size, chance) for name in names], 5)
        readings = [row.organization_reading if row.name is None else row.name_reading for row in some]
        yield self._search("5 characters of a reading", [_piece(reading, 5, chance) for reading in readings], 5)
        nowhere = ["".join(chance.sample(self._scan.chars, 5)) for _ in some]
        yield self._search("5 characters that are nowhere", nowhere, 5)
        for size in (1, 2):
            texts = [_piece(name, size, chance) for name in names]
            yield self._search(f"{size} character{'s' * (size > 1)}", texts, 50)
        rare = ["鬱", "鬱病", *("".join(chance.sample(self._scan.chars, 2)) for _ in range(98))]
        yield self._search("2 characters, mostly nowhere", rare, 50)

    def _exact(self, some: Sequence[Entry]) -> Measure:
        profile = _profile(self._kind)
        drafts = [self._draft(row) for row in some]
        times = [timed(partial(self._ours.found, draft, profile)) for draft in (*drafts[:5], *drafts)][5:]
        for draft in drafts:
            found = self._ours.found(draft, profile)
            if not (found.organizations if self._kind is RegistryKind.ORGANIZATIONS else found.accounts):
                raise CannotRun("a registered row was not found")
        return Measure("exact: one row of a registry", tuple(times), "scan, =", self._scan.exact(some[0]), 1)

    def _draft(self, row: Entry) -> Draft:
        return Draft(_PROFILES[self._kind], row.organization, row.name or "市長", row.municipality_code)

    def _search(self, name: str, texts: Sequence[str], most: float | None) -> Measure:
        ask = partial(self._ours.search, kind=self._kind, limit=LIMIT)
        for text in texts[:5]:
            ask(text)
        times = [timed(partial(ask, text)) for text in texts]
        peer = []
        for text in dict.fromkeys(texts[:: max(1, len(texts) // _CHECKED)]):
            begun = time.perf_counter()
            right = self._scan.search(text)
            peer.append((time.perf_counter() - begun) * 1000)
            if ask(text) != right:
                raise CannotRun(f"search for {text!r}: not what a plain scan finds")
        return Measure(name, tuple(times), "scan, instr", median(peer), most)

    def near(self) -> Iterator[Measure]:
        """A name with a slip of each kind: is the right one among the five that are offered?"""
        chance = random.Random(2)  # noqa: S311  # the same questions every time
        for slip in slips():
            times, found, entered = [], 0, ""
            for row in chance.sample(self._entries, _ASKED * 2):
                entered = slip(_name(row), chance)
                if entered == _name(row) or self._scan.has(entered):
                    continue
                begun = time.perf_counter()
                near = self._nearest(row, entered)
                times.append((time.perf_counter() - begun) * 1000)
                found += _name(row) in near
                if len(times) == _ASKED:
                    break
            recall = found / len(times)
            name, beside = f"near spellings: {slip.__name__.replace('_', ' ')}", f"recall@5 {recall:.1%}"
            peer = self._scan.nearest(entered)
            yield Measure(name, tuple(times), "every spelling, rapidfuzz", peer, 20, beside, recall >= 0.95)

    def _nearest(self, row: Entry, entered: str) -> tuple[str, ...]:
        """Of 組織 those of all 団体, for none is chosen yet; of 名義 those of the 組織, as in the wizard."""
        profile = _profile(self._kind)
        if self._kind is RegistryKind.ORGANIZATIONS:
            return self._ours.found(Draft(_PROFILES[self._kind], entered, "市長"), profile).nearest_organizations
        return self._ours.found(replace(self._draft(row), name=entered), profile).nearest_names


def _imported(index: Path, kind: RegistryKind, file: Path) -> tuple[float, float]:
    """Seconds, and the most memory in MB."""
    command = [sys.executable, "-c", _IMPORT, str(index), kind, str(file)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if run.returncode:
        raise CannotRun(run.stderr)
    seconds, mebibytes = map(float, run.stdout.split())
    return seconds, mebibytes * 1.048576


def _bare(file: Path, table: Path) -> None:
    """The same file into a table without an index or a key."""
    with file.open(encoding="utf-8", newline="") as read, closing(sqlite3.connect(table)) as base, base:
        rows = csv.reader(read)
        head = next(rows)
        base.execute(f"CREATE TABLE t ({', '.join(head)})")
        base.executemany(f"INSERT INTO t VALUES ({', '.join('?' * len(head))})", rows)  # noqa: S608  # our own names


def _profile(kind: RegistryKind) -> Profile:
    profile = load_profile(_PROFILES[kind], profile_folders())
    if profile is None:
        raise CannotRun("no profile")
    return profile


def _name(row: Entry) -> str:
    return row.organization if row.name is None else row.name


def _piece(text: str, size: int, chance: random.Random) -> str:
    first = chance.randint(0, max(0, len(text) - size))
    return text[first : first + size]
