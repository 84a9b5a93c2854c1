"""A key that the card shows without saying which may be ours: it is guarded, and never called dead."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.card.shim import Order
from tests.practice import Practice
from tests.road.refusing import assert_stored, erase, through

CKR_DEVICE_ERROR = "30"
# A card's first look asks 10 times for its one key (length and value of five attributes), then 6 for its certificate.
ONCE = Order("C_GetAttributeValue", "before", "ckr", CKR_DEVICE_ERROR, call=3)
ALWAYS = Order("C_GetAttributeValue", "after", "lie", "unreadable=181")  # CKA_EC_POINT
WHEN_SETTLING = (
    Order("C_InitToken", "before", "ckr", CKR_DEVICE_ERROR),
    Order("C_GetAttributeValue", "before", "ckr", CKR_DEVICE_ERROR, call=19),
)


@pytest.mark.parametrize("order", [ONCE, ALWAYS], ids=["once", "always"])
def test_a_key_whose_value_cannot_be_read_is_guarded(holding: Practice, tmp_path: Path, order: Order) -> None:
    words = erase(holding, "NEW", *holding.so_pin)
    told = through(holding, tmp_path / "shim", order).run(*words)
    assert (told.status, told.code) == (1, "card_key_live")
    assert_stored(holding)


def test_a_format_that_failed_kills_no_key_that_could_not_be_read_after_it(holding: Practice, tmp_path: Path) -> None:
    (stored,) = holding.enrolments()
    words = erase(holding, "NEW", *holding.so_pin, "--destroys", stored["enrolment"], "--reason", "カードの再利用")
    told = through(holding, tmp_path / "shim", *WHEN_SETTLING).run(*words)
    assert (told.status, told.code) == (3, "card_error")
    assert_stored(holding)
    assert holding.run(*erase(holding, "NEW", *holding.so_pin)).code == "card_key_live"
