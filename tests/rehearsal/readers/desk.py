"""A desk with a reader of its own: OpenSC's programs at work on the practice card, and openssl as the judge."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from lgpki_tui.rehearsal.readers import Readers

OPENSC = next((str(path) for path in sorted(Path("/usr/lib").glob("*/opensc-pkcs11.so"))), "/usr/lib/opensc-pkcs11.so")
# By name in OpenSC's own environment, in tests only: never on a command line.
PINS = {
    "PIN": "24681357",
    "PUK": "11223344",
    "SO": "87654321",
    "SOPUK": "99887766",
    "NEW": "1357",
    "WRONG": "90817263",
}
PKCS15 = "A000000063504B43532D3135"
MESSAGE = "職責証明書".encode()


@dataclass(frozen=True)
class Done:
    """How a program ended, and all it said."""

    status: int
    text: str


@dataclass(frozen=True)
class Desk:
    """Readers, a folder to work in, and which slot is used."""

    readers: Readers
    folder: Path
    slot: int = 0
    pins: Mapping[str, str] = field(default_factory=lambda: dict(PINS))

    def run(self, *command: str) -> Done:
        """A program that sees these readers only."""
        environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", **self.pins, **self.readers.environment}
        done = subprocess.run(
            command,
            cwd=self.folder,
            env=environment,
            capture_output=True,
            check=False,
            timeout=60,
            stdin=subprocess.DEVNULL,
        )
        return Done(done.returncode, (done.stdout + done.stderr).decode("utf-8", "replace"))

    def must(self, *command: str) -> str:
        """The same, and it must succeed."""
        done = self.run(*command)
        assert done.status == 0, f"{command}\n{done.text}"
        return done.text

    def init(self, *arguments: str) -> Done:
        """pkcs15-init on this slot."""
        return self.run("pkcs15-init", "--reader", str(self.slot), *arguments)

    def format(self, label: str = "架空市長") -> None:
        """Make it a token with SO PIN, user PIN and their PUKs, and end the creation state."""
        for step in (
            ("-C", "--so-pin", "env:SO", "--so-puk", "env:SOPUK", "--label", label),
            (
                "-P",
                "--auth-id",
                "01",
                "--label",
                "利用者PIN",
                "--pin",
                "env:PIN",
                "--puk",
                "env:PUK",
                "--so-pin",
                "env:SO",
            ),
            ("-F", "--so-pin", "env:SO"),
        ):
            done = self.init(*step)
            assert done.status == 0, done.text

    def p11(self, *arguments: str, pin: str | None = None) -> Done:
        """pkcs11-tool with OpenSC's module, logged in by the PIN of this name."""
        login = ("--login", "--pin", f"env:{pin}") if pin else ()
        return self.run("pkcs11-tool", "--module", OPENSC, *login, *arguments)

    def generate(self, kind: str, identity: str = "01") -> Done:
        """A key pair on the card."""
        return self.p11("--keypairgen", "--key-type", kind, "--id", identity, "--label", f"key{identity}", pin="PIN")

    def objects(self) -> str:
        """All that the user sees."""
        done = self.p11("--list-objects", pin="PIN")
        assert done.status == 0, done.text
        return done.text

    def identities(self, kind: str) -> list[str]:
        """The ids of the objects of a kind ("Private Key", "Certificate", "Data object", "Public Key")."""
        found = re.split(r"^(?=\S)", self.objects(), flags=re.MULTILINE)
        return [id_[1] for one in found if one.startswith(kind) and (id_ := re.search(r"ID: +([0-9a-f]+)", one))]

    def signed(self, mechanism: str, identity: str = "01", *openssl: str) -> bool:
        """Sign on the card; whether openssl takes it."""
        (self.folder / "message").write_bytes(MESSAGE)
        style = ("--signature-format", "openssl") if mechanism.startswith("ECDSA") else ()
        sign = ("--sign", "--mechanism", mechanism, "--id", identity, "-i", "message", "-o", "signature", *style)
        done = self.p11(*sign, pin="PIN")
        assert done.status == 0, done.text
        reading = ("pkcs15-tool", "--reader", str(self.slot), "--read-public-key", identity, "-o", "key.pem")
        self.must(*reading)
        judge = ("openssl", "dgst", "-sha256", *openssl, "-verify", "key.pem", "-signature", "signature", "message")
        return self.run(*judge).text.strip() == "Verified OK"

    def store(self, certificate: bytes, identity: str = "01") -> Done:
        """Write a certificate."""
        (self.folder / "certificate.der").write_bytes(certificate)
        write = ("--write-object", "certificate.der", "--type", "cert", "--id", identity, "--label", "職責証明書")
        return self.p11(*write, pin="PIN")

    def read(self, *what: str, pin: str | None = None) -> bytes:
        """An object's value."""
        (self.folder / "read").unlink(missing_ok=True)
        done = self.p11("--read-object", *what, "-o", "read", pin=pin)
        assert done.status == 0, done.text
        return (self.folder / "read").read_bytes()

    def apdu(self, command: str) -> str:
        """A raw command's answer, in hex without spaces."""
        said = self.must("opensc-tool", "--reader", str(self.slot), "--send-apdu", command)
        status = re.search(r"SW1=0x(..), SW2=0x(..)", said)
        assert status, said
        data = "".join(re.findall(r"^((?:[0-9A-F]{2} ?)+)", said.partition("SW2=")[2].partition("\n")[2], re.MULTILINE))
        return (data.replace(" ", "") + status[1] + status[2]).upper()

    def tell(self, line: str) -> None:
        """A mishap; what it changes in the reader has been seen there."""
        assert self.readers.tell(self.slot, line) == "ok", line
        assert self.readers.tell(self.slot, "wait") == "ok"
        if line == "pull":  # a card that is out cannot tell when that is noticed
            end = time.monotonic() + 10
            while re.search(rf"^{self.slot} +Yes", self.must("opensc-tool", "--list-readers"), re.MULTILINE):
                assert time.monotonic() < end
                time.sleep(0.05)

    def look(self) -> dict[str, object]:
        """What is in the reader, as the card itself says."""
        found = json.loads(self.readers.tell(self.slot, "look").removeprefix("ok "))
        assert isinstance(found, dict)
        return found

    def python(self, script: str, *arguments: str) -> subprocess.Popen[str]:
        """A Python program with these readers, to talk to."""
        return subprocess.Popen(
            [sys.executable, "-c", script, *arguments],
            env={"PATH": os.environ["PATH"], **self.readers.environment},
            stdout=subprocess.PIPE,
            text=True,
        )


def certificate(subject: str = "高島市長", filling: int = 0) -> bytes:
    """DER of a certificate for nobody's key; a longer one by so many bytes."""
    key = ec.generate_private_key(ec.SECP256R1())
    now = datetime(2026, 11, 24, tzinfo=UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=1095))
        .add_extension(x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.4.1.99999.1"), bytes(filling)), False)
        .sign(key, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.DER)
