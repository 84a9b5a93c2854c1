"""Where the command line takes a PIN from: a safe file, a descriptor, or the terminal. Nowhere else."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from getpass import getpass
from typing import TYPE_CHECKING

from lgpki_tui.faces.pins import read_pin_fd, read_pin_file
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.ground.secret import Secret
from lgpki_tui.pages.words import Words

if TYPE_CHECKING:
    from lgpki_tui.faces.cli.opening import Arguments


class PinArgument:
    """One PIN of one command, read when it is asked for (conductor.ports.PinSource)."""

    def __init__(self, args: Arguments, name: str, words: Words, *, prompt: str, twice: bool) -> None:
        """`name` is the option's stem: pin, so-pin, new-pin. At a terminal it is asked for with the words of `prompt`,
        `twice` when it is about to be set: nobody sees a slip there, and it would lock its owner out."""
        self._file = getattr(args, f"{name.replace('-', '_')}_file")
        self._fd = getattr(args, f"{name.replace('-', '_')}_fd")
        self._name = name
        self._words = words
        self._prompt = prompt
        self._twice = twice

    async def __call__(self) -> Secret:
        """Read it. Raises Refusal: pin_file_unsafe, pin_missing (no option and no terminal), pin_not_repeated."""
        if self._file is not None:
            return read_pin_file(self._file)
        with _interruptible():
            if self._fd is not None:
                return read_pin_fd(self._fd)
            if not (sys.stdin.isatty() and sys.stderr.isatty()):
                raise Refusal(Code.PIN_MISSING, option=f"--{self._name}-file")
            try:
                return self._typed()
            except KeyboardInterrupt:
                print(file=sys.stderr)  # the prompt's line ends here
                raise
            except EOFError:  # Ctrl+D: no PIN after all
                raise Refusal(Code.PIN_MISSING, option=f"--{self._name}-file") from None
            except UnicodeDecodeError:
                raise Refusal(Code.PIN_FORMAT, which=self._name.replace("-", "_"), reason="not_utf8") from None

    def _typed(self) -> Secret:
        typed = getpass(self._words.word(f"prompt.{self._prompt}"), sys.stderr)
        if self._twice and getpass(self._words.word("prompt.again"), sys.stderr) != typed:
            raise Refusal(Code.PIN_NOT_REPEATED, which=self._name.replace("-", "_"))
        return Secret(typed)


@contextmanager
def _interruptible() -> Iterator[None]:
    """While a PIN is waited for, one Ctrl+C ends the program.

    asyncio's own handler only asks the task to stop at its next await, and a blocking read goes on after it (PEP 475).
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
