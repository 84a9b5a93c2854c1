"""What the tests of the sandbox do with a workplace."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.crash.scenes import KILL, KILLED
from tests.practice import Practice, run


def here(practice: Practice, request: Mapping[str, Any]) -> dict[str, Any]:
    """The same request after its workplace was copied."""
    (found,) = [each for each in practice.enrolments() if each["enrolment"] == request["enrolment"]]
    return found


def cut_request(practice: Practice, folder: Path, mark: str) -> None:
    """Run a request that is killed at this mark (tests/crash); an uncut run in a copy tells how many come before."""
    marks = folder / "marks"

    def killed(box: Practice, index: int) -> int:
        command: list[str | Path] = ["--sandbox", box.folder, "request", "--answers", box.answers, *box.pin, "--json"]
        return run([*KILL, marks, str(index), *command]).status

    assert killed(practice.copy(folder / "uncut"), -1) == 0
    assert killed(practice, marks.read_text().splitlines().index(mark)) == KILLED
