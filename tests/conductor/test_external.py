"""A card that another program formats: what may die is guarded before, and what became of it is recorded after."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from lgpki_tui.card.port import CardSeen
from lgpki_tui.conductor.external import after_external, before_external
from lgpki_tui.conductor.formatting import FormatWish, format_card
from lgpki_tui.conductor.pins import unblock
from lgpki_tui.conductor.ports import PinSource
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.ground.secret import Secret
from lgpki_tui.workplace import Workplace
from tests.practice import Practice
from tests.tui.sites import models_of_a_site

SO, PIN, NEW = "87654321", "20261124", "11223344"


@contextmanager
def at_work(practice: Practice, site: Path, **changes: str) -> Iterator[Workplace]:
    """A workplace in which the soft card is as a site describes it."""
    place = Workplace(practice.folder)
    vars(place)["models"] = models_of_a_site(site, "softhsm", **changes)
    try:
        yield place
    finally:
        asyncio.run(place.close())


def formatter(practice: Practice, label: str = "MAKER-01", *, pin: bool = True) -> None:
    """Another program wipes the token in the first slot."""
    secrets = {"SO": (practice.folder / "secrets" / "so-pin").read_text().strip(), "PIN": PIN}
    wipe = ("--init-token", "--slot-index", "0", "--label", label, "--so-pin", "env:SO")
    assert practice._tried(*wipe, **secrets).returncode == 0
    if pin:
        login = ("--login", "--login-type", "so", "--so-pin", "env:SO")
        give = ("--token-label", label, *login, "--init-pin", "--new-pin", "env:PIN")
        assert practice._tried(*give, **secrets).returncode == 0


def given(pin: str, asked: list[str] | None = None) -> PinSource:
    async def give() -> Secret:
        if asked is not None:
            asked.append(pin)
        return Secret(pin.encode())

    return give


def before(place: Workplace, **destroys: str) -> tuple[CardSeen, FormatWish]:
    """The card in use, with what may die on it."""

    async def ask() -> tuple[CardSeen, FormatWish]:
        (card,) = [card for card in await place.card.look() if card.initialised]
        wish = FormatWish("", card.token.serial, {name.replace("_", "-"): why for name, why in destroys.items()})
        return await before_external(place, wish, None), wish

    return asyncio.run(ask())


def test_a_key_that_is_waited_for_is_refused_even_by_its_number(practice: Practice, tmp_path: Path) -> None:
    number = practice.request()["enrolment"]
    with at_work(practice, tmp_path / "etc", format="external") as place:
        for destroys in ({}, {number.replace("-", "_"): "換える"}):
            with pytest.raises(Refusal) as caught:
                before(place, **destroys)
            assert caught.value.code is Code.CARD_KEY_LIVE
            assert caught.value.facts["enrolment"] == number
    assert len(practice.token()) == 2


def test_a_key_in_use_dies_by_its_number_alone_and_that_is_recorded_when_it_is_gone(
    practice: Practice, tmp_path: Path
) -> None:
    request = practice.request()
    assert practice.store(request, practice.issue(request)).status == 0
    number = request["enrolment"]
    with at_work(practice, tmp_path / "etc", format="external") as place:
        with pytest.raises(Refusal) as caught:
            before(place)
        assert caught.value.code is Code.CARD_KEY_LIVE
        card, wish = before(place, **{number.replace("-", "_"): "機種の変更"})
        with pytest.raises(Refusal) as caught:
            asyncio.run(after_external(place, card, wish))
        assert (caught.value.code, caught.value.facts["reason"]) == (Code.CARD_NOT_BLANK, "unchanged")
        assert "key_destroyed" not in practice.events()
        formatter(practice, pin=False)
        with pytest.raises(Refusal) as caught:
            asyncio.run(after_external(place, card, wish))
        assert caught.value.code is Code.PIN_NOT_SET
        formatter(practice)
        assert asyncio.run(after_external(place, card, wish)).label == "MAKER-01"
    assert practice.events(number)[-1] == "key_destroyed"
    assert practice.events().count("key_destroyed") == 1
    assert not [each for each in practice.enrolments() if each["enrolment"] == number and each.get("open")]


def test_a_reader_that_is_empty_then_is_told(practice: Practice, tmp_path: Path) -> None:
    with at_work(practice, tmp_path / "etc", format="external") as place:
        card, wish = before(place)
        (practice.folder / "tokens").rename(practice.folder / "away")
        (practice.folder / "tokens").mkdir()
        with pytest.raises(Refusal) as caught:
            asyncio.run(after_external(place, card, wish))
        assert caught.value.code is Code.CARD_ABSENT


@pytest.mark.parametrize("way", ["external", "unknown"])
def test_this_program_neither_formats_nor_unblocks_such_a_card(practice: Practice, tmp_path: Path, way: str) -> None:
    """Nobody is asked for a PIN."""
    asked: list[str] = []
    with at_work(practice, tmp_path / "etc", format=way) as place:
        serial = practice.done("card", "list")["cards"][0]["serial"]
        wish = FormatWish("NEU", serial, {})
        with pytest.raises(Refusal) as formatting:
            asyncio.run(format_card(place, wish, None, given(SO, asked), given(PIN, asked)))
        with pytest.raises(Refusal) as unblocking:
            asyncio.run(unblock(place, None, given(SO, asked), given(NEW, asked)))
    for caught in (formatting, unblocking):
        assert caught.value.code is Code.CARD_UNSUPPORTED
        assert caught.value.facts["reason"] == f"format_{way}"
    assert asked == []
    assert practice.token_is_ready()


def test_where_there_is_one_pin_it_is_asked_for_once_and_is_both(practice: Practice, tmp_path: Path) -> None:
    asked: list[str] = []
    so_pin = (practice.folder / "secrets" / "so-pin").read_text().strip()  # what the card compares
    with at_work(practice, tmp_path / "etc", pins="one") as place:
        serial = practice.done("card", "list")["cards"][0]["serial"]
        wish = FormatWish("ONE", serial, {})
        asyncio.run(format_card(place, wish, None, given("not-asked", asked), given(so_pin, asked)))
    assert asked == [so_pin]
    listed = practice._tried("--login", "--pin", "env:ONE", "-O", ONE=so_pin)
    assert listed.returncode == 0
    words = ("--login-type", "so", "--so-pin", "env:ONE", "--init-pin", "--new-pin", "env:ONE")
    assert practice._tried("--login", *words, ONE=so_pin).returncode == 0


def test_unblock_refuses_what_was_never_formatted_or_has_no_pin_yet(practice: Practice, tmp_path: Path) -> None:
    asked: list[str] = []
    formatter(practice, "HALF", pin=False)
    with at_work(practice, tmp_path / "etc") as place, pytest.raises(Refusal) as caught:
        asyncio.run(unblock(place, None, given(SO, asked), given(NEW, asked)))
    assert (caught.value.code, asked) == (Code.PIN_NOT_SET, [])


def test_unblock_gives_another_pin_and_keeps_the_keys(practice: Practice, tmp_path: Path) -> None:
    """A forgotten one too: the card need not be locked."""
    number = practice.request()["enrolment"]
    held = practice.token()
    so_pin = (practice.folder / "secrets" / "so-pin").read_text().strip()
    with at_work(practice, tmp_path / "etc") as place:
        for wrong, code in ((given("123"), Code.PIN_FORMAT), (given("00000000"), Code.PIN_WRONG)):
            with pytest.raises(Refusal) as caught:
                asyncio.run(unblock(place, None, wrong, given(NEW)))
            assert (caught.value.code, caught.value.facts["which"]) == (code, "so_pin")
        with pytest.raises(Refusal) as caught:
            asyncio.run(unblock(place, None, given(so_pin), given("12")))
        assert (caught.value.code, caught.value.facts["which"]) == (Code.PIN_FORMAT, "pin")
        asyncio.run(unblock(place, None, given(so_pin), given(NEW)))
    assert practice._tried("--login", "--pin", "env:OLD", "-O", OLD=_pin(practice)).returncode != 0
    (practice.folder / "secrets" / "pin").write_text(f"{NEW}\n")
    assert practice.token() == held
    assert NEW not in str(practice.ledger())
    assert practice.enrolments()[0]["enrolment"] == number


def _pin(practice: Practice) -> str:
    return (practice.folder / "secrets" / "pin").read_text().strip()
