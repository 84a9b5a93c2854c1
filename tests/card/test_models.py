"""What is known of card models: PIN and label rules, sources, and files that are wrong."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgpki_tui.card.models import CardModel, Characters, FormatWay, PinRule, load_models
from lgpki_tui.card.port import CardSeen, PinState
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.ground.secret import Secret
from lgpki_tui.ground.shipped import shipped
from lgpki_tui.procedure.identity import Token


def seen_as(model: str, atr: str = "") -> CardSeen:
    """A card whose driver calls its model so."""
    token = Token("41383759299ed3bf", "LGPKI", model)
    return CardSeen(token, "maker", "reader", initialised=True, pin=PinState.OK, atr=atr)


SOFT = seen_as("SoftHSM v2")


@pytest.fixture(scope="module")
def soft() -> CardModel:
    return load_models().model_of(SOFT)


def reason(check: object, argument: object) -> object:
    """The reason of the refusal, or None."""
    assert callable(check)
    try:
        check(argument)
    except Refusal as refusal:
        return refusal.facts["reason"]
    return None


def test_a_token_finds_its_model_by_what_its_driver_calls_it() -> None:
    models = load_models()
    assert models.model_of(SOFT).name == "softhsm"
    for other in ("", "PKCS#15", "SoftHSM v3"):
        assert models.model_of(seen_as(other)) is models.generic
    assert models.generic.format is FormatWay.UNKNOWN


def test_a_card_finds_its_model_by_its_answer_to_reset_first() -> None:
    """OpenSC calls the model of every card PKCS#15; a blank card has no name at all."""
    models = load_models()
    for atr in ("3BF51800008131FE454D794549449A", "3BF51800008131FE454F7345494492"):
        for called in ("PKCS#15", "", "SoftHSM v2"):
            assert models.model_of(seen_as(called, atr)).name == "myeid"
    for atr in ("", "00", "3bf51800008131fe454f7345494492"):
        assert models.model_of(seen_as("PKCS#15", atr)) is models.generic
    assert models.model_of(seen_as("SoftHSM v2", "3B00")).name == "softhsm"


def test_only_what_is_finished_by_a_last_step_is_asked_whether_it_is() -> None:
    assert load_models().staged == {"3BF51800008131FE454D794549449A", "3BF51800008131FE454F7345494492"}


@pytest.mark.parametrize("way", ["init-token", "pkcs15-init"])
def test_a_card_that_this_program_formats(way: str) -> None:
    replace(load_models().generic, format=FormatWay(way)).refuse_unformattable(SOFT)


@pytest.mark.parametrize("way", ["external", "unknown"])
def test_a_card_that_this_program_does_not_format(way: str) -> None:
    model = replace(load_models().generic, format=FormatWay(way))
    with pytest.raises(Refusal) as refused:
        model.refuse_unformattable(SOFT)
    assert refused.value.code is Code.CARD_UNSUPPORTED
    named = {"serial": SOFT.token.serial, "model": SOFT.token.model, "title": model.title}
    assert refused.value.facts == {"reason": f"format_{way}", **named}


def test_the_programs_of_a_model_are_absolute_paths_and_both_are_named(tmp_path: Path) -> None:
    model = load_models().model_of(seen_as("", "3BF51800008131FE454F7345494492"))
    assert set(model.programs) == {"format", "unblock"}
    assert all(Path(program).is_absolute() for program in model.programs.values())
    assert load_models().model_of(SOFT).programs == {}
    (tmp_path / "cards").mkdir()
    text = shipped("config", "cards", "myeid.toml").read_text(encoding="utf-8")
    unblock = next(line for line in text.splitlines() if line.startswith("unblock"))
    (tmp_path / "cards" / "myeid.toml").write_text(text.replace(unblock, ""), encoding="utf-8")
    with pytest.raises(Refusal) as refused:
        load_models((tmp_path,))
    assert (refused.value.code, refused.value.facts["key"]) == (Code.SETTINGS_KEY_MISSING, "programs.unblock")


def test_every_value_has_a_source_and_nothing_is_called_official() -> None:
    models = load_models()
    for model in (*models.known, models.generic):
        assert {"title", "token_models", "format", "free_slot", "pin.shortest", "so_pin.longest"} <= set(model.sources)
        assert all(source == "assumed" or source.startswith("public: ") for source in model.sources.values())
    assert set(models.generic.sources.values()) == {"assumed"}


