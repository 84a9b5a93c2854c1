"""Questions that a program asks on a terminal, answered by a small program's own account of what reached it."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from lgpki_tui.card.dialogue import Conversation, NoAnswer, converse
from tests.card.processes import children

PIN, OTHER = b"73910264", b"28461735"
# What it was asked is written down beside it; what it is asked by, too.
_PROGRAM = """\
#!{python}
import os, sys, termios, time
def echo(on):
    mode = termios.tcgetattr(0)
    mode[3] = mode[3] | termios.ECHO if on else mode[3] & ~termios.ECHO
    termios.tcsetattr(0, termios.TCSAFLUSH, mode)
def ask(question, after=0.0):
    print(question, end="", flush=True)
    time.sleep(after)
    echo(False)
    given = sys.stdin.readline()
    echo(True)
    print(flush=True)
    with open(__file__ + ".given", "a") as file:
        file.write(given)
with open(__file__ + ".seen", "wb") as file:
    for name in ("cmdline", "environ"):
        file.write(open(f"/proc/self/{{name}}", "rb").read())
{body}
"""


class Program:
    """A program whose lines are these, and what it was given."""

    def __init__(self, folder: Path, body: str) -> None:
        self.path = folder / "program"
        self.path.write_text(_PROGRAM.format(python=sys.executable, body=body), encoding="utf-8")
        self.path.chmod(0o755)

    def talk(self, answer: Callable[[str], bytes], seconds: float = 10.0) -> Conversation:
        """Run it; nothing of it is left afterwards."""
        before = children()
        went = converse([str(self.path), "--step"], {"PATH": os.environ["PATH"], "MARK": "here"}, answer, seconds)
        assert children() == before
        return went

    def given(self) -> list[bytes]:
        """What reached it, line by line."""
        file = Path(f"{self.path}.given")
        return file.read_bytes().splitlines() if file.exists() else []

    def seen(self) -> bytes:
        """Its arguments and its environment."""
        return Path(f"{self.path}.seen").read_bytes()


def _pin(question: str) -> bytes:
    return PIN if question.strip() == "PIN:" else _no(question)


def _no(question: str) -> bytes:
    raise NoAnswer


@pytest.mark.parametrize("after", [0.0, 0.3])
def test_an_answer_is_typed_once_the_echo_is_off(tmp_path: Path, after: float) -> None:
    """What is typed before is thrown away by the program, and would be echoed."""
    program = Program(tmp_path, f"print('step one'); ask('PIN: ', {after}); print('done: well')")
    went = program.talk(_pin)
    assert (went.status, program.given()) == (0, [PIN])
    assert "step one" in went.said
    assert "done: well" in went.said
    assert PIN.decode() not in went.said
    assert PIN not in program.seen()


def test_the_program_is_run_with_its_words_and_its_environment(tmp_path: Path) -> None:
    program = Program(tmp_path, "pass")
    program.talk(_no)
    seen = program.seen().split(b"\0")
    assert b"--step" in seen
    assert b"MARK=here" in seen
    assert b"LC_ALL=C" in seen


def test_each_question_has_its_answer(tmp_path: Path) -> None:
    program = Program(tmp_path, "ask('New PIN: '); ask('Again: '); ask('PUK: '); sys.exit(7)")
    given = {"New PIN: ": PIN, "Again: ": PIN, "PUK: ": OTHER}
    went = program.talk(given.__getitem__)
    assert (went.status, program.given()) == (7, [PIN, PIN, OTHER])
    assert PIN.decode() not in went.said
    assert OTHER.decode() not in went.said


def test_a_question_that_nobody_expected_ends_it(tmp_path: Path) -> None:
    program = Program(tmp_path, "ask('PIN: '); ask('Really erase all: '); print('erased')")
    went = program.talk(_pin)
    assert went.status is None
    assert went.said.endswith("Really erase all: ")
    assert program.given() == [PIN]


@pytest.mark.parametrize(
    "body",
    ["time.sleep(60)", "ask('PIN: '); time.sleep(60)", "print('no question'); sys.stdin.readline()"],
    ids=["silent", "after-its-question", "waits-for-what-it-did-not-ask"],
)
def test_a_program_that_does_not_end_is_ended(tmp_path: Path, body: str) -> None:
    begun = time.monotonic()
    assert Program(tmp_path, body).talk(_pin, 0.5).status is None
    assert time.monotonic() - begun < 3


def test_a_program_that_shows_what_is_typed_is_given_nothing(tmp_path: Path) -> None:
    program = Program(tmp_path, "print('PIN: ', end='', flush=True); open(__file__ + '.given', 'a').write(input())")
    went = program.talk(_pin, 0.5)
    assert (went.status, went.said, program.given()) == (None, "PIN: ", [])


def test_a_program_that_talks_without_end_is_ended(tmp_path: Path) -> None:
    begun = time.monotonic()
    went = Program(tmp_path, "while True: print('x' * 1000)").talk(_pin, 30)
    assert went.status is None
    assert len(went.said) < 1 << 17
    assert time.monotonic() - begun < 5


def test_a_program_that_ends_by_a_signal_has_not_succeeded(tmp_path: Path) -> None:
    assert Program(tmp_path, "os.kill(os.getpid(), 9)").talk(_no).status == -9


def test_without_such_a_program(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        converse([str(tmp_path / "absent")], {}, _no, 1)
    plain = tmp_path / "plain"
    plain.write_text("no program")
    with pytest.raises(OSError, match="plain"):
        converse([str(plain)], {}, _no, 1)
