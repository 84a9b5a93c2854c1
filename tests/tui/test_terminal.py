"""The terminal is left sane however the wizard ends, Ctrl+Z and a lost line included, and a fault tells no secret."""

from __future__ import annotations

import os
import re
import signal
import sys
import time
from pathlib import Path

import pytest

from lgpki_tui.faces.tui.look import Look
from lgpki_tui.faces.tui.terminal import apply_environment, prepare_environment
from lgpki_tui.ground.faults import where
from tests.tui.sshd import Line, Sshd
from tests.tui.tmux import Tmux

ROOT = Path(__file__).parents[2]
# Never written out in the program below: only a run puts it together.
CANARY = "CANARY" + "4711"
# The smallest app around which the pieces can be seen at work. Its arguments: driver, patience, where to write the end.
PROGRAM = """
import asyncio, os, resource, signal, sys, threading, time
DRIVER, PATIENCE, END = sys.argv[1], float(sys.argv[2]), sys.argv[3]
if "deaf" in sys.argv:  # as where no shell passes SIGHUP on: only the end of the line tells
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGHUP])
from lgpki_tui.faces.tui.look import begin_measuring, replay
from lgpki_tui.faces.tui.terminal import JobControl, QuietCrash, SteadyLine, apply_environment, guard_terminal
apply_environment(os.environ)
measuring = begin_measuring(0, 1) if "measure" in sys.argv else None
from textual import work
from textual.app import App
from textual.drivers.linux_driver import LinuxDriver
from textual.widgets import Button, Checkbox, Input, Static
from lgpki_tui.faces.tui.driver import DiffDriver

class Steady(SteadyLine, LinuxDriver):
    pass

class Broken(Static):
    def render(self):
        return boom()

def boom():
    pin = "CANARY" + str(4711)
    raise ValueError("PIN " + pin)

class Small(QuietCrash, JobControl, App):
    CSS = "not css {" if "css" in sys.argv else ""
    ENABLE_COMMAND_PALETTE = False
    BINDINGS = [("ctrl+z", "suspend_process", ""), *((f"f{n}", f"fault({n})", "") for n in range(1, 10))]
    def compose(self):
        yield Static("")
        yield Input(id="field", select_on_focus=False)
        yield Button("press")
        yield Checkbox("tick")
    def on_ready(self):
        self.query_one(Input).focus()
        if measuring:
            replay(self, measuring().typed_ahead)
        self.query_one(Static).update(f"READY {os.getpid()}.")
    async def action_fault(self, n):
        if n == 1: boom()
        if n == 2: self.in_worker()
        if n == 3: self.in_thread_worker()
        if n == 4: await self.mount(Broken())
        if n == 5: self.call_later(boom)
        if n == 6: threading.Thread(target=boom).start(); self.lost = asyncio.ensure_future(self.later()); self.exit()
        if n == 7: time.sleep(60)
        if n == 8: self.exit(return_code=0)
        if n == 9: self.query_one("#none")
    async def later(self):
        boom()
    @work
    async def in_worker(self):
        await asyncio.sleep(0); boom()
    @work(thread=True)
    def in_thread_worker(self):
        boom()

app = Small(driver_class=DiffDriver if DRIVER == "diff" else Steady, ansi_color=True)
measured = measuring() if measuring else None
with guard_terminal(lambda cause: app.exit(cause.value, return_code=130), patience=PATIENCE):
    app.run(mouse=False)
used = resource.getrusage(resource.RUSAGE_SELF)
with open(END + ".part", "w") as end:
    end.write(f"{app.return_code} {app.return_value} {used.ru_utime + used.ru_stime:.2f} {app.crash} "
              f"{signal.getsignal(signal.SIGTSTP)!r} {signal.getsignal(signal.SIGTERM)!r} {threading.active_count()}")
os.rename(END + ".part", END)
print("ENDED", app.return_code, app.crash, flush=True)
sys.exit(app.return_code)
"""
READY = re.compile(rb"READY (\d+)\.")
MODES = re.compile(rb"\x1b\[\?(\d+)([hl])")


@pytest.fixture
def program(tmp_path: Path) -> Path:
    file = tmp_path / "program.py"
    file.write_text(PROGRAM)
    return file


def environ(**more: str) -> dict[str, str]:
    return {
        "PATH": os.defpath,
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
        "LANG": "C.UTF-8",
        "TERM": "xterm-256color",
    } | more


def command(program: Path, driver: str = "diff", *words: str, patience: float = 8) -> list[str]:
    return [sys.executable, str(program), driver, str(patience), str(program.parent / "end"), *words]


def start(
    program: Path, driver: str = "diff", *words: str, patience: float = 8, more: dict[str, str] | None = None
) -> Line:
    line = Line(command(program, driver, *words, patience=patience), environ(**(more or {})))
    try:
        if "measure" not in words and "css" not in words:
            ready(line)
    except BaseException:
        line.__exit__(None, None, None)
        raise
    return line


def ready(line: Line) -> int:
    """The program's process, once its first field has focus."""
    _until(lambda: READY.search(line.drain(0.02)) is not None)
    found = READY.search(line.received)
    assert found
    return int(found[1])


def end_of(program: Path) -> str:
    end = program.parent / "end"
    _until(end.exists)
    return end.read_text()


def _until(true: object, seconds: float = 8) -> None:
    assert callable(true)
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


def left_on(output: bytes) -> set[bytes]:
    """The modes that a program has switched on and not off again (7 and 25 are on from the start)."""
    on = {b"7", b"25"}
    for mode, switch in MODES.findall(output):
        on = on | {mode} if switch == b"h" else on - {mode}
    return on - {b"7", b"25"} | {b"-" + mode for mode in (b"7", b"25") if mode not in on}


# --- the environment


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


def test_where_names_our_own_innermost_line_only() -> None:
    names: dict[str, object] = {"__name__": "lgpki_tui.room.file"}
    exec(compile("def ours(call):\n    call()\n", "file", "exec"), names)  # noqa: S102  # a frame of a module that is called as ours are
    with pytest.raises(ValueError, match="CANARY") as raised:
        names["ours"](lambda: int("CANARY"))  # type: ignore[operator]  # just made
    assert where(raised.value) == "lgpki_tui.room.file:2"
    assert where(ValueError("never raised")) == ""


# --- what a run leaves


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
        before = _cpu(pid)
        line.hang_up()
        time.sleep(1)
        assert _cpu(pid) - before < 0.2


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
        _until(lambda: not _runs(pid))


def _runs(pid: int) -> bool:
    try:  # its parent is init now, which may take its time to notice the end
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


# --- faults


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
        _until(lambda: "高島" in line.drain(0.05).decode(errors="replace"))


def test_an_answer_that_comes_too_late_is_no_text(program: Path) -> None:
    with start(program) as line:
        seen = len(line.received)
        line.send(b"\x1b[1;1R\x1b[1;4Rz")
        _until(lambda: b"z" in line.drain(0.05)[seen:])
        assert not re.search(rb"[R\[;]z|1;", re.sub(rb"\x1b\[[\d;?]*[A-Za-z]", b"", line.received[seen:]))


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
        _until(lambda: b"on" in line.drain(0.05)[seen:])
