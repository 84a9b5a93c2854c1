"""Where this checkout is, and how its tests start another program."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
# The least that a program needs to be found; nothing of the environment of the tests.
BARE = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}


def start(
    command: Sequence[str | Path], cwd: Path, environ: Mapping[str, str] = BARE
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end, without a terminal; whatever its status."""
    return subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env=dict(environ),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def done(command: Sequence[str | Path], cwd: Path, environ: Mapping[str, str] = BARE) -> str:
    """Run a command that must succeed; return its stdout."""
    answer = start(command, cwd, environ)
    assert answer.returncode == 0, (command, answer.stdout, answer.stderr)
    return answer.stdout
