"""`python -m tests.crash.kill MARKS INDEX ARGS...`: the program, killed at its INDEX-th mark (-1: never).

Each (point, phase) that is passed is appended to the file MARKS, one a line.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from lgpki_tui.faces.cli.run import run
from lgpki_tui.ground.points import Phase, Point


class Killer:
    """A watch that counts the marks and stops the world at one of them."""

    def __init__(self, marks: Path, index: int) -> None:
        self._file = os.open(marks, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._left = index

    def __call__(self, point: Point, phase: Phase) -> None:
        """Record the mark; SIGKILL when its turn has come, as a power cut: nothing of ours runs after it."""
        os.write(self._file, f"{point.value} {phase.value}\n".encode())
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        self._left -= 1


if __name__ == "__main__":
    sys.exit(run(sys.argv[3:], Killer(Path(sys.argv[1]), int(sys.argv[2]))))
