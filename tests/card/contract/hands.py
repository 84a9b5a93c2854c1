"""What several clauses do with a card, and what they call it by."""

from __future__ import annotations

import pytest

from lgpki_tui.card.client import HostedCard
from lgpki_tui.card.port import CardSeen, PinState
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.ground.secret import Secret
from lgpki_tui.subject.algorithm import Algorithm
from tests.card.backends import ID, Backend, certificate_for

clause = pytest.mark.clause
# As every token takes them: digits, 4 to 8.
NEW, THIRD, WRONG, WRONG_SO = "284639", "735172", "999999", "19283746"
# More than any card allows.
MANY = 12


async def initialised(card: HostedCard) -> CardSeen:
    """The one formatted card there is."""
    (seen,) = [one for one in await card.look() if one.initialised]
    return seen


async def wrong_pins(card: HostedCard, seen: CardSeen) -> list[tuple[Code, PinState]]:
    """What the card says to each of many wrong PINs, and of itself after it."""
    told = []
    for number in range(MANY):
        with pytest.raises(Refusal) as refused:
            await card.open(seen, Secret(f"9{number:05}"))
        told.append((refused.value.code, (await initialised(card)).pin))
    return told


async def stored(backend: Backend, card: HostedCard) -> bytes:
    """A certificate that has just been stored beside its key."""
    await backend.opened(card)
    der = certificate_for(await card.make_key(ID, Algorithm.RSA_2048, "k"))
    await card.store_certificate(ID, der, "261124-7K3QH")
    return der


async def whole_use(backend: Backend, card: HostedCard, seen: CardSeen) -> None:
    """All that the program does to a formatted card, but for the receipt: not every card takes one."""
    await card.open(seen, Secret(backend.pin))
    der = certificate_for(await card.make_key(ID, backend.apart.cheapest, "k"))
    await card.sign(ID, b"message")
    await card.store_certificate(ID, der, "k")
    await card.destroy_leftover(ID[::-1])
