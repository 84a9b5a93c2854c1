"""Readers of its own for practice: pcscd, vpcd's readers and the practice cards, shut in where nobody else sees them.

vpcd listens on every address of the machine, for anybody. So all of it runs in mount, network and PID namespaces of its
own (unshare(1)); as an ordinary user in a user namespace too. Nothing listens outside, a pcscd of this PC is not
touched, several at once do not meet, and everything ends with this process, also when that is killed.
"""

from __future__ import annotations

import os
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType

import lgpki_tui
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.ground.frozen import dataclass
from lgpki_tui.ground.inert import inert
from lgpki_tui.rehearsal.readers_inside import MOST_READERS, SOCKET, control_socket
from lgpki_tui.rehearsal.virtual_card.control import ask

DEADLINE_SECONDS = 15.0
LOG_NAME = "readers.log"
_LEAVE_SECONDS = 5.0
_ISOLATED = ("--mount", "--net", "--pid", "--fork", "--kill-child")
_USER = ("--user", "--map-root-user")
_DRIVER = Path("/usr/lib/pcsc/drivers/serial/libifdvpcd.so")
# Not in the PATH of an ordinary user.
_SBIN = "/usr/sbin"
_MOST_DETAIL = 200


@dataclass(frozen=True, slots=True)
class PracticeCard:
    """A card for one reader: its name in the folder, what is done with it at the start, and further options.

    Source: virtual_card/__main__.py (options), virtual_card/mishaps.py (what can be done).
    """

    name: str = "card"
    do: tuple[str, ...] = ("insert",)
    options: tuple[str, ...] = ()


