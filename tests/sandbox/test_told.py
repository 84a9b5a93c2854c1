"""Whatever a sandbox says, it says that it is practice."""

from __future__ import annotations

from typing import Any

import pytest

from tests.practice import PROGRAM, Practice, run

_REFUSED: list[tuple[str, ...]] = [
    ("card", "format", "--label", "X", "--so-pin-file", "/nonexistent", "--pin-file", "/nonexistent"),
    ("request", "--answers", "/nonexistent"),
    ("resume", "261124-00000"),
    ("store", "261124-00000", "/nonexistent"),
    ("abandon", "261124-00000", "--reason", "x"),
    ("registry", "import", "--organizations", "/nonexistent"),
    ("certificate", "check", "/nonexistent"),
    ("rehearse", "issue", "/nonexistent", "--out", "/nonexistent/x"),
    ("no-such-command",),
    ("card", "set-pin"),
]
_ANSWERED: list[tuple[str, ...]] = [
    ("status",), ("doctor",), ("card", "list"), ("registry", "status"), ("registry", "search", "総務"),
    ("settings", "show"), ("ledger", "verify"), ("ledger", "export"),
]  # fmt: skip


@pytest.mark.parametrize("command", [*_REFUSED, *_ANSWERED], ids=" ".join)
def test_every_json_says_that_it_is_practice(
    waiting: tuple[Practice, dict[str, Any]], command: tuple[str, ...]
) -> None:
    answer = waiting[0].run(*command)
    told = answer.json
    assert told["practice"] is True
    assert told["ok"] is (command in _ANSWERED)
    assert (answer.status == 0) is (command in _ANSWERED)
    if command in _REFUSED:
        assert answer.status in (1, 2, 3)
        assert {"code", "facts"} <= set(told)


@pytest.mark.parametrize("language", ["ja", "en"])
def test_what_people_read_says_so_too(waiting: tuple[Practice, dict[str, Any]], language: str) -> None:
    practice, request = waiting
    told = run([*PROGRAM, "--sandbox", practice.folder, "--lang", language, "status"])
    assert told.status == 0
    assert ("練習" if language == "ja" else "PRACTICE") in told.out
    assert request["enrolment"] in told.out


@pytest.mark.parametrize("language", ["ja", "en"])
def test_status_says_who_said_that_the_names_are_registered(
    waiting: tuple[Practice, dict[str, Any]], language: str
) -> None:
    practice = waiting[0]
    (answer,) = practice.enrolments()[0]["registries"]
    (organizations, _) = practice.done("registry", "status")["registries"]
    assert (answer["registry"], answer["origin"], answer["uri"]) == ("organizations", "snapshot", None)
    assert [answer[key] for key in ("file", "sha256", "imported_at")] == [
        organizations[key] for key in ("file", "sha256", "imported_at")
    ]
    lines = run([*PROGRAM, "--sandbox", practice.folder, "--lang", language, "status"]).out
    assert "organizations.csv" in lines
    assert f"SHA-256 {answer['sha256']}" in lines
