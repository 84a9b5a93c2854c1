"""The helpers themselves: tmux shows what is typed, sshd runs a program on a real line and loses it; nothing stays."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from tests.tui.sshd import Line, Sshd
from tests.tui.tmux import Tmux

needs_ssh = pytest.mark.skipif(Sshd.missing() is not None, reason=str(Sshd.missing()))


def test_tmux_types_shows_and_measures() -> None:
    with Tmux(columns=60, lines=10, environ={"GREETING": "はい"}) as tmux:
        tmux.text("echo 高島市 $GREETING $TERM; stty size; printf ab")
        tmux.keys("Enter")
        shown = tmux.wait_for("高島市 はい screen-256color")
        shown = tmux.wait_for("10 60")
        assert len(shown) == 10
        tmux.wait_for("ab$")
        assert tmux.cursor()[0] == len("ab$ ")
        tmux.resize(70, 12)
        tmux.text("clear; stty size")
        tmux.keys("Enter")
        assert len(tmux.wait_for("12 70")) == 12
        assert tmux.modes() == {"alternate_on": False, "cursor_flag": True, "mouse_any_flag": False}
        assert tmux.dead() is None


def test_tmux_tells_how_the_command_ended_and_leaves_nothing() -> None:
    with Tmux(["sh", "-c", "echo over; exit 7"]) as tmux:
        tmux.wait_for("over")
        _until(lambda: tmux.dead() == 7)
        socket = tmux._folder / "socket"
        assert socket.exists()
    assert not socket.exists()


def test_a_text_that_is_never_shown_is_told_with_the_screen() -> None:
    with Tmux(["sh", "-c", "echo seen; sleep 9"]) as tmux:
        tmux.wait_for("seen")
        with pytest.raises(AssertionError, match="seen"):
            tmux.wait_for("unseen", 0.1)


def test_a_line_is_a_terminal_and_can_be_hung_up() -> None:
    with Line(["sh", "-c", "tty -s && stty size && cat"], {"PATH": os.defpath}, columns=90, lines=20) as line:
        line.wait_for(b"20 90")
        line.send(b"mirror\n")
        line.wait_for(b"mirror\r\nmirror")
        assert line.echoes()
        line.hang_up()
        assert line.process.wait(3) in (-1, 1)  # SIGHUP; or cat met the end of the line before it came


@needs_ssh
def test_sshd_runs_a_program_on_a_terminal() -> None:
    with (
        Sshd() as sshd,
        sshd.line(["sh", "-c", 'tty -s && echo "at $TERM $LANG" && test -n "$SSH_CONNECTION"']) as line,
    ):
        line.wait_for(b"at xterm-256color C.UTF-8")
        assert line.process.wait(5) == 0


@needs_ssh
@pytest.mark.parametrize("cut", ["server", "client"])
def test_a_dropped_line_hangs_up_on_the_program_there(tmp_path: Path, cut: str) -> None:
    left = tmp_path / "left"
    script = (
        f"trap 'echo hangup > {left}.part; mv {left}.part {left}; exit' HUP; echo ready; while :; do sleep 0.05; done"
    )
    with Sshd() as sshd, sshd.line(["sh", "-c", script]) as line:
        line.wait_for(b"ready")
        if cut == "server":
            sshd.drop()
        else:
            line.process.kill()
        _until(left.exists)
        assert left.read_text() == "hangup\n"


@needs_ssh
def test_sshd_listens_on_loopback_only_and_ends() -> None:
    with Sshd() as sshd:
        port = f"{sshd._port:04X}"
        listening = [row.split()[1] for row in Path("/proc/net/tcp").read_text().splitlines() if " 0A " in row]
        assert [place for place in listening if place.endswith(f":{port}")] == [f"0100007F:{port}"]
        assert f":{port} " not in Path("/proc/net/tcp6").read_text()
        folder, listener = sshd._folder, sshd._listener
        assert folder.is_dir()
    assert not folder.exists()
    assert listener is not None
    assert listener.returncode is not None


def _until(true: object, seconds: float = 5) -> None:
    assert callable(true)
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)
