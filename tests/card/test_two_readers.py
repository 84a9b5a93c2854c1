"""Two readers with a card in each: which is meant is never guessed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from lgpki_tui.card.choice import choose
from lgpki_tui.card.port import PinState
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.ground.secret import Secret
from lgpki_tui.rehearsal.readers import PracticeCard, Readers
from tests.card.backends import ID, Backend, openssl_verifies
from tests.card.tokens.virtual import behind, readers_with, tell

_ONE, _TWO = PracticeCard("one"), PracticeCard("two")


@pytest_asyncio.fixture
async def both(tmp_path: Path) -> AsyncIterator[tuple[Readers, Backend]]:
    """Two readers with a blank card in each."""
    with readers_with(tmp_path, _ONE, _TWO) as readers:
        backend = behind(readers, tmp_path)
        yield readers, backend
        for card in backend.cards:
            await card.close()


async def test_blank_cards_that_look_the_same_are_told_apart_by_their_reader(both: tuple[Readers, Backend]) -> None:
    _, backend = both
    card = backend.card()
    first, second = await card.look()
    assert replace(first, reader=second.reader) == second
    assert first.reader != second.reader
    with pytest.raises(Refusal) as refused:
        choose((first, second), None)
    assert refused.value.code is Code.CARD_AMBIGUOUS
    with pytest.raises(Refusal) as refused:
        await backend.format(card, replace(first, reader="another reader"))
    assert refused.value.code is Code.CARD_AMBIGUOUS
    made = await backend.format(card, second, "二枚目")
    assert made.reader == second.reader
    assert first in await card.look()
    assert (await backend.format(card, first, "一枚目")).reader == first.reader


async def test_each_card_is_used_and_not_the_other(both: tuple[Readers, Backend], tmp_path: Path) -> None:
    readers, backend = both
    card = backend.card()
    for blank in await card.look():
        await backend.format(card, blank, "same")
    first, second = await card.look()
    assert first.token.serial != second.token.serial
    public_keys = []
    for seen in (first, second):
        await card.open(seen, Secret(backend.pin))
        public_keys.append(await card.make_key(ID, backend.apart.cheapest, "k"))
        signature = await card.sign(ID, b"message")
        assert [openssl_verifies(tmp_path, key, b"message", signature) for key in public_keys][-1]
        await card.leave_receipt("261124-7K3QH", seen.token.serial.encode())
    assert len(set(public_keys)) == 2
    assert sorted(await card.receipts()) == sorted(one.token.serial.encode() for one in (first, second))
    for wrong in ("1111", "2222", "3333"):
        with pytest.raises(Refusal):
            await card.open(second, Secret(wrong))
    assert [one.pin for one in await card.look()] == [PinState.OK, PinState.LOCKED]
    tell(readers, "pull", 0)
    assert [one.token for one in await card.look()] == [second.token]
    with pytest.raises(Refusal) as refused:
        await card.open(first, Secret(backend.pin))
    assert refused.value.code is Code.CARD_ABSENT
    tell(readers, "insert", 0)
    await card.open(first, Secret(backend.pin))
    assert (await card.find(ID)).public_key == public_keys[0]


async def test_a_card_is_found_again_in_another_reader(both: tuple[Readers, Backend]) -> None:
    """A formatted card is itself wherever it is put; the reader only tells apart what has no name."""
    readers, backend = both
    card = backend.card()
    seen = await backend.format(card, (await card.look())[0])
    for slot in (0, 1):
        tell(readers, "pull", slot)
    tell(readers, "swap spare", 0)
    tell(readers, "swap one", 1)
    found = next(one for one in await card.look() if one.initialised)
    assert (found.token, found.reader != seen.reader) == (seen.token, True)
    await card.open(seen, Secret(backend.pin))
