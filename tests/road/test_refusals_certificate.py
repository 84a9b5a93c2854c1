"""Files that are not the certificate of this enrolment: told before the card is touched, and nothing is stored."""

from __future__ import annotations

import hashlib
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.crash.scenes import KILLED, REQUEST, cut
from tests.practice import Practice
from tests.road.conftest import Waiting
from tests.road.refusing import refused, untouched

CARD_CHECKS = ("card_absent", "wrong_card", "pin_wrong", "pin_locked", "possession_failed", "possession_impossible")


def refuse(waiting: Waiting, file: Path, code: str, status: int, number: str | None = None) -> dict[str, Any]:
    """Store a file that must be refused before the card is touched."""
    with untouched(waiting.practice):
        told = refused(waiting.practice, *waiting.command(file, number), code=code, status=status)
    codes = [check["code"] for check in told["checks"]]
    assert len(codes) == len(set(codes))
    results = {check["code"]: check["result"] for check in told["checks"]}
    assert results[code] == "fail"
    assert {results[each] for each in CARD_CHECKS} == {"unknown"}
    return told


def test_the_certificate_of_another_enrolment(waiting: Waiting) -> None:
    told = refuse(waiting, waiting.other_certificate, "certificate_key_mismatch", 1)
    (check,) = [each for each in told["checks"] if each["code"] == "certificate_key_mismatch"]
    assert check["expected"] == waiting.enrolment()["public_key_sha256"]
    assert check["found"] != check["expected"]


