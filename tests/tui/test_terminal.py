"""The terminal is left sane however the wizard ends, a lost line included; what is typed at the start is not lost."""

from __future__ import annotations

import re
import signal
import time
from pathlib import Path

import pytest

from lgpki_tui.faces.tui.look import Look
from lgpki_tui.faces.tui.terminal import apply_environment, prepare_environment
from tests.tui.ending import (
    MODES,
    command,
    cpu,
    end_of,
    environ,
    left_on,
    ready,
    runs,
    start,
    until,
)
from tests.tui.sshd import Sshd


def test_the_environment_textual_is_imported_in() -> None:
    given = {
        "PATH": "/bin",
        "TERM": "vt100",
        "COLUMNS": "80",
        "TEXTUAL": "debug,devtools",
        "TEXTUAL_LOG": "keys",
        "TEXTUAL_DEBUG": "1",
        "TEXTUAL_DRIVER": "some.module:Driver",
        "TEXTUAL_COLOR_SYSTEM": "truecolor",
    }
    ours = {
        "TEXTUAL_DISABLE_KITTY_KEY": "1",
        "TEXTUAL_ANIMATIONS": "none",
        "TEXTUAL_SMOOTH_SCROLL": "0",
        "TEXTUAL_COLOR_SYSTEM": "standard",
        "TEXTUAL_THEME": "ansi-light",
    }
    assert prepare_environment(given) == ours | {"PATH": "/bin", "TERM": "vt100", "NO_COLOR": "1", "ESCDELAY": "100"}
    assert "NO_COLOR" not in prepare_environment({"TERM": "xterm", "NO_COLOR": ""})
    assert prepare_environment({"TERM": "xterm"}, Look.MONO)["NO_COLOR"] == "1"
    apply_environment(given)
    assert given == prepare_environment(given)


@pytest.mark.parametrize("remote", ["SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY"])
def test_a_key_over_a_line_may_take_longer_to_arrive(remote: str) -> None:
    assert prepare_environment({remote: "10.0.0.1 50000 10.0.0.2 22"})["ESCDELAY"] == "300"
    assert prepare_environment({remote: "10.0.0.1", "ESCDELAY": "50"})["ESCDELAY"] == "50"
    assert prepare_environment({remote: "10.0.0.1", "ESCDELAY": "long"})["ESCDELAY"] == "300"


@pytest.mark.parametrize("driver", ["diff", "plain"])
def test_a_run_leaves_the_terminal_as_it_was(program: Path, driver: str) -> None:
    with start(program, driver) as line:
        assert not line.echoes()
        line.send(b"\x1b[19~")  # F8
        output = line.wait_for(b"ENDED 0")
        assert line.process.wait(5) == 0
        assert line.echoes()
        assert left_on(output) == set()
        assert not {b"1000", b"1002", b"1003", b"1006"} & {mode for mode, _ in MODES.findall(output)}
        assert b"\x1b[>" not in output  # the kitty keyboard protocol
    assert end_of(program).endswith("<Handlers.SIG_DFL: 0> <Handlers.SIG_DFL: 0> 1")


@pytest.mark.parametrize("driver", ["diff", "plain"])
@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM, signal.SIGINT, signal.SIGQUIT])
def test_a_signal_ends_the_run_with_a_sane_terminal(program: Path, driver: str, number: signal.Signals) -> None:
    with start(program, driver) as line:
        line.process.send_signal(number)
        output = line.wait_for(b"ENDED 130")
        assert line.process.wait(5) == 130
        assert line.echoes()
        assert left_on(output) == set()
        assert b"Traceback" not in output
    assert end_of(program).split()[1] == ("hangup" if number == signal.SIGHUP else "signal")


@pytest.mark.parametrize("driver", ["diff", "plain"])
@pytest.mark.parametrize("deaf", [(), ("deaf",)])
def test_a_lost_line_ends_the_run_at_once(program: Path, driver: str, deaf: tuple[str, ...]) -> None:
    with start(program, driver, *deaf) as line:
        began = time.monotonic()
        line.hang_up()
        assert line.process.wait(5) == 130
        assert time.monotonic() - began < 2
    end = end_of(program).split()
    assert end[:2] == ["130", "hangup"]
    assert end[3] == "None"


def test_a_lost_line_does_not_spin(program: Path) -> None:
    with start(program, "plain", "deaf") as line:
        pid = line.process.pid
        line.send(b"\x1b[18~")  # F7: the app is held up, and Textual's input thread left to itself
        time.sleep(0.2)
        before = cpu(pid)
        line.hang_up()
        time.sleep(1)
        assert cpu(pid) - before < 0.2


def test_a_run_that_does_not_end_is_ended(program: Path) -> None:
    with start(program, patience=0.5) as line:
        line.send(b"\x1b[18~")  # F7
        time.sleep(0.2)
        line.process.send_signal(signal.SIGTERM)
        assert line.process.wait(5) == 130
        assert line.echoes()
        assert left_on(line.drain(0.1)) == set()


def test_a_line_that_takes_nothing_does_not_hold_up_the_end(program: Path) -> None:
    with start(program, "plain", patience=0.5) as line:
        # Nobody reads: as on a connection that is dead but not yet known to be.
        for _ in range(400):
            line.send(b"\t")
            time.sleep(0.002)
        line.process.send_signal(signal.SIGHUP)
        assert line.process.wait(5) == 130


@pytest.mark.skipif(Sshd.missing() is not None, reason=str(Sshd.missing()))
@pytest.mark.parametrize("cut", ["server", "client"])
def test_a_dropped_ssh_line_ends_the_run(program: Path, cut: str) -> None:
    words = [f"{name}={value}" for name, value in environ().items() if name != "TERM"]
    with Sshd() as sshd, sshd.line(["env", *words, *command(program)]) as line:
        pid = ready(line)
        if cut == "server":
            sshd.drop()
            assert not re.search(rb"[0-9;]+M", line.drain(0.3).rpartition(b"READY")[2])  # no mouse was ever asked for
        else:
            line.process.kill()
        assert end_of(program).split()[:2] == ["130", "hangup"]
        until(lambda: not runs(pid))


@pytest.mark.parametrize("driver", ["diff", "plain"])
def test_without_colour_nothing_is_black_on_black(program: Path, driver: str) -> None:
    with start(program, driver, more={"NO_COLOR": "1"}) as line:
        line.send(b"x\t\t")
        output = line.drain(0.2)
    used = {int(n or 0) for sgr in re.findall(rb"\x1b\[([\d;]*)m", output) for n in sgr.split(b";")}
    assert used <= {0, 1, 2, 3, 4, 7, 9, 22, 23, 24, 27, 29, 39, 49}
    assert 7 in used  # where the focus is


def test_what_is_typed_while_it_starts_reaches_the_field(program: Path) -> None:
    with start(program, "diff", "measure") as line:
        line.wait_for(b"\x1b[6n", 10)
        line.send("高島".encode())
        line.send(b"\x1b[1;1R\x1b[1;4R")
        until(lambda: "高島" in line.drain(0.05).decode(errors="replace"))


def test_an_answer_that_comes_too_late_is_no_text(program: Path) -> None:
    with start(program) as line:
        seen = len(line.received)
        line.send(b"\x1b[1;1R\x1b[1;4Rz")
        until(lambda: b"z" in line.drain(0.05)[seen:])
        assert not re.search(rb"[R\[;]z|1;", re.sub(rb"\x1b\[[\d;?]*[A-Za-z]", b"", line.received[seen:]))
