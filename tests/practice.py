"""A practice workplace as an outsider uses it: by the command line, and read by programs that nobody here wrote."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PROGRAM = (sys.executable, "-m", "lgpki_tui")
SOFTHSM = "/usr/lib/softhsm/libsofthsm2.so"
# A fast kind of key for tests that are not about RSA.
EC = "ec-p256"


@dataclass(frozen=True, slots=True)
class Answer:
    """What one command answered."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """The one object on stdout."""
        found = json.loads(self.out)
        assert isinstance(found, dict)
        return found

    @property
    def code(self) -> str:
        """The code of a refusal."""
        return str(self.json["code"])


@dataclass(frozen=True, slots=True)
class Practice:
    """One sandbox folder. `environ` is added to a bare environment; `program` may be a wrapped one."""

    folder: Path
    environ: Mapping[str, str] = field(default_factory=dict)
    program: Sequence[str] = PROGRAM

    def run(self, *args: str | Path, timeout: float = 60) -> Answer:
        """Run a command with --sandbox and --json."""
        return run([*self.program, "--sandbox", self.folder, *args, "--json"], self.environ, timeout)

    def done(self, *args: str | Path) -> dict[str, Any]:
        """Run a command that must succeed; return its JSON."""
        answer = self.run(*args)
        assert answer.status == 0, (args, answer)
        return answer.json

    @property
    def pin(self) -> tuple[str, str]:
        """The option that gives the PIN."""
        return ("--pin-file", str(self.folder / "secrets" / "pin"))

    @property
    def so_pin(self) -> tuple[str, str]:
        """The option that gives the SO PIN."""
        return ("--so-pin-file", str(self.folder / "secrets" / "so-pin"))

    @property
    def answers(self) -> Path:
        """The answers of the 職責証明書."""
        return self.folder / "answers" / "shokuseki.toml"

    def format(self) -> dict[str, Any]:
        """Format the blank card."""
        return self.done("card", "format", "--label", "PRACTICE", *self.so_pin, *self.pin)

    def request(self) -> dict[str, Any]:
        """Make a key pair and a CSR."""
        return self.done("request", "--answers", self.answers, *self.pin)

    def issue(self, request: Mapping[str, Any], *faults: str, name: str = "cert.pem") -> Path:
        """Have the practice CA issue for a request."""
        out = self.folder / "out" / name
        options = [word for fault in faults for word in ("--fault", fault)]
        self.done("rehearse", "issue", str(request["csr_path"]), "--out", out, *options)
        return out

    def store(self, request: Mapping[str, Any], certificate: Path) -> Answer:
        """Store a certificate."""
        return self.run("store", str(request["enrolment"]), certificate, *self.pin)

    def enrolments(self) -> list[dict[str, Any]]:
        """What status tells."""
        found = self.done("status")["enrolments"]
        assert isinstance(found, list)
        return found

    def use_fast_keys(self) -> None:
        """Let the answers ask for EC keys."""
        self.answers.write_text(f'{self.answers.read_text()}key_algorithm = "{EC}"\n')

    def copy(self, to: Path) -> Practice:
        """The same workplace in another folder, as `cp -a` leaves it."""
        shutil.copytree(self.folder, to, symlinks=True)
        return Practice(to, self.environ, self.program)

    def token(self) -> list[dict[str, str]]:
        """The objects on the token, as pkcs11-tool lists them after logging in: kind, label, ID."""
        return _objects(self.tool("-O").decode())

    def tool(self, *args: str) -> bytes:
        """Run pkcs11-tool on the token, logged in with the PIN."""
        # While a change of PIN is cut short, either may be the right one.
        for name in ("pin", "new-pin"):
            file = self.folder / "secrets" / name
            done = self._tried("--login", "--pin", "env:TOKEN_PIN", *args, TOKEN_PIN=file.read_text().strip())
            if b"CKR_PIN_INCORRECT" not in done.stderr or name == "new-pin" or not (file.with_name("new-pin")).exists():
                break
        assert done.returncode == 0, (args, done)
        return done.stdout

    def token_is_ready(self) -> bool:
        """Whether there is an initialised token whose PIN is set."""
        listed = self._tried("-L").stdout.decode()
        return "token initialized" in listed and "PIN initialized" in listed

    def public_key_sha256(self, cka_id: str) -> str:
        """SHA-256 of the DER SubjectPublicKeyInfo that the token holds under an id, by pkcs11-tool and openssl."""
        read = self.tool("--read-object", "--type", "pubkey", "--id", cka_id)
        command = ["openssl", "pkey", "-pubin", "-inform", "DER", "-outform", "DER"]
        normal = subprocess.run(command, input=read, capture_output=True, check=True)
        return hashlib.sha256(normal.stdout).hexdigest()

    def wiping(self) -> bool:
        """Whether a format is announced of which no end is recorded."""
        names = [event for event in self.events() if event.startswith("format_")]
        return bool(names) and names[-1] == "format_intended"

    def _tried(self, *args: str, **environ: str) -> subprocess.CompletedProcess[bytes]:
        # The program writes its own softhsm2.conf anew when the folder has moved; a test may be first.
        with tempfile.NamedTemporaryFile("w", suffix=".conf") as conf:
            conf.write(f"directories.tokendir = {self.folder / 'tokens'}\nobjectstore.backend = file\n")
            conf.flush()
            return subprocess.run(
                ["pkcs11-tool", "--module", SOFTHSM, *args],
                env={**os.environ, **environ, "SOFTHSM2_CONF": conf.name, "LC_ALL": "C"},
                capture_output=True,
                check=False,
            )

    def ledger(self) -> list[dict[str, Any]]:
        """The entries, read from the file itself."""
        database = sqlite3.connect(self.folder / "state" / "ledger.sqlite3")
        try:
            rows = database.execute("SELECT entry FROM entries ORDER BY number").fetchall()
        except sqlite3.OperationalError:
            return []
        finally:
            database.close()
        return [json.loads(entry) for (entry,) in rows]

    def events(self, enrolment: str | None = None) -> list[str]:
        """The names of what happened, of one enrolment or of all."""
        return [entry["event"] for entry in self.ledger() if enrolment in (None, entry["about"])]


def run(command: Sequence[str | Path], environ: Mapping[str, str] = {}, timeout: float = 60) -> Answer:
    """Run a command in a bare environment without a terminal."""
    bare = {
        "PATH": os.environ["PATH"],
        "LANG": "C.UTF-8",
        "HOME": "/nonexistent",
        "PYTHONPATH": str(Path.cwd()),
        **environ,
    }
    done = subprocess.run(
        [str(word) for word in command],
        env=bare,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=timeout,
    )
    return Answer(done.returncode, done.stdout, done.stderr)


def new_practice(folder: Path, environ: Mapping[str, str] = {}) -> Practice:
    """Make a workplace by `rehearse init`."""
    answer = run([*PROGRAM, "rehearse", "init", folder, "--json"], environ)
    assert answer.status == 0, answer
    return Practice(folder, environ)


_KINDS = {"Private Key Object": "private", "Public Key Object": "public", "Certificate Object": "certificate"}


def _objects(listing: str) -> list[dict[str, str]]:
    """Keys and certificates; the receipt, a data object, is for the tests that are about it."""
    found: list[dict[str, str]] = []
    for line in listing.splitlines():
        if line[:1].strip():  # each object begins at the margin
            kind = next((short for long, short in _KINDS.items() if line.startswith(long)), "")
            found.append({"kind": kind})
        elif found and (match := re.match(r"\s+(ID|label):\s+(.*)", line)):
            found[-1][match[1]] = match[2].strip()
    return [each for each in found if each["kind"]]
