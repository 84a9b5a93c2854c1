"""Walks the whole road in a practice workplace, by the commands that a person would type, and tells each step."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from lgpki_tui.ground.findings import Fact

LABEL = "PRACTICE"


class WalkStopped(Exception):
    """A step was refused; it has told so itself. Holds its exit status and its JSON."""

    def __init__(self, status: int, answer: dict[str, Any]) -> None:
        super().__init__(status)
        self.status = status
        self.answer = answer


class Walk:
    """One walk. Every step is the real command in a process of its own, as a person's would be."""

    def __init__(
        self,
        folder: Path,
        language: str,
        say: Callable[[str], None],
        echo: Callable[[Sequence[str]], None],
    ) -> None:
        """`say` tells the words of a step, `echo` shows the command that is about to run."""
        self._folder = folder
        self._language = language
        self._say = say
        self._echo = echo

    async def run(self) -> dict[str, Fact]:
        """From the blank card to the stored certificate. Raises WalkStopped at the first command that refuses."""
        folder = self._folder
        pin = ("--pin-file", str(folder / "secrets" / "pin"))
        so_pin = ("--so-pin-file", str(folder / "secrets" / "so-pin"))
        await self._step("walk.doctor", "doctor")
        cards = await self._step("walk.card", "card", "list")
        if not any(card["initialised"] for card in cards["cards"]):
            await self._step("walk.format", "card", "format", "--label", LABEL, *so_pin, *pin)
        request = await self._step("walk.request", "request", "--answers", str(folder / "answers/shokuseki.toml"), *pin)
        number, csr = str(request["enrolment"]), str(request["csr_path"])
        await self._step("walk.waiting", "status")
        certificate = str(folder / "out" / f"PRACTICE-{number}.cer.pem")
        await self._step("walk.issue", "rehearse", "issue", csr, "--out", certificate)
        await self._step("walk.check", "certificate", "check", certificate, "--enrolment", number)
        stored = await self._step("walk.store", "store", number, certificate, *pin)
        await self._step("walk.end", "ledger", "verify")
        return {key: stored[key] for key in ("enrolment", "state", "not_after", "renewal_opens")}

    async def _step(self, words: str, *command: str) -> dict[str, Any]:
        self._say(words)
        shown = ["--sandbox", str(self._folder), *command]
        self._echo(shown)
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "lgpki_tui",
            "--lang",
            self._language,
            *shown,
            "--json",
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            env=os.environ,
        )
        out, _ = await process.communicate()
        answer: dict[str, Any] = json.loads(out) if out.strip() else {}
        if process.returncode != 0:
            raise WalkStopped(process.returncode or 0, answer)
        return answer
