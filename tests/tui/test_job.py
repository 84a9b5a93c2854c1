"""Ctrl+Z, fg, bg and kill: the wizard is a job as any other."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.tui.ending import (
    command,
    end_of,
    environ,
    start,
    until,
)
from tests.tui.tmux import Tmux


@pytest.mark.parametrize("driver", ["diff", "plain"])
def test_ctrl_z_gives_the_shell_its_terminal_and_fg_paints_anew(program: Path, driver: str) -> None:
    with Tmux(environ=environ()) as tmux:
        tmux.wait_for("$")
        tmux.text(" ".join(command(program, driver)))
        tmux.keys("Enter")
        tmux.wait_for("READY ", 10)
        for number in ("one", "two"):
            tmux.text(f"typed-{number}")
            tmux.wait_for(f"typed-{number}")
            assert tmux.modes() == {"alternate_on": True, "cursor_flag": False, "mouse_any_flag": False}
            tmux.keys("C-z")
            tmux.wait_for("topped")
            assert tmux.modes() == {"alternate_on": False, "cursor_flag": True, "mouse_any_flag": False}
            tmux.text("stty -a | tr ' ' '\\n' | grep -c -x -e echo -e icanon -e isig -e icrnl")
            tmux.keys("Enter")
            tmux.wait_for("4")
            tmux.text("clear; fg")
            tmux.keys("Enter")
            tmux.wait_for("READY ")
            tmux.wait_for(f"typed-{number}")
            assert any("press" in row for row in tmux.screen())
        tmux.keys("F8")
        tmux.wait_for("ENDED 0")


def test_ctrl_z_stops_a_script_around_it_too(program: Path) -> None:
    with Tmux(environ=environ()) as tmux:
        tmux.wait_for("$")
        (program.parent / "script").write_text(" ".join(command(program)) + "\necho script-goes-on\n")
        tmux.text(f"sh {program.parent / 'script'}")
        tmux.keys("Enter")
        tmux.wait_for("READY ", 10)
        tmux.keys("C-z")
        tmux.wait_for("topped")
        tmux.text("clear; fg")
        tmux.keys("Enter")
        tmux.wait_for("READY ")
        tmux.text("after")
        tmux.wait_for("after")
        tmux.keys("F8")
        tmux.wait_for("script-goes-on")


@pytest.mark.parametrize("driver", ["diff", "plain"])
def test_bg_does_not_take_the_terminal_and_kill_ends_a_stopped_run(program: Path, driver: str) -> None:
    with Tmux(environ=environ()) as tmux:
        tmux.wait_for("$")
        tmux.text(" ".join(command(program, driver)))
        tmux.keys("Enter")
        tmux.wait_for("READY ", 10)
        tmux.keys("C-z")
        tmux.wait_for("topped")
        tmux.text("clear; bg")
        tmux.keys("Enter")
        time.sleep(0.3)
        assert not tmux.modes()["alternate_on"]
        tmux.text("clear; fg")
        tmux.keys("Enter")
        tmux.wait_for("READY ")
        tmux.keys("C-z")
        tmux.wait_for("topped")
        tmux.text("clear; kill -TERM %1; kill -CONT %1")
        tmux.keys("Enter")
        assert end_of(program).split()[:2] == ["130", "signal"]
        tmux.text("stty -a | tr ' ' '\\n' | grep -c -x -e echo -e icanon -e isig -e icrnl")
        tmux.keys("Enter")
        tmux.wait_for("4")
        assert tmux.modes() == {"alternate_on": False, "cursor_flag": True, "mouse_any_flag": False}


def test_ctrl_z_does_nothing_where_no_shell_could_continue_it(program: Path) -> None:
    with start(program) as line:
        line.send(b"\x1a")
        time.sleep(0.2)
        seen = len(line.drain(0.1))
        line.send(b"on")
        until(lambda: b"on" in line.drain(0.05)[seen:])
