"""The driver on a real pty: the same picture as Textual's own driver, few bytes, one writing a screen, a sane end."""

from __future__ import annotations

import os
import signal
import sys
import termios
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pyte
import pytest
import textual
from textual.drivers.linux_driver import LinuxDriver

from lgpki_tui.faces.tui.driver import DiffDriver, driver_for
from lgpki_tui.faces.tui.terminal import SteadyLine
from tests.tui.terminal import ROOT, Look, Screen, Terminal, looks_of
from tests.tui.tmux import Tmux

F2, F3, F4, F5, F6, F7 = "\x1bOQ", "\x1bOR", "\x1bOS", "\x1b[15~", "\x1b[17~", "\x1b[18~"
CTRL_L, CTRL_Q, CTRL_Z, DELETE = "\x0c", "\x11", "\x1a", "\x7f"
FOOTER = "F2 次へ"

# Keys, or a size to resize to.
Step = str | tuple[int, int]
WALK: tuple[Step, ...] = (
    *("a", "b", "漢", "字", DELETE, "髙", "\x1b[D", "\x1b[D", "x", "\x1b[3~"),
    *("\t", "ｱか\u3099", "\t", "é①", "\t", "🙂", DELETE, "\x1b[Z"),
    *(F4, "\x1b", F2, "証明書", F2, "\t", F4, (70, 20), "\x1b", (90, 30), F3, F3, "y", (41, 24), (80, 24), CTRL_L),
)


def _command(wire: str) -> list[str]:
    return [sys.executable, "-m", "tests.tui.form", wire]


def _started(wire: str = "diff", **options: object) -> Terminal:
    terminal = Terminal(_command(wire), **options)  # type: ignore[arg-type]  # passed on
    terminal.wait_for(FOOTER)
    terminal.settle()
    return terminal


@pytest.fixture
def form() -> Iterator[Terminal]:
    """The form behind the diff driver, at rest."""
    with _started() as terminal:
        yield terminal


def _differing(one: str, other: str, walk: tuple[Step, ...], patience: float) -> list[tuple[Step, bool]]:
    """Take both drivers along the walk: every step, and whether they differed after it.

    They get `patience` seconds to agree, since a busy machine draws late; whoever lost a step differs from then on.
    """
    differed = []
    with _started(one) as first, _started(other) as second:
        for step in walk:
            for terminal in (first, second):
                terminal.resize(*step) if isinstance(step, tuple) else terminal.send(step)
            end = time.monotonic() + patience
            while True:
                # A lone Escape is one after 100 ms (Textual's ESCDELAY).
                for terminal in (first, second):
                    terminal.settle(0.2 if step == "\x1b" else 0.1)
                different = first.looks() != second.looks()
                if not different or time.monotonic() > end:
                    break
            differed.append((step, different))
    return differed


@pytest.mark.slow
def test_same_picture_as_textuals_own_driver() -> None:
    """Cell by cell after each step; a driver that writes one wrong kanji is found out by the same comparison."""
    assert [step for step, different in _differing("plain", "diff", WALK, 5) if different] == []
    assert all(different for _, different in _differing("plain", "wrong", WALK[:8], 0.2))


@pytest.mark.slow
def test_same_picture_in_tmux() -> None:
    """A second terminal, its attributes (dim too) included."""
    seen: dict[str, list[list[str]]] = {}
    for wire in ("plain", "diff"):
        with Tmux(["env", f"PYTHONPATH={ROOT}", *_command(wire)]) as tmux:
            tmux.wait_for(FOOTER, 15)
            screens = seen[wire] = []
            for key in ("a", "漢", "字", "BSpace", "Tab", "か\u3099", "F4", "Escape", "F2", "F3"):
                tmux.text(key) if len(key) < 3 and not key.isupper() else tmux.keys(key)
                time.sleep(0.3)
                screens.append(tmux.screen(styled=True))
    assert len({str(screen) for screen in seen["plain"]}) >= 8
    assert [_shown(screen) for screen in seen["diff"]] == [_shown(screen) for screen in seen["plain"]]


def _shown(screen: list[str]) -> list[list[Look]]:
    """A styled capture read by the same terminal as everything else here."""
    reader = Screen(80, 24)
    pyte.Stream(reader).feed("\r\n".join(screen))
    return looks_of(reader)


# --- bytes


