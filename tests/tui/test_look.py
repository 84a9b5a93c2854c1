"""How the wizard may look: what was asked, what the environment says, and what the terminal answers."""

from __future__ import annotations

import os
import sys
import termios
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from lgpki_tui.faces.tui.look import (
    Hint,
    Look,
    Measured,
    Unusable,
    begin_measuring,
    choose_look,
    colourless,
    hint,
    measure_ambiguous,
    unusable,
)
from tests.tui.sshd import Line, Sshd
from tests.tui.tmux import Tmux

SAMPLE = "\u2500\u25a0\u2026".encode()
COLOUR = {"TERM": "xterm-256color"}
MEASURE = (
    "import sys; from lgpki_tui.faces.tui.look import measure_ambiguous; print('said', measure_ambiguous(0, 1), '.')"
)
ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("asked", "environ", "width", "look"),
    [
        (None, COLOUR, 1, Look.PRETTY),
        (None, COLOUR, 2, Look.ASCII),
        (None, COLOUR, None, Look.ASCII),
        (None, COLOUR | {"NO_COLOR": "1"}, 1, Look.MONO),
        (None, COLOUR | {"NO_COLOR": ""}, 1, Look.PRETTY),
        (None, {"TERM": "vt100"}, 1, Look.MONO),
        (None, {"TERM": "vt220"}, None, Look.MONO),
        (None, {"TERM": "xterm-mono"}, 1, Look.MONO),
        (None, {"TERM": "a-terminal-newer-than-this-host"}, 1, Look.PRETTY),
        (Look.PRETTY, {"TERM": "vt100", "NO_COLOR": "1"}, 2, Look.PRETTY),
        (Look.ASCII, COLOUR, 1, Look.ASCII),
        (Look.MONO, COLOUR, 1, Look.MONO),
    ],
)
def test_the_look(asked: Look | None, environ: dict[str, str], width: int | None, look: Look) -> None:
    assert choose_look(asked, environ, width) is look


def test_borders_that_were_asked_for_bring_no_colour_where_none_may_be() -> None:
    assert colourless({"TERM": "vt102"}, Look.PRETTY)
    assert colourless(COLOUR | {"NO_COLOR": "1"}, Look.PRETTY)
    assert colourless(COLOUR, Look.MONO)
    assert not colourless(COLOUR, Look.ASCII)


@pytest.mark.parametrize(
    ("environ", "ttys", "reason"),
    [
        (COLOUR, (True, True, True), None),
        ({"TERM": "linux"}, (True, True, True), None),
        (COLOUR, (False, True, True), Unusable.NOT_A_TERMINAL),
        (COLOUR, (True, False, True), Unusable.NOT_A_TERMINAL),
        (COLOUR, (True, True, False), Unusable.NOT_A_TERMINAL),
        ({"TERM": "dumb"}, (True, True, True), Unusable.DUMB),
        ({"TERM": ""}, (True, True, True), Unusable.DUMB),
        ({}, (True, True, True), Unusable.DUMB),
    ],
)
def test_where_no_full_screen_can_be(
    environ: dict[str, str], ttys: tuple[bool, bool, bool], reason: Unusable | None
) -> None:
    assert unusable(environ, *ttys) is reason


def test_the_bare_console_has_no_japanese() -> None:
    assert hint({"TERM": "linux"}) is Hint.LINUX_CONSOLE
    assert hint(COLOUR) is None
    assert hint({}) is None


@contextmanager
def terminal(answer: Callable[[int, bytes], None]) -> Iterator[tuple[int, int]]:
    """A pty whose other end gets what is written, up to the erasing that ends the question. Yields both ends."""
    master, slave = os.openpty()

    def play() -> None:
        seen = b""
        while not seen.endswith(b"\x1b[K"):
            seen += os.read(master, 4096)
        answer(master, seen)

    player = threading.Thread(target=play)
    player.start()
    try:
        yield master, slave
    finally:
        player.join()
        os.close(master)
        os.close(slave)


def cells(moved: int, *, before: bytes = b"", between: bytes = b"", after: bytes = b"") -> Callable[[int, bytes], None]:
    """A terminal that moves so far for the sample, with something typed around its answers."""

    def answer(master: int, seen: bytes) -> None:
        assert seen == b"\x1b7\x1b[6n" + SAMPLE + b"\x1b[6n\x1b8\x1b[K"
        os.write(master, before + b"\x1b[5;1R" + between + b"\x1b[5;%dR" % (1 + moved) + after)

    return answer


