"""Right and wrong certificates of the practice CA."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.practice import Practice
from tests.sandbox.places import here

ROAD = ["begun", "key_intended", "key_made", "request_signed", "request_written", "store_intended", "stored"]


FAULTS = {
    "wrong-key": "certificate_key_mismatch",
    "wrong-subject": "certificate_subject_mismatch",
    "expired": "certificate_expired",
    "not-yet-valid": "certificate_not_yet_valid",
    "other-issuer": "certificate_untrusted",
    "sha1": "certificate_weak",
}


@pytest.fixture(scope="module")
def faulty(
    waiting: tuple[Practice, dict[str, Any]], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Practice, dict[str, Any]]:
    """A workplace for refusals: what they leave is nothing."""
    practice = waiting[0].copy(tmp_path_factory.mktemp("faulty") / "workplace")
    return practice, here(practice, waiting[1])


@pytest.mark.parametrize(("fault", "code"), FAULTS.items())
def test_a_wrong_certificate_is_refused_before_the_card_is_touched(
    faulty: tuple[Practice, dict[str, Any]], fault: str, code: str
) -> None:
    practice, request = faulty
    certificate = practice.issue(request, fault, name=f"{fault}.pem")
    refused = practice.run("store", request["enrolment"], certificate, "--pin-file", "/nonexistent")
    assert (refused.status, refused.code) == (1, code)
    results = {check["code"]: check["result"] for check in refused.json["checks"]}
    assert len(results) == len(refused.json["checks"])
    assert results[code] == "fail"
    assert {results[each] for each in ("card_absent", "wrong_card", "pin_wrong", "possession_failed")} == {"unknown"}
    checked = practice.run("certificate", "check", certificate, "--enrolment", request["enrolment"])
    assert (checked.status, checked.code) == (1, code)
    assert practice.events(request["enrolment"]) == ROAD[:5]
    assert sorted(each["kind"] for each in practice.token()) == ["private", "public"]


@pytest.mark.parametrize("more", [(), ("pkcs7",)], ids=["pem", "pkcs7"])
def test_certificate_check(waiting: tuple[Practice, dict[str, Any]], tmp_path: Path, more: tuple[str, ...]) -> None:
    practice = waiting[0].copy(tmp_path / "box")
    request = here(practice, waiting[1])
    certificate = practice.issue(request, *more)
    told = practice.done("certificate", "check", certificate, "--enrolment", request["enrolment"])
    results = {check["code"]: check["result"] for check in told["checks"]}
    assert len(results) == len(told["checks"])
    assert "fail" not in results.values()
    assert results["certificate_key_mismatch"] == results["certificate_untrusted"] == "ok"
    alone = practice.done("certificate", "check", certificate)
    assert {each["code"]: each["result"] for each in alone["checks"]}["certificate_key_mismatch"] == "unknown"
    stored = practice.store(request, certificate)
    assert (stored.status, stored.json["certificate_sha256"]) == (0, told["certificate_sha256"])


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda path: path.write_text("no certificate"), "not_a_certificate"),
        (lambda path: path.mkdir(), "certificate_file"),
        (lambda path: None, "certificate_file"),
        (lambda path: path.write_bytes(b""), "not_a_certificate"),
    ],
    ids=["text", "folder", "absent", "empty"],
)
def test_what_is_no_certificate_is_exit_2(
    faulty: tuple[Practice, dict[str, Any]], tmp_path: Path, make: Callable[[Path], object], code: str
) -> None:
    practice, request = faulty
    make(tmp_path / "file")
    for answer in (
        practice.run("certificate", "check", tmp_path / "file"),
        practice.store(request, tmp_path / "file"),
    ):
        assert (answer.status, answer.code) == (2, code)
        assert answer.json["practice"] is True


def test_a_number_may_be_typed_in_small_letters(held: tuple[Practice, dict[str, Any]]) -> None:
    practice, stored = held
    typed = stored["enrolment"].lower().replace("0", "o").replace("1", "i")
    answer = practice.run("store", typed, practice.folder / "out" / "cert.pem", *practice.pin)
    assert (answer.status, answer.json["already"]) == (0, True)
