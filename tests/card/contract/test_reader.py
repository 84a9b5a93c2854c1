"""The card is pulled and put back."""

from __future__ import annotations

import pytest

from lgpki_tui.card.client import HostedCard
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.ground.secret import Secret
from tests.card.backends import ID, Backend
from tests.card.contract.hands import (
    clause,
)


@clause("pulled and put back")
async def test_pulled(backend: Backend, card: HostedCard) -> None:
    seen = await backend.opened(card)
    public_key = await card.make_key(ID, backend.apart.cheapest, "k")
    backend.apart.pull()
    with pytest.raises(Refusal) as refused:
        await card.sign(ID, b"message")
    assert refused.value.code is Code.CARD_REMOVED
    assert await card.look() == ()
    with pytest.raises(Refusal) as refused:
        await card.open(seen, Secret(backend.pin))
    assert refused.value.code is Code.CARD_ABSENT
    backend.apart.insert()
    await card.open(seen, Secret(backend.pin))
    assert (await card.find(ID)).public_key == public_key
    assert await card.sign(ID, b"message")
