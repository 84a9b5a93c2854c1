"""Media as they come to the desk: made by the builder of requests, with keys of this process and real sums."""

from __future__ import annotations

import subprocess
from collections.abc import Coroutine
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

from lgpki_tui.conductor.desk import Examined, Looked
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Finding
from lgpki_tui.pki.names import Subject
from lgpki_tui.pki.receipt import Binding, make_receipt
from lgpki_tui.pki.request import build_request, pem
from lgpki_tui.pki.signatures import digest
from lgpki_tui.procedure.identity import Login, LoginSource, Machine, Token
from lgpki_tui.subject.extensions import Extensions
from tests.pki.makers import ec_key, signer, spki

SUBJECT: Subject = (("C", "JP"), ("O", "高島市"), ("OU", "総務部情報政策課"), ("CN", "高島市長"))
LABEL = "CERTIFICATE REQUEST"
NAME = "261128-7K3QH"
_NO_EXTENSIONS = Extensions()


@dataclass(frozen=True)
class Made:
    """One request in all its forms."""

    der: bytes
    receipt: bytes

    @property
    def sha256(self) -> str:
        """Of the DER."""
        return digest(self.der)

    def files(self, name: str) -> dict[str, bytes]:
        """As the program writes them."""
        return {f"{name}.csr": self.der, f"{name}.csr.pem": pem(LABEL, self.der), f"{name}.binding.json": self.receipt}


def _done(work: Coroutine[Any, Any, bytes]) -> bytes:
    """What waits for nothing: the key is of this process. Also while a loop runs."""
    try:
        work.send(None)
    except StopIteration as end:
        return bytes(end.value)
    raise AssertionError("it waits")


@cache
def made(subject: Subject = SUBJECT, extensions: Extensions = _NO_EXTENSIONS) -> Made:
    """A request and its receipt, of a key of its own. The same for equal arguments."""
    return of_key(ec_key(), subject, extensions)


def of_key(key: EllipticCurvePrivateKey, subject: Subject, extensions: Extensions = _NO_EXTENSIONS) -> Made:
    """A request and its receipt, of this key."""
    der = _done(build_request(subject, spki(key), signer(key), extensions))
    binding = Binding(
        enrolment="261128-7K3QH",
        machine=Machine("a" * 64, "office-01"),
        login=Login(1000, "j-seisaku", LoginSource.LOGINUID),
        token=Token("0123456789abcdef", "SHICHO-01", "SoftHSM"),
        cka_id="0102030405060708",
        public_key_sha256=digest(spki(key)),
        csr_sha256=digest(der),
        time=datetime(2026, 11, 28, tzinfo=UTC),
    )
    return Made(der, _done(make_receipt(binding, spki(key), signer(key))))


def put(folder: Path, name: str, one: Made, *, sums: bool = False) -> Path:
    """Write one request as the program does; with a list that sha256sum made."""
    folder.mkdir(exist_ok=True)
    files = one.files(name)
    for file, data in files.items():
        (folder / file).write_bytes(data)
    if sums:
        done = subprocess.run(["sha256sum", *files], cwd=folder, capture_output=True, check=True)
        (folder / f"{name}.sha256").write_bytes(done.stdout)
    return folder


def results(findings: tuple[Finding, ...]) -> dict[str, str]:
    """The result of each check."""
    found = {str(each.code): each.result.value for each in findings}
    assert len(found) == len(findings)
    return found


def failed(findings: tuple[Finding, ...]) -> set[str]:
    """What failed."""
    return {code for code, result in results(findings).items() if result == "fail"}


def one(looked: Looked) -> Examined:
    """The only request."""
    (examined,) = looked.requests
    return examined


def reasons(examined: Examined, code: Code) -> object:
    """Why a check came out as it did."""
    return next(each for each in examined.findings if each.code is code).facts.get("reasons")


def changed(data: bytes, at: int, bit: int) -> bytes:
    """One byte of it changed."""
    return data[:at] + bytes([data[at] ^ bit]) + data[at + 1 :]
