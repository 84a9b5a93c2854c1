"""A fault tells its type and place, and no secret."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tui.ending import (
    CANARY,
    left_on,
    start,
)


@pytest.mark.parametrize(
    "key", [b"\x1bOP", b"\x1bOQ", b"\x1bOR", b"\x1bOS", b"\x1b[15~"], ids=["F1", "F2", "F3", "F4", "F5"]
)
def test_a_fault_tells_its_type_and_no_secret(program: Path, key: bytes) -> None:
    logs = {
        "TEXTUAL_LOG": str(program.parent / "log"),
        "TEXTUAL_DEBUG": "1",
        "TEXTUAL": "debug",
        "PYTHONASYNCIODEBUG": "1",
    }
    with start(program, "diff", more=logs) as line:
        line.send(key)
        output = line.wait_for(b"ENDED 4")
        assert line.process.wait(5) == 4
        output = line.drain(0.1)
        assert line.echoes()
        assert left_on(output) == set()
    _assert_quiet(output, program)
    assert b"Crash(error='ValueError'" in output
    assert sorted(file.name for file in program.parent.iterdir()) == ["end", "program.py"]


def test_a_fault_of_textual_itself_is_told_by_its_type(program: Path) -> None:
    with start(program) as line:
        line.send(b"\x1b[20~")  # F9: NoMatches
        assert b"Crash(error='NoMatches'" in line.wait_for(b"ENDED 4")


def test_what_nobody_waited_for_says_nothing(program: Path) -> None:
    with start(program) as line:
        line.send(b"\x1b[17~")  # F6: a thread and a task
        line.wait_for(b"ENDED")
        line.process.wait(5)
        _assert_quiet(line.drain(0.1), program)


def test_a_broken_stylesheet_ends_it_before_it_begins(program: Path) -> None:
    with start(program, "diff", "css") as line:
        output = line.wait_for(b"ENDED 4", 10)
        assert line.echoes()
        assert left_on(output) == set()
        _assert_quiet(output, program)


def _assert_quiet(output: bytes, program: Path) -> None:
    assert CANARY.encode() not in output
    assert b"Traceback" not in output
    for file in program.parent.iterdir():
        assert CANARY not in file.read_text()


# --- looks and keys
