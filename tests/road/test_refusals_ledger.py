"""A ledger that is damaged, of a newer program or in use: nothing is done, and the file stays as it is."""

from __future__ import annotations

import fcntl
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.crash.judge import judge, settled
from tests.practice import Answer, Practice
from tests.road.conftest import Waiting
from tests.road.refusing import assert_refusal, refused


def _tampered(file: Path, *statements: str) -> None:
    database = sqlite3.connect(file)
    for act in ("update", "delete"):
        database.execute(f"DROP TRIGGER no_{act}")
    for statement in statements:
        database.execute(statement)
    database.commit()
    database.close()


def _edited(file: Path) -> None:
    _tampered(file, "UPDATE entries SET entry = replace(entry, '高島市長', '大津市長')")


def _last_removed(file: Path) -> None:
    _tampered(file, "DELETE FROM entries WHERE number = (SELECT max(number) FROM entries)")


def _reordered(file: Path) -> None:
    _tampered(
        file,
        "UPDATE entries SET number = 1000 WHERE number = 3",
        "UPDATE entries SET number = 3 WHERE number = 4",
        "UPDATE entries SET number = 4 WHERE number = 1000",
    )


def _page_lost(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[4096 : 4096 + 2048] = bytes(2048)
    file.write_bytes(content)


def _newer(file: Path) -> None:
    database = sqlite3.connect(file)
    database.execute("PRAGMA user_version = 99")
    database.close()


BROKEN: dict[str, tuple[str, Callable[[Path], object]]] = {
    "edited": ("ledger_damaged", _edited),
    "last-removed": ("ledger_damaged", _last_removed),
    "reordered": ("ledger_damaged", _reordered),
    "cut-short": ("ledger_damaged", lambda file: file.write_bytes(file.read_bytes()[:5000])),
    "page-lost": ("ledger_damaged", _page_lost),
    "text": ("ledger_damaged", lambda file: file.write_text("not a database\n")),
    "newer": ("ledger_newer", _newer),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_ledger_that_cannot_be_relied_on(waiting: Waiting, name: str) -> None:
    code, damage = BROKEN[name]
    practice = waiting.practice
    file = practice.folder / "state" / "ledger.sqlite3"
    damage(file)
    content, objects = file.read_bytes(), practice.token()
    out = sorted(path.name for path in (practice.folder / "out").iterdir())
    serial = practice.done("card", "list")["cards"][0]["serial"]
    acts: tuple[tuple[str | Path, ...], ...] = (
        ("status",),
        ("ledger", "verify"),
        ("request", "--answers", practice.answers, *practice.pin),
        waiting.command(),
        ("status", "--check"),
        ("ledger", "export"),
        ("resume", waiting.number, *practice.pin),
        ("abandon", waiting.number, "--reason", "試し"),
        ("card", "format", "--label", "NEW", "--erase", serial, *practice.so_pin, *practice.pin),
    )
    for command in acts if name in ("edited", "newer") else acts[:4]:
        refused(practice, *command, code=code, status=3, file=str(file))
        assert file.read_bytes() == content, command
    if name in ("edited", "last-removed", "reordered"):
        assert practice.run("ledger", "verify").json["first_broken"] > 0
    assert practice.token() == objects
    assert sorted(path.name for path in (practice.folder / "out").iterdir()) == out


def test_where_the_chain_is_broken_is_told(waiting: Waiting) -> None:
    _edited(waiting.practice.folder / "state" / "ledger.sqlite3")
    told = waiting.practice.run("ledger", "verify").json
    begun = [number for number, entry in enumerate(waiting.practice.ledger(), 1) if entry["event"] == "begun"]
    assert told["first_broken"] == begun[0]


def test_another_program_holds_the_ledger(waiting: Waiting) -> None:
    """Every act waits two seconds and gives up; what only looks is not held up."""
    practice = waiting.practice
    lock = practice.folder / "state" / "ledger.lock"
    before = (practice.token(), practice.ledger())
    with lock.open("r+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.truncate()
        file.write(str(os.getpid()))
        file.flush()
        command = ("request", "--answers", practice.answers, *practice.pin)
        refused(practice, *command, code="ledger_busy", status=3, process=str(os.getpid()), file=str(lock))
        assert practice.run(*waiting.command()).code == "ledger_busy"
        assert len(practice.enrolments()) == 2
    assert (practice.token(), practice.ledger()) == before
    assert practice.done(*waiting.command())["state"] == "stored"


def _at_once(practice: Practice, *commands: tuple[str | Path, ...]) -> list[Answer]:
    environ = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "HOME": "/nonexistent", "PYTHONPATH": str(Path.cwd())}
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "lgpki_tui", "--sandbox", practice.folder, *command, "--json"],
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for command in commands
    ]
    said = [process.communicate(timeout=60) for process in running]
    return [Answer(process.returncode, *words) for process, words in zip(running, said, strict=True)]


def test_two_requests_at_once(practice: Practice) -> None:
    command = ("request", "--answers", practice.answers, *practice.pin)
    told = _at_once(practice, command, command)
    for answer in told:
        if answer.status != 0:
            assert_refusal(practice, answer, "ledger_busy", 3, "ja")
    done = [answer.json["enrolment"] for answer in told if answer.status == 0]
    assert done
    assert len(set(done)) == len(done)
    assert sorted(each["enrolment"] for each in practice.enrolments()) == sorted(done)
    judge(practice)
    settled(practice)


def test_the_same_certificate_stored_twice_at_once(waiting: Waiting) -> None:
    told = _at_once(waiting.practice, waiting.command(), waiting.command())
    assert {answer.json.get("code") for answer in told if answer.status != 0} <= {"ledger_busy"}
    stored = [answer.json for answer in told if answer.status == 0]
    assert [each["already"] for each in stored].count(False) == 1
    assert len([each for each in waiting.practice.token() if each["kind"] == "certificate"]) == 1
    judge(waiting.practice)


def test_a_store_and_an_abandon_at_once(waiting: Waiting) -> None:
    """One of them is first; the other is told that the state is no longer what it needs."""
    told = _at_once(waiting.practice, waiting.command(), ("abandon", waiting.number, "--reason", "申請の取下げ"))
    assert sorted(answer.status for answer in told) in ([0, 1], [0, 3])
    (refusal,) = [answer.code for answer in told if answer.status != 0]
    assert refusal in ("enrolment_state", "ledger_busy")
    judge(waiting.practice)


@pytest.mark.parametrize("what", ["folder", "fifo"])
def test_something_else_in_the_ledgers_place(practice: Practice, what: str) -> None:
    file = practice.folder / "state" / "ledger.sqlite3"
    for part in file.parent.glob("ledger.sqlite3*"):
        part.unlink()
    file.mkdir() if what == "folder" else os.mkfifo(file)
    told = practice.run("status", timeout=5)
    assert told.status == 3, told
    assert_refusal(practice, told, told.code, 3, "ja")
    assert told.code in ("ledger_damaged", "ledger_unwritable")
    assert file.is_dir() or file.is_fifo()