def test_bytes_of_a_key_and_a_tab(form: Terminal) -> None:
    """The goals of the wire: 29 bytes a key, 120 a Tab. (The first key of a field also takes its example away.)"""
    form.step("\ta")
    keys = [len(form.step(key, 0.08)) for key in "abc漢字kanji"]
    assert max(keys) <= 29, keys
    tabs = [len(form.step("\t", 0.08)) for _ in range(6)]
    assert max(tabs) <= 120, tabs


def test_a_screen_is_one_writing(form: Terminal) -> None:
    """At most 1221 bytes, on the first visit too, over a dialogue and back; then, at rest, nothing at all."""
    for key in ("\t", F2, F2, F4, "\x1b", F3):
        form.send(key)
        writing = form.read(5)
        assert 20 < len(writing) <= (120 if key == "\t" else 1221)
        assert form.settle(0.2) == b"", key
    assert form.settle(quiet=1.0) == b""


def test_textuals_own_driver_does_not_meet_them() -> None:
    """The measure measures: without the driver every figure is above."""
    with _started("plain") as terminal:
        terminal.step("\t")
        assert len(terminal.step("a")) > 29
        assert len(terminal.step("\t")) > 120
        assert len(terminal.step(F2, 0.2)) > 1221


@pytest.mark.slow
def test_a_key_after_a_pause_waits_for_nothing_and_those_after_it_are_merged() -> None:
    """With a window of a second: the first frame at once, the following together when it has passed."""
    with _started("slow") as terminal:
        time.sleep(1.1)
        begin = time.monotonic()
        terminal.step("a", 0.05)
        assert time.monotonic() - begin < 0.5
        before = terminal.writings
        for key in "bcde":
            terminal.send(key)
            time.sleep(0.05)
        terminal.wait_for("abcde", 2)
        assert 0.8 < time.monotonic() - begin < 1.6
        assert terminal.writings - before == 1


def test_synchronized_output_is_used_for_what_is_long() -> None:
    """A terminal that knows mode 2026 gets a screen between its marks, and a key without."""
    with _started(synchronized=True) as terminal:
        assert b"2026" not in terminal.step("a")
        screen = terminal.step(F4, 0.2)
        assert screen.startswith(b"\x1b[?2026h")
        assert screen.endswith(b"\x1b[?2026l")


def test_what_is_no_frame_passes_in_order(form: Terminal) -> None:
    """Bell and clipboard arrive as they are, and cost no repainting."""
    form.step("a")
    assert form.step(F6) == b"\x07\x1b]52;c;5YaZ44GX\x07"
    assert len(form.step("b")) <= 29


# --- the terminal's own changes


def test_redraw_heals_what_others_wrote(form: Terminal) -> None:
    """Ctrl+L after foreign output, in odd colours and in the middle of a wide character."""
    form.step("漢字")
    before, cursor = form.looks(), form.cursor()
    os.write(form.slave, "\x1b[3;2H\x1b[1;31;44mBroadcast message 漢\r\n\n\x1b[24Hx\r\n".encode())
    form.settle()
    assert form.looks() != before
    form.step(CTRL_L)
    assert (form.looks(), form.cursor()) == (before, cursor)


def test_a_size_that_comes_back_at_once_is_drawn_again(form: Terminal) -> None:
    """The terminal lost columns while it was small; Textual, seeing the old size, repaints nothing."""
    form.step("a" * 30)
    before = form.looks()
    form.resize(20, 10)
    form.resize(80, 24)
    form.settle()
    assert form.looks() == before


def test_resized_in_the_middle_of_a_pending_frame(form: Terminal) -> None:
    """Keys and sizes in one burst end in the picture that the last size has when it is drawn anew."""
    for size in ((60, 18), (100, 30), (80, 24), (79, 23)):
        form.send("x漢" + F2)
        form.resize(*size)
        form.send("y")
    form.settle(0.4)
    burst = form.looks()
    form.step(CTRL_L)
    assert form.looks() == burst
    assert FOOTER in form.text().splitlines()[-1]


def test_a_stuck_line_stops_neither_the_program_nor_grows() -> None:
    """Output stopped (as Ctrl+S or a dead connection does): 300 frames and bells are drawn all the same, and merged."""
    done = Path(f"/tmp/burst-{os.getpid()}-{time.monotonic_ns()}")  # noqa: S108  # a name of this process alone
    try:
        with _started("diff", environment={"BURST_DONE": str(done)}) as terminal:
            termios.tcflow(terminal.slave, termios.TCOOFF)
            terminal.send(F7)
            _until(done.exists)
            termios.tcflow(terminal.slave, termios.TCOON)
            late = terminal.settle(0.3)
            assert len(late) < 300
            assert late.count(b"\x07") <= 2
            assert "burst 0\n" in terminal.text()
    finally:
        done.unlink(missing_ok=True)