@pytest.mark.parametrize(
    ("pin", "expected"),
    [
        ("1234", None),
        ("x" * 255, None),
        (" a~!", None),
        ("123", "too_short"),
        ("", "too_short"),
        ("x" * 256, "too_long"),
        ("１２３４", "full_width"),
        ("12　34", "full_width"),
        ("暗証番号", "characters"),
        ("12\n34", "characters"),
        ("12\x0034", "characters"),
        ("ﾊﾟｽﾜｰﾄﾞ", "characters"),
        (b"12\xff34", "not_utf8"),
    ],
)
def test_what_a_pin_of_the_soft_card_looks_like(soft: CardModel, pin: str | bytes, expected: str | None) -> None:
    assert reason(soft.check_pin, Secret(pin)) == expected
    assert reason(soft.check_so_pin, Secret(pin)) == expected


def test_the_refusal_tells_the_bounds_and_never_the_pin(soft: CardModel) -> None:
    with pytest.raises(Refusal) as refused:
        soft.check_so_pin(Secret("73１"))
    assert refused.value.code is Code.PIN_FORMAT
    bounds = {"min": 4, "max": 255, "characters": "printable-ascii"}
    assert refused.value.facts == {"which": "so_pin", "reason": "full_width", **bounds}


def test_the_so_pin_that_blank_cards_come_with_is_not_kept() -> None:
    model = load_models().model_of(seen_as("IBM SoftTok"))
    assert model.so_pin.initial == "87654321"
    assert reason(model.check_so_pin, Secret("87654321")) == "initial"
    assert reason(model.check_so_pin, Secret("87654322")) is None
    assert reason(model.check_pin, Secret("87654321")) is None
    assert model.sources["so_pin.initial"].startswith("public: ")


@given(st.text(max_size=12))
def test_digits_are_the_ten_digits(text: str) -> None:
    rule = PinRule("pin", 4, 8, Characters.DIGITS)
    is_one = text.isascii() and text.isdigit() and 4 <= len(text) <= 8
    assert (reason(rule.check, Secret(text.encode(errors="surrogatepass"))) is None) == is_one


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("LGPKI", None),
        ("高島市 情報政策課", None),
        ("あ" * 10 + "ab", None),
        ("あ" * 10 + "abc", "too_long"),
        ("x" * 33, "too_long"),
        ("", "empty"),
        ("   ", "empty"),
        ("LGPKI ", "edge_space"),
        ("　LGPKI", "edge_space"),
        ("a\tb", "characters"),
        ("a\u202eb", "characters"),
    ],
)
def test_what_a_label_looks_like(soft: CardModel, label: str, expected: str | None) -> None:
    assert reason(soft.check_label, label) == expected


def test_a_site_adds_a_model_and_puts_its_own_instead_of_a_shipped_one(tmp_path: Path) -> None:
    folder = tmp_path / "cards"
    folder.mkdir()
    text = shipped("config", "cards", "softhsm.toml").read_text(encoding="utf-8")
    (folder / "softhsm.toml").write_text(text.replace("value = 4,", "value = 8,"), encoding="utf-8")
    (folder / "mine.toml").write_text(text.replace("SoftHSM v2", "MyCard"), encoding="utf-8")
    models = load_models((tmp_path,))
    assert models.model_of(SOFT).pin.shortest == 8
    assert models.model_of(seen_as("MyCard")).name == "mine"


@pytest.mark.parametrize(
    ("old", "new", "code", "key"),
    [
        ("free_slot", "free_slott", Code.SETTINGS_KEY_MISSING, "free_slot"),
        ("value = 255", "value = 3", Code.SETTINGS_VALUE, "pin.shortest.value"),
        ("value = 4,", 'value = "4",', Code.SETTINGS_VALUE, "pin.shortest.value"),
        ("value = 4,", "value = 4, sauce = 1,", Code.SETTINGS_KEY_UNKNOWN, "pin.shortest.sauce"),
        ('"init-token"', '"inittoken"', Code.SETTINGS_VALUE, "format.value"),
        ("value = true, source", "value = true, origin", Code.SETTINGS_KEY_UNKNOWN, "tells_sensitive.origin"),
        ('value = "apart"', 'value = "two"', Code.SETTINGS_VALUE, "pins.value"),
        ("[pin]", "[pin", Code.SETTINGS_UNREADABLE, None),
    ],
)
def test_a_file_that_is_wrong_names_file_and_key(
    tmp_path: Path, old: str, new: str, code: Code, key: str | None
) -> None:
    (tmp_path / "cards").mkdir()
    file = tmp_path / "cards" / "softhsm.toml"
    text = shipped("config", "cards", "softhsm.toml").read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(Refusal) as refused:
        load_models((tmp_path,))
    assert refused.value.code is code
    assert refused.value.facts["file"] == str(file)
    assert refused.value.facts.get("key") == key
