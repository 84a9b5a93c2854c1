"""Processes of a program as the kernel lists them: found by what is on their command line, followed to their end."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Process:
    """One process; its start tells it from a later one of the same number."""

    pid: int
    started: str

    @property
    def is_there(self) -> bool:
        """Whether it still runs (a zombie has ended)."""
        found = _stat(self.pid)
        return found is not None and found[0] != "Z" and found[19] == self.started

    def read(self, name: str) -> bytes:
        """One of its files in /proc; empty when it has gone."""
        try:
            return Path(f"/proc/{self.pid}/{name}").read_bytes()
        except OSError:
            return b""


def wizards(folder: Path) -> list[Process]:
    """The programs that were started with this sandbox."""
    word = b"\0--sandbox\0%s\0" % str(folder).encode()
    found = [_process(int(entry.name)) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    # An ssh client or a shell that is given the whole as one word is none of them.
    return [one for one in found if one is not None and word in one.read("cmdline") + b"\0"]


def family(folder: Path) -> list[Process]:
    """The programs and the card's processes below them."""
    found = wizards(folder)
    for one in found:
        # Children are listed by the thread that started them: the workplace lives in one of its own.
        for thread in _threads(one.pid):
            pids = _read(f"/proc/{one.pid}/task/{thread}/children").split()
            found += [child for pid in pids if (child := _process(int(pid))) and child not in found]
    return list(dict.fromkeys(found))


def all_gone(processes: list[Process], seconds: float) -> bool:
    """Whether all end in time."""
    end = time.monotonic() + seconds
    while any(one.is_there for one in processes):
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def _process(pid: int) -> Process | None:
    found = _stat(pid)
    return Process(pid, found[19]) if found is not None and found[0] != "Z" else None


def _stat(pid: int) -> list[str] | None:
    # proc(5): pid (comm) state ppid …; the 22nd field is the start.
    text = _read(f"/proc/{pid}/stat")
    return text.rpartition(")")[2].split() if text else None


def _threads(pid: int) -> list[str]:
    try:
        return [entry.name for entry in Path(f"/proc/{pid}/task").iterdir()]
    except OSError:
        return []


def _read(file: str) -> str:
    try:
        return Path(file).read_text()
    except OSError:
        return ""
