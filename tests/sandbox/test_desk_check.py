"""`desk check` as the registration branch uses it: exit statuses, JSON, and lines that fit on a screen."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Any

import pytest

from tests.conductor.desk import SUBJECT, made, put
from tests.practice import PROGRAM, Answer, Practice, new_practice, run
from tests.road.outside import pretend

NAME = "261128-7K3QH"


@pytest.fixture(scope="module")
def practice(waiting: tuple[Practice, dict[str, Any]]) -> Practice:
    """A workplace with the practice registries, and a request of its own."""
    return waiting[0]


@pytest.fixture
def medium(tmp_path: Path) -> Path:
    """A medium with one request."""
    return put(tmp_path / "medium", NAME, made(), sums=True)


def people(practice: Practice, language: str, *args: str | Path) -> Answer:
    """The same for people."""
    return run([*PROGRAM, "--sandbox", practice.folder, "--lang", language, "desk", "check", *args])


def columns(line: str) -> int:
    """How many a terminal takes for it."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in line)


def test_what_the_program_made_is_the_same_as_its_digest(practice: Practice) -> None:
    (enrolment,) = practice.enrolments()
    told = practice.done(
        "desk", "check", practice.folder / "out", "--profile", "shokuseki", "--code", enrolment["csr_sha256"]
    )
    (request,) = told["requests"]
    assert (request["verdict"], request["csr_sha256"]) == ("same", enrolment["csr_sha256"])
    assert request["request"]["subject"][0] == ["C", "JP"]
    assert {each["result"] for each in request["checks"]} == {"ok", "unknown"}
    assert [each["registry"] for each in told["registries"]] == ["organizations", "accounts"]
    assert all(len(each["sha256"]) == 64 for each in told["registries"])


def test_exit_1_when_it_is_not_the_paper_and_2_when_there_is_nothing_to_compare(
    practice: Practice, medium: Path, tmp_path: Path
) -> None:
    other = practice.run("desk", "check", medium, "--code", "0" * 64)
    assert (other.status, other.code, other.json["requests"][0]["verdict"]) == (1, "desk_code", "different")
    assert other.json["facts"]["found"] == made().sha256
    short = practice.run("desk", "check", medium, "--code", "0123")
    assert (short.status, short.code, short.json["facts"]["digits"]) == (2, "desk_code_unreadable", 4)
    nothing = practice.run("desk", "check", tmp_path / "nowhere")
    assert (nothing.status, nothing.code) == (2, "desk_nothing")
    slip = practice.run("desk", "check", medium, "--profile", "shokusek")
    assert (slip.status, slip.code) == (2, "usage")
    (medium / f"{NAME}.csr").write_bytes(made().der[:-1])
    damaged = practice.run("desk", "check", medium)
    assert (damaged.status, damaged.code) == (1, "desk_files_differ")
    assert damaged.json["requests"][0]["request"] is None


