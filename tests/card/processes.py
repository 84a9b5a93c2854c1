"""Processes as the tests look at them, and a program that may be killed while it acts on a card."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from pathlib import Path

from tests.card.backends import Backend
from tests.card.shim import Shim


def children() -> set[int]:
    """Process ids of our own children, but for the readers that another test keeps (rehearsal/readers.py)."""
    listed = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    return {int(pid) for pid in listed if alive(int(pid)) and not _is_of_readers(int(pid))}


def _is_of_readers(pid: int) -> bool:
    try:
        return b"readers_inside" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


async def gone(pid: int, seconds: float = 5) -> bool:
    """Whether the process ends in time (a zombie has ended)."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if not alive(pid):
            return True
        await asyncio.sleep(0.01)
    return False


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


# A program of its own, so that it can be killed: it opens the card and makes a key.
VICTIM = """
import asyncio, os, sys
from dataclasses import replace
from pathlib import Path
from lgpki_tui.ground.secret import Secret
from tests.card.backends import ALL_SECONDS, ID, Backend
from lgpki_tui.subject.algorithm import Algorithm

async def main(module, config, label, lock, seconds):
    environment = {"PATH": os.environ["PATH"], "SOFTHSM2_CONF": config}
    backend = Backend(Path(module), environment, Path(lock))
    card = backend.card(replace(ALL_SECONDS, make_key=float(seconds)))
    await card.claim()
    seen = next(one for one in await card.look() if one.token.label == label)
    await card.open(seen, Secret(backend.pin))
    print(card._host.pid, flush=True)
    await card.make_key(ID, Algorithm.EC_P256, "k")
    print("survived", flush=True)

asyncio.run(main(*sys.argv[1:]))
"""


def start_program(backend: Backend, label: str, seconds: float = 20.0) -> subprocess.Popen[str]:
    root = str(Path(__file__).parents[2])
    config = backend.environment["SOFTHSM2_CONF"]
    command = [sys.executable, "-c", VICTIM, str(backend.module), config, label, str(backend.lock), str(seconds)]
    return subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True)


def wait_for_call(shim: Shim, function: str) -> None:
    while not shim.calls()[function]:
        time.sleep(0.01)
