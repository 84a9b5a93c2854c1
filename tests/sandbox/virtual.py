"""A practice workplace whose card is in a reader, and what an outsider can do with that card."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from lgpki_tui.rehearsal.readers import PracticeCard, Readers
from lgpki_tui.rehearsal.readers_inside import control_socket
from lgpki_tui.rehearsal.virtual_card.control import ask
from tests.practice import PROGRAM, Practice, run
from tests.rehearsal.readers.desk import OPENSC, PINS, Desk

READER = "Virtual PCD 00 00"


@dataclass(frozen=True, slots=True)
class Virtual(Practice):
    """The same with the virtual card. While nothing of ours runs, a test may put it into readers of its own."""

    def copy(self, to: Path) -> Virtual:
        """The same workplace in another folder, as `cp -a` leaves it."""
        shutil.copytree(self.folder, to, symlinks=True)
        return Virtual(to, self.environ, self.program)

    def receipts(self) -> list[str]:
        """The labels of the data objects on the card that are called ours."""
        listed = self.tool("-O", "--type", "data").decode().split("Data object")[1:]
        ours = [one for one in listed if "'lgpki-tui'" in one]
        return [one.partition("label:")[2].partition("\n")[0].strip(" '") for one in ours]

    def token_is_ready(self) -> bool:
        """Whether the card is formatted and its PIN is set."""
        listed = self._tried("-L").stdout.decode()
        return "token initialized" in listed and "PIN initialized" in listed

    def takes(self, pin: str) -> bool:
        """Whether the card lets in who has this PIN."""
        return self._tried("--login", "--pin", "env:TOKEN_PIN", "-O", TOKEN_PIN=pin).returncode == 0

    def lock(self) -> None:
        """Type three wrong PINs."""
        with self.desk() as desk:
            for _ in range(3):
                assert desk.p11("-O", pin="WRONG").status != 0

    def other_card(self, label: str = "OTHER") -> None:
        """Have another card beside it, formatted and empty: `swap other` puts it in."""
        with self.desk() as desk:
            desk.tell("swap other")
            desk.format(label)

    @contextmanager
    def desk(self) -> Iterator[Desk]:
        """OpenSC's programs at work on the card, in readers that are there for as long."""
        pins = {**PINS, "PIN": self._secret("pin"), "SO": self._secret("so-pin")}
        with Readers(self.folder / "card", [PracticeCard()]) as readers:
            yield Desk(readers, self.folder.parent, pins=pins)

    def _secret(self, name: str) -> str:
        return (self.folder / "secrets" / name).read_text().strip()

    def _tried(self, *args: str, **environ: str) -> subprocess.CompletedProcess[bytes]:
        with Readers(self.folder / "card", [PracticeCard()]) as readers:
            return subprocess.run(
                ["pkcs11-tool", "--module", OPENSC, *args],
                env={"PATH": os.environ["PATH"], "LC_ALL": "C", **environ, **readers.environment},
                capture_output=True,
                check=False,
            )


def new_virtual(folder: Path, environ: Mapping[str, str] = {}) -> Virtual:
    """Make a workplace by `rehearse init --practice-card virtual`. Skips where the kernel forbids the readers."""
    answer = run([*PROGRAM, "rehearse", "init", folder, "--practice-card", "virtual", "--json"], environ)
    if answer.status == 3 and answer.json["facts"].get("reason") == "namespaces_forbidden":
        pytest.skip("the kernel forbids this user a namespace (unshare(2))")
    assert answer.status == 0, answer
    return Virtual(folder, environ)


def tell_inside(pid: int, line: str, *, seconds: float = 10.0) -> str:
    """Say a line to the card that a program has inside itself (virtual_card/mishaps.py); its answer."""
    end = time.monotonic() + seconds
    while True:
        for each in (pid, *below(pid)):
            place = Path(f"/proc/{each}/root{control_socket(0)}")
            with suppress(OSError):
                if place.is_socket():
                    return ask(place, line)
        assert time.monotonic() < end, "no card inside"
        time.sleep(0.02)


def below(pid: int) -> list[int]:
    """The processes that a process has started, and theirs."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        with suppress(OSError, ValueError):
            parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            parents.setdefault(parent, []).append(int(entry.name))
    found, to_ask = list[int](), [pid]
    while to_ask:
        children = parents.get(to_ask.pop(), [])
        found += children
        to_ask += children
    return found
