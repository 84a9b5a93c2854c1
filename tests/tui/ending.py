"""The smallest app around which the end of a run can be seen, and how it is started, watched and asked how it ended."""

from __future__ import annotations

import os
import re
import sys
import time
from pathlib import Path

from tests.tui.sshd import Line

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
from lgpki_tui.faces.tui.crash import QuietCrash
from lgpki_tui.faces.tui.job import JobControl
from lgpki_tui.faces.tui.terminal import SteadyLine, apply_environment, guard_terminal
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
    until(lambda: READY.search(line.drain(0.02)) is not None)
    found = READY.search(line.received)
    assert found
    return int(found[1])


def end_of(program: Path) -> str:
    end = program.parent / "end"
    until(end.exists)
    return end.read_text()


def until(true: object, seconds: float = 8) -> None:
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


def runs(pid: int) -> bool:
    try:  # its parent is init now, which may take its time to notice the end
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


# --- faults
