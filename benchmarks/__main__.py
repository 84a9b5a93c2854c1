"""`python -m benchmarks [NAME...] [--json FILE]`: measures, prints the table, and judges nothing by its exit status."""

from __future__ import annotations

import argparse
import compileall
import json
import platform
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from benchmarks.carding import card_list, request_ec, request_rsa
from benchmarks.place import ROOT
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
# A real disk on every Debian, where /tmp may be memory: there a sync costs nothing and would prove nothing.
DISK = "/var/tmp"  # noqa: S108  # a folder of our own is made below it
HEAD = ("row", "ours ms", "peer ms", "ratio", "goal", "")


def main() -> int:
    """Exit status 0, whatever the figures are; 1 when something could not be run."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which rows: {' '.join(ROWS)} (default: all)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures to a file as well")
    args = parser.parse_args()
    unknown = [name for name in args.names if name not in ROWS]
    if unknown:
        parser.error(f"no such row: {' '.join(unknown)}")
    # As an installed program is; without compiled files it starts several times slower.
    compileall.compile_dir(ROOT / "lgpki_tui", quiet=2)
    _print(HEAD)
    rows, failed = [], False
    for name in args.names or ROWS:
        try:
            with tempfile.TemporaryDirectory(prefix="lgpki-bench-", dir=DISK) as work:
                row = ROWS[name](Path(work))
        except CannotRun as error:
            print(f"{name}: cannot be run: {error}", file=sys.stderr)
            failed = True
        else:
            rows.append(row)
            _print(_cells(row))
    if args.json is not None:
        args.json.write_text(json.dumps(_facts(rows), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return 1 if failed else 0


def _facts(rows: list[Row]) -> dict[str, object]:
    machine = {"python": platform.python_version(), "kernel": platform.release(), "machine": platform.machine()}
    return {**machine, "rows": [row.facts() for row in rows]}


def _cells(row: Row) -> tuple[str, ...]:
    ours, peer = zip(*row.pairs, strict=True)
    judged = {True: "ok", False: "MISSED", None: ""}[row.met]
    goal = "-" if row.goal is None else str(row.goal)
    return (row.name, _spread(ours), f"{_spread(peer)} {row.peer}", f"{row.ratio:.2f}", goal, judged)


def _spread(values: tuple[float, ...]) -> str:
    from statistics import median

    digits = 0 if min(values) >= 100 else 1 if min(values) >= 5 else 2
    return f"{median(values):.{digits}f} [{min(values):.{digits}f}-{max(values):.{digits}f}]"


def _print(cells: tuple[str, ...]) -> None:
    widths = (30, 20, 46, 6, 13, 6)
    print("  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip(), flush=True)


if __name__ == "__main__":
    sys.exit(main())
