"""A card that its maker's formatter formats: the page says how, then looks. The formatter here is OpenSC's."""

from __future__ import annotations

from pathlib import Path

import pytest

from lgpki_tui.card.models import CardModels
from lgpki_tui.faces.tui.widgets.button import Button
from lgpki_tui.pages.language import Language
from tests.practice import Practice
from tests.sandbox.virtual import Virtual
from tests.tui.cards import acts, looked, to_cards, to_cards_of_road
from tests.tui.held import Hand, at_reader
from tests.tui.pages import text_of
from tests.tui.seen import CASE_IDS, CASES, complete
from tests.tui.sites import GUIDE, models_of_a_site
from tests.tui.walking import LABEL, PIN, SO_PIN, Walker, walking

NEW_LABEL = "MAKER-01"


@pytest.fixture
def models(tmp_path: Path) -> CardModels:
    """The card in the reader is one of those."""
    return models_of_a_site(tmp_path / "etc", "myeid", format="external")


@pytest.fixture
def soft_models(tmp_path: Path) -> CardModels:
    """The soft card is one of those."""
    return models_of_a_site(tmp_path / "etc", "softhsm", format="external")


def maker_formats(hand: Hand, folder: Path) -> None:
    """What the maker's program does with the card in the reader."""
    hand.desk(folder).format(NEW_LABEL)


def maker_stops(hand: Hand, folder: Path) -> None:
    """The same, but it ends before it has set a PIN."""
    words = ("-C", "--so-pin", "env:SO", "--so-puk", "env:SOPUK", "--label", NEW_LABEL)
    made = hand.desk(folder).init(*words)
    assert made.status == 0, made.text
    hand.desk(folder).init("-F", "--so-pin", "env:SO")


def maker_wipes(hand: Hand, folder: Path) -> None:
    """It begins anew: all is gone."""
    wiped = hand.desk(folder).init("--erase-application", "A000000063504B43532D3135", "--so-pin", "env:SO")
    assert wiped.status == 0, wiped.text


def maker_formats_soft(practice: Practice) -> None:
    """What it does with the soft card."""
    secrets = {"SO": SO_PIN, "PIN": PIN}
    made = practice._tried("--init-token", "--slot-index", "0", "--label", NEW_LABEL, "--so-pin", "env:SO", **secrets)
    assert made.returncode == 0, made
    words = ("--login", "--login-type", "so", "--so-pin", "env:SO", "--init-pin", "--new-pin", "env:PIN")
    given = practice._tried("--token-label", NEW_LABEL, *words, **secrets)
    assert given.returncode == 0, given


def word(walker: Walker, key: str, **facts: str) -> str:
    return walker.app.context.page("external").word(key, **facts)


def happened(walker: Walker, code: str) -> str:
    """The beginning of what is said of a refusal."""
    return walker.app.context.lexicon.messages.message(code, {}).happened[:12]


async def look(walker: Walker, code: str) -> None:
    """Enter looks, and says why the card is not ready."""
    await walker.press("enter")
    await walker.until(lambda: text_of(walker, "found").startswith(happened(walker, code)), code)
    assert (walker.page, walker.focus) == ("external", "look")
    complete(walker)


async def to_external(walker: Walker, *, road: bool = False) -> None:
    """The page of a blank card."""
    await (to_cards_of_road(walker) if road else to_cards(walker))
    await walker.press("enter")
    await walker.reach("external")
    await walker.pilot.pause()


async def past_erase(walker: Walker, then: str) -> None:
    """From the cards, or from what dies: the label is typed."""
    if walker.page == "card":
        await walker.press("tab", "tab", "enter")
    await walker.reach("erase")
    await walker.pilot.pause()
    await walker.press("ctrl+u")
    await walker.type(LABEL)
    await walker.press("enter", "tab", "enter")
    await walker.reach(then)
    await walker.pilot.pause()