class Readers:
    """Readers that are there until `close`, or until this process ends."""

    def __init__(self, folder: Path, cards: Sequence[PracticeCard], deadline: float = DEADLINE_SECONDS) -> None:
        """Start them, and wait until the reader of each card has seen it: about half a second.

        The folder holds the cards' state and the log; it is made when it is not there. Cards of one folder are in one
        Readers at a time. Raises Refusal: practice_readers with `reason` (package_missing with `package`;
        namespaces_forbidden, pcscd_ended, card_ended, no_answer, each with `detail`, the last line of the log),
        folder_missing, folder_unwritable.
        """
        if not 1 <= len(cards) <= MOST_READERS:
            raise ValueError(f"{len(cards)} cards for {MOST_READERS} readers")
        self._folder = _made(folder)
        command = _inside_command(cards)
        end = time.monotonic() + deadline
        for way in _ways():
            self._process = self._start([*way, *command])
            try:
                self._inside = self._await_ready(end)
            except _Failed as failed:
                self._end()
                reason = failed.args[0]
                if reason != "namespaces_forbidden":
                    break
            except BaseException:
                self._end()
                raise
            else:
                return
        raise Refusal(Code.PRACTICE_READERS, reason=reason, detail=_last_line(self._folder / LOG_NAME))

    @property
    def environment(self) -> Mapping[str, str]:
        """What a PC/SC client needs in its environment to see these readers and no others.

        libpcsclite reads it once in a process. Only this user, and root, can get there (proc(5), /proc/PID/root).
        """
        return {"PCSCLITE_CSOCK_NAME": str(self._outside(SOCKET))}

    def tell(self, slot: int, line: str) -> str:
        """Say a line to the card of a slot (0 or 1) and return its answer: `ok`, or `no` and a reason (slot.py).

        Raises OSError when it has ended.
        """
        return ask(self._outside(control_socket(slot)), line)

    def close(self) -> None:
        """End everything, and wait until it has ended. Again is harmless."""
        self._end()

    def __enter__(self) -> Readers:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _outside(self, path: Path) -> Path:
        """What a path in the namespaces is called outside."""
        return Path(f"/proc/{self._inside}/root{path}")

    def _start(self, command: Sequence[str]) -> subprocess.Popen[bytes]:
        with (self._folder / LOG_NAME).open("wb") as log:
            return subprocess.Popen(  # noqa: S603  # our own words
                command,
                cwd=self._folder,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                bufsize=0,
                # Ctrl+C is for the program, which then decides.
                start_new_session=True,
            )

    def _await_ready(self, end: float) -> int:
        """The process number of the first process in the namespaces. Raises _Failed."""
        inside = 0
        while True:
            match self._line(end).split():
                case ["begun", number]:
                    inside = int(number)
                case ["ready"]:
                    return inside
                case ["failed", reason]:
                    raise _Failed(reason)
                case _:  # unshare ended, or what it started did
                    raise _Failed("card_ended" if inside else "namespaces_forbidden")

    def _line(self, end: float) -> str:
        """The next line; empty when nothing more can come. Raises _Failed: no_answer."""
        said = bytearray()
        output = self._process.stdout
        if output is None:
            return ""
        poll = select.poll()
        poll.register(output, select.POLLIN)
        while not said.endswith(b"\n"):
            if not poll.poll(max(0.0, end - time.monotonic()) * 1000):
                raise _Failed("no_answer")
            octet = os.read(output.fileno(), 1)
            if not octet:
                break
            said += octet
        return said.decode("ascii", "replace")

    def _end(self) -> None:
        """Its stdin ends; should it not mind that, it is killed, and its child with it (--kill-child)."""
        process = self._process
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                with suppress(OSError):
                    stream.close()
        try:
            process.wait(_LEAVE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


class _Failed(Exception):
    """They are not there: the reason, as the refusal has it."""


def _made(folder: Path) -> Path:
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        (folder / LOG_NAME).touch(mode=0o600)
    except FileNotFoundError as error:
        raise Refusal(Code.FOLDER_MISSING, folder=str(folder.parent), reason="absent") from error
    except OSError as error:
        raise Refusal(Code.FOLDER_UNWRITABLE, folder=str(folder), reason=error.strerror or "") from error
    return folder.absolute()


def _ways() -> list[list[str]]:
    """How the namespaces may be had. Root in a container may lack the right to make them as root."""
    unshare = [_program("unshare", "util-linux"), *_ISOLATED]
    as_user = [unshare[0], *_USER, *unshare[1:]]
    return [unshare, as_user] if os.geteuid() == 0 else [as_user]


def _inside_command(cards: Sequence[PracticeCard]) -> list[str]:
    """The first process in the namespaces and what it starts. Its working directory is the folder of the cards, which
    a mount over /run might hide from a path.
    """
    _program("mount", "mount")
    if not _DRIVER.exists():
        raise _missing("vsmartcard-vpcd")
    words = [*_python("readers_inside"), _program("pcscd", "pcscd"), str(_DRIVER)]
    for card in cards:
        done = [word for line in card.do for word in ("--do", line)]
        words += [*_python("virtual_card.__main__"), "--folder", ".", "--name", card.name, *done, *card.options, ";"]
    return words


def _python(module: str) -> list[str]:
    """A module of this room under this interpreter and of this version, also where another one is installed."""
    root = str(Path(lgpki_tui.__file__).parents[1])
    program = f"import sys;sys.path.insert(0,{root!r});from lgpki_tui.rehearsal.{module} import main"
    return [sys.executable, "-P", "-c", f"{program};sys.exit(main(sys.argv[1:]))"]


def _program(name: str, package: str) -> str:
    found = shutil.which(name, path=f"{os.environ.get('PATH', os.defpath)}{os.pathsep}{_SBIN}")
    if found is None:
        raise _missing(package)
    return found


def _missing(package: str) -> Refusal:
    return Refusal(Code.PRACTICE_READERS, reason="package_missing", package=package)


def _last_line(log: Path) -> str:
    with suppress(OSError):
        lines = log.read_text("utf-8", "replace").strip().splitlines()
        return inert(lines[-1])[:_MOST_DETAIL] if lines else ""
    return ""
