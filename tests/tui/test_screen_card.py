"""What cards are there, what is on them, and what can be done with each."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from lgpki_tui.faces.tui.screens.card import CardScreen
from lgpki_tui.faces.tui.widgets.button import Button
from lgpki_tui.pages.language import Language
from tests.card.shim import Order, build_shim
from tests.practice import SOFTHSM, Practice
from tests.road.refusing import put_card_in, take_card_out
from tests.tui.cards import acts, cards, looked, to_cards, to_cards_of_road
from tests.tui.seen import CASE_IDS, CASES, complete
from tests.tui.walking import LABEL, PIN, Walker, walking

CKF_LOCKED = "40000"
CKR_DEVICE_ERROR = "30"


def foreign_keys(practice: Practice, *numbers: str) -> None:
    """Key pairs that another program makes on the card."""
    conf = practice.folder.with_name("outside.conf")
    conf.write_text(f"directories.tokendir = {practice.folder / 'tokens'}\nobjectstore.backend = file\n")
    make = ("--login", "--pin", PIN, "--keypairgen", "--key-type", "EC:prime256v1")
    for number in numbers:
        command = ["pkcs11-tool", "--module", SOFTHSM, *make, "--id", number]
        environ = {"SOFTHSM2_CONF": str(conf), "PATH": "/usr/bin"}
        subprocess.run(command, env=environ, check=True, capture_output=True)


def word(walker: Walker, key: str) -> str:
    """A word of the page."""
    return walker.app.context.page("card").word(key)


@pytest.mark.parametrize(("language", "size"), CASES, ids=CASE_IDS)
async def test_a_blank_card_leads_to_formatting(blank: Practice, language: Language, size: tuple[int, int]) -> None:
    async with walking(blank, language, size) as walker:
        await to_cards_of_road(walker)
        complete(walker)
        assert (walker.focus, len(cards(walker))) == ("cards", 1)
        assert acts(walker) == {"use": False, "set_pin": False, "format": True}
        await walker.press("enter")
        await walker.reach("format")
        await walker.press("escape")
        await looked(walker)
    assert blank.events() == []


@pytest.mark.parametrize(("language", "size"), CASES, ids=CASE_IDS)
async def test_a_card_that_is_ready_is_taken_by_enter(
    waiting: Practice, language: Language, size: tuple[int, int]
) -> None:
    async with walking(waiting, language, size) as walker:
        await to_cards_of_road(walker)
        complete(walker)
        assert acts(walker) == {"use": True, "set_pin": True, "format": True}
        assert waiting.enrolments()[0]["enrolment"] in walker.text()
        assert "高島市長" in walker.text()
        await walker.press("enter")
        await walker.reach("subject")


@pytest.mark.parametrize(("language", "size"), CASES, ids=CASE_IDS)
async def test_from_the_first_page_enter_never_leads_to_the_danger(
    stored: Practice, language: Language, size: tuple[int, int]
) -> None:
    async with walking(stored, language, size) as walker:
        await to_cards(walker)
        complete(walker)
        assert acts(walker) == {"set_pin": True, "format": True}
        danger = walker.screen(CardScreen).query_one("#format", Button)
        assert danger.danger
        await walker.press("enter")
        assert walker.focus == "set_pin"
        await walker.press("tab")  # by a key it is reached
        assert walker.focus == "format"
        await walker.press("enter")
        await walker.reach("erase")


@pytest.mark.parametrize(("language", "size"), CASES, ids=CASE_IDS)
async def test_no_card(formatted: Practice, language: Language, size: tuple[int, int]) -> None:
    """All slots are gone: what a reader without a card gives."""
    tokens = formatted.folder / "tokens"
    tokens.rename(formatted.folder / "taken-out")
    tokens.mkdir(mode=0o700)
    shim = build_shim(formatted.folder.with_name("shim"))
    shim.order(Order("C_GetSlotList", "after", "lie", "empty"))
    async with walking(formatted, language, size, module=str(shim.module)) as walker:
        await to_cards_of_road(walker)
        complete(walker)
        assert (walker.focus, acts(walker)) == ("look", {"look": True})
        assert word(walker, "none") in walker.text()
        tokens.rmdir()
        (formatted.folder / "taken-out").rename(tokens)
        shim.clear()
        await walker.press("enter")
        await walker.until(lambda: walker.focus == "cards", "the card")
        assert LABEL in cards(walker)[0]
        assert acts(walker) == {"use": True, "set_pin": True, "format": True}


async def test_a_card_that_goes_while_a_button_has_the_focus(formatted: Practice) -> None:
    """Its buttons go with it; the focus goes to looking again, never to a danger."""
    async with walking(formatted) as walker:
        await to_cards(walker)
        await walker.press("tab")
        assert walker.focus == "set_pin"
        take_card_out(formatted)
        await walker.press("f5")
        await walker.until(lambda: LABEL not in walker.text(), "gone")
        await walker.pilot.pause()
        focused = walker.app.focused
        assert focused is not None
        assert not (isinstance(focused, Button) and focused.danger)
        assert acts(walker) == {"set_pin": False, "format": True}
        assert walker.focus != "format"


async def test_two_cards_can_be_told_apart_and_one_is_taken(formatted: Practice) -> None:
    put_card_in(formatted, "OTHER-02")
    async with walking(formatted) as walker:
        await to_cards_of_road(walker)
        complete(walker)
        listed = cards(walker)
        assert {LABEL in row or "OTHER-02" in row for row in listed} == {True}
        other = next(place for place, row in enumerate(listed) if "OTHER-02" in row)
        await walker.press("home", *["down"] * other, "enter")
        await walker.reach("subject")
        await walker.fill()
        await walker.see("OTHER-02")
        await walker.make_key()
    assert formatted.ledger()[-1]["event"] == "request_written"
    (intended,) = (entry for entry in formatted.ledger() if entry["event"] == "key_intended")
    assert intended["token"]["label"] == "OTHER-02"


async def test_keys_that_are_not_ours_are_counted(formatted: Practice) -> None:
    foreign_keys(formatted, "01", "02")
    async with walking(formatted) as walker:
        await to_cards(walker)
        assert walker.app.context.lexicon.word("card.foreign", count=2) in walker.text()


async def test_work_that_is_open_on_the_card_is_said_before_and_refused(several_open: Practice) -> None:
    number = next(each["enrolment"] for each in several_open.enrolments() if each["open"])
    async with walking(several_open) as walker:
        await to_cards_of_road(walker)
        assert f"Work on {number} is unfinished" in walker.text()
        await walker.press("enter")
        await walker.reach("verdict")
        assert "(enrolment_open" in walker.text()
        assert number in walker.text()
        await walker.press("enter")
        await looked(walker)
    assert sum(entry["event"] == "key_made" for entry in several_open.ledger()) == 1


@pytest.mark.parametrize(("language", "size"), CASES, ids=CASE_IDS)
async def test_a_locked_pin(formatted: Practice, language: Language, size: tuple[int, int]) -> None:
    """SoftHSM never locks: the flag is what its module is made to say (PKCS#11 v2.40, 4.3)."""
    shim = build_shim(formatted.folder.with_name("shim"))
    shim.order(Order("C_GetTokenInfo", "after", "lie", f"flags={CKF_LOCKED}"))
    async with walking(formatted, language, size, module=str(shim.module)) as walker:
        await to_cards_of_road(walker)
        complete(walker)
        assert acts(walker) == {"use": False, "unblock": True, "format": True}
        assert word(walker, "locked")[:20] in walker.text()
        await walker.press("enter")  # what there is to do; nothing is done yet
        await walker.reach("unblock")
        complete(walker)
        await walker.press("escape")
        await looked(walker)


@pytest.mark.parametrize(("language", "size"), CASES, ids=CASE_IDS)
async def test_a_card_that_cannot_be_read(formatted: Practice, language: Language, size: tuple[int, int]) -> None:
    """One reader errs; beside it is a blank card, which has no name by which it could be meant alone."""
    shim = build_shim(formatted.folder.with_name("shim"))
    shim.order(Order("C_GetTokenInfo", "before", "ckr", CKR_DEVICE_ERROR, call=1))
    async with walking(formatted, language, size, module=str(shim.module)) as walker:
        await to_cards(walker)  # the first look of this process
        complete(walker)
        (unread,) = (place for place, row in enumerate(cards(walker)) if "0x30 C_GetTokenInfo" in row)
        await walker.press("home", *["down"] * unread)
        assert acts(walker) == {"set_pin": False, "format": False}
        await walker.press("enter")
        assert word(walker, "fault") in walker.text()
        assert walker.page == "card"
        await walker.press("up" if unread else "down", "enter")
        await walker.pilot.pause()
        complete(walker)
        assert walker.lines()[-2] == word(walker, "one_only")
        await walker.press("f5")  # it can be read now
        await walker.until(lambda: len(cards(walker)) == 1, "read")
        assert LABEL in cards(walker)[0]
    assert formatted.events() == ["format_intended", "format_done"]


@pytest.mark.parametrize("module", ["nonsense", "absent"])
async def test_a_module_that_is_none_is_told_and_leads_back(formatted: Practice, tmp_path: Path, module: str) -> None:
    file = tmp_path / f"{module}.so"
    if module == "nonsense":
        file.write_bytes(b"no module")
    async with walking(formatted, module=str(file)) as walker:
        await walker.reach("home")
        await walker.press("tab", "enter")
        await walker.reach("verdict")
        assert ("(module_broken" if module == "nonsense" else "(module_missing") in walker.text()
        await walker.press("enter")
        await walker.reach("home")


async def test_esc_and_f5_change_nothing(stored: Practice) -> None:
    before = (stored.ledger(), stored.token())
    async with walking(stored) as walker:
        await to_cards(walker)
        await walker.press("f5", "f5", "tab", "f5")
        await walker.press("escape")
        await walker.reach("home")
    assert (stored.ledger(), stored.token()) == before
