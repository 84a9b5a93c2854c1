"""What a look shows, and what is told as absent."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256

import pytest

from lgpki_tui.card.client import HostedCard
from lgpki_tui.card.port import PinState
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.ground.secret import Secret
from lgpki_tui.procedure.identity import Token
from tests.card.backends import ID, Backend
from tests.card.contract.hands import (
    clause,
    initialised,
)


@clause("a blank card is seen as blank")
async def test_blank(card: HostedCard) -> None:
    (seen,) = await card.look()
    assert not seen.initialised
    assert (seen.pin, seen.keys, seen.certificates) == (PinState.NOT_SET, (), ())


@clause("public keys are seen without a PIN")
async def test_public_keys(backend: Backend, card: HostedCard) -> None:
    await backend.opened(card)
    public_key = await card.make_key(ID, backend.apart.cheapest, "名札")
    (key,) = (await initialised(backend.card())).keys
    assert (key.cka_id, key.label, key.public_key_sha256) == (ID.hex(), "名札", sha256(public_key).hexdigest())


@clause("a card that another program formatted is seen")
async def test_of_another_process(backend: Backend, card: HostedCard) -> None:
    await card.look()
    seen = await backend.formatted(backend.card())
    assert await initialised(card) == seen
    await card.open(seen, Secret(backend.pin))


@clause("a card that is not there is told as absent")
async def test_absent(backend: Backend, card: HostedCard) -> None:
    seen = await backend.formatted(card)
    with pytest.raises(Refusal) as refused:
        await card.open(replace(seen, token=Token("0000", "another", seen.token.model)), Secret(backend.pin))
    assert refused.value.code is Code.CARD_ABSENT
