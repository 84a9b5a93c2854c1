"""Which card is meant."""

from __future__ import annotations

import pytest

from lgpki_tui.card.choice import choose, shown
from lgpki_tui.card.models import load_models
from lgpki_tui.card.port import CardSeen, PinState
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.procedure.identity import Token


def seen(serial: str, label: str, model: str = "SoftHSM v2", *, initialised: bool = True) -> CardSeen:
    return CardSeen(Token(serial, label, model), "maker", f"reader {serial}", initialised, PinState.OK)


ONE = seen("41383759299ed3bf", "LGPKI")
TWO = seen("47634e5d29fbeb49", "高島市 LGPKI")
FREE = seen("", "", initialised=False)
BLANK = seen("00112233", "", "PKCS#15", initialised=False)


@pytest.mark.parametrize("cards", [(ONE,), (ONE, FREE), (FREE, ONE), (ONE, BLANK)])
def test_one_initialised_card_needs_no_name(cards: tuple[CardSeen, ...]) -> None:
    assert choose(cards, None) is ONE


@pytest.mark.parametrize("blank", [FREE, BLANK])
def test_only_when_none_is_initialised_the_blank_one_is_meant(blank: CardSeen) -> None:
    assert choose((blank,), None) is blank


@pytest.mark.parametrize(
    "wanted",
    [
        "47634e5d29fbeb49",
        "高島市 LGPKI",
        "pkcs11:serial=47634e5d29fbeb49",
        "pkcs11:token=%E9%AB%98%E5%B3%B6%E5%B8%82%20LGPKI",
        "pkcs11:model=SoftHSM%20v2;manufacturer=maker;serial=47634e5d29fbeb49;token=%E9%AB%98%E5%B3%B6%E5%B8%82%20LGPKI",
        "pkcs11:slot-description=reader%2047634e5d29fbeb49;object=k;type=private?module-name=softhsm2",
    ],
)
def test_a_card_is_named_by_serial_label_or_uri(wanted: str) -> None:
    assert choose((ONE, TWO, FREE), wanted) is TWO


@pytest.mark.parametrize("wanted", ["LGPKI2", "", "4138", "pkcs11:serial=4138", "pkcs11:token=LGPKI;serial=1"])
def test_no_such_card(wanted: str) -> None:
    with pytest.raises(Refusal) as refused:
        choose((ONE, TWO), wanted)
    assert refused.value.code is Code.CARD_ABSENT


def test_no_card_at_all() -> None:
    with pytest.raises(Refusal) as refused:
        choose((), None)
    assert (refused.value.code, refused.value.facts["cards"]) == (Code.CARD_ABSENT, [])


@pytest.mark.parametrize("wanted", [None, "pkcs11:", "pkcs11:model=SoftHSM%20v2"])
def test_several_are_listed(wanted: str | None) -> None:
    with pytest.raises(Refusal) as refused:
        choose((ONE, TWO, FREE), wanted)
    assert refused.value.code is Code.CARD_AMBIGUOUS
    listed = refused.value.facts["cards"]
    assert isinstance(listed, list)
    assert [card["serial"] for card in listed] == [ONE.token.serial, TWO.token.serial]


def test_a_label_that_two_cards_have_is_not_guessed() -> None:
    with pytest.raises(Refusal) as refused:
        choose((ONE, seen("2", "LGPKI")), "LGPKI")
    assert refused.value.code is Code.CARD_AMBIGUOUS


@pytest.mark.parametrize(
    ("uri", "reason"),
    [
        ("pkcs11:token", "not_a_pkcs11_uri"),
        ("pkcs11:token=%zz", "not_a_pkcs11_uri"),
        ("pkcs11:token=a;token=b", "not_a_pkcs11_uri"),
        ("pkcs11:tokne=a", "attribute_unknown"),
        ("pkcs11:token=LGPKI?pin-value=canary-5582", "pin_in_uri"),
    ],
)
def test_a_uri_that_is_none_is_not_repeated(uri: str, reason: str) -> None:
    with pytest.raises(Refusal) as refused:
        choose((ONE,), uri)
    assert (refused.value.code, refused.value.facts["reason"]) == (Code.USAGE, reason)
    assert "5582" not in str(refused.value.facts)


def test_the_free_slot_beside_a_soft_token_is_not_shown() -> None:
    models = load_models()
    assert shown((ONE, FREE), models) == (ONE,)
    assert shown((FREE,), models) == (FREE,)
    assert shown((ONE, FREE, BLANK), models) == (ONE, BLANK)
    assert shown((), models) == ()
