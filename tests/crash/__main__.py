"""`make crash-table`: every act cut at every mark, and what became of it."""

from __future__ import annotations

import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from tests.crash.scenes import KILLED, MODULE_CUTS, SCENES, Scene, cut, cut_in_module, marks_of, stage, walk_on
from tests.practice import Answer, Practice

PHASES = ("before", "inside", "after")


def outcome(scene: Scene, practice: Practice, kill: Callable[[Practice], Answer]) -> str:
    """`survived`, or the words of what was not true."""
    try:
        answer = kill(practice)
        assert answer.status == KILLED, answer
        walk_on(scene, practice)
    except AssertionError as error:
        return str(error).splitlines()[0][:100] or "assertion"
    return "survived"


def kills(scene: Scene, before: Practice, folder: Path) -> Iterator[tuple[str, Callable[[Practice], Answer]]]:
    """Every way to cut this act: at each mark of the program, and before and after each act of the module."""
    for index, mark in enumerate(marks_of(scene, before, folder)):
        yield mark, partial(_cut, scene, index)
    for function in MODULE_CUTS.get(scene.name, ()):
        for when in ("before", "after"):
            yield f"{function} {when}", partial(cut_in_module, scene, function=function, when=when)


def _cut(scene: Scene, index: int, practice: Practice) -> Answer:
    return cut(scene, practice, index)[0]


def main() -> int:
    """Print the table; exit 1 when anything did not survive."""
    table: dict[tuple[str, str], dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    with tempfile.TemporaryDirectory() as name, ThreadPoolExecutor(2) as pool:
        folder = Path(name)
        running = []
        for scene in SCENES:
            before = stage(scene, folder)
            for number, (mark, kill) in enumerate(kills(scene, before, folder)):
                practice = before.copy(folder / f"{scene.name}-{number}")
                running.append((scene.name, mark, pool.submit(outcome, scene, practice, kill)))
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