def _until(true: Callable[[], bool], seconds: float = 15.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


# --- leaving, crashing, suspending


@pytest.mark.parametrize("alternate", [True, False], ids=["alternate screen", "one screen only"])
def test_a_crash_is_told_on_the_normal_screen(alternate: bool) -> None:
    """In plain style, below what was there, the cursor shown; the frame that was pending is dropped."""
    command = ["sh", "-c", f"echo before; {' '.join(_command('diff'))}; printf 'after\\n'; sleep 5"]
    with Terminal(command, alternate=alternate, lines=40) as terminal:
        terminal.wait_for(FOOTER)
        terminal.settle()
        terminal.send("\t" + F5)
        terminal.wait_for("after")
        rows = terminal.text().split("\n")
        assert any("the crash of the test" in row for row in rows)
        assert "never seen" not in "\n".join(row for row in rows if "漢字" in row)
        assert not terminal.screen.alternate
        assert not terminal.screen.cursor.hidden
        after = terminal.looks()[rows.index("after")]
        assert after[0] == Look("a", "default", "default", ())
        if alternate:
            assert FOOTER not in terminal.text()


def test_leaving_gives_the_terminal_back() -> None:
    """The normal screen as it was, modes and style reset, exit status 0."""
    with Terminal(["sh", "-c", f"echo before; {' '.join(_command('diff'))}; echo status=$?; stty -a"]) as terminal:
        terminal.wait_for(FOOTER)
        terminal.step("abc\t")
        terminal.send(CTRL_Q)
        terminal.wait_for("icanon")
        assert terminal.text().split("\n")[:2] == ["before", "status=0"]
        assert not terminal.screen.cursor.hidden
        assert "-icanon" not in terminal.text()
        assert "-echo " not in terminal.text()


@pytest.mark.slow
@pytest.mark.parametrize("by", ["key", "SIGTSTP", "SIGSTOP"])
def test_suspended_and_continued_in_a_shell(by: str) -> None:
    """Ctrl+Z, or a signal from outside: the shell has its screen, `fg` brings back the picture, to the cell."""
    with Terminal(["bash", "--norc", "--noprofile", "-i"], environment={"PS1": "$ "}) as terminal:
        terminal.wait_for("$")
        terminal.send("\x15echo pid is $$; " + " ".join(_command("diff")) + "\n")
        terminal.wait_for(FOOTER)
        terminal.step("漢\t字")
        before, cursor = terminal.looks(), terminal.cursor()
        if by == "key":
            terminal.send(CTRL_Z)
        else:
            os.kill(_child_of(terminal.process.pid), getattr(signal, by))
        terminal.wait_for("Stopped")
        if by != "SIGSTOP":  # the program cannot know of it and leaves its own screen there
            assert not terminal.screen.alternate
            assert not terminal.screen.cursor.hidden
        terminal.send("echo $((6*7)) in between\n")
        terminal.wait_for("42 in between")
        terminal.send("fg\n")
        terminal.wait_for(FOOTER)
        terminal.settle(0.4)
        assert (terminal.looks(), terminal.cursor()) == (before, cursor)
        assert terminal.screen.alternate
        terminal.step("z")
        assert 0 < len(terminal.step("z")) <= 29
        terminal.send(CTRL_Q)
        terminal.wait(lambda _: not terminal.screen.alternate)


def _child_of(pid: int) -> int:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    return int(children[-1])


# --- what the driver knows of Textual


def test_the_wire_kinds() -> None:
    """`--wire diff` is ours, `--wire plain` Textual's own: it draws nothing itself, and only survives a lost line."""
    assert driver_for("diff") is DiffDriver
    plain = driver_for("plain")
    assert issubclass(plain, SteadyLine)
    assert plain.write is LinuxDriver.write


def test_private_parts_were_read_in_this_version() -> None:
    """Another Textual: read LinuxDriver again, run this folder, then change the number in driver.py and here."""
    assert textual.__version__ == "8.2.8"
    for name in ("_sigtstp_application", "_sigcont_application"):
        assert hasattr(LinuxDriver, name)