def test_it_works_without_any_workplace_and_says_what_it_does_not_know(medium: Path, tmp_path: Path) -> None:
    answer = run(
        [*PROGRAM, "desk", "check", medium, "--json"], {"HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path)}
    )
    assert answer.status == 0, answer
    checks = {each["code"]: each for each in answer.json["requests"][0]["checks"]}
    assert checks["organization_not_registered"]["result"] == "unknown"
    assert checks["organization_not_registered"]["reasons"] == ["registry_missing"]
    assert answer.json["registries"] == []
    assert not [each for each in tmp_path.iterdir() if each.name != "medium"]


@pytest.mark.parametrize("language", ["ja", "en"])
def test_lines_fit_in_80_columns_and_end_with_the_verdict(practice: Practice, medium: Path, language: str) -> None:
    put(medium, "長い名前の" * 8 + "organization-of-a-long-name", made((*SUBJECT[:2], ("OU", "課" * 64), SUBJECT[3])))
    (medium / "broken.csr").write_bytes(b"\x1b[2J")
    asked = people(practice, language, medium, "--profile", "shokuseki", "--code", made().sha256)
    assert asked.status == 1
    lines = [line for line in asked.out.splitlines() if str(medium.parent) not in line]
    assert [line for line in lines if columns(line) > 80] == []
    assert "\x1b" not in asked.out
    first, second = made().sha256[:16], made().sha256[32:48]
    assert " ".join(first[at : at + 4] for at in (0, 4, 8, 12)) in asked.out
    assert " ".join(second[at : at + 4] for at in (0, 4, 8, 12)) in asked.out


@pytest.mark.parametrize(
    ("language", "same", "other"),
    [
        ("ja", "紙と同じです。", "紙と違います。受け付けないでください。"),
        ("en", "The same as the paper.", "Not the same as the paper. Do not accept it."),
    ],
)
def test_the_verdict_in_plain_words(practice: Practice, medium: Path, language: str, same: str, other: str) -> None:
    right = people(practice, language, medium, "--profile", "shokuseki", "--code", made().sha256)
    assert (right.status, right.out.splitlines()[-1].strip(" =>")) == (0, same)
    wrong = people(practice, language, medium, "--code", f"{'0' * 15}1")
    assert wrong.status == 1
    assert f"==> {other}" in wrong.out
    assert "登録分局責任者" in wrong.out.splitlines()[-1]


@pytest.mark.parametrize(
    ("language", "fail", "told"),
    [("ja", "[NG]", "判定していません"), ("en", "[FAIL]", "Not judged")],
)
def test_what_failed_comes_first_and_what_was_not_judged_is_said(
    practice: Practice, medium: Path, language: str, fail: str, told: str
) -> None:
    der = made().der
    (medium / f"{NAME}.csr").write_bytes(der[:-1] + bytes([der[-1] ^ 1]))
    answer = people(practice, language, medium, "--profile", "shokuseki")
    marks = [line for line in answer.out.splitlines() if line.startswith("  [")]
    kinds = [line.split("]")[0].strip() + "]" for line in marks]
    assert kinds[0] == fail
    assert kinds == sorted(kinds, key=[fail, *dict.fromkeys(kinds)].index)  # each kind in one piece
    assert told in answer.out
    assert ("署名が合わない" if language == "ja" else "signature of the CSR is wrong") in answer.out
    ok = [line for line in marks if line.startswith(("  [OK]", "  [ok]"))]
    assert len(ok) == 3, ok  # the file is a CSR; the receipt is readable and signed
    found = practice.run("desk", "check", medium, "--profile", "shokuseki")
    assert (found.status, found.code) == (1, "desk_files_differ")
    checks = {each["code"]: each for each in found.json["requests"][0]["checks"]}
    assert (checks["request_signature"]["result"], checks["request_key"]["result"]) == ("fail", "unknown")
    assert checks["request_subject"]["reasons"] == checks["profile_subject"]["reasons"] == ["not_judged"]


@pytest.mark.parametrize("language", ["ja", "en"])
def test_an_old_registry_is_told_with_file_date_and_sum(tmp_path: Path, medium: Path, language: str) -> None:
    box = new_practice(tmp_path / "box")
    pretend(box, now="2031-01-01T03:00:00Z")
    told = box.done("desk", "check", medium, "--profile", "shokuseki", "--code", made().sha256)
    (request,) = told["requests"]
    check = next(each for each in request["checks"] if each["code"] == "registry_old")
    assert (request["verdict"], check["result"], check["expected"]) == ("same", "attention", 30)
    (organizations, accounts) = told["registries"]
    assert (organizations["old"], organizations["oldest_days"], accounts["old"]) == (True, 30, True)
    assert organizations["age_days"] == check["found"] > 1000
    assert (told["origin"], told["directory"]) == ({}, None)
    assert request["made"] == "2026-11-28T00:00:00Z"
    lines = people(box, language, medium, "--profile", "shokuseki", "--code", made().sha256).out
    mark = "[注意]" if language == "ja" else "[attention]"
    first = next(line for line in lines.splitlines() if line.startswith("  ["))
    assert first.strip().startswith(mark)
    assert "organizations.csv" in first
    flat = "".join(lines.split())
    assert flat.count(organizations["sha256"]) == 2  # where it is said what was looked into, and what is old
    assert flat.count(accounts["sha256"]) == 1
    assert [line for line in lines.splitlines() if columns(line) > 80 and str(medium) not in line] == []