@pytest.mark.parametrize(
    ("moved", "measured"),
    [
        (3, Measured(1)),
        (6, Measured(2)),
        (4, Measured(2)),  # box drawing narrow, the square wide: not to be trusted
        (9, Measured(None, garbled=True)),  # each byte a character
        (0, Measured(None)),
    ],
)
def test_the_width_follows_from_how_far_the_cursor_moved(moved: int, measured: Measured) -> None:
    with terminal(cells(moved)) as (_, slave):
        before = termios.tcgetattr(slave)
        assert measure_ambiguous(slave, slave) == measured
        assert termios.tcgetattr(slave) == before


def test_what_is_typed_around_the_answers_is_handed_over_in_its_order() -> None:
    typed = {"before": "高".encode(), "between": b"\x1b[A", "after": b"x\r"}
    with terminal(cells(3, **typed)) as (_, slave):
        measured = measure_ambiguous(slave, slave)
    assert measured == Measured(1, "高".encode() + b"\x1b[Ax\n")


def test_an_answer_in_pieces_and_late_is_read() -> None:
    def answer(master: int, _: bytes) -> None:
        time.sleep(0.3)  # an SSH line
        for piece in (b"\x1b[", b"7;1R\x1b[7", b";7R"):
            os.write(master, piece)
            time.sleep(0.01)

    with terminal(answer) as (_, slave):
        assert measure_ambiguous(slave, slave) == Measured(2)


def test_a_terminal_that_never_answers_costs_the_deadline_and_no_key() -> None:
    def answer(master: int, _: bytes) -> None:
        os.write(master, b"typed")

    with terminal(answer) as (_, slave):
        before, began = termios.tcgetattr(slave), time.monotonic()
        assert measure_ambiguous(slave, slave) == Measured(None, b"typed")
        assert 0.45 < time.monotonic() - began < 1
        assert termios.tcgetattr(slave) == before


def test_what_is_no_terminal_is_not_asked(tmp_path: Path) -> None:
    with (tmp_path / "file").open("w+b") as file:
        assert measure_ambiguous(file.fileno(), file.fileno()) == Measured(None)
        assert file.tell() == 0


def test_a_line_that_is_gone_or_takes_nothing_ends_the_wait() -> None:
    master, slave = os.openpty()
    termios.tcflow(slave, termios.TCOOFF)  # Ctrl+S
    began = time.monotonic()
    assert measure_ambiguous(slave, slave, 0.1) == Measured(None)
    os.close(master)
    assert measure_ambiguous(slave, slave, 0.1) == Measured(None)
    assert time.monotonic() - began < 0.5
    os.close(slave)


def test_it_is_measured_while_something_else_is_done() -> None:
    asked = threading.Event()

    def answer(master: int, seen: bytes) -> None:
        asked.wait(5)
        cells(3)(master, seen)

    with terminal(answer) as (_, slave):
        wait = begin_measuring(slave, slave, 2)
        asked.set()
        assert wait() == wait() == Measured(1)


def environ() -> dict[str, str]:
    return {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}


def test_tmux_answers_and_nothing_is_left_on_its_screen() -> None:
    with Tmux(environ=environ()) as tmux:
        tmux.wait_for("$")
        tmux.text(f'{sys.executable} -c "{MEASURE}"')
        tmux.keys("Enter")
        shown = "\n".join(tmux.wait_for("garbled=False"))
    assert "said Measured(width=1, typed_ahead=b'', garbled=False) ." in shown
    assert "\u25a0" not in shown


@pytest.mark.skipif(Sshd.missing() is not None, reason=str(Sshd.missing()))
def test_over_ssh_the_terminal_before_the_client_answers() -> None:
    remote = ["env", *(f"{name}={value}" for name, value in environ().items()), sys.executable, "-c", MEASURE]
    with Sshd() as sshd, sshd.line(remote) as line:
        assert isinstance(line, Line)
        line.wait_for(SAMPLE + b"\x1b[6n", 10)
        line.send(b"\x1b[1;1R\x1b[1;7R")
        assert b"said Measured(width=2, typed_ahead=b'', garbled=False) ." in line.wait_for(b"garbled=False")
        assert line.process.wait(5) == 0
