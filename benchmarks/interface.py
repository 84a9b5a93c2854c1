"""How the wizard feels over a line: bytes and milliseconds of its real pages, beside the same page by other means."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.forms import FOOT, WHIPTAIL
from benchmarks.line import Line, Sent
from benchmarks.place import make_bench, program
from benchmarks.road import walk_road
from benchmarks.stall import stalls
from lgpki_tui.ledger.unfinished import Unfinished, UnfinishedFile
from lgpki_tui.pages.language import LANGUAGES
from lgpki_tui.subject.algorithm import Algorithm

STARTS, KEYS, TIMED, TABS = 25, 20, 100, 8
IDLE_SECONDS = 3.0
# What is said of a draft follows a key after 0.12 s: it belongs to the key.
_AFTERWARDS = 0.25
_F2, _DELETE_ALL = "\x1bOQ", "\x15"
IMPORT = "import textual.app, os; os.write(1, b'!')"
WIZARD, BASE = "wizard", "import"
PEERS = ("whiptail", "prompt_toolkit", "Textual")
HEAD = ("the wizard's pages", WIZARD, *PEERS, "goal", "")
_Sent = Mapping[str, Sequence[Sent]]


@dataclass(frozen=True, slots=True)
class Figure:
    """One row: the values of each program (those that have none are left out), and the most that the wizard may have.

    `times`: the limit is so many times the first peer's value of the same turn, not a value.
    """

    name: str
    unit: str
    values: Mapping[str, Sequence[float]]
    limit: float | None = None
    times: str = ""
    pick: Callable[[Sequence[float]], float] = median

    @property
    def figure(self) -> float:
        """What is held against the limit."""
        return self._against(WIZARD)

    @property
    def met(self) -> bool | None:
        """Whether the wizard keeps its limit; None without one."""
        return None if self.limit is None else self.figure <= self.limit

    def cells(self) -> tuple[str, ...]:
        """The row as the table prints it."""
        each = (self._cell(name) for name in (WIZARD, *PEERS))
        goal = "-" if self.limit is None else f"{self.limit:g}{'x' if self.times else ''}"
        return (f"{self.name} ({self.unit})", *each, goal, {True: "ok", False: "MISSED", None: ""}[self.met])

    def facts(self) -> dict[str, object]:
        """The row as JSON has it."""
        spread = {name: {"median": median(each), "max": max(each)} for name, each in self.values.items()}
        return {"row": self.name, "unit": self.unit, "values": spread, "goal": self.limit, "met": self.met}

    def _cell(self, name: str) -> str:
        if not self.values.get(name):
            return "-"
        value = self.pick(self.values[name])
        text = f"{value:.0f}" if value >= 100 or value == int(value) else f"{value:.2g}"
        return f"{text} = {self._against(name):.2f}x" if self.times else text

    def _against(self, name: str) -> float:
        values = self.values[name]
        if not self.times:
            return self.pick(values)
        return median(each / base for each, base in zip(values, self.values[self.times], strict=True))


@dataclass(frozen=True, slots=True)
class Player:
    """A program with a form: how it is started, what shows that the form stands, and the keys that lead to its field.

    `change` shows another page, `turns` times.
    """

    command: tuple[str | Path, ...]
    mark: str
    to_field: tuple[str, ...] = ()
    change: tuple[str, ...] = ()
    turns: int = 4

    @contextmanager
    def at_field(self) -> Iterator[Line]:
        """The program, with the cursor in a field and all quiet."""
        with Line(self.command) as line:
            line.shows(self.mark)
            line.settle()
            for key in self.to_field:
                line.press(key, _AFTERWARDS)
            yield line


def interface(work: Path) -> Iterator[Figure]:
    """All rows. Takes about two minutes."""
    players = _players(work)
    yield _painted(players)
    yield from _in_the_field(players)
    yield from _between_pages(players)
    yield from _road(work)
    yield _stalls(work)


def _players(work: Path) -> dict[str, Player]:
    bench = make_bench(work / "interface")
    # Up to the purpose of the subject page: the widest fields stand there, and every key is judged.
    answers = Unfinished("subject", "shokuseki", "own_pc", "252123", "総務部情報政策課", "高島市長")
    UnfinishedFile(bench.folder / "state" / "unfinished.json").save(answers)
    wizard: tuple[str | Path, ...] = (*program(), "--lang", "ja", "--sandbox", bench.folder)
    forms = (sys.executable, "-m", "benchmarks.forms")
    return {
        WIZARD: Player(wizard, "Ctrl+Q", ("\r",), ("\x1b", "\r")),
        "whiptail": Player(("sh", "-c", WHIPTAIL), "Cancel", (), ("\r",), turns=1),
        "prompt_toolkit": Player((*forms, "prompt_toolkit"), FOOT, (), (_F2,)),
        "Textual": Player((*forms, "textual"), "次へ", (), (_F2,)),
    }


def _painted(players: Mapping[str, Player]) -> Figure:
    """From the start of each program to the last row of its first page, in turn, after one warm-up."""
    base = Player((sys.executable, "-c", IMPORT), "!")
    runs = {name: (player.command, player.mark) for name, player in {BASE: base, **players}.items()}
    values: dict[str, list[float]] = {name: [] for name in runs}
    for turn in range(STARTS + 1):
        for name, (command, mark) in runs.items():
            with Line(command) as line:
                took = line.shows(mark)
            if turn:
                values[name].append(took)
    return Figure("first page painted, of `import textual.app`", "ms", values, 1.5, times=BASE)


def _in_the_field(players: Mapping[str, Player]) -> Iterator[Figure]:
    keys: dict[str, list[Sent]] = {}
    timed: dict[str, list[Sent]] = {name: [] for name in players}
    tabs: dict[str, list[Sent]] = {}
    idle: dict[str, list[float]] = {}
    memory: dict[str, list[float]] = {}
    for name, player in players.items():
        with player.at_field() as line:
            keys[name] = [line.press("a", _AFTERWARDS) for _ in range(KEYS)]
            idle[name] = [line.idle(IDLE_SECONDS) / IDLE_SECONDS]
            memory[name] = [line.memory()]
            while len(timed[name]) < TIMED:
                line.press(_DELETE_ALL, _AFTERWARDS)
                timed[name].extend(line.press("a", 0.04) for _ in range(TIMED // 2))
            tabs[name] = [line.press("\t", _AFTERWARDS) for _ in range(TABS)]
    yield Figure("a key", "bytes", _bytes(keys), 29)
    yield Figure("a key, median", "ms", _first(timed), 16)
    yield Figure("a key, 99th of 100", "ms", _first(timed), 16, pick=_p99)
    yield Figure("Tab, median", "bytes", _bytes(tabs), 120)
    yield Figure("Tab, most", "bytes", _bytes(tabs), 120, pick=max)
    yield Figure("nobody does anything", "bytes/s", idle, 0)
    yield Figure("memory, with what it started", "MiB", memory)


def _between_pages(players: Mapping[str, Player]) -> Iterator[Figure]:
    starts: dict[str, list[float]] = {}
    changes: dict[str, list[Sent]] = {}
    times: dict[str, list[float]] = {}
    for name, player in players.items():
        with Line(player.command) as line:
            line.shows(player.mark)
            starts[name] = [line.settle(0.4)]  # below the half second of a blinking cursor
            turns = [line.press(key, 0.4) for key in player.change * player.turns]
            changes[name] = [turn for turn in turns if turn.writings]
            times[name] = [turn.last_ms for turn in changes[name]]
    yield Figure("another page and back, median", "bytes", _bytes(changes), 1221)
    yield Figure("another page and back, until it is quiet", "ms", times)
    yield Figure("start, until it is quiet", "bytes", starts)


def _road(work: Path) -> Iterator[Figure]:
    for language in LANGUAGES:
        walked = walk_road(work / f"road-{language}", language)
        values = {WIZARD: [float(change.bytes) for change in walked]}
        whole = {WIZARD: [float(change.bytes + change.later) for change in walked]}
        yield Figure(f"page changes, {language}, median", "bytes", values, 1221)
        yield Figure(f"page changes, {language}, most in a writing", "bytes", values, 1221, pick=max)
        yield Figure(f"the same with what follows, {language}", "bytes", whole, pick=max)


def _stalls(work: Path) -> Figure:
    kinds = (Algorithm.RSA_2048, Algorithm.RSA_4096)
    longest = [each for kind in kinds for each in asyncio.run(stalls(work, kind))]
    return Figure("longest stall while the card works", "ms", {WIZARD: longest}, 50, pick=max)


def _bytes(sent: _Sent) -> dict[str, list[float]]:
    return {name: [float(each.bytes) for each in found] for name, found in sent.items()}


def _first(sent: _Sent) -> dict[str, list[float]]:
    return {name: [each.first_ms for each in found if each.writings] for name, found in sent.items()}


def _p99(values: Sequence[float]) -> float:
    return sorted(values)[-2 if len(values) >= TIMED else -1]
