"""Walks the whole road in a practice workplace, by the commands that a person would type, and tells each step."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from lgpki_tui.ground.findings import Fact

LABEL = "PRACTICE"


class WalkStopped(Exception):
    """A step was refused, and has told so itself. Holds its exit status and, if that was asked for, its JSON."""

    def __init__(self, status: int, answer: bytes) -> None:
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
        *,
        as_json: bool,
    ) -> None:
        """`say` tells the words of a step, `echo` shows the command that is about to run; `as_json`: what the commands
        answer is not for people."""
        self._folder = folder
        self._language = language
        self._say = say
        self._echo = echo
        self._as_json = as_json

    async def run(self) -> dict[str, Fact]:
        """From the blank card to the stored certificate. Raises WalkStopped at the first command that refuses."""
        folder = self._folder
        pin = ("--pin-file", str(folder / "secrets" / "pin"))
        so_pin = ("--so-pin-file", str(folder / "secrets" / "so-pin"))
        await self._step("walk.doctor", "doctor")
        await self._step("walk.card", "card", "list")
        if not any(card["initialised"] for card in (await self._ask("card", "list"))["cards"]):
            await self._step("walk.format", "card", "format", "--label", LABEL, *so_pin, *pin)
        await self._step("walk.request", "request", "--answers", str(folder / "answers/shokuseki.toml"), *pin)
        request = (await self._ask("status"))["enrolments"][-1]
        number, csr = str(request["enrolment"]), str(request["csr_path"])
        await self._step("walk.waiting", "status")
        certificate = str(folder / "out" / f"PRACTICE-{number}.cer.pem")
        await self._step("walk.issue", "rehearse", "issue", csr, "--out", certificate)
        await self._step("walk.check", "certificate", "check", certificate, "--enrolment", number)
        await self._step("walk.store", "store", number, certificate, *pin)
        await self._step("walk.end", "ledger", "verify")
        stored = (await self._ask("status"))["enrolments"][-1]
        return {key: stored[key] for key in ("enrolment", "state", "not_after", "renewal_opens")}

    async def _step(self, words: str, *command: str) -> None:
        """Tell the step, show the command, and let it say what it says: its answer goes where narration goes."""
        self._say(words)
        self._echo(["--sandbox", str(self._folder), *command])
        if self._as_json:
            await self._ask(*command)
        else:
            await self._run(command, sys.stderr.fileno())

    async def _ask(self, *command: str) -> dict[str, Any]:
        """The answer of a command as JSON, which nobody is shown."""
        answer: dict[str, Any] = json.loads(await self._run([*command, "--json"], asyncio.subprocess.PIPE))
        return answer

    async def _run(self, command: Sequence[str], stdout: int) -> bytes:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", "lgpki_tui", "--lang", self._language, "--sandbox", str(self._folder)),
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=stdout,
            stderr=asyncio.subprocess.DEVNULL if stdout == asyncio.subprocess.PIPE and not self._as_json else None,
        )
        out, _ = await process.communicate()
        if process.returncode != 0:
            raise WalkStopped(process.returncode or 0, out or b"")
        return out or b""
