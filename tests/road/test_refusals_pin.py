"""Wrong PINs and unsafe places for one: refused before the key exists, and the PIN is never shown."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.practice import PROGRAM, Practice
from tests.road.conftest import Waiting
from tests.road.refusing import NOBODY, refused, untouched


def write_pin(practice: Practice, content: bytes, name: str = "mine-pin") -> Path:
    file = practice.folder / "secrets" / name
    file.touch(mode=0o600)
    file.write_bytes(content)
    return file


def request(practice: Practice, *pin: str | Path) -> tuple[str | Path, ...]:
    return ("request", "--answers", practice.answers, *pin)


BAD_PINS = {
    "too_short": b"123\n",
    "full_width": "１２３４５６７８\n".encode(),
    "not_utf8": b"\xff\xfe1234\n",
    "characters": "1234é\n".encode(),
    "too_long": b"7" * 256 + b"\n",
}


@pytest.mark.parametrize("reason", BAD_PINS)
def test_a_pin_that_no_card_of_this_model_has_reaches_no_card(practice: Practice, reason: str) -> None:
    file = write_pin(practice, BAD_PINS[reason])
    with untouched(practice):
        told = refused(
            practice, *request(practice, "--pin-file", file), code="pin_format", status=2, which="pin", reason=reason
        )
    assert (told["facts"]["min"], told["facts"]["max"]) == (4, 255)


@pytest.mark.parametrize("content", [b"", b"\n", b"\n12345678\n"], ids=["no-bytes", "empty-line", "second-line"])
def test_an_empty_pin(practice: Practice, content: bytes) -> None:
    """Only the first line counts; a token might call an empty PIN right."""
    file = write_pin(practice, content)
    with untouched(practice):
        refused(practice, *request(practice, "--pin-file", file), code="pin_format", status=2, reason="too_short")


def test_a_wrong_pin(practice: Practice) -> None:
    file = write_pin(practice, b"not-the-pin\n")
    (card,) = practice.done("card", "list")["cards"]
    with untouched(practice):
        told = refused(practice, *request(practice, "--pin-file", file), code="pin_wrong", status=3)
    assert (told["facts"]["serial"], told["facts"]["label"]) == (card["serial"], "PRACTICE")
    assert practice.enrolments() == []
    practice.request()  # the right one still works, and no open act is in the way


def test_a_wrong_pin_at_store_names_the_checks(waiting: Waiting) -> None:
    file = write_pin(waiting.practice, b"not-the-pin\n")
    command = ("store", waiting.number, waiting.certificate, "--pin-file", file)
    with untouched(waiting.practice):
        told = refused(waiting.practice, *command, code="pin_wrong", status=3)
    results = {check["code"]: check["result"] for check in told["checks"]}
    assert (results["card_absent"], results["wrong_card"], results["pin_wrong"]) == ("ok", "ok", "fail")
    assert results["possession_failed"] == "unknown"
    assert waiting.store().status == 0


@pytest.mark.parametrize("old", ["right", "wrong"])
def test_set_pin_refused_leaves_the_old_pin(practice: Practice, old: str) -> None:
    """A bad new PIN is told before the card is asked; a wrong old one by the card."""
    new = write_pin(practice, b"12\n" if old == "right" else b"12345678\n", "mine-new")
    given = practice.folder / "secrets" / "pin" if old == "right" else write_pin(practice, b"not-the-pin\n")
    code, status = ("pin_format", 2) if old == "right" else ("pin_wrong", 3)
    with untouched(practice):
        refused(practice, "card", "set-pin", "--pin-file", given, "--new-pin-file", new, code=code, status=status)
    practice.token()


def _mode(file: Path) -> Path:
    file.chmod(0o644)
    return file


def _symlink(file: Path) -> Path:
    link = file.with_name("link")
    link.symlink_to(file)
    return link


def _fifo(file: Path) -> Path:
    fifo = file.with_name("fifo")
    os.mkfifo(fifo, 0o600)
    return fifo


def _owner(file: Path) -> Path:
    if os.geteuid() != 0:
        return Path("/etc/hostname")  # a regular file that belongs to root
    os.chown(file, NOBODY, NOBODY)
    return file


def _large(file: Path) -> Path:
    file.write_bytes(b"1" * 5000)
    return file


UNSAFE: dict[str, tuple[str, Callable[[Path], Path]]] = {
    "0644": ("mode", _mode),
    "symlink": ("symlink", _symlink),
    "fifo": ("not_regular", _fifo),
    "folder": ("not_regular", lambda file: file.parent),
    "owner": ("owner", _owner),
    "absent": ("absent", lambda file: file.with_name("nowhere")),
    "large": ("too_large", _large),
}


@pytest.mark.parametrize("name", UNSAFE)
def test_an_unsafe_pin_file(practice: Practice, name: str) -> None:
    reason, make = UNSAFE[name]
    right = write_pin(practice, (practice.folder / "secrets" / "pin").read_bytes())
    file = make(right)
    with untouched(practice):
        command = request(practice, "--pin-file", file)
        refused(practice, *command, code="pin_file_unsafe", status=2, file=str(file), reason=reason)


def through(practice: Practice, script: str, file: Path) -> Practice:
    """The program started by a shell that hands it a descriptor of this file ($0)."""
    return replace(practice, program=("sh", "-c", script, str(file), *PROGRAM))


def test_a_descriptor_with_a_pipe_works(practice: Practice) -> None:
    piped = through(practice, 'cat "$0" | "$@"', practice.folder / "secrets" / "pin")
    answer = piped.run(*request(practice, "--pin-fd", "0"))
    assert answer.status == 0, answer
    assert len(practice.token()) == 2


@pytest.mark.parametrize("case", ["regular", "null", "closed"])
def test_an_unsafe_descriptor(practice: Practice, case: str) -> None:
    file = _mode(write_pin(practice, (practice.folder / "secrets" / "pin").read_bytes()))
    script, reason = {
        "regular": ('exec "$@" 7<"$0"', "mode"),
        "null": ('exec "$@" 7</dev/null', "not_a_pipe"),
        "closed": ('exec "$@" 7<&-', "absent"),
    }[case]
    with untouched(practice):
        wrapped = through(practice, script, file)
        command = request(practice, "--pin-fd", "7")
        refused(wrapped, *command, code="pin_file_unsafe", status=2, file="fd:7", reason=reason)


@pytest.mark.parametrize("act", ["request", "store", "format"])
def test_no_pin_and_no_terminal(waiting: Waiting, act: str) -> None:
    practice = waiting.practice
    serial = practice.done("card", "list")["cards"][0]["serial"]
    for number in (waiting.number, waiting.other):
        if act == "format":
            practice.done("abandon", number, "--reason", "試し")
    command, option = {
        "request": (request(practice), "--pin-file"),
        "store": (("store", waiting.number, waiting.certificate), "--pin-file"),
        "format": (("card", "format", "--label", "NEW", "--erase", serial, *practice.pin), "--so-pin-file"),
    }[act]
    with untouched(practice):
        refused(practice, *command, code="pin_missing", status=2, option=option)


def test_a_wrong_so_pin_wipes_nothing(waiting: Waiting) -> None:
    """Also when the label asked for is the one that the card has already: nothing may be recorded as done."""
    practice = waiting.practice
    for number in (waiting.number, waiting.other):
        practice.done("abandon", number, "--reason", "試し")
    wrong = write_pin(practice, b"not-the-so-pin\n")
    serial = practice.done("card", "list")["cards"][0]["serial"]
    before, events = practice.token(), practice.events()
    command = ("card", "format", "--label", "PRACTICE", "--erase", serial, "--so-pin-file", wrong, *practice.pin)
    refused(practice, *command, code="pin_wrong", status=3, which="so_pin", serial=serial)
    assert practice.token() == before
    added = practice.events()[len(events) :]
    assert added == ["format_intended", "format_undone"] * (len(added) // 2) != []
    status = practice.done("status")
    assert not status["format_open"]
    assert not any(each["key_destroyed"] for each in status["enrolments"])
