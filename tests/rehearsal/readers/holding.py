"""A program that holds readers, and what can be seen of them from outside."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from lgpki_tui.rehearsal.readers_inside import FIRST_PORT
from tests.packaging.project import PROJECT

# Starts readers in the folder, tells where its client is to look, and stays until its stdin ends.
_HOLD = """
import sys
from pathlib import Path
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.rehearsal.readers import PracticeCard, Readers
try:
    readers = Readers(Path(sys.argv[1]), [PracticeCard()])
except Refusal as refusal:
    print(refusal.code.value, refusal.facts["reason"], flush=True)
    sys.exit()
print(*readers.environment.values(), flush=True)
sys.stdin.read()
readers.close()
"""


def namespace_of(path: str) -> Path:
    """The PID namespace of the first process inside, by the path to its socket."""
    return Path("/proc", path.split("/")[2], "ns", "pid").readlink()


def processes(namespace: Path) -> list[int]:
    """Everything that runs in this PID namespace."""
    found = []
    for entry in Path("/proc").iterdir():
        with suppress(OSError):
            if entry.name.isdigit() and (entry / "ns" / "pid").readlink() == namespace:
                found.append(int(entry.name))
    return found


def gone(namespace: Path, seconds: float = 5.0) -> bool:
    end = time.monotonic() + seconds
    while processes(namespace):
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def listening() -> set[int]:
    """Which of vpcd's ports anybody listens on in our network namespace (proc_net(5): state 0A)."""
    lines = [line.split() for name in ("tcp", "tcp6") for line in Path(f"/proc/net/{name}").read_text().splitlines()]
    return {int(words[1].rpartition(":")[2], 16) for words in lines if words[3] == "0A"} & {FIRST_PORT, FIRST_PORT + 1}


@contextmanager
def holding(folder: Path, *before: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A program that holds readers, and what it said."""
    with subprocess.Popen(
        [*before, sys.executable, "-c", _HOLD, str(folder)],
        cwd=PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        try:
            yield process, process.stdout.readline().strip()
        finally:
            process.kill()