FAULTS = {
    "wrong-key": "certificate_key_mismatch",
    "wrong-subject": "certificate_subject_mismatch",
    "expired": "certificate_expired",
    "not-yet-valid": "certificate_not_yet_valid",
    "other-issuer": "certificate_untrusted",
    "sha1": "certificate_weak",
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_faulty_certificate(waiting: Waiting, fault: str) -> None:
    out = waiting.practice.folder / "out" / "faulty.pem"
    waiting.practice.done("rehearse", "issue", waiting.csr, "--out", out, "--fault", fault)
    refuse(waiting, out, FAULTS[fault], 1)


def test_all_faults_are_reported_and_the_first_one_is_the_code(waiting: Waiting) -> None:
    out = waiting.practice.folder / "out" / "faulty.pem"
    faults = [word for fault in ("sha1", "wrong-subject", "expired") for word in ("--fault", fault)]
    waiting.practice.done("rehearse", "issue", waiting.csr, "--out", out, *faults)
    told = refuse(waiting, out, "certificate_subject_mismatch", 1)
    failed = [check["code"] for check in told["checks"] if check["result"] == "fail"]
    assert failed[:2] == ["certificate_subject_mismatch", "certificate_expired"]
    assert "certificate_weak" in failed


def _truncated(waiting: Waiting, file: Path) -> None:
    text = waiting.certificate.read_bytes()
    file.write_bytes(text[: len(text) // 2])


def _der_truncated(waiting: Waiting, file: Path) -> None:
    file.write_bytes(_der(waiting.certificate)[:-20])


def _bit_flipped(waiting: Waiting, file: Path) -> None:
    der = bytearray(_der(waiting.certificate))
    der[6] ^= 0xFF  # in the head of the TBSCertificate
    file.write_bytes(der)


def _key(waiting: Waiting, file: Path) -> None:
    command = ["openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", str(file)]
    subprocess.run(command, check=True, capture_output=True)


def _der(file: Path) -> bytes:
    command = ["openssl", "x509", "-in", str(file), "-outform", "DER"]
    return subprocess.run(command, check=True, capture_output=True).stdout


def _write(content: bytes) -> Callable[[Waiting, Path], object]:
    return lambda waiting, file: file.write_bytes(content)


NO_CERTIFICATE: dict[str, tuple[str, str | None, Callable[[Waiting, Path], object]]] = {
    "truncated": ("certificate_damaged", None, _truncated),
    "der-truncated": ("certificate_damaged", None, _der_truncated),
    "bit-flipped": ("certificate_damaged", None, _bit_flipped),
    "csr": ("not_a_certificate", None, lambda waiting, file: file.write_bytes(waiting.csr.read_bytes())),
    "key": ("not_a_certificate", None, _key),
    "text": ("not_a_certificate", None, _write("発行通知を添付します。\n".encode())),
    "html": ("not_a_certificate", None, _write(b"<html><body>404</body></html>\n")),
    "empty": ("not_a_certificate", None, _write(b"")),
    "noise": ("not_a_certificate", None, _write(bytes(range(256)) * 8)),
    "10-MB": ("certificate_file", "too_large", _write(b"x" * 10_000_000)),
    "folder": ("certificate_file", "folder", lambda waiting, file: file.mkdir()),
    "fifo": ("certificate_file", "not_regular", lambda waiting, file: os.mkfifo(file)),
    "absent": ("certificate_file", "absent", lambda waiting, file: None),
}


@pytest.mark.parametrize("name", NO_CERTIFICATE)
def test_a_file_that_holds_no_certificate(waiting: Waiting, tmp_path: Path, name: str) -> None:
    code, reason, make = NO_CERTIFICATE[name]
    file = tmp_path / "received.cer"
    make(waiting, file)
    told = refuse(waiting, file, code, 2)
    assert told["facts"]["file"] == str(file)
    assert reason in (None, told["facts"].get("reason"))


def test_a_private_key_in_the_file_is_never_shown(waiting: Waiting, tmp_path: Path) -> None:
    file = tmp_path / "key.pem"
    _key(waiting, file)
    told = waiting.practice.run(*waiting.command(file))
    body = [line for line in file.read_text().splitlines() if not line.startswith("-")]
    assert not any(line in told.out + told.err for line in body)


def _pkcs7(waiting: Waiting, file: Path) -> None:
    waiting.practice.done("rehearse", "issue", waiting.csr, "--out", file, "--fault", "pkcs7")


def _with_text(waiting: Waiting, file: Path) -> None:
    mail = "発行しました。\r\n\r\n".encode("cp932") + waiting.certificate.read_bytes() + "以上\r\n".encode("cp932")
    file.write_bytes(mail.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))
    chain = waiting.certificate.with_name(waiting.certificate.name + ".chain.pem")
    file.with_name(file.name + ".chain.pem").write_bytes(chain.read_bytes())


def _bare_der(waiting: Waiting, file: Path) -> None:
    file.write_bytes(_der(waiting.certificate))
    chain = waiting.certificate.with_name(waiting.certificate.name + ".chain.pem")
    file.with_name(file.name + ".chain.pem").write_bytes(chain.read_bytes())


@pytest.mark.parametrize("make", [_pkcs7, _with_text, _bare_der])
def test_other_wrappings_of_the_right_certificate_are_stored(
    waiting: Waiting, tmp_path: Path, make: Callable[[Waiting, Path], None]
) -> None:
    file = tmp_path / "received.p7b"
    make(waiting, file)
    stored = waiting.practice.done(*waiting.command(file))
    assert (stored["state"], stored["already"]) == ("stored", False)
    cka_id = str(waiting.enrolment()["cka_id"])
    held = waiting.practice.tool("--read-object", "--type", "cert", "--id", cka_id)
    assert hashlib.sha256(held).hexdigest() == stored["certificate_sha256"]


def test_the_same_certificate_again_is_done_already_and_another_one_is_refused(waiting: Waiting) -> None:
    stored = waiting.practice.done(*waiting.command())
    with untouched(waiting.practice):
        # No PIN is asked for: the card is not touched.
        again = waiting.practice.done("store", waiting.number, waiting.certificate)
    assert (again["already"], again["state"]) == (True, "stored")
    assert again["certificate_sha256"] == stored["certificate_sha256"]
    assert {check["result"] for check in again["checks"] if check["code"] in CARD_CHECKS} == {"unknown"}
    second = waiting.practice.folder / "out" / "second.pem"
    waiting.practice.done("rehearse", "issue", waiting.csr, "--out", second)
    assert _der(second) != _der(waiting.certificate)
    told = refuse(waiting, second, "enrolment_state", 1)
    assert told["facts"]["state"] == "stored"


@pytest.mark.parametrize(
    ("act", "number"),
    [
        ("store", "261124-00000"),
        ("store", ""),
        ("store", "\x1b[31m\u202e"),
        ("resume", "nonsense"),
        ("abandon", "\x1b[31m\u202e"),
        ("check", "261124-00000"),
    ],
)
def test_an_unknown_enrolment(waiting: Waiting, act: str, number: str) -> None:
    practice, file = waiting.practice, waiting.certificate
    command: tuple[str | Path, ...] = {
        "store": waiting.command(number=number) if number else ("store", "", file, *practice.pin),
        "resume": ("resume", number, *practice.pin),
        "abandon": ("abandon", number, "--reason", "試し"),
        "check": ("certificate", "check", file, "--enrolment", number),
    }[act]
    with untouched(practice):
        told = refused(practice, *command, code="enrolment_unknown", status=1)
    if number.isprintable():
        assert told["facts"]["enrolment"] == number.upper().replace("O", "0")


def test_a_draft(practice: Practice) -> None:
    """Cut before the key was made: there is no key that a certificate could fit."""
    copy = practice.copy(practice.folder.with_name("uncut"))
    _, marks = cut(REQUEST, copy, -1)
    answer, _ = cut(REQUEST, practice, marks.index("key.make before"))
    assert answer.status == KILLED
    (enrolment,) = practice.enrolments()
    assert (enrolment["state"], enrolment["public_key_sha256"]) == ("draft", None)
    certificate = practice.folder / "out" / "cert.pem"
    (csr,) = (copy.folder / "out").glob("*.csr.pem")
    practice.done("rehearse", "issue", csr, "--out", certificate)
    told = refuse(Waiting(practice, enrolment["enrolment"], ""), certificate, "enrolment_state", 1)
    assert told["facts"]["state"] == "draft"


def test_an_abandoned_enrolment(waiting: Waiting) -> None:
    practice, number = waiting.practice, waiting.number
    for blank in ("", "  ", "\u3000"):
        with untouched(practice):
            refused(practice, "abandon", number, "--reason", blank, code="reason_missing", status=1)
    practice.done("abandon", number, "--reason", "申請の取下げ")
    told = refuse(waiting, waiting.certificate, "enrolment_state", 1)
    assert told["facts"]["state"] == "abandoned"
    for command in (("resume", number, *practice.pin), ("abandon", number, "--reason", "もう一度")):
        with untouched(practice):
            refused(practice, *command, code="enrolment_state", status=1, enrolment=number, state="abandoned")


def test_a_stored_enrolment_is_not_abandoned(waiting: Waiting) -> None:
    waiting.practice.done(*waiting.command())
    with untouched(waiting.practice):
        command = ("abandon", waiting.number, "--reason", "試し")
        refused(waiting.practice, *command, code="enrolment_state", status=1, state="stored")
