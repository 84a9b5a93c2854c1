"""What a person learns in time: what a wipe would take, that one has happened, why nothing could be stored."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from tests.card.shim import Order
from tests.crash.scenes import KILLED, REQUEST, SCENES, cut, cut_in_module, marks_of
from tests.practice import Practice
from tests.road.outside import out, pretend
from tests.road.refusing import through, untouched

STORE = next(scene for scene in SCENES if scene.name == "store")
CKA_MODULUS = "120"


def serial_of(practice: Practice) -> str:
    (card,) = practice.done("card", "list")["cards"]
    return str(card["serial"])


def format_again(practice: Practice, *more: str) -> list[str | Path]:
    return ["card", "format", "--label", "NEXT", *practice.so_pin, *practice.pin, *more]


def certificate(folder: Path, subject: str, days: int) -> Path:
    """A self-signed certificate by openssl, in DER."""
    key, made = folder / "key.pem", folder / "foreign.der"
    asked = ("-x509", "-newkey", "rsa:2048", "-nodes", "-outform", "DER", "-subj", subject, "-days", str(days))
    out("openssl", "req", *asked, "-keyout", key, "-out", made)
    return made


def test_a_valid_certificate_of_somebody_else_is_named_before_it_is_wiped(practice: Practice, tmp_path: Path) -> None:
    foreign = certificate(tmp_path, "/CN=another program", 30)
    practice.tool("--write-object", str(foreign), "--type", "cert", "--id", "77", "--label", "foreign")
    with untouched(practice):
        told = practice.run(*format_again(practice))
    assert (told.status, told.code) == (1, "card_not_blank")
    (valid,) = told.json["facts"]["valid_certificates"]
    assert valid["subject"] == "CN=another program"
    assert valid["not_after"].endswith("Z")
    assert re.search("CN=another program（[-0-9]{10} [0-9:]{5} JST まで）", told.err)
    assert practice.run(*format_again(practice, "--erase", serial_of(practice))).status == 0


def test_after_the_wipe_a_refused_pin_is_told_as_that(practice: Practice, tmp_path: Path) -> None:
    picky = through(practice, tmp_path / "picky", Order("C_InitPIN", "before", "ckr", "a2"))
    told = picky.run(*format_again(picky, "--erase", serial_of(practice)))
    assert (told.status, told.code) == (2, "pin_format")
    assert told.json["facts"]["wiped"] is True
    assert "カードの中身はもう消えています" in told.err
    practice.done(*format_again(practice))  # nothing is on it: no word is needed


def test_resume_says_that_the_certificate_has_run_out(practice: Practice, tmp_path: Path) -> None:
    STORE.prepare(practice)
    marks = marks_of(STORE, practice, tmp_path / "marks")
    killed, _ = cut(STORE, practice, marks.index("certificate.store before"))
    assert killed.status == KILLED
    (enrolment,) = practice.enrolments()
    pretend(practice, now="2036-01-01T00:00:00Z")
    told = practice.run("resume", enrolment["enrolment"], *practice.pin)
    assert (told.status, told.code) == (1, "certificate_expired")
    assert practice.enrolments()[0]["state"] == "awaiting_certificate"
    assert [each["kind"] for each in practice.token() if each["kind"] == "certificate"] == []


def test_resume_adopts_no_key_of_another_size(practice: Practice, tmp_path: Path) -> None:
    practice.answers.write_text(practice.answers.read_text().replace('"ec-p256"', '"rsa-2048"'))
    killed = cut_in_module(REQUEST, practice, "C_GenerateKeyPair", "after")
    assert killed.status == KILLED
    (enrolment,) = practice.enrolments()
    lie = Order("C_GetAttributeValue", "after", "lie", f"shrink={CKA_MODULUS}")
    lying = through(practice, tmp_path / "lying", lie)
    told = lying.run("resume", enrolment["enrolment"], *practice.pin)
    assert (told.status, told.code) == (3, "card_lied")
    assert told.json["facts"]["reasons"] == ["algorithm"]
    assert list((practice.folder / "out").iterdir()) == []


def test_store_tells_its_checks_also_when_the_receipt_is_none(practice: Practice, tmp_path: Path) -> None:
    made = practice.request()
    issued = practice.issue(made)
    (tmp_path / "receipt").write_text("no receipt")
    with untouched(practice):
        told = practice.run("store", made["enrolment"], issued, "--receipt", tmp_path / "receipt", *practice.pin)
    assert (told.status, told.code) == (2, "receipt_unreadable")
    checks = told.json["checks"]
    assert (checks[0]["code"], len(checks)) == ("enrolment_unknown", 21)
    assert {check["result"] for check in checks} == {"unknown"}


def test_status_says_why_a_key_is_gone(practice: Practice) -> None:
    made = practice.request()
    practice.done("store", made["enrolment"], practice.issue(made), *practice.pin)
    word = ("--destroys", made["enrolment"], "--reason", "カードの再利用")
    practice.done(*format_again(practice, "--erase", serial_of(practice), *word))
    read = subprocess.run(
        [*practice.program, "--sandbox", str(practice.folder), "status"], check=True, capture_output=True, timeout=60
    )
    assert "鍵はカードの初期化で消えました" in read.stdout.decode()
    assert "理由: カードの再利用" in read.stdout.decode()
