"""A card that cannot sign as the profile asks is refused before anything of a key is recorded."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from lgpki_tui.conductor.ports import Ports
from lgpki_tui.conductor.requesting import key_intended
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.subject.algorithm import Algorithm, Scheme
from tests import samples


class Card:
    """A card without PSS, which keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[object] = []

    async def find(self, cka_id: bytes) -> None:
        self.asked.append("find")

    async def check_scheme(self, algorithm: Algorithm, scheme: Scheme) -> None:
        self.asked.append((algorithm, scheme))
        raise Refusal(Code.CARD_SCHEME, scheme=scheme.value, mechanisms=["CKM_RSA_PKCS"])


def ports(card: Card) -> Ports:
    """Ports of a conductor that has come to the key; there is no ledger to write to."""
    clock = SimpleNamespace(now=lambda: samples.NOW)
    made: Any = SimpleNamespace(card=card, clock=clock, entropy=lambda count: b"\1" * count)
    return cast(Ports, made)


async def test_the_scheme_is_asked_for_before_the_about_to() -> None:
    card = Card()
    with pytest.raises(Refusal) as refused:
        await key_intended(ports(card), samples.TOKEN, Algorithm.RSA_2048, Scheme.PSS)
    assert refused.value.code is Code.CARD_SCHEME
    assert card.asked == ["find", (Algorithm.RSA_2048, Scheme.PSS)]


async def test_pkcs1_is_what_every_card_is_tried_with() -> None:
    card = Card()
    intended = await key_intended(ports(card), samples.TOKEN, Algorithm.RSA_2048, Scheme.PKCS1_V15)
    assert (intended.token, intended.cka_id) == (samples.TOKEN, "01" * 8)
    assert card.asked == ["find"]
