"""A live directory as the program sees it: asked through a process of its own (directory_host.py), by a deadline."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol, cast

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Fact, Refusal
from lgpki_tui.ground.frozen import dataclass
from lgpki_tui.ground.inert import inert

# The extra of pyproject.toml, and the module that it brings.
EXTRA, PACKAGE, _MODULE = "lgpki-tui[ldap]", "python-ldap", "ldap"
_READ_BYTES = 1 << 16
# The largest question has most_rows rows; ten times what those take.
_MOST_BYTES = 256 * 1024 * 1024
_LEAVE_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Server:
    """Which directory, and how it is reached. `tls`: "ldaps" | "starttls" | "none". Without a DN it binds as nobody."""

    uri: str
    tls: str
    ca: Path | None = None
    bind_dn: str | None = None
    password_file: Path | None = None
    connect_seconds: float = 2.0


@dataclass(frozen=True, slots=True)
class Question:
    """One search below a base. `filter`: RFC 4515; at most `most` rows are fetched."""

    base: str
    filter: str
    attributes: tuple[str, ...]
    most: int


@dataclass(frozen=True, slots=True)
class Rows:
    """What came of it: the texts of each row by attribute (lower case, as asked for).

    `whole`: whether these are all rows there are; False when there were more, when the server stopped at a limit of its
    own, or when a part of the tree lies on another server, which is never gone to.
    """

    rows: tuple[Mapping[str, tuple[str, ...]], ...]
    whole: bool


class Asks(Protocol):
    """Who answers questions to a directory."""

    def ask(self, question: Question, until: float) -> Rows:
        """The rows, by `until` (time.monotonic()). Raises Refusal: directory_*, each with `uri`."""
        ...


class Directory:
    """One directory. Nothing is started before the first question; one question at a time."""

    def __init__(self, server: Server, page_rows: int = 500, command: Sequence[str] | None = None) -> None:
        """`command`: what runs directory_host.py."""
        self.server = server
        self._page = page_rows
        self._command = tuple(command or host_command())
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def ask(self, question: Question, until: float) -> Rows:
        """See Asks.ask."""
        with self._lock:
            try:
                return _rows(self._exchange(question, until))
            except Refusal as refusal:
                raise Refusal(refusal.code, uri=self.server.uri, **_safe(refusal.facts)) from None

    def close(self) -> None:
        """End the process, if there is one."""
        with self._lock:
            self._end()

    def _exchange(self, question: Question, until: float) -> dict[str, Any]:
        process = self._started()
        asked = {
            "base": question.base,
            "filter": question.filter,
            "attributes": question.attributes,
            "most": question.most,
            "page": self._page,
            "seconds": max(0.1, until - time.monotonic()),
        }
        try:
            _tell(process, asked)
            told = json.loads(_line(process, until))
        except (OSError, ValueError):  # it was ended, or it is not ours any more
            self._end()
            raise Refusal(Code.DIRECTORY_UNREACHABLE, reason="ended") from None
        except TimeoutExpired:
            self._end()
            raise Refusal(Code.DIRECTORY_UNREACHABLE, reason="timeout") from None
        if "code" in told:
            raise Refusal(Code[told.pop("code").upper()], **told)
        return cast(dict[str, Any], told)

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is None:
            return self._process
        self._end()
        if find_spec(_MODULE) is None:
            raise Refusal(Code.DIRECTORY_EXTRA, extra=EXTRA, package=PACKAGE)
        self._process = subprocess.Popen(  # noqa: S603  # our own interpreter and file
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            # libldap reads settings of its own from files and variables unless it is told not to (ldap.conf(5)).
            env={"LDAPNOINIT": "1", "LANG": "C.UTF-8", "PATH": os.defpath},
            process_group=0,
        )
        server = self.server
        naming = {
            "uri": server.uri,
            "tls": server.tls,
            "ca": str(server.ca) if server.ca else None,
            "bind_dn": server.bind_dn,
            "password_file": str(server.password_file) if server.password_file else None,
            "connect": server.connect_seconds,
        }
        with suppress(OSError):  # if it is dead already, the question that follows says so
            _tell(self._process, naming)
        return self._process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()
        process.kill()
        with suppress(subprocess.TimeoutExpired):  # stuck in the kernel: the system takes it away
            process.wait(_LEAVE_SECONDS)


class TimeoutExpired(Exception):
    """The deadline has passed."""


def host_command() -> tuple[str, ...]:
    """The command that runs directory_host.py with this interpreter, of this version of the program."""
    root = str(Path(__file__).resolve().parent.parent.parent)
    path = f"import os,sys;{root!r} in sys.path or sys.path.insert(0,{root!r})"
    return (sys.executable, "-P", "-c", f"{path};from lgpki_tui.registry.directory_host import main;os._exit(main())")


def _tell(process: subprocess.Popen[bytes], message: Mapping[str, object]) -> None:
    if process.stdin is None:
        raise ValueError("started with a pipe")
    process.stdin.write(json.dumps(message).encode() + b"\n")
    process.stdin.flush()


def _line(process: subprocess.Popen[bytes], until: float) -> bytes:
    """The next line that it says. Raises TimeoutExpired, ValueError (it ended, or has said too much)."""
    if process.stdout is None:
        raise ValueError("started with a pipe")
    descriptor, line = process.stdout.fileno(), bytearray()
    while not line.endswith(b"\n"):
        readable, _, _ = select.select([descriptor], [], [], max(0.0, until - time.monotonic()))
        if not readable:
            raise TimeoutExpired
        more = os.read(descriptor, _READ_BYTES)
        line += more
        if not more or len(line) > _MOST_BYTES:
            raise ValueError("no answer")
    return bytes(line)


def _rows(told: Mapping[str, Any]) -> Rows:
    rows = tuple({name: tuple(texts) for name, texts in row.items()} for row in told["rows"])
    return Rows(rows, not told["cut"] and not told["references"])


def _safe(facts: Mapping[str, Fact]) -> dict[str, Fact]:
    """What a server says of itself is text from outside."""
    return {key: inert(fact)[:300] if isinstance(fact, str) else fact for key, fact in facts.items() if key != "uri"}
