"""What must be true after every cut, read from token, folder and ledger by programs that nobody here wrote."""

from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path
from typing import Any

from tests.practice import Practice


def judge(practice: Practice) -> None:
    """No key without a record, no record of what the card does not hold, no half file, nothing twice."""
    assert practice.done("ledger", "verify")["first_broken"] is None
    if not practice.token_is_ready():
        return
    held = practice.token()
    private = [each["ID"] for each in held if each["kind"] == "private"]
    announced = {entry["cka_id"] for entry in practice.ledger() if entry["event"] == "key_intended"}
    assert len(private) == len(set(private)), "two keys under one CKA_ID"
    assert set(private) <= announced, "a key without a record"
    for enrolment in practice.enrolments():
        _judge_enrolment(practice, enrolment, held)
    for file in (practice.folder / "out").glob("*.csr.pem"):
        _verified(file)


def _judge_enrolment(practice: Practice, enrolment: dict[str, Any], held: list[dict[str, str]]) -> None:
    mine = [each["kind"] for each in held if each.get("ID") == enrolment["cka_id"]]
    if enrolment["public_key_sha256"] and not enrolment["key_destroyed"] and not practice.wiping():
        assert mine.count("private") == mine.count("public") == 1, "a record of a key that is not there"
        assert practice.public_key_sha256(enrolment["cka_id"]) == enrolment["public_key_sha256"]
    assert mine.count("certificate") <= 1, "stored twice"
    if enrolment["state"] == "stored" and not practice.wiping():
        assert mine.count("certificate") == 1, "a record of a certificate that is not there"
        der = practice.tool("--read-object", "--type", "cert", "--id", enrolment["cka_id"])
        assert hashlib.sha256(der).hexdigest() == enrolment["certificate_sha256"]
    if enrolment["csr_path"]:
        csr = Path(enrolment["csr_path"])
        assert _verified(csr) == enrolment["public_key_sha256"]
        der = Path(enrolment["csr_der_path"]).read_bytes()
        assert hashlib.sha256(der).hexdigest() == enrolment["csr_sha256"]
        assert Path(enrolment["receipt_path"]).read_bytes().endswith(b"}\n")


def settled(practice: Practice) -> None:
    """Once gone on: nothing is open, one key for each living enrolment, no scratch file is left behind."""
    enrolments = practice.enrolments()
    assert not any(each["open"] for each in enrolments)
    assert not practice.done("status")["format_open"]
    held = practice.token()
    living = [each for each in enrolments if each["public_key_sha256"] and not each["key_destroyed"]]
    for kind in ("private", "public"):
        assert len([each for each in held if each["kind"] == kind]) == len(living)
    names = sorted(path.name for path in (practice.folder / "out").iterdir())
    assert not any(name.startswith(".") for name in names), names
    requests = [name for name in names if name.endswith((".csr", ".csr.pem", ".binding.json"))]
    assert len(requests) == 3 * len([each for each in enrolments if each["csr_path"]])


def _verified(csr: Path) -> str:
    """openssl's word that a CSR is whole and signed by its key; SHA-256 of its DER SubjectPublicKeyInfo."""
    checked = subprocess.run(
        ["openssl", "req", "-in", str(csr), "-verify", "-noout"], capture_output=True, text=True, check=False
    )
    assert "verify OK" in checked.stdout + checked.stderr, (csr, checked)
    key = subprocess.run(["openssl", "req", "-in", str(csr), "-pubkey", "-noout"], capture_output=True, check=True)
    der = subprocess.run(
        ["openssl", "pkey", "-pubin", "-outform", "DER"], input=key.stdout, capture_output=True, check=True
    )
    return hashlib.sha256(der.stdout).hexdigest()
