"""`make crash-table`: every act cut at every mark, and what became of it."""

from __future__ import annotations

import sys
import tempfile
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.crash.scenes import KILLED, Scene, cases, cut, walk_on
from tests.practice import Practice

PHASES = ("before", "inside", "after")


def outcome(scene: Scene, before: Practice, index: int, folder: Path) -> str:
    """`survived`, or the words of what was not true."""
    practice = before.copy(folder / f"{scene.name}-{index}")
    try:
        answer, _ = cut(scene, practice, index)
        assert answer.status == KILLED, answer
        walk_on(scene, practice)
    except AssertionError as error:
        return str(error).splitlines()[0][:100] or "assertion"
    return "survived"


def main() -> int:
    """Print the table; exit 1 when anything did not survive."""
    table: dict[tuple[str, str], dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    with tempfile.TemporaryDirectory() as name, ThreadPoolExecutor(2) as pool:
        folder = Path(name)
        running = [
            (scene.name, mark, pool.submit(outcome, scene, before, index, folder))
            for scene, before, index, mark in cases(folder)
        ]
        for act, mark, done in running:
            point, phase = mark.split()
            table[act, point][phase].append(done.result())
    print(f"{'act':<10}{'point':<20}" + "".join(f"{phase:<12}" for phase in PHASES))
    for (act, point), phases in table.items():
        cells = []
        for phase in PHASES:
            results = phases.get(phase, [])
            good = results.count("survived")
            cells.append(f"{good}/{len(results)}" if results else "-")
        print(f"{act:<10}{point:<20}" + "".join(f"{cell:<12}" for cell in cells))
    bad = [(act, mark, done.result()) for act, mark, done in running if done.result() != "survived"]
    for act, mark, why in bad:
        print(f"NOT SURVIVED  {act}  {mark}: {why}")
    print(f"{len(running) - len(bad)} of {len(running)} cuts survived")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
