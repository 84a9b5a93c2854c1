"""`python -m benchmarks [NAME...] [--json FILE]`: measures, prints the table, and judges nothing by its exit status."""

from __future__ import annotations

import argparse
import compileall
import json
import platform
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from benchmarks.carding import card_list, request_ec, request_rsa
from benchmarks.interface import HEAD as FEEL_HEAD
from benchmarks.interface import Figure, interface
from benchmarks.measure import HEAD as REGISTRY_HEAD
from benchmarks.measure import Measure
from benchmarks.place import ROOT
from benchmarks.registry import accounts, registry
from benchmarks.rows import CannotRun, Row
from benchmarks.running import key_and_csr, ledger_append
from benchmarks.starting import status_many, status_one, usage, version

ROWS: Mapping[str, Callable[[Path], Row]] = {
    "version": version,
    "usage": usage,
    "status-1": status_one,
    "status-200": status_many,
    "card-list": card_list,
    "request-ec": request_ec,
    "request-rsa": request_rsa,
    "key-and-csr": key_and_csr,
    "ledger-append": ledger_append,
}
# The pages of the wizard: a table of its own, for there are several peers and the units differ.
INTERFACE = "interface"
# A million rows: in tables of their own too, and only when they are named, for they take minutes.
REGISTRIES: Mapping[str, Callable[[Path], Iterator[Measure]]] = {"registry": registry, "accounts": accounts}
# A real disk on every Debian, where /tmp may be memory: there a sync costs nothing and would prove nothing.
DISK = "/var/tmp"  # noqa: S108  # a folder of our own is made below it
HEAD = ("row", "ours ms", "peer ms", "ratio", "goal", "")
WIDTHS, FEEL_WIDTHS = (30, 20, 46, 6, 13, 6), (46, 14, 14, 14, 14, 5, 6)
REGISTRY_WIDTHS = (38, 8, 10, 10, 30, 8, 24, 6)


def main() -> int:
    """Exit status 0, whatever the figures are; 1 when something could not be run."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    known = (*ROWS, INTERFACE, *REGISTRIES)
    parser.add_argument(
        "names",
        nargs="*",
        metavar="NAME",
        help=f"which rows: {' '.join(known)} (default: all but {' '.join(REGISTRIES)})",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures to a file as well")
    args = parser.parse_args()
    unknown = [name for name in args.names if name not in known]
    if unknown:
        parser.error(f"no such row: {' '.join(unknown)}")
    # As installed programs are; without compiled files they start several times slower.
    for folder in ("lgpki_tui", "benchmarks"):
        compileall.compile_dir(ROOT / folder, quiet=2)
    wanted = args.names or (*ROWS, INTERFACE)
    rows: list[Row] = []
    measures: dict[str, list[Measure]] = {name: [] for name in REGISTRIES}
    figures: list[Figure] = []
    failed = False
    for name in wanted:
        try:
            with tempfile.TemporaryDirectory(prefix="lgpki-bench-", dir=DISK) as work:
                if name == INTERFACE:
                    _feel(Path(work), figures)
                elif name in REGISTRIES:
                    _registry(REGISTRIES[name](Path(work)), measures[name])
                else:
                    _row(name, Path(work), rows)
        except CannotRun as error:
            print(f"{name}: cannot be run: {error}", file=sys.stderr)
            failed = True
    if args.json is not None:
        args.json.write_text(
            json.dumps(_facts(rows, figures, measures), ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
        )
    return 1 if failed else 0


def _row(name: str, work: Path, rows: list[Row]) -> None:
    if not rows:
        _print(HEAD, WIDTHS)
    rows.append(ROWS[name](work))
    _print(_cells(rows[-1]), WIDTHS)


def _feel(work: Path, figures: list[Figure]) -> None:
    print()
    _print(FEEL_HEAD, FEEL_WIDTHS)
    for figure in interface(work):
        figures.append(figure)
        _print(figure.cells(), FEEL_WIDTHS)


def _registry(found: Iterator[Measure], measures: list[Measure]) -> None:
    print()
    _print(REGISTRY_HEAD, REGISTRY_WIDTHS)
    for measure in found:
        measures.append(measure)
        _print(measure.cells(), REGISTRY_WIDTHS)


def _facts(rows: list[Row], figures: list[Figure], measures: Mapping[str, list[Measure]]) -> dict[str, object]:
    machine = {"python": platform.python_version(), "kernel": platform.release(), "machine": platform.machine()}
    own = {name: [measure.facts() for measure in those] for name, those in measures.items()}
    return {**machine, "rows": [row.facts() for row in rows], INTERFACE: [figure.facts() for figure in figures], **own}


def _cells(row: Row) -> tuple[str, ...]:
    ours, peer = zip(*row.pairs, strict=True)
    judged = {True: "ok", False: "MISSED", None: ""}[row.met]
    goal = "-" if row.goal is None else str(row.goal)
    return (row.name, _spread(ours), f"{_spread(peer)} {row.peer}", f"{row.ratio:.2f}", goal, judged)


def _spread(values: tuple[float, ...]) -> str:
    from statistics import median

    digits = 0 if min(values) >= 100 else 1 if min(values) >= 5 else 2
    return f"{median(values):.{digits}f} [{min(values):.{digits}f}-{max(values):.{digits}f}]"


def _print(cells: tuple[str, ...], widths: tuple[int, ...]) -> None:
    print("  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip(), flush=True)


if __name__ == "__main__":
    sys.exit(main())
