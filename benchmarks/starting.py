"""How long it takes to be asked something small: the interpreter's own start is the peer."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from benchmarks.place import Bench, make_bench, nothing, number, program, run
from benchmarks.rows import Goal, Row, measure
from lgpki_tui.ledger.codec import decode
from lgpki_tui.ledger.ledger import Ledger
from lgpki_tui.procedure.events import Begun, EnrolmentEvent

PEER = "python -c pass"
PAIRS = 25
MANY = 200


def version(work: Path) -> Row:
    """`--version`."""
    return measure("--version", lambda: run([*program(), "--version"]), PEER, nothing, Goal(2), PAIRS)


def usage(work: Path) -> Row:
    """An option that does not exist: the words of the refusal have to be read."""
    ours = [*program(), "status", "--nonsense", "--json"]
    return measure("usage error", lambda: run(ours, status=2), PEER, nothing, Goal(2), PAIRS)


def status_one(work: Path) -> Row:
    """`status --json` of one enrolment."""
    bench = make_bench(work / "status-1")
    bench.request("ec-p256")
    return measure("status --json, 1 enrolment", bench.command("status"), PEER, nothing, Goal(6), PAIRS)


def status_many(work: Path) -> Row:
    """`status --json` of many enrolments."""
    bench = make_bench(work / "status-200")
    bench.request("ec-p256")
    _multiply(bench, MANY)
    return measure(f"status --json, {MANY} enrolments", bench.command("status"), PEER, nothing, Goal(6), PAIRS)


def _multiply(bench: Bench, count: int) -> None:
    """Record what happened to the one enrolment of the bench for others too."""
    ledger = Ledger(bench.folder / "state" / "ledger.sqlite3")
    try:
        with ledger.acting():
            happened = [decode(text).event for _, text, _ in ledger.entries()]
            events = [event for event in happened if isinstance(event, EnrolmentEvent)]
            while len(ledger.enrolments) < count:
                _copy(ledger, events, len(ledger.enrolments))
    finally:
        ledger.close()


def _copy(ledger: Ledger, events: list[EnrolmentEvent], count: int) -> None:
    name = number(events[0].at, count)
    ledger.append(name, *(replace(event, enrolment=name) if isinstance(event, Begun) else event for event in events))
