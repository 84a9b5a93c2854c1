"""The program is killed while the card works: the act is let finish, nothing hangs, and nobody acts beside it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from lgpki_tui.card.claim import claim
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.ground.secret import Secret
from lgpki_tui.subject.algorithm import Algorithm
from tests.card.backends import ID, Backend
from tests.card.processes import alive, gone, start_program, wait_for_call
from tests.card.shim import Order, Shim

EC = Algorithm.EC_P256


@pytest.mark.parametrize(("when", "keys"), [("before", 0), ("after", 1)])
async def test_a_program_killed_around_the_making_of_a_key(shimmed: Backend, shim: Shim, when: str, keys: int) -> None:
    card = shimmed.card()
    seen = await shimmed.formatted(card)
    shim.order(Order("C_GenerateKeyPair", when, "kill-parent"))
    with start_program(shimmed, seen.token.label) as victim:
        out = await asyncio.to_thread(victim.communicate)
    host = int(out[0])
    assert victim.returncode == -9
    assert await gone(host)
    shim.clear()
    await card.open(seen, Secret(shimmed.pin))
    assert (await card.find(ID)).private_keys == keys


async def test_an_act_is_let_finish_when_the_program_is_killed_and_the_next_one_waits(
    shimmed: Backend, shim: Shim
) -> None:
    """SoftHSM loses its token when it is killed inside some functions (measured)."""
    card = shimmed.card()
    seen = await shimmed.formatted(card)
    await card.close()
    shim.order(Order("C_GenerateKeyPair", "before", "sleep", "0.5"))
    with start_program(shimmed, seen.token.label) as victim:
        assert victim.stdout is not None
        host = int(await asyncio.to_thread(victim.stdout.readline))
        await asyncio.to_thread(wait_for_call, shim, "C_GenerateKeyPair")
        victim.kill()
    assert alive(host)
    shim.clear()
    await card.claim()
    assert not alive(host)
    await card.open(seen, Secret(shimmed.pin))
    assert (await card.find(ID)).private_keys == 1


async def test_a_module_that_hangs_ends_with_its_deadline_when_the_program_is_gone(
    shimmed: Backend, shim: Shim
) -> None:
    card = shimmed.card()
    seen = await shimmed.formatted(card)
    await card.close()
    shim.order(Order("C_GenerateKeyPair", "before", "hang"))
    with start_program(shimmed, seen.token.label, seconds=1.0) as victim:
        assert victim.stdout is not None
        host = int(await asyncio.to_thread(victim.stdout.readline))
        await asyncio.to_thread(wait_for_call, shim, "C_GenerateKeyPair")
        victim.kill()
        assert await gone(host, 4)


async def test_two_programs_do_not_act_on_cards_at_once(backend: Backend, tmp_path: Path) -> None:
    first, second = backend.card(), backend.card()
    await first.claim()
    await first.claim()
    waiting = asyncio.create_task(second.claim())
    await asyncio.sleep(0.3)
    assert not waiting.done()
    await first.close()
    await waiting
    with pytest.raises(Refusal) as refused:
        claim(str(backend.lock), 0.05)
    assert (refused.value.code, refused.value.facts["reason"]) == (Code.CARD_IN_USE, "another_process")