@pytest.mark.slow
@pytest.mark.parametrize(("language", "size"), [("ja", (80, 24)), ("en", (60, 20))])
async def test_a_blank_card_is_formatted_elsewhere_and_the_road_goes_on(
    blank_in_reader: Virtual, models: CardModels, tmp_path: Path, language: Language, size: tuple[int, int]
) -> None:
    async with at_reader(blank_in_reader, language, size, models) as (walker, hand):
        await to_external(walker, road=True)
        # It does not look before the person has had the time to do it.
        assert (walker.focus, text_of(walker, "found")) == ("look", "")
        assert [str(each.id) for each in walker.app.screen.query(Button)] == ["look"]
        shown = walker.text().replace("\n", "")
        assert GUIDE[language] in shown
        assert "MyEID 4 / OsEID" in shown
        complete(walker)
        await look(walker, "card_blank")
        maker_stops(hand, tmp_path)
        await look(walker, "pin_not_set")
        hand.tell("pull")
        await look(walker, "card_absent")
        hand.tell("insert", "wait")
        maker_wipes(hand, tmp_path)
        maker_formats(hand, tmp_path)
        await walker.press("enter")
        await walker.reach("subject")
        await walker.see(walker.app.context.lexicon.word("did.formatted", label=NEW_LABEL))
        await walker.fill()
        await walker.make_key()  # with the PIN that was set there
    assert "format_done" not in blank_in_reader.events()  # nothing of ours formatted it
    assert sorted(each["kind"] for each in blank_in_reader.token()) == ["private", "public"]


@pytest.mark.slow
@pytest.mark.parametrize(("language", "key"), [("ja", "f5"), ("en", "f10")])
async def test_from_the_first_page_it_leads_back_to_the_cards(
    blank_in_reader: Virtual, models: CardModels, tmp_path: Path, language: Language, key: str
) -> None:
    """F5 and F10 do what Enter does."""
    async with at_reader(blank_in_reader, language, models=models) as (walker, hand):
        await to_external(walker)
        maker_formats(hand, tmp_path)
        await walker.press(key)
        await looked(walker)
        await walker.see(walker.app.context.lexicon.word("did.formatted", label=NEW_LABEL))
        await walker.until(lambda: acts(walker) == {"set_pin": True, "format": True}, "it is ready")
        complete(walker)
    assert blank_in_reader.events() == []


@pytest.mark.parametrize(("language", "size"), CASES, ids=CASE_IDS)
async def test_esc_goes_back_with_nothing_done(
    blank: Practice, soft_models: CardModels, language: Language, size: tuple[int, int]
) -> None:
    async with walking(blank, language, size, models=soft_models) as walker:
        await to_external(walker)
        complete(walker)
        await look(walker, "card_blank")
        await walker.press("escape")
        await looked(walker)
        assert walker.app.context.page("card").word("blank") in walker.text()
    assert blank.events() == []
    assert not blank.token_is_ready()


async def test_a_card_in_use_is_named_before_and_one_that_stayed_as_it_was_is_told(
    formatted: Practice, soft_models: CardModels
) -> None:
    """A key that nobody needs any more is on it. While it is still there, the page does not end."""
    number = formatted.request()["enrolment"]
    formatted.done("abandon", number, "--reason", "差戻し")
    async with walking(formatted, size=(60, 20), models=soft_models) as walker:
        await to_cards(walker)
        await past_erase(walker, "external")
        await look(walker, "card_not_blank")
        await walker.press("escape")  # a page back: to what dies
        await past_erase(walker, "external")
        maker_formats_soft(formatted)
        await walker.press("enter")
        await looked(walker)
        await walker.see(walker.app.context.lexicon.word("did.formatted", label=NEW_LABEL))
    assert formatted.token() == []


async def test_a_key_that_is_waited_for_is_given_to_no_formatter(waiting: Practice, soft_models: CardModels) -> None:
    """The hard stop (MISSION rule 3) stands before the page that names the tool."""
    held, events = waiting.token(), waiting.events()
    async with walking(waiting, models=soft_models) as walker:
        await to_cards(walker)
        await walker.press("tab", "tab", "enter")
        await walker.reach("erase")
        await walker.press("f10")
        assert [str(each.id) for each in walker.app.screen.query(Button)] == ["back"]
        assert walker.app.context.page("erase").word("hard_do")[:20] in walker.text()
        await walker.press("enter")
        await looked(walker)
    assert (waiting.token(), waiting.events()) == (held, events)
