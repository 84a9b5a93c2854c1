"""How a card that was seen is found again among those that are there."""

from __future__ import annotations

import pytest

from lgpki_tui.card.address import Address
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.procedure.identity import Token

BLANK, ONE, TWO = Token("", "", ""), Token("1", "same", "m"), Token("2", "same", "m")


@pytest.mark.parametrize(
    ("wanted", "there", "slot"),
    [
        (Address(ONE, "a"), [(3, ONE, "a")], 3),
        (Address(ONE, "a"), [(3, TWO, "a"), (4, ONE, "b")], 4),  # moved to another reader
        (Address(ONE, "a"), [(3, None, "b"), (4, ONE, "a")], 4),  # beside one that cannot be read
        (Address(BLANK, "b"), [(3, BLANK, "a"), (4, BLANK, "b")], 4),
        (Address(ONE, "b"), [(3, ONE, "a"), (4, ONE, "b")], 4),  # drivers that call every token the same
    ],
)
def test_the_slot_of_a_card(wanted: Address, there: list[tuple[int, Token | None, str]], slot: int) -> None:
    assert wanted.pick(there) == slot


@pytest.mark.parametrize(
    ("wanted", "there", "code"),
    [
        (Address(ONE, "c"), [(3, ONE, "a"), (4, ONE, "b")], Code.CARD_AMBIGUOUS),
        (Address(ONE, "a"), [(3, ONE, "a"), (4, ONE, "a")], Code.CARD_AMBIGUOUS),
        (Address(ONE, "a"), [(3, TWO, "a")], Code.CARD_ABSENT),
        (Address(ONE, "a"), [(3, None, "a")], Code.CARD_ABSENT),
        (Address(BLANK, "a"), [], Code.CARD_ABSENT),
    ],
)
def test_a_card_that_is_not_sure_is_refused(
    wanted: Address, there: list[tuple[int, Token | None, str]], code: Code
) -> None:
    with pytest.raises(Refusal) as refused:
        wanted.pick(there)
    facts = {"serial": wanted.token.serial, "label": wanted.token.label}
    assert (refused.value.code, refused.value.facts) == (code, facts)


def test_an_address_travels() -> None:
    address = Address(ONE, "読取装置 00 00")
    assert Address.from_json(address.to_json()) == address
