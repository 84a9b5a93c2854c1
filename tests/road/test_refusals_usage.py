"""The command line itself, and what comes from outside through it: usage is exit 2, and nothing printed acts."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.practice import PROGRAM, Practice, run
from tests.road.conftest import Waiting
from tests.road.refusing import ACTIVE, answers, assert_inert, assert_words, refused, untouched

USAGE: dict[str, list[str]] = {
    "nothing": [],
    "no-sub-command": ["card"],
    "unknown-command": ["cards"],
    "unknown-option": ["status", "--all"],
    "language": ["--lang", "fr", "status"],
    "abbreviated": ["status", "--chec"],
    "missing-argument": ["store", "261124-00000"],
    "missing-option": ["request"],
    "abandon-without-reason": ["abandon", "261124-00000"],
    "no-number": ["registry", "search", "x", "--limit", "many"],
    "limit": ["registry", "search", "x", "--limit", "0"],
    "two-pins": ["resume", "261124-00000", "--pin-file", "a", "--pin-fd", "3"],
    "fd": ["resume", "261124-00000", "--pin-fd", "three"],
    "pin": ["resume", "261124-00000", "--pin", "12345678"],
    "pin-joined": ["resume", "261124-00000", "--pin=12345678"],
    "so-pin": ["card", "format", "--label", "A", "--so-pin", "12345678"],
    "new-pin": ["card", "set-pin", "--new-pin", "12345678"],
    "import-of-nothing": ["registry", "import"],
    "practice-card": ["rehearse", "init", "x", "--practice-card", "hard"],
    "active": ["status", "\x1b[31m\u202e\u200b"],
}


@pytest.mark.parametrize("name", USAGE)
def test_usage(tmp_path: Path, name: str) -> None:
    environ = {"HOME": str(tmp_path)}
    told = run([*PROGRAM, *USAGE[name], "--json"], environ)
    assert told.status == 2, told
    assert told.out.count("\n") == 1
    found = json.loads(told.out)
    assert (found["ok"], found["practice"], found["code"]) == (False, False, "usage")
    assert found["facts"]["message"]
    assert_words(told, "usage", "ja")
    assert_inert(told)
    assert "12345678" not in told.out + told.err
    shown = run([*PROGRAM, *(["--lang", "en"] if name != "language" else []), *USAGE[name]], environ)
    assert (shown.status, shown.out) == (2, "")
    assert_words(shown, "usage", "ja" if name == "language" else "en")
    assert_inert(shown)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("environ", "language"),
    [
        ({"LANG": "en_GB.UTF-8"}, "en"),
        ({"LANG": "fr_FR.UTF-8"}, "ja"),
        ({"LANG": "ja_JP.UTF-8", "LC_MESSAGES": "en_US.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "ja_JP.UTF-8"}, "ja"),
    ],
)
def test_the_language_of_a_refusal(environ: dict[str, str], language: str) -> None:
    told = run([*PROGRAM, "card", "--json"], environ)
    assert told.status == 2
    assert_words(told, "usage", language)


def test_a_fault_that_the_practice_ca_does_not_know(waiting: Waiting) -> None:
    out = waiting.practice.folder / "out" / "new.pem"
    with untouched(waiting.practice):
        command = ("rehearse", "issue", waiting.csr, "--out", out, "--fault", "wrong")
        told = refused(waiting.practice, *command, code="usage", status=2)
    assert "wrong-key" in told["facts"]["known"]


def test_the_practice_ca_issues_for_a_csr_only(waiting: Waiting, tmp_path: Path) -> None:
    out, bad = waiting.practice.folder / "out" / "new.pem", tmp_path / "bad.csr"
    der = subprocess.run(["openssl", "req", "-in", waiting.csr, "-outform", "DER"], capture_output=True, check=True)
    bad.write_bytes(der.stdout[:-1] + bytes([der.stdout[-1] ^ 1]))
    for file, code in (
        (bad, "request_signature"),
        (waiting.certificate, "request_unreadable"),
        (tmp_path, "request_unreadable"),
        (tmp_path / "nowhere", "request_unreadable"),
    ):
        with untouched(waiting.practice):
            refused(waiting.practice, "rehearse", "issue", file, "--out", out, code=code, status=2)


ACTING = "\x1b[31m\u202e\u200b\x9b.pem"


def test_a_file_name_from_outside(waiting: Waiting, tmp_path: Path) -> None:
    """Absent, and there: neither may act on the terminal, and JSON gives it back as it is."""
    file = tmp_path / ACTING
    with untouched(waiting.practice):
        told = refused(waiting.practice, *waiting.command(file), code="certificate_file", status=2)
        assert told["facts"]["file"] == str(file)
        file.write_text("text")
        refused(waiting.practice, *waiting.command(file), code="not_a_certificate", status=2)
    shown = run([*PROGRAM, "--sandbox", waiting.practice.folder, "certificate", "check", file])
    assert shown.status == 2
    assert_inert(shown)


def test_a_file_name_that_is_no_text(waiting: Waiting, tmp_path: Path) -> None:
    name = os.fsdecode(os.fsencode(tmp_path) + b"/\xff\xfe.pem")
    with untouched(waiting.practice):
        told = waiting.practice.run(*waiting.command(Path(name)))
    assert (told.status, told.code) == (2, "certificate_file")
    assert_inert(told)
    assert "\\udcff" in told.out


@pytest.mark.parametrize("key", ["organization", "name", "certificate_kind", "pattern", "municipality_code"])
def test_texts_of_the_answers(practice: Practice, key: str) -> None:
    with untouched(practice):
        file = answers(practice, changes={key: "A\x1b]0;title\x07\u202e\u200b\x85B"})
        command: list[str | Path] = [
            *PROGRAM,
            "--sandbox",
            practice.folder,
            "request",
            "--answers",
            file,
            *practice.pin,
        ]
        for told in (run([*command, "--json"]), run(command)):
            assert told.status in (1, 2), told
            assert_inert(told)


def test_rows_of_the_registry(practice: Practice) -> None:
    """Taken exactly as they stand, and harmless where they are shown."""
    row = "総務\x1b[31m部\u202e\u200b課"
    table = practice.folder / "registry" / "mine.txt"
    table.write_text(f"団体コード,組織\n252123,{row}\n", encoding="utf-8")
    practice.done("registry", "import", "--organizations", table)
    found = practice.run("registry", "search", "総務")
    assert row in [entry["organization"] for entry in found.json["entries"]]
    for command in (["registry", "search", "総務"], ["registry", "status"]):
        shown = run([*PROGRAM, "--sandbox", practice.folder, *command])
        assert shown.status == 0
        assert_inert(shown)
    assert_inert(found)
    told = refused(
        practice,
        "request",
        "--answers",
        answers(practice, organization="総務部課"),
        *practice.pin,
        code="organization_not_registered",
        status=1,
    )
    assert told["facts"]["nearest"] == [row]


def test_a_purpose_is_recorded_and_shown_inert(practice: Practice) -> None:
    """It is free text and in no certificate."""
    purpose = "一般\x1b[2J公文書\u202e用"
    practice.done("request", "--answers", answers(practice, purpose=purpose), *practice.pin)
    told = practice.run("status")
    assert [each["purpose"] for each in told.json["enrolments"]] == [purpose]
    assert_inert(told)
    assert not ACTIVE.search(practice.run("ledger", "export").out)
