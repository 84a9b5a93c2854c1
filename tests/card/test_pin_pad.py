"""A reader with a pad of its own: the PIN is typed there, and this program neither asks for it nor sees it."""

from __future__ import annotations

import pytest

from lgpki_tui.card.client import HostedCard
from lgpki_tui.card.port import CardSeen
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.ground.secret import Secret
from lgpki_tui.subject.algorithm import Algorithm
from tests.card.backends import ID, Backend
from tests.card.shim import Order, Shim

_PAD = Order("C_GetTokenInfo", "after", "lie", "flags=100")  # CKF_PROTECTED_AUTHENTICATION_PATH


def typed(pin: str) -> Order:
    """What a hand types at the pad."""
    return Order("C_Login", "before", "type", pin)


async def seen_with_pad(shimmed: Backend, shim: Shim) -> tuple[HostedCard, CardSeen]:
    """A formatted card, seen in a reader with a pad."""
    card = shimmed.card()
    await shimmed.formatted(card)
    shim.order(_PAD)
    seen = next(one for one in await card.look() if one.initialised)
    assert seen.pin_pad
    return card, seen


async def test_it_is_opened_without_a_pin(shimmed: Backend, shim: Shim) -> None:
    card, seen = await seen_with_pad(shimmed, shim)
    shim.order(_PAD, typed(shimmed.pin))
    await card.open(seen, None)
    assert await card.make_key(ID, Algorithm.EC_P256, "k")
    assert await card.sign(ID, b"message")


async def test_a_wrong_pin_at_the_pad_is_told_and_may_be_typed_again(shimmed: Backend, shim: Shim) -> None:
    """What was typed there is not known here: nothing is remembered as refused."""
    card, seen = await seen_with_pad(shimmed, shim)
    for _ in range(2):
        shim.order(_PAD, typed("9999"))
        with pytest.raises(Refusal) as refused:
            await card.open(seen, None)
        assert refused.value.code is Code.PIN_WRONG
        assert "refused" not in refused.value.facts
    shim.order(_PAD, typed(shimmed.pin))
    await card.open(seen, None)
    assert (await card.find(ID)).private_keys == 0


async def test_a_pin_that_is_given_all_the_same_is_taken(shimmed: Backend, shim: Shim) -> None:
    """Some drivers take both."""
    card, seen = await seen_with_pad(shimmed, shim)
    shim.order(_PAD, typed("9999"))
    await card.open(seen, Secret(shimmed.pin))
    assert (await card.find(ID)).private_keys == 0


async def test_a_reader_without_a_pad_takes_no_login_without_a_pin(backend: Backend, card: HostedCard) -> None:
    seen = await backend.formatted(card)
    assert not seen.pin_pad
    with pytest.raises(Refusal) as refused:
        await card.open(seen, None)
    assert refused.value.code in (Code.CARD_ERROR, Code.PIN_WRONG, Code.PIN_FORMAT, Code.CARD_UNSUPPORTED)
    await card.open(seen, Secret(backend.pin))
