"""A card gets its label and PINs: what is typed, what is refused at once, and what the token says afterwards."""

from __future__ import annotations

import os
import shutil
from fcntl import LOCK_EX, flock

import pytest

from lgpki_tui.faces.tui.screens.format import FormatScreen
from lgpki_tui.faces.tui.widgets.pin_field import PinField
from lgpki_tui.faces.tui.widgets.text_field import TextField
from lgpki_tui.pages.language import Language
from tests.card.shim import Order, build_shim
from tests.practice import Practice
from tests.road.refusing import put_card_in, take_card_out
from tests.tui.cards import looked, to_cards, to_format
from tests.tui.seen import ACTS, CASE_IDS, complete
from tests.tui.walking import LABEL, PIN, SO_PIN, Walker, walking

NEW_PINS = ("so_pin", "so_pin_again", "pin", "pin_again")


def word(walker: Walker, key: str, **facts: int) -> str:
    """A word of the page."""
    return walker.app.context.page("format").word(key, **facts)


def counts(walker: Walker) -> list[int]:
    """How many characters stand in each field for a PIN."""
    return [field.count for field in walker.screen(FormatScreen).query(PinField)]


async def type_all(walker: Walker, *pins: str, label: str = LABEL) -> None:
    """The label, then each PIN, each with Enter."""
    await walker.press("ctrl+u")
    await walker.type(label)
    await walker.press("enter")
    for pin in pins:
        await walker.type(pin)
        await walker.press("enter")


async def to_used(walker: Walker, *, label: str = LABEL) -> None:
    """To the format page of a card in use that holds nothing of ours."""
    await to_format(walker)
    assert walker.page == "erase"
    await walker.type(label)
    await walker.press("enter", "tab", "enter")
    await walker.reach("format")
    await walker.pilot.pause()


@pytest.mark.parametrize(("language", "size"), ACTS, ids=CASE_IDS)
async def test_a_blank_card(blank: Practice, language: Language, size: tuple[int, int]) -> None:
    async with walking(blank, language, size) as walker:
        await to_format(walker)
        complete(walker)
        assert walker.focus == "label"
        for field in NEW_PINS:
            await walker.press("down")
            assert walker.focus == field
            complete(walker)
        await walker.press("up", "up", "up", "up")
        await type_all(walker, SO_PIN, SO_PIN, PIN, PIN)
        assert (walker.focus, counts(walker)) == ("format", [8, 8, 8, 8])
        complete(walker)
        assert PIN not in walker.text()
        await walker.press("enter")
        await walker.reach("card")
        told = walker.app.context.lexicon.word("did.formatted", label=LABEL)
        await walker.see(told)
        complete(walker)
        await walker.press("f5", "up")  # no notice, which the next key would take away
        await walker.pilot.pause()
        assert told in walker.text()
        await walker.press("escape")
        await walker.reach("home")
        await to_cards(walker)
        assert told not in walker.text()
    assert blank.events() == ["format_intended", "format_done"]
    assert blank.token_is_ready()
    assert blank.token() == []  # logged in with the PIN that was typed
    assert blank.done("card", "list")["cards"][0]["label"] == LABEL


async def test_on_the_road_the_next_page_tells_it_and_no_other(blank: Practice) -> None:
    async with walking(blank, "ja", (60, 20)) as walker:
        told = walker.app.context.lexicon.word("did.formatted", label=LABEL)
        await walker.begin()
        await walker.format()
        assert walker.lines()[3] == told
        await walker.type("情報")
        await walker.see("> 総務部情報政策課")
        assert walker.lines()[3] == told
        await walker.press("escape")
        await looked(walker)
        assert told not in walker.text()
        await walker.press("enter")
        await walker.reach("subject")
        assert told not in walker.text()


@pytest.mark.parametrize(("language", "size"), ACTS, ids=CASE_IDS)
async def test_a_card_in_use_asks_for_its_so_pin_once(
    formatted: Practice, language: Language, size: tuple[int, int]
) -> None:
    async with walking(formatted, language, size) as walker:
        await to_used(walker)
        complete(walker)
        assert walker.screen(FormatScreen).query_one("#label", TextField).value == LABEL
        assert [field.id for field in walker.screen(FormatScreen).query(PinField)] == ["so_pin_now", "pin", "pin_again"]
        await type_all(walker, SO_PIN, "11112222", "11112222", label="NEW-01")
        await walker.press("enter")
        await walker.reach("card")
    assert formatted.events()[-2:] == ["format_intended", "format_done"]
    assert formatted.done("card", "list")["cards"][0]["label"] == "NEW-01"
    (formatted.folder / "secrets" / "pin").write_text("11112222\n")
    assert formatted.token() == []


