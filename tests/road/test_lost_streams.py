"""Nobody reads what is said, or it cannot be written: the act is done whole all the same."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.practice import PROGRAM, Practice
from tests.road.outside import text
from tests.road.refusing import take_card_out

LEFT, FULL, CLOSED = "left", "full", "closed"


@dataclass(frozen=True, slots=True)
class Said:
    """How a command ended, and what it said on the streams that somebody read."""

    status: int
    out: str
    err: str


@contextmanager
def _stream(fate: str | None) -> Iterator[int]:
    """A stream to write to: a pipe whose reader has left, a disk that is full, or a pipe that is read."""
    if fate == FULL:
        with Path("/dev/full").open("wb") as full:
            yield full.fileno()
    elif fate == LEFT:
        reader, writer = os.pipe()
        os.close(reader)
        try:
            yield writer
        finally:
            os.close(writer)
    else:
        yield subprocess.PIPE


def run(practice: Practice, *args: str | Path, out: str | None = None, err: str | None = None) -> Said:
    """Run a command with these fates of its standard streams."""
    closed = "".join(f" {number}>&-" for number, fate in ((1, out), (2, err)) if fate == CLOSED)
    command = ["sh", "-c", f'exec "$@"{closed}', "sh", *PROGRAM, "--sandbox", practice.folder, *args]
    environ = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "HOME": "/nonexistent", "PYTHONPATH": str(Path.cwd())}
    with ExitStack() as streams:
        stdout, stderr = (streams.enter_context(_stream(fate)) for fate in (out, err))
        done = subprocess.run(
            [str(word) for word in command],
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
            timeout=60,
            check=False,
        )
    return Said(done.returncode, (done.stdout or b"").decode(), (done.stderr or b"").decode())


def assert_formatted(practice: Practice) -> dict[str, Any]:
    """The token is ready, its PIN is right (pkcs11-tool logs in), and the record says so; what card list tells."""
    assert practice.token_is_ready()
    assert practice.token() == []
    assert practice.events()[-2:] == ["format_intended", "format_done"]
    status = practice.done("status")
    assert not status["format_open"]
    (card,) = practice.done("card", "list")["cards"]
    assert (card["label"], card["pin"]) == ("QUIET", "ok")
    return {"label": card["label"], "serial": card["serial"]}


def assert_requested(practice: Practice) -> dict[str, Any]:
    """One key pair is on the card, one CSR in the folder that openssl reads, and nothing is open."""
    (enrolment,) = practice.enrolments()
    assert (enrolment["state"], enrolment["open"]) == ("awaiting_certificate", False)
    kinds = sorted(each["kind"] for each in practice.token())
    assert kinds == ["private", "public"]
    csr = Path(enrolment["csr_path"])
    told = text("openssl", "req", "-in", csr, "-noout", "-subject", "-nameopt", "utf8")
    assert "高島市長" in told
    assert len(list((practice.folder / "out").iterdir())) == 3
    return {"enrolment": enrolment["enrolment"], "csr_path": str(csr)}


@dataclass(frozen=True, slots=True)
class Act:
    """A command that cannot be taken back, and what must be true after it: whatever became of its words."""

    words: Callable[[Practice], list[str | Path]]
    prepare: Callable[[Practice], None]
    judge: Callable[[Practice], dict[str, Any]]


ACTS = {
    "format": Act(
        lambda practice: ["card", "format", "--label", "QUIET", *practice.so_pin, *practice.pin],
        take_card_out,
        assert_formatted,
    ),
    "request": Act(
        lambda practice: ["request", "--answers", practice.answers, *practice.pin],
        lambda practice: None,
        assert_requested,
    ),
}


@pytest.fixture(params=ACTS)
def act(request: pytest.FixtureRequest, practice: Practice) -> Act:
    """Each act, in a workplace where it can be done."""
    found = ACTS[request.param]
    found.prepare(practice)
    return found


@pytest.mark.parametrize("fate", [LEFT, FULL, CLOSED])
def test_words_that_nobody_reads_break_no_act_off(practice: Practice, act: Act, fate: str) -> None:
    said = run(practice, *act.words(practice), "--json", err=fate)
    assert said.status == 0
    assert said.out.count("\n") == 1
    told = json.loads(said.out)
    assert (told["ok"], told["practice"]) == (True, True)
    truth = act.judge(practice)
    assert {name: told[name] for name in truth} == truth


@pytest.mark.parametrize(("fate", "status"), [(LEFT, 0), (FULL, 3), (CLOSED, 3)])
@pytest.mark.parametrize("form", [("--json",), ()], ids=["json", "words"])
def test_an_answer_that_is_lost_leaves_nothing_half_done(
    practice: Practice, act: Act, fate: str, status: int, form: tuple[str, ...]
) -> None:
    """A reader that has left wanted no more. What could not be written is told by the status alone: no traceback, and
    no word of Python's own."""
    said = run(practice, *act.words(practice), *form, out=fate)
    assert said.status == status
    assert said.err, "the narration was read"
    for word in ("Traceback", "Exception", "Error", "internal_error"):
        assert word not in said.err
    act.judge(practice)


@pytest.mark.parametrize(("fate", "status"), [(LEFT, 0), (FULL, 3), (CLOSED, 3)])
def test_nobody_is_there_at_all(practice: Practice, act: Act, fate: str, status: int) -> None:
    assert run(practice, *act.words(practice), "--json", out=fate, err=fate).status == status
    act.judge(practice)


@pytest.mark.parametrize("fate", [LEFT, FULL, CLOSED])
def test_a_refusal_keeps_its_status(practice: Practice, fate: str) -> None:
    """`card format` of a card that is not blank: exit 1, whether or not anybody could be told."""
    words = ACTS["format"].words(practice)
    before = practice.events()
    for streams in ({"out": fate}, {"err": fate}, {"out": fate, "err": fate}):
        assert run(practice, *words, "--json", **streams).status == 1
    assert practice.events() == before
