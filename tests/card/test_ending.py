"""How the card's process ends: surely when the module hangs at its end, never in the middle of an act, and without the
descriptors that a PIN comes through."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from lgpki_tui.card.claim import claim
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from tests.card.backends import Backend
from tests.card.processes import alive, gone, start_program
from tests.card.shim import Order, Shim
from tests.practice import PROGRAM, Practice, new_practice

# The program with a card's process that was started early whatever the command, as __main__ does for `card list`.
EARLY = (
    sys.executable,
    "-c",
    "import sys\n"
    "from lgpki_tui.card.process import start_early\n"
    "early = start_early()\n"
    "from lgpki_tui.faces.cli.run import run\n"
    "sys.exit(run(sys.argv[1:], early=early))\n",
)
# Longer than a process that is asked to leave is waited for, before it is killed (card/process.py).
LONG = 3.0


def _called(shim: Shim, function: str, seconds: float = 20) -> None:
    """Wait until the module is in this function."""
    end = time.monotonic() + seconds
    while not shim.calls()[function]:
        assert time.monotonic() < end, f"{function} is not called"
        time.sleep(0.01)


@contextmanager
def _left_to_end(host: int) -> Iterator[None]:
    """A process that must end by itself; when it does not, it is not left behind."""
    try:
        yield
    finally:
        if alive(host):
            os.kill(host, signal.SIGKILL)


@pytest.mark.slow
@pytest.mark.parametrize("function", ["C_Logout", "C_Finalize"])
async def test_a_process_that_hangs_at_its_end_frees_the_claim(shimmed: Backend, shim: Shim, function: str) -> None:
    """The program is gone and nobody ends it: it ends itself, and the next one need not give up."""
    card = shimmed.card()
    seen = await shimmed.formatted(card)
    await card.close()
    shim.order(Order("C_GenerateKeyPair", "before", "sleep", "0.3"))
    with start_program(shimmed, seen.token.label) as victim:
        assert victim.stdout is not None
        host = int(await asyncio.to_thread(victim.stdout.readline))
        await asyncio.to_thread(_called, shim, "C_GenerateKeyPair")
        shim.forget()
        shim.order(Order(function, "before", "hang"))
        assert await asyncio.to_thread(victim.stdout.readline) == "survived\n"
    with _left_to_end(host):
        begun = time.monotonic()
        await asyncio.to_thread(_called, shim, function)
        assert alive(host)
        with pytest.raises(Refusal) as refused:
            claim(str(shimmed.lock), 0)
        assert refused.value.code is Code.CARD_IN_USE
        shim.clear()
        following = shimmed.card()
        await following.claim()
        assert 3 < time.monotonic() - begun < 9
        assert await gone(host)
        assert seen.token in [one.token for one in await following.look()]


def _start(
    practice: Practice, shim: Shim, *words: str | Path, program: Sequence[str] = PROGRAM, fds: Sequence[int] = ()
) -> subprocess.Popen[str]:
    # What runs the tests in the background may ignore SIGINT, and its children inherit that.
    command = [
        "env",
        "--default-signal=INT",
        *program,
        "--sandbox",
        practice.folder,
        "--module",
        shim.module,
        *words,
        "--json",
    ]
    environ = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "HOME": "/nonexistent", "PYTHONPATH": str(Path.cwd())}
    return subprocess.Popen(
        [str(word) for word in command],
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        pass_fds=fds,
        text=True,
    )


def _host_of(program: subprocess.Popen[str]) -> int:
    """The card's process, the program's only child."""
    (pid,) = Path(f"/proc/{program.pid}/task/{program.pid}/children").read_text().split()
    return int(pid)


def _interrupted_in(program: subprocess.Popen[str], shim: Shim, function: str) -> int:
    """Ctrl+C while the module is in this function. The program ends; its card's process, which goes on."""
    _called(shim, function)
    host = _host_of(program)
    program.send_signal(signal.SIGINT)
    out, _ = program.communicate(timeout=20)
    assert (program.returncode, '"interrupted"' in out) == (130, True)
    assert alive(host)
    return host


@pytest.mark.slow
async def test_card_list_that_is_interrupted_kills_no_process_that_is_at_work(practice: Practice, shim: Shim) -> None:
    shim.order(Order("C_GetSlotList", "before", "sleep", str(LONG), call=1))
    with _start(practice, shim, "card", "list") as program:
        host = await asyncio.to_thread(_interrupted_in, program, shim, "C_GetSlotList")
    assert shim.calls()["C_Finalize"] == 0
    assert await gone(host, LONG + 5)
    assert shim.calls()["C_Finalize"] == 1  # it came to its own end


@pytest.mark.slow
async def test_a_wipe_in_a_process_that_was_started_early_is_let_finish(tmp_path: Path, shim: Shim) -> None:
    practice = new_practice(tmp_path / "workplace")
    shim.order(Order("C_InitToken", "before", "sleep", str(LONG), call=1))
    words = ("card", "format", "--label", "PRACTICE", *practice.so_pin, *practice.pin)
    with _start(practice, shim, *words, program=EARLY) as program:
        host = await asyncio.to_thread(_interrupted_in, program, shim, "C_InitToken")
    assert await gone(host, LONG + 5)
    assert practice.token_is_ready()
    assert practice.token() == []
    (card,) = practice.done("card", "list")["cards"]
    assert card["label"] == "PRACTICE"


COMMANDS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "request": (("request",), ("--pin-fd",)),
    "format": (("card", "format", "--label", "NEW"), ("--so-pin-fd", "--pin-fd")),
    "set-pin": (("card", "set-pin"), ("--pin-fd", "--new-pin-fd")),
}


@pytest.mark.parametrize("name", COMMANDS)
def test_the_module_cannot_read_the_descriptor_of_a_pin(practice: Practice, shim: Shim, name: str) -> None:
    """The program is killed while the module is at work: had the card's process a reading end too, the pipe would still
    take bytes."""
    words, options = COMMANDS[name]
    answers = ("--answers", practice.answers) if name == "request" else ()
    shim.order(Order("C_GetSlotList", "before", "sleep", "1", call=1))
    with ExitStack() as kept:
        pipes = [os.pipe() for _ in options]
        for _, writer in pipes:
            kept.callback(os.close, writer)
        readers = [reader for reader, _ in pipes]
        given = [word for option, reader in zip(options, readers, strict=True) for word in (option, str(reader))]
        program = _start(practice, shim, *words, *answers, *given, fds=readers)
        for reader, writer in pipes:
            os.close(reader)
            assert os.write(writer, b"1") == 1  # somebody can read it: the program
        _called(shim, "C_GetSlotList")
        host = _host_of(program)
        program.kill()
        program.communicate()
        assert alive(host)
        for _, writer in pipes:
            with pytest.raises(BrokenPipeError):
                os.write(writer, b"1")
        assert alive(host)