@pytest.mark.slow
async def test_a_wrong_so_pin_wipes_nothing_and_is_typed_again(formatted: Practice) -> None:
    before = formatted.token()
    async with walking(formatted) as walker:
        await to_used(walker)
        await type_all(walker, "00000000", PIN, PIN)
        await walker.press("enter")
        await walker.reach("verdict")
        assert "(pin_wrong" in walker.text()
        assert walker.app.context.lexicon.word("because.pin_wrong.so_pin") in walker.text().replace("\n", "")
        assert "00000000" not in walker.text()
        await walker.press("enter")
        await walker.reach("format")
        assert counts(walker) == [0, 0, 0]
        assert formatted.token() == before
        await type_all(walker, "00000000", PIN, PIN)  # the same again: it is not sent a second time
        await walker.press("enter")
        await walker.reach("verdict")
        assert "(pin_already_refused" in walker.text()
        await walker.press("enter")
        await walker.reach("format")
        await type_all(walker, SO_PIN, PIN, PIN)
        await walker.press("enter")
        await walker.reach("card")
    assert formatted.events()[-1] == "format_done"


@pytest.mark.parametrize("key", ["enter", "f10"])
async def test_nothing_is_done_before_all_is_there(blank: Practice, key: str) -> None:
    async with walking(blank) as walker:
        await to_format(walker)
        if key == "f10":
            await walker.press("f10")
            await walker.see(word(walker, "label_missing"))
            assert walker.focus == "label"
            await walker.type(LABEL)
            await walker.press("f10")
        else:
            await walker.type(LABEL)
            await walker.press("enter", "down", "enter")
        await walker.see(word(walker, "pin_missing"))
        assert walker.focus == "so_pin"
        complete(walker)
    assert blank.events() == []


async def test_two_pins_that_differ_are_told_at_once(blank: Practice) -> None:
    async with walking(blank) as walker:
        await to_format(walker)
        await type_all(walker, SO_PIN, SO_PIN + "1")
        await walker.see(word(walker, "pin_differs"))
        assert (walker.focus, counts(walker)) == ("so_pin", [0, 0, 0, 0])


async def test_a_pin_too_short_for_this_card_is_told_before_it_is_typed_twice(blank: Practice) -> None:
    async with walking(blank) as walker:
        await to_format(walker)
        await type_all(walker, "123")
        assert walker.lines()[-2] == word(walker, "rule_printable-ascii", least=4, most=255)
        assert (walker.focus, counts(walker)) == ("so_pin", [0, 0, 0, 0])
        await walker.type(SO_PIN)
        await walker.press("enter")
        await walker.type(SO_PIN)
        await walker.press("enter")
        await walker.type("123")
        await walker.press("down")  # not by Enter: the button tells it
        await walker.type("123")
        await walker.press("f10")
        await walker.pilot.pause()
        assert walker.lines()[-2] == word(walker, "rule_printable-ascii", least=4, most=255)
        assert walker.focus == "pin"
    assert blank.events() == []


@pytest.mark.parametrize("text", ["１２３４", "パスワード", "　"], ids=["digits", "katakana", "space"])
async def test_full_width_is_no_pin_and_says_why(blank: Practice, text: str) -> None:
    async with walking(blank, "ja") as walker:
        await to_format(walker)
        await walker.press("down")
        await walker.type(text)
        await walker.see(walker.app.context.lexicon.word("notice.pin_half_width"))
        assert counts(walker) == [0, 0, 0, 0]


async def test_a_pasted_pin_is_taken_whole_or_not_at_all(blank: Practice) -> None:
    async with walking(blank) as walker:
        await to_format(walker)
        await walker.press("down")
        await walker.paste(f"{SO_PIN}\n{SO_PIN}\n")
        await walker.see(walker.app.context.lexicon.word("notice.pin_paste_lines"))
        assert counts(walker)[0] == 0
        await walker.paste(f"{SO_PIN}\n")
        assert counts(walker)[0] == 8


@pytest.mark.parametrize(
    ("typed", "taken", "notice"),
    [
        ("ＳＨＩＣＨＯ－０１", "SHICHO-01", "halved"),
        ("市長", "", "ascii_only"),
        ("A" * 40, "A" * 32, "too_long"),
        ("　A", " A", "halved"),
    ],
    ids=["full-width", "kanji", "too-long", "U+3000"],
)
async def test_the_label(blank: Practice, typed: str, taken: str, notice: str) -> None:
    async with walking(blank) as walker:
        await to_format(walker)
        await walker.paste(typed)
        await walker.see(walker.app.context.lexicon.word(f"notice.{notice}"))
        assert walker.screen(FormatScreen).query_one("#label", TextField).value == taken


