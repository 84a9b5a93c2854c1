"""A card is formatted, again, and by a wrong SO PIN not at all."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from lgpki_tui.card.client import HostedCard
from lgpki_tui.card.port import PinState
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.ground.secret import Secret
from tests.card.backends import ID, LABEL, Backend
from tests.card.contract.hands import (
    NEW,
    WRONG_SO,
    clause,
)


@clause("format: label, serial and PINs")
async def test_format(backend: Backend, card: HostedCard) -> None:
    seen = await backend.formatted(card)
    assert (seen.token.label, seen.initialised, seen.pin) == (LABEL, True, PinState.OK)
    assert seen.token.serial
    assert not seen.unfinished
    slots = backend.pkcs11_tool("--list-token-slots")
    assert re.search(rf": {LABEL}$", slots, re.MULTILINE)
    assert seen.token.serial in slots
    assert "Private Key" not in backend.objects()


@clause("format again: the serial stays, every object goes")
async def test_again(backend: Backend, card: HostedCard) -> None:
    seen = await backend.opened(card)
    await card.make_key(ID, backend.apart.cheapest, "k")
    after = await backend.format(card, seen, "二枚目", NEW)
    assert after.token == replace(seen.token, label="二枚目")
    await card.open(after, Secret(NEW))
    assert (await card.find(ID)).private_keys == 0


@clause("format with a wrong SO PIN destroys nothing")
async def test_wrong_so_pin(backend: Backend, card: HostedCard) -> None:
    seen = await backend.opened(card)
    await card.make_key(ID, backend.apart.cheapest, "k")
    with pytest.raises(Refusal) as refused:
        await card.format(seen, "x", Secret(WRONG_SO), Secret(NEW))
    assert refused.value.code is Code.PIN_WRONG
    assert refused.value.facts["which"] == "so_pin"
    assert ID.hex() in backend.objects()
    with pytest.raises(Refusal) as refused:
        await card.format(seen, "x", Secret(WRONG_SO), Secret(NEW))
    assert refused.value.code is Code.PIN_ALREADY_REFUSED
