"""Before a card in use is wiped: what dies is said, what must be typed is typed, and a key that is waited for stays."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from lgpki_tui.faces.tui.screens.erase import EraseScreen
from lgpki_tui.faces.tui.widgets.button import Button
from lgpki_tui.faces.tui.widgets.text_field import TextField
from lgpki_tui.pages.language import Language
from tests.practice import Practice
from tests.road.outside import pretend
from tests.road.refusing import put_card_in, softhsm
from tests.tui.cards import looked, to_cards, to_cards_of_road, to_format
from tests.tui.pages import text_of, value_of
from tests.tui.seen import ACTS, CASE_IDS, CASES, complete
from tests.tui.test_screen_card import foreign_keys
from tests.tui.walking import LABEL, PIN, SO_PIN, Walker, walking

REASON = "機器の更新のため"


def word(walker: Walker, key: str) -> str:
    """A word of the page."""
    return walker.app.context.page("erase").word(key)


async def type_all(walker: Walker, *texts: str) -> None:
    """Each with Enter."""
    for text in texts:
        await walker.type(text)
        await walker.press("enter")


async def wipe(walker: Walker) -> None:
    """On the format page: present SO PIN, the PIN twice, the button."""
    await walker.reach("format")
    await walker.press("enter")
    await type_all(walker, SO_PIN, PIN, PIN)
    await walker.press("enter")
    await looked(walker)


@pytest.mark.parametrize(("language", "size"), ACTS, ids=CASE_IDS)
async def test_a_valid_certificate_dies_only_with_number_and_reason(
    stored: Practice, language: Language, size: tuple[int, int]
) -> None:
    number = stored.enrolments()[0]["enrolment"]
    async with walking(stored, language, size) as walker:
        await to_format(walker)
        assert walker.page == "erase"
        complete(walker)
        assert number in walker.text()
        for field, text in (("number-0", number), ("reason-0", REASON), ("label", LABEL)):
            assert walker.focus == field
            complete(walker)
            assert walker.lines()[-2] == walker.app.context.page("erase").fields[field.partition("-")[0]].help
            await type_all(walker, text)
        assert walker.focus == "back"  # the danger is reached by a key alone
        complete(walker)
        await walker.press("tab")
        assert walker.focus == "erase"
        complete(walker)
        await walker.press("enter")
        await wipe(walker)
        await walker.press("escape")
        await walker.reach("home")
        await walker.see(walker.app.context.lexicon.word("standing.destroyed"))  # nobody has given it up
        assert text_of(walker, "about").endswith(walker.app.context.page("home").word("ended_destroyed", reason=REASON))
    assert stored.events(number)[-1] == "key_destroyed"
    assert stored.events()[-1] == "format_done"
    (destroyed,) = (entry for entry in stored.ledger() if entry["event"] == "key_destroyed")
    assert destroyed["reason"] == REASON
    assert stored.token() == []


@pytest.mark.parametrize(("language", "size"), CASES, ids=CASE_IDS)
async def test_a_key_that_is_waited_for_is_refused_whatever_is_typed(
    waiting: Practice, language: Language, size: tuple[int, int]
) -> None:
    before = (waiting.ledger(), waiting.token())
    async with walking(waiting, language, size) as walker:
        await to_format(walker)
        complete(walker)
        assert walker.focus == "back"
        assert [button.id for button in walker.screen(EraseScreen).query(Button)] == ["back"]
        assert waiting.enrolments()[0]["enrolment"] in walker.text()
        await walker.press("f10")
        await walker.see(word(walker, "hard_do"))
        await walker.press("enter")
        await looked(walker)
    assert (waiting.ledger(), waiting.token()) == before


async def test_work_that_is_open_is_as_hard(several_open: Practice) -> None:
    async with walking(several_open) as walker:
        await to_format(walker)
        assert [button.id for button in walker.screen(EraseScreen).query(Button)] == ["back"]


async def test_once_given_up_or_run_out_the_label_is_enough(waiting: Practice) -> None:
    number = waiting.enrolments()[0]["enrolment"]
    waiting.done("abandon", number, "--reason", "異動のため")
    async with walking(waiting) as walker:
        await to_format(walker)
        assert walker.focus == "label"
        complete(walker)
        await type_all(walker, LABEL)
        await walker.press("tab", "enter")
        await wipe(walker)
    assert waiting.token() == []


async def test_a_certificate_that_ran_out_needs_no_number(stored: Practice) -> None:
    pretend(stored, now="2031-01-01T00:00:00Z")
    async with walking(stored) as walker:
        await to_format(walker)
        assert walker.focus == "label"


@pytest.mark.parametrize(
    ("typed", "said", "focus"),
    [
        (("", "", ""), "number_differs", "number-0"),
        (("{number}", "", LABEL), "reason_missing", "reason-0"),
        (("{number}", "　", LABEL), "reason_missing", "reason-0"),
        (("{number}", REASON, ""), "label_differs", "label"),
    ],
    ids=["nothing", "no-reason", "U+3000", "no-label"],
)
async def test_what_is_not_as_it_stands_is_told(
    stored: Practice, typed: tuple[str, ...], said: str, focus: str
) -> None:
    before = (stored.ledger(), stored.token())
    number = stored.enrolments()[0]["enrolment"]
    async with walking(stored, "ja") as walker:
        await to_format(walker)
        await type_all(walker, *(text.replace("{number}", number) for text in typed))
        await walker.press("tab", "enter")
        await walker.pilot.pause()
        assert (walker.page, walker.focus) == ("erase", focus)
        assert walker.lines()[-2] == word(walker, said)
        complete(walker)
    assert (stored.ledger(), stored.token()) == before


async def test_a_number_or_a_label_that_differs_is_told_at_once(stored: Practice) -> None:
    number = stored.enrolments()[0]["enrolment"]
    async with walking(stored, "ja", (60, 20)) as walker:
        await to_format(walker)
        await type_all(walker, "261124-00000")
        assert (walker.focus, walker.lines()[-2]) == ("number-0", word(walker, "number_differs"))
        await walker.press("ctrl+u")
        await type_all(walker, number, REASON, "OTHER")
        assert (walker.focus, walker.lines()[-2]) == ("label", word(walker, "label_differs"))
        await walker.press("ctrl+u")
        await type_all(walker, LABEL)
        assert (walker.focus, walker.lines()[-2]) == ("back", word(walker, "by_button"))
        for wrong in ("number-0", "label"):  # moved on by Tab, the button tells it
            walker.screen(EraseScreen).query_one(f"#{wrong}", TextField).value = "OTHER"
            walker.screen(EraseScreen).query_one("#back").focus()
            await walker.press("tab", "enter")
            await walker.pilot.pause()
            assert walker.page == "erase"
            assert walker.focus == "number-0"


async def test_esc_on_the_pins_leads_one_page_back(stored: Practice) -> None:
    number = stored.enrolments()[0]["enrolment"]
    before = (stored.ledger(), stored.token())
    async with walking(stored) as walker:
        await to_format(walker)
        await type_all(walker, number, REASON, LABEL)
        await walker.press("tab", "enter")
        await walker.reach("format")
        await walker.press("escape")
        await walker.reach("erase")
        assert (walker.focus, value_of(walker, "number-0")) == ("number-0", "")  # the word is given anew
        await walker.press("escape")
        await looked(walker)
    assert (stored.ledger(), stored.token()) == before


async def test_full_width_and_small_letters_are_as_good(stored: Practice) -> None:
    """The number is halved while it is typed; a label may be Japanese, so it is compared by compatibility."""
    number = stored.enrolments()[0]["enrolment"]
    wide = "".join(chr(ord(each) + 0xFEE0) for each in number.lower())
    async with walking(stored, "ja") as walker:
        await to_format(walker)
        await walker.paste(wide)
        await walker.press("enter")
        await type_all(walker, REASON, "ＳＨＩＣＨＯ－０１")
        await walker.press("tab", "enter")
        await walker.reach("format")


async def test_f10_wipes_nothing(stored: Practice) -> None:
    number = stored.enrolments()[0]["enrolment"]
    async with walking(stored) as walker:
        await to_format(walker)
        await type_all(walker, number, REASON, LABEL)
        await walker.press("f10")
        await walker.see(word(walker, "by_button"))
        assert walker.page == "erase"


@pytest.mark.parametrize("how", ["escape", "back"])
async def test_the_way_back_does_nothing(stored: Practice, how: str) -> None:
    before = (stored.ledger(), stored.token())
    async with walking(stored) as walker:
        await to_format(walker)
        if how == "back":
            await type_all(walker, stored.enrolments()[0]["enrolment"], REASON, LABEL)
            assert walker.focus == "back"
            await walker.press("enter")
        else:
            await walker.press("escape")
        await looked(walker)
    assert (stored.ledger(), stored.token()) == before


async def test_keys_of_others_are_counted_and_the_label_is_asked(formatted: Practice) -> None:
    foreign_keys(formatted, "07")
    async with walking(formatted) as walker:
        await to_format(walker)
        assert walker.app.context.lexicon.word("card.foreign", count=1) in walker.text()
        assert walker.focus == "label"
        await walker.press("enter", "tab", "enter")  # nothing typed
        await walker.see(word(walker, "label_differs"))
    assert sorted(each["kind"] for each in formatted.token()) == ["private", "public"]


async def test_a_card_without_a_label_is_no_card_without_a_word(formatted: Practice) -> None:
    """Other programs make tokens with a blank label: an empty field must not agree with it."""
    shutil.rmtree(formatted.folder / "tokens")
    (formatted.folder / "tokens").mkdir(mode=0o700)
    softhsm(formatted, "--init-token", "--free", "--label", " ", "--so-pin", SO_PIN, "--pin", PIN)
    async with walking(formatted) as walker:
        await to_format(walker)
        await walker.press("enter", "tab", "enter")
        await walker.pilot.pause()
        assert (walker.page, walker.focus) == ("erase", "label")
        serial = formatted.done("card", "list")["cards"][0]["serial"]
        assert serial in walker.text()
        await type_all(walker, serial)
        await walker.press("tab", "enter")
        await walker.reach("format")


@pytest.mark.slow
async def test_two_valid_certificates_on_one_card(stored: Practice, tmp_path: Path) -> None:
    """Each with its own number and reason; none is forgotten."""
    request = stored.request()
    assert stored.store(request, stored.issue(request, name="second.pem")).status == 0
    numbers = [each["enrolment"] for each in stored.enrolments()]
    async with walking(stored, size=(60, 20)) as walker:
        await to_format(walker)
        await type_all(walker, numbers[0], REASON)
        complete(walker)
        await type_all(walker, numbers[0])  # the first again
        await walker.pilot.pause()
        assert walker.focus == "number-1"
        complete(walker)
        await walker.press("ctrl+u")
        await type_all(walker, numbers[1], REASON, LABEL)
        await walker.press("tab", "enter")
        await wipe(walker)
    destroyed = [entry["about"] for entry in stored.ledger() if entry["event"] == "key_destroyed"]
    assert sorted(destroyed) == sorted(numbers)


async def test_on_the_road_it_says_where_one_is(formatted: Practice) -> None:
    put_card_in(formatted, "OTHER-02")
    async with walking(formatted) as walker:
        await to_cards_of_road(walker)
        await walker.press("tab", "tab", "tab", "enter")
        await walker.reach("erase")
        assert "2/4" in walker.lines()[0]
        await walker.press("escape")
        await looked(walker)
        await walker.press("escape", "escape", "escape")
        await to_cards(walker)
        await walker.press("tab", "tab", "enter")
        await walker.reach("erase")
        assert "2/4" not in walker.lines()[0]
