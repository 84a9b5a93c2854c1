"""`card list --watch` as another program reads it: each line as soon as it comes."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Any

from tests.practice import Practice
from tests.sandbox.virtual import tell_inside

PATIENCE = 15.0


class Watched:
    """The command while it runs. Leaving its `with` kills it, if it still does."""

    def __init__(self, practice: Practice, *words: str) -> None:
        self._output, output = os.pipe()
        self._read = b""
        self.process = subprocess.Popen(
            [*practice.program, "--sandbox", str(practice.folder), "card", "list", "--watch", *words],
            env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "PYTHONPATH": str(Path.cwd()), **practice.environ},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.PIPE,
            text=True,
            # A shell has what it starts in the background ignore Ctrl+C, and so would this command.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
        os.close(output)

    def __enter__(self) -> Watched:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.kill()
        self.process.wait()
        self.leave()
        if self.process.stderr is not None:
            self.process.stderr.close()

    def line(self, seconds: float = PATIENCE) -> str:
        """The next line; empty when none came in time, or none can come."""
        end = time.monotonic() + seconds
        while b"\n" not in self._read:
            if not select.select([self._output], [], [], max(0.0, end - time.monotonic()))[0]:
                return ""
            found = os.read(self._output, 65536)
            if not found:
                return ""
            self._read += found
        line, _, self._read = self._read.partition(b"\n")
        return line.decode()

    def next(self) -> dict[str, Any]:
        """The next line, which is an object."""
        found = json.loads(self.line())
        assert isinstance(found, dict)
        return found

    def leave(self) -> None:
        """Whoever read goes away."""
        if self._output >= 0:
            os.close(self._output)
            self._output = -1

    def tell(self, *lines: str) -> None:
        """Say lines to the card in its reader."""
        for line in lines:
            assert tell_inside(self.process.pid, line) == "ok", line

    def after(self, line: str) -> tuple[dict[str, Any], float]:
        """The next object after a line to the card, and how many seconds after the card had done it."""
        self.tell(line)
        begun = time.monotonic()
        return self.next(), time.monotonic() - begun

    def end(self) -> int:
        """Ctrl+C; the exit status."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(PATIENCE)

    def errors(self) -> str:
        """All that it said on stderr; it has ended."""
        assert self.process.stderr is not None
        return self.process.stderr.read()
