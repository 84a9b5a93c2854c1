"""Exit statuses, and what a refusal leaves behind: nothing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.practice import Practice


@pytest.mark.parametrize(
    ("line", "status", "code"),
    [
        ('organization = "総務部情報政策室"', 1, "organization_not_registered"),
        ('name = "髙島\\u200b市長"', 1, "text_forbidden"),
        ('municipality_code = "999999"', 1, "municipality_unknown"),
        ('certificate_kind = "login"', 2, "answers_value"),
        ('pin = "1234"', 2, "answers_key_unknown"),
        ('output_folder = "nowhere"', 3, "folder_missing"),
    ],
)
def test_a_refused_request_leaves_nothing(
    waiting: tuple[Practice, dict[str, Any]], tmp_path: Path, line: str, status: int, code: str
) -> None:
    practice = waiting[0].copy(tmp_path / "box")
    key = line.partition(" ")[0]
    kept = [each for each in practice.answers.read_text().splitlines() if not each.startswith(f"{key} ")]
    practice.answers.write_text("\n".join([*kept, line, ""]))
    before, objects = practice.events(), practice.token()
    files = sorted(path.name for path in (practice.folder / "out").iterdir())
    answer = practice.run("request", "--answers", practice.answers, *practice.pin)
    assert (answer.status, answer.code) == (status, code), answer
    assert practice.events() == before
    assert practice.token() == objects
    assert sorted(path.name for path in (practice.folder / "out").iterdir()) == files


def test_a_blank_card_and_a_wrong_pin_are_exit_3(practice: Practice, fresh: Practice) -> None:
    blank = fresh.run("request", "--answers", fresh.answers, *fresh.pin)
    assert (blank.status, blank.code) == (3, "card_blank")
    assert fresh.done("card", "list")["practice"] is True
    wrong = practice.folder / "secrets" / "wrong"
    wrong.touch(mode=0o600)
    wrong.write_text("0000000099\n")
    refused = practice.run("request", "--answers", practice.answers, "--pin-file", wrong)
    assert (refused.status, refused.code) == (3, "pin_wrong")
    assert practice.events() == ["format_intended", "format_done"]
    assert practice.token() == []


def test_a_card_that_is_not_blank_is_exit_1(practice: Practice) -> None:
    request = practice.request()
    again = practice.run("card", "format", "--label", "NEU", *practice.so_pin, *practice.pin)
    assert (again.status, again.code) == (1, "card_not_blank")
    (card,) = practice.done("card", "list")["cards"]
    wipe = ("card", "format", "--label", "NEU", *practice.so_pin, *practice.pin, "--erase", card["serial"])
    live = practice.run(*wipe)
    assert (live.status, live.code) == (1, "card_key_live")
    # A key that an enrolment waits for is not to be had even by naming it, until that is abandoned.
    named = practice.run(*wipe, "--destroys", request["enrolment"], "--reason", "x")
    assert (named.status, named.code) == (1, "card_key_live")
    assert len(practice.token()) == 2
    practice.done("abandon", request["enrolment"], "--reason", "差戻し")
    practice.done(*wipe)
    assert practice.token() == []


def test_interrupted_is_exit_130(practice: Practice) -> None:
    """SIGINT before anything was begun: told as such, and nothing is left."""
    read, write = os.pipe()
    command = [sys.executable, "-m", "lgpki_tui", "--sandbox", str(practice.folder), "request", "--answers"]
    process = subprocess.Popen(
        [*command, str(practice.answers), "--pin-fd", str(read), "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        pass_fds=(read,),
        text=True,
    )
    os.close(read)
    # It asks for the PIN once it has looked at the card; the pipe stays silent.
    end = time.monotonic() + 10
    while "pipe_read" not in _waits_in(process.pid) and time.monotonic() < end:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=10)
    os.close(write)
    assert process.returncode == 130
    told = json.loads(out)
    assert (told["ok"], told["code"], told["practice"]) == (False, "interrupted", True)
    assert practice.token() == []
    assert practice.enrolments() == []


def _waits_in(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/wchan").read_text()
    except OSError:
        return ""
