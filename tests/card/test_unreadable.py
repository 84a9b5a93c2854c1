"""One reader that errs hides no other card, and is never taken for a blank one."""

from __future__ import annotations

import pytest

from lgpki_tui.card.choice import choose
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.ground.secret import Secret
from tests.card.backends import Backend
from tests.card.shim import Order, Shim

CKR_DEVICE_ERROR = "30"


async def test_the_other_cards_are_seen_and_used(shimmed: Backend, shim: Shim) -> None:
    maker = shimmed.card()
    first, second = await shimmed.formatted(maker, "first"), await shimmed.formatted(maker, "second")
    await maker.close()
    shim.order(Order("C_GetTokenInfo", "before", "ckr", CKR_DEVICE_ERROR, call=1))
    card = shimmed.card()
    seen = await card.look()
    unread = [one for one in seen if one.fault]
    assert [(one.fault, one.initialised) for one in unread] == [("0x30 C_GetTokenInfo", False)]
    (readable,) = [one for one in seen if one.initialised]
    assert readable in (first, second)
    assert choose(seen, readable.token.serial) == readable
    with pytest.raises(Refusal) as refused:
        choose(seen, None)
    assert refused.value.code is Code.CARD_ERROR
    (hidden,) = {first, second} - {readable}
    with pytest.raises(Refusal) as refused:
        choose(seen, hidden.token.serial)
    assert refused.value.code is Code.CARD_ERROR
    shim.order(Order("C_GetTokenInfo", "before", "ckr", CKR_DEVICE_ERROR, call=1))
    await card.open(readable, Secret(shimmed.pin))
    await card.close()


async def test_when_none_can_be_read_the_error_is_told(shimmed: Backend, shim: Shim) -> None:
    maker = shimmed.card()
    await shimmed.formatted(maker)
    await maker.close()
    shim.order(Order("C_GetTokenInfo", "before", "ckr", CKR_DEVICE_ERROR))
    with pytest.raises(Refusal) as refused:
        await shimmed.card().look()
    assert (refused.value.code, refused.value.facts["ckr"]) == (Code.CARD_ERROR, "0x30 C_GetTokenInfo")


async def test_a_card_pulled_while_it_is_looked_at_is_no_fault(shimmed: Backend, shim: Shim) -> None:
    maker = shimmed.card()
    await shimmed.formatted(maker)
    await maker.close()
    shim.order(Order("C_GetTokenInfo", "before", "ckr", "e0", call=1))
    assert [one.fault for one in await shimmed.card().look()] == [""]
