"""The card's process: modules that crash, hang and print; what ends it, what starts it, what it takes."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from lgpki_tui.card.client import HostedCard
from lgpki_tui.card.exchange import naming
from lgpki_tui.card.models import load_models
from lgpki_tui.card.process import HostProcess, host_command, start_early
from lgpki_tui.card.refused import Which
from lgpki_tui.card.wire import pack_secret
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.ground.points import Phase, Point
from lgpki_tui.ground.secret import Secret
from lgpki_tui.subject.algorithm import Algorithm
from tests.card.backends import ALL_SECONDS, ID, Backend
from tests.card.processes import children, gone, wait_for_call
from tests.card.shim import Order, Shim

EC = Algorithm.EC_P256


@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_module_that_crashes(shimmed: Backend, shim: Shim, when: str) -> None:
    card = shimmed.card()
    seen = await shimmed.opened(card)
    shim.order(Order("C_GenerateKeyPair", when, "crash"))
    with pytest.raises(Refusal) as refused:
        await card.make_key(ID, EC, "k")
    assert refused.value.code is Code.MODULE_CRASHED
    assert refused.value.facts == {"act": "make_key", "module": str(shim.module), "signal": "SIGSEGV"}
    shim.clear()
    await card.open(seen, Secret(shimmed.pin))
    assert (await card.find(ID)).private_keys == (1 if when == "after" else 0)


async def test_a_module_that_crashes_when_it_is_loaded_or_initialised(shimmed: Backend, shim: Shim) -> None:
    shim.order(Order("C_Initialize", "before", "crash"))
    for _ in range(2):
        with pytest.raises(Refusal) as refused:
            await shimmed.card().look()
        assert refused.value.code is Code.MODULE_CRASHED


async def test_a_module_that_hangs_is_replaced(shimmed: Backend, shim: Shim) -> None:
    card = shimmed.card(replace(ALL_SECONDS, make_key=0.3))
    seen = await shimmed.opened(card)
    before = children()
    shim.order(Order("C_GenerateKeyPair", "before", "hang"))
    begun = time.monotonic()
    with pytest.raises(Refusal) as refused:
        await card.make_key(ID, EC, "k")
    assert time.monotonic() - begun < 2
    assert (refused.value.code, refused.value.facts["act"]) == (Code.MODULE_HUNG, "make_key")
    assert not children() & before
    shim.clear()
    await card.open(seen, Secret(shimmed.pin))
    assert await card.make_key(ID, EC, "k")


async def test_a_module_that_hangs_at_its_end_does_not_hold_us_up(shimmed: Backend, shim: Shim) -> None:
    card = shimmed.card()
    await card.look()
    shim.order(Order("C_Finalize", "before", "hang"))
    begun = time.monotonic()
    await card.close()
    assert time.monotonic() - begun < 4
    assert not children()


async def test_a_module_that_prints_reaches_neither_the_terminal_nor_the_answers(
    shimmed: Backend, shim: Shim, capfd: pytest.CaptureFixture[str]
) -> None:
    card = shimmed.card()
    functions = ("C_Initialize", "C_GetSlotList", "C_GetTokenInfo", "C_Login", "C_GenerateKeyPair")
    shim.order(*(Order(function, "before", "print") for function in functions))
    await shimmed.opened(card)
    assert await card.make_key(ID, EC, "k")
    assert shim.calls()["C_GenerateKeyPair"] == 1
    assert capfd.readouterr() == ("", "")


async def test_the_event_loop_goes_on_while_the_card_works(shimmed: Backend, shim: Shim) -> None:
    card = shimmed.card()
    await shimmed.opened(card)
    shim.order(Order("C_GenerateKeyPair", "before", "sleep", "0.5"))
    making = asyncio.create_task(card.make_key(ID, EC, "k"))
    longest, last = 0.0, time.monotonic()
    while not making.done():
        await asyncio.sleep(0.005)
        longest, last = max(longest, time.monotonic() - last), time.monotonic()
    assert await making
    assert longest < 0.25  # the goal is 0.05 on a quiet machine


async def test_a_cancelled_act_leaves_no_answer_for_the_next_one(shimmed: Backend, shim: Shim) -> None:
    card = shimmed.card()
    seen = await shimmed.opened(card)
    await card.make_key(ID, EC, "k")
    shim.order(Order("C_Sign", "after", "sleep", "0.3"))
    signing = asyncio.create_task(card.sign(ID, b"x"))
    await asyncio.sleep(0.1)
    signing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await signing
    shim.clear()
    await card.open(seen, Secret(shimmed.pin))
    assert (await card.find(ID)).private_keys == 1


async def test_close_interrupts_an_act_that_is_under_way(shimmed: Backend, shim: Shim) -> None:
    """Who waits is told at once; what the module is doing is not cut short."""
    card = shimmed.card()
    seen = await shimmed.opened(card)
    shim.order(Order("C_GenerateKeyPair", "before", "sleep", "0.5"))
    making = asyncio.create_task(card.make_key(ID, EC, "k"))
    waiting = asyncio.create_task(card.look())
    await asyncio.to_thread(wait_for_call, shim, "C_GenerateKeyPair")
    begun = time.monotonic()
    await card.close()
    for task in (making, waiting):
        with pytest.raises(Refusal) as refused:
            await task
        assert refused.value.code is Code.INTERRUPTED
        assert not task.cancelled()
    assert time.monotonic() - begun < 0.3
    shim.clear()
    assert all([await gone(child) for child in children()])
    await card.open(seen, Secret(shimmed.pin))
    assert (await card.find(ID)).private_keys == 1


async def test_the_process_ends_with_its_pipe(backend: Backend) -> None:
    host = _spawn(backend)
    assert not host.gone()
    assert host.leave()
    assert host.last_words() == {"status": 0}


@pytest.mark.parametrize(
    "noise", [b"\xff\xff\xff\xff\x01", b"\0\0\0\1\x07x", bytes(pack_secret(b"x")), b"\0\0\0\2\x01[]"]
)
async def test_the_process_takes_no_nonsense(backend: Backend, noise: bytes) -> None:
    host = _spawn(backend)
    os.write(host.requests, noise)
    assert await gone(host.pid)
    host.kill()


async def test_an_unknown_act_is_our_own_fault_and_shows_no_text(backend: Backend, card: HostedCard) -> None:
    with pytest.raises(Refusal) as refused:
        await card._with_pin(
            "open", next(iter(await card.look())).token, Which.PIN, {"token": None}, Secret("pin-9317")
        )
    assert refused.value.code is Code.INTERNAL_ERROR
    assert "pin-9317" not in str(refused.value.facts)


def _spawn(backend: Backend) -> HostProcess:
    host = HostProcess(host_command(), backend.environment)
    host.name(naming(str(backend.module), backend.environment, prepare=True))
    return host


async def test_a_process_that_was_started_early_is_taken_over(
    backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SOFTHSM2_CONF", raising=False)
    early = start_early()
    card = HostedCard(
        backend.module, environment=backend.environment, models=load_models(), deadlines=ALL_SECONDS, early=early
    )
    # It was started without SOFTHSM2_CONF: that it makes a token where another one sees it shows that it was given it.
    seen = await backend.formatted(card)
    assert seen in await backend.card().look()
    assert early.pid in children()
    await card.close()
    assert early.gone()


@pytest.mark.parametrize("used", [True, False])
async def test_an_early_process_that_does_not_fit_is_replaced(backend: Backend, used: bool) -> None:
    """The dynamic linker has read its variables already."""
    early = start_early()
    environment = {**backend.environment, "LD_LIBRARY_PATH": "/nowhere"}
    card = HostedCard(backend.module, environment=environment, models=load_models(), deadlines=ALL_SECONDS, early=early)
    if used:
        assert await card.look()
        assert early.gone()
    await card.close()
    assert early.gone()


async def test_an_environment_larger_than_the_pipe(backend: Backend) -> None:
    environment = {**backend.environment, **{f"LARGE_{number}": "x" * 60_000 for number in range(8)}}
    card = HostedCard(backend.module, environment=environment, models=load_models(), deadlines=ALL_SECONDS)
    assert await card.look()
    await card.close()


def test_without_an_event_loop(shimmed: Backend, shim: Shim) -> None:
    """A one-shot command asks the card without asyncio; the deadline holds there too."""
    script = (
        "import os, sys\n"
        "from dataclasses import fields, replace\n"
        "from pathlib import Path\n"
        "from lgpki_tui.card.client import Deadlines, HostedCard\n"
        "from lgpki_tui.card.models import load_models\n"
        "from lgpki_tui.ground.findings import Refusal\n"
        "def run(act):\n"
        "    try: act.send(None)\n"
        "    except StopIteration as end: return end.value\n"
        "    except Refusal as refusal: return refusal.code.value\n"
        "deadlines = replace(Deadlines(*[20.0] * len(fields(Deadlines))), look=float(sys.argv[2]))\n"
        "card = HostedCard(Path(sys.argv[1]), environment=os.environ, models=load_models(), deadlines=deadlines)\n"
        "found = run(card.look())\n"
        "print(found if isinstance(found, str) else len(found))\n"
        "run(card.close())\n"
        "print('asyncio' in sys.modules)\n"
    )
    root = Path(__file__).parents[2]
    command = [sys.executable, "-c", script, str(shim.module)]
    environment = dict(shimmed.environment)
    done = subprocess.run([*command, "20"], env=environment, cwd=root, capture_output=True, check=True, timeout=30)
    assert done.stdout == b"1\nFalse\n"
    shim.order(Order("C_GetSlotList", "before", "hang"))
    done = subprocess.run([*command, "0.2"], env=environment, cwd=root, capture_output=True, check=True, timeout=30)
    assert done.stdout == b"module_hung\nFalse\n"


async def test_every_point_of_the_card_is_watched(backend: Backend) -> None:
    watched: list[tuple[Point, Phase]] = []
    card = backend.card(watch=lambda point, phase: watched.append((point, phase)))
    seen = await backend.opened(card)
    await card.make_key(ID, EC, "k")
    await card.sign(ID, b"x")
    await card.set_pin(seen, Secret(backend.pin), Secret("other-pin"))
    points = (Point.CARD_FORMAT, Point.CARD_LOGIN, Point.KEY_MAKE, Point.KEY_SIGN, Point.CARD_SET_PIN)
    assert watched == [(point, phase) for point in points for phase in Phase]


async def test_a_watch_that_throws_ends_the_process(backend: Backend) -> None:
    def watch(point: Point, phase: Phase) -> None:
        if (point, phase) == (Point.KEY_MAKE, Phase.INSIDE):
            raise KeyboardInterrupt

    card = backend.card(watch=watch)
    await backend.opened(card)
    before = children()
    with pytest.raises(KeyboardInterrupt):
        await card.make_key(ID, EC, "k")
    assert all([await gone(child) for child in before])