async def test_blanks_around_a_label_are_left_out(blank: Practice) -> None:
    async with walking(blank) as walker:
        await to_format(walker)
        await type_all(walker, SO_PIN, SO_PIN, PIN, PIN, label="  AB 01 ")
        await walker.press("enter")
        await walker.reach("card")
    assert blank.done("card", "list")["cards"][0]["label"] == "AB 01"


async def test_esc_does_nothing_and_keeps_no_pin(blank: Practice) -> None:
    async with walking(blank) as walker:
        await to_format(walker)
        await type_all(walker, SO_PIN, SO_PIN, PIN, PIN)
        fields = list(walker.screen(FormatScreen).query(PinField))
        await walker.press("escape")
        await walker.reach("card")
        assert [field.count for field in fields] == [0, 0, 0, 0]
    assert blank.events() == []


async def test_the_card_is_taken_out_before_the_button_is_pressed(blank: Practice) -> None:
    shim = build_shim(blank.folder.with_name("shim"))
    async with walking(blank, module=str(shim.module)) as walker:
        await to_format(walker)
        await type_all(walker, SO_PIN, SO_PIN, PIN, PIN)
        shim.order(Order("C_GetSlotList", "after", "lie", "empty"))
        await walker.press("enter")
        await walker.reach("verdict")
        assert "(card_absent" in walker.text()
        await walker.press("enter")
        await walker.reach("card")
    assert blank.events() == []


async def test_another_card_is_put_in_before_the_button_is_pressed(formatted: Practice) -> None:
    """What was agreed to be wiped is wiped, and no other card."""
    async with walking(formatted) as walker:
        await to_used(walker)
        take_card_out(formatted)
        put_card_in(formatted, "OTHER-02")
        await type_all(walker, SO_PIN, PIN, PIN)
        await walker.press("enter")
        await walker.reach("verdict")
        assert "(card_absent" in walker.text()
    assert formatted.done("card", "list")["cards"][0]["label"] == "OTHER-02"


@pytest.mark.slow
async def test_another_program_is_at_work(blank: Practice) -> None:
    lock = blank.folder / "state" / "ledger.lock"
    lock.parent.mkdir(mode=0o700, exist_ok=True)
    with lock.open("w") as file:
        flock(file, LOCK_EX)
        file.write(str(os.getpid()))
        file.flush()
        async with walking(blank) as walker:
            await to_format(walker)
            await type_all(walker, SO_PIN, SO_PIN, PIN, PIN)
            await walker.press("enter")
            await walker.reach("verdict")
            assert f"process={os.getpid()}" in walker.text().replace("\n", "")
            assert "(ledger_busy" in walker.text()
            await walker.press("enter")
            await walker.reach("card")
    assert blank.events() == []


async def test_one_of_two_cards_is_formatted_and_used(formatted: Practice) -> None:
    """After the format it is that card that goes on, not a guess."""
    put_card_in(formatted, "OTHER-02")
    async with walking(formatted) as walker:
        await to_cards(walker)
        listed = [row for row in walker.lines() if "(serial " in row]
        place = next(place for place, row in enumerate(listed) if "OTHER-02" in row)
        await walker.press("home", *["down"] * place, "tab", "tab", "enter")
        await walker.reach("erase")
        await walker.type("OTHER-02")
        await walker.press("enter", "tab", "enter")
        await walker.reach("format")
        await type_all(walker, SO_PIN, PIN, PIN, label="AGAIN-02")
        await walker.press("enter")
        await walker.reach("card")
    assert {card["label"] for card in formatted.done("card", "list")["cards"]} == {LABEL, "AGAIN-02"}


async def test_a_card_that_nobody_knows_how_to_format_is_refused_before_anything_is_typed(formatted: Practice) -> None:
    """A site's description of the card that says so (config/cards)."""
    shutil.rmtree(formatted.folder / "tokens")
    (formatted.folder / "tokens").mkdir(mode=0o700)
    async with walking(formatted) as walker:
        place = walker.app.context.clerk._place
        place.__dict__["models"] = _only_generic(place.models)
        await to_cards(walker)
        await walker.press("enter")
        await walker.reach("verdict")
        assert "(card_unsupported" in walker.text()
        assert "format_unknown" in walker.text()


def _only_generic(models: object) -> object:
    from lgpki_tui.card.models import CardModels

    assert isinstance(models, CardModels)
    return CardModels((), models.generic)
