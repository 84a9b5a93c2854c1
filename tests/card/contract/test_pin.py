"""The PIN is changed, refused, locked and set anew."""

from __future__ import annotations

import pytest

from lgpki_tui.card.client import HostedCard
from lgpki_tui.card.port import CardSeen, PinState
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.ground.secret import Secret
from tests.card.backends import ID, Backend
from tests.card.contract.hands import (
    MANY,
    NEW,
    THIRD,
    WRONG,
    WRONG_SO,
    clause,
    initialised,
    wrong_pins,
)


@clause("the PIN is changed")
async def test_change(backend: Backend, card: HostedCard) -> None:
    seen = await backend.formatted(card)
    with pytest.raises(Refusal) as refused:
        await card.open(seen, Secret(NEW))
    assert refused.value.code is Code.PIN_WRONG
    await card.set_pin(seen, Secret(backend.pin), Secret(NEW))
    await card.open(seen, Secret(NEW))  # refused before, right now
    with pytest.raises(Refusal) as refused:
        await card.set_pin(seen, Secret(backend.pin), Secret(THIRD))
    assert refused.value.code is Code.PIN_WRONG


@clause("a wrong PIN is told and not sent again")
async def test_wrong(backend: Backend, card: HostedCard) -> None:
    seen = await backend.formatted(card)
    with pytest.raises(Refusal) as refused:
        await card.open(seen, Secret(WRONG))
    assert refused.value.code is Code.PIN_WRONG
    assert refused.value.facts["pin"] == backend.apart.wrong_pins[0][1].value
    assert "refused" not in refused.value.facts
    with pytest.raises(Refusal) as refused:
        await card.open(seen, Secret(WRONG))
    assert refused.value.code is Code.PIN_ALREADY_REFUSED
    await card.open(seen, Secret(backend.pin))


@clause("wrong PINs up to the lock-out")
async def test_lock_out(backend: Backend, card: HostedCard) -> None:
    """A token that never locks says so in `apart`, and then must not, however often it is asked."""
    seen = await backend.formatted(card)
    assert await wrong_pins(card, seen) == list(backend.apart.answers(MANY))
    opened: Code | None = None
    try:
        await card.open(seen, Secret(backend.pin))
    except Refusal as refusal:
        opened = refusal.code
    assert opened is (Code.PIN_LOCKED if backend.apart.locks else None)


@clause("format after a lock-out")
async def test_format_after(backend: Backend, card: HostedCard) -> None:
    seen = await backend.formatted(card)
    await wrong_pins(card, seen)
    after = await backend.format(card, seen, pin=NEW)
    assert after.pin is PinState.OK
    await card.open(after, Secret(NEW))


@clause("a forgotten PIN is set anew by the SO PIN or PUK")
async def test_forgotten(backend: Backend, card: HostedCard) -> None:
    seen = await backend.opened(card)
    await _set_anew(backend, card, seen, await card.make_key(ID, backend.apart.cheapest, "k"))


@clause("a locked PIN is set anew by the SO PIN or PUK")
async def test_unblock(backend: Backend, card: HostedCard) -> None:
    seen = await backend.opened(card)
    public_key = await card.make_key(ID, backend.apart.cheapest, "k")
    await wrong_pins(card, seen)
    await _set_anew(backend, card, seen, public_key)


async def _set_anew(backend: Backend, card: HostedCard, seen: CardSeen, public_key: bytes) -> None:
    """The new PIN opens and the old one does not; the key is the same."""
    await card.unblock(seen, Secret(backend.so_pin), Secret(NEW))
    assert (await initialised(card)).pin is PinState.OK
    with pytest.raises(Refusal) as refused:
        await card.open(seen, Secret(backend.pin))
    assert refused.value.code is Code.PIN_WRONG
    await card.open(seen, Secret(NEW))
    assert (await card.find(ID)).public_key == public_key
    assert await card.sign(ID, b"message")


@clause("a wrong SO PIN or PUK sets no PIN, and costs nothing else")
async def test_unblock_wrong(backend: Backend, card: HostedCard) -> None:
    seen = await backend.opened(card)
    await card.make_key(ID, backend.apart.cheapest, "k")
    with pytest.raises(Refusal) as refused:
        await card.unblock(seen, Secret(WRONG_SO), Secret(NEW))
    assert refused.value.code is Code.PIN_WRONG
    assert refused.value.facts["which"] in ("so_pin", "puk")
    with pytest.raises(Refusal) as refused:
        await card.unblock(seen, Secret(WRONG_SO), Secret(NEW))
    assert refused.value.code is Code.PIN_ALREADY_REFUSED
    after = await initialised(card)
    assert (after.pin, [key.cka_id for key in after.keys]) == (PinState.OK, [ID.hex()])
    await card.open(seen, Secret(backend.pin))
    assert await card.sign(ID, b"message")
