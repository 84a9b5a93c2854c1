"""A practice workplace to measure in, with a formatted soft card; and the programs that are started."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from benchmarks.rows import CannotRun, Side, timed
from lgpki_tui.procedure.number import enrolment_number

ROOT = Path(__file__).resolve().parent.parent
SOFTHSM = "/usr/lib/softhsm/libsofthsm2.so"
LABEL = "BENCH"


def program() -> tuple[str, ...]:
    """The installed command beside this interpreter; in a checkout that is not installed, the package itself."""
    script = Path(sys.executable).with_name("lgpki-tui")
    return (str(script),) if script.is_file() else (sys.executable, "-m", "lgpki_tui")


def environ() -> dict[str, str]:
    """A bare environment: nothing of the caller's that would slow Python down, such as PYTHONDONTWRITEBYTECODE."""
    return {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "HOME": "/nonexistent", "PYTHONPATH": str(ROOT)}


def run(command: Sequence[str | Path], more: Mapping[str, str] = {}, status: int = 0) -> float:
    """Run a program to its end; milliseconds. Raises CannotRun when it ends in another way than it should."""
    words = [str(word) for word in command]
    try:
        done: list[subprocess.CompletedProcess[bytes]] = []
        took = timed(
            lambda: done.append(
                subprocess.run(
                    words, env={**environ(), **more}, stdin=subprocess.DEVNULL, capture_output=True, check=False
                )
            )
        )
    except OSError as error:
        raise CannotRun(f"{words[0]}: {error.strerror}") from error
    if done[0].returncode != status:
        raise CannotRun(f"{' '.join(words)}: exit {done[0].returncode}\n{done[0].stderr.decode(errors='replace')}")
    return took


def nothing() -> float:
    """The floor: this interpreter starts and ends."""
    return run([sys.executable, "-c", "pass"])


def number(at: datetime, count: int) -> str:
    """Enrolment numbers of one day, all different below 32^4: the random part counts."""
    return enrolment_number(at, bytes(count >> shift & 31 for shift in (15, 10, 5, 0)))


@dataclass(frozen=True, slots=True)
class Bench:
    """A practice workplace that can be put back to how it was before the first request."""

    folder: Path
    saved: Path

    def ours(self, *words: str | Path) -> float:
        """Run one command of ours in the workplace, with JSON; milliseconds."""
        return run([*program(), "--sandbox", self.folder, *words, "--json"])

    def command(self, *words: str | Path) -> Side:
        """The same as one side of a row."""
        return lambda: self.ours(*words)

    def restore(self) -> None:
        """Put the workplace back: its keys and its ledger do not grow from run to run."""
        shutil.rmtree(self.folder)
        shutil.copytree(self.saved, self.folder, symlinks=True)

    @property
    def pin(self) -> str:
        """The PIN of the throw-away token."""
        return (self.folder / "secrets" / "pin").read_text().strip()

    @property
    def pin_option(self) -> tuple[str, Path]:
        """How our commands are given it."""
        return ("--pin-file", self.folder / "secrets" / "pin")

    @property
    def softhsm(self) -> dict[str, str]:
        """What SoftHSM needs to find the tokens."""
        return {"SOFTHSM2_CONF": str(self.folder / "softhsm2.conf")}

    def request(self, algorithm: str) -> float:
        """Make a key pair and a CSR; milliseconds."""
        answers = self.folder / "answers" / f"{algorithm}.toml"
        if not answers.exists():
            text = (self.folder / "answers" / "shokuseki.toml").read_text(encoding="utf-8")
            answers.write_text(f'{text}key_algorithm = "{algorithm}"\n', encoding="utf-8")
        return self.ours("request", "--answers", answers, *self.pin_option)


def make_bench(folder: Path) -> Bench:
    """Make the workplace and format its card."""
    bench = Bench(folder, folder.with_name(f"{folder.name}.saved"))
    run([*program(), "rehearse", "init", folder, "--json"])
    so_pin = folder / "secrets" / "so-pin"
    bench.ours("card", "format", "--label", LABEL, "--so-pin-file", so_pin, *bench.pin_option)
    shutil.copytree(folder, bench.saved, symlinks=True)
    return bench
