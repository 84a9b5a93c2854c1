"""While the card works: nothing is done twice, nothing is broken off unasked, and what is under way is said."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from lgpki_tui.faces.tui.screens.progress import ProgressScreen
from lgpki_tui.pages.language import Language
from tests.card.shim import Order, Shim, build_shim
from tests.practice import Practice
from tests.tui.cards import looked, to_cards_of_road, to_format
from tests.tui.seen import CASE_IDS, CASES, complete
from tests.tui.test_screen_format import type_all
from tests.tui.walking import PIN, SO_PIN, Walker, walking

# Long enough to press keys meanwhile on a loaded machine.
WORKS = "3"


@pytest.fixture
def shim(tmp_path: Path) -> Shim:
    """A card that takes its time with what it makes."""
    made = build_shim(tmp_path / "shim")
    made.order(Order("C_GenerateKeyPair", "before", "sleep", WORKS), Order("C_InitToken", "before", "sleep", WORKS))
    return made


def word(walker: Walker, key: str) -> str:
    """A word of the page."""
    return walker.app.context.page("progress").word(key)


@asynccontextmanager
async def making_key(
    practice: Practice, shim: Shim, language: Language = "en", size: tuple[int, int] = (80, 24)
) -> AsyncIterator[Walker]:
    """The card is making a key pair."""
    async with walking(practice, language, size, module=str(shim.module)) as walker:
        await to_cards_of_road(walker)
        await walker.press("enter")
        await walker.reach("subject")
        await walker.fill()
        await walker.type(PIN)
        await walker.press("enter")
        await walker.reach("progress")
        await walker.see(walker.app.context.lexicon.word("narration.making_key").partition("{")[0][:8])
        yield walker


@pytest.mark.slow
@pytest.mark.parametrize(("language", "size"), CASES, ids=CASE_IDS)
async def test_what_is_under_way_is_said(
    formatted: Practice, shim: Shim, language: Language, size: tuple[int, int]
) -> None:
    async with making_key(formatted, shim, language, size) as walker:
        complete(walker)
        assert "RSA-2048" in walker.text()  # as on the review page
        assert word(walker, "what_request") in walker.text()
        assert word(walker, "keep_card") in walker.text()
        said = [walker.app.context.page("progress").word("seconds", seconds=count) for count in (1, 2, 3)]
        await walker.until(lambda: any(each in walker.text() for each in said), "seconds")
        await walker.press("ctrl+q")
        await walker.pilot.pause()
        complete(walker)
        assert "Ctrl+Q" in walker.lines()[-1]
        await walker.press("escape")
        await walker.pilot.pause()
        assert word(walker, "leave")[:10] not in walker.text()
        await walker.reach("export")


@pytest.mark.slow
async def test_f5_makes_no_second_key(formatted: Practice, shim: Shim) -> None:
    async with making_key(formatted, shim) as walker:
        for key in ("f5", "f5", "f10", "enter", "escape", "f9", "tab", "space", "f8"):
            await walker.press(key)
            assert walker.page == "progress", key
        await walker.press("f5")
        await walker.see(word(walker, "not_now"))
        await walker.reach("export")
    assert formatted.events().count("key_made") == 1
    assert sorted(each["kind"] for each in formatted.token()) == ["private", "public"]


@pytest.mark.slow
async def test_the_help_may_be_read_meanwhile_and_the_end_is_not_lost(formatted: Practice, shim: Shim) -> None:
    async with making_key(formatted, shim) as walker:
        await walker.press("f1")
        await walker.reach("help")
        await walker.until(lambda: formatted.events()[-1] == "request_written", "written")
        await walker.pilot.pause(0.3)
        assert walker.page == "help"
        await walker.press("escape")
        await walker.reach("export")


@pytest.mark.slow
async def test_leaving_is_asked_once_and_what_was_begun_goes_on_next_time(formatted: Practice, shim: Shim) -> None:
    async with making_key(formatted, shim) as walker:
        await walker.press("f1")
        await walker.reach("help")
        await walker.press("ctrl+q")  # asked also from above the page
        await walker.reach("progress")
        assert walker.screen(ProgressScreen).asked_to_leave
        assert walker.app.return_value is None
        await walker.press("enter")
        await walker.until(lambda: walker.app.return_value == 0, "left")
    shim.clear()
    assert formatted.events().count("key_intended") == 1
    number = formatted.enrolments()[0]["enrolment"]
    async with walking(formatted) as walker:
        await walker.reach("home")
        await walker.see(f"> {number}")
        await walker.press("enter")
        await walker.until(lambda: walker.page in ("review", "export", "waiting"), "goes on")
        if walker.page == "review":
            await walker.type(PIN)
            await walker.press("enter")
        await walker.until(lambda: walker.page in ("export", "waiting"), "written")
    assert formatted.events().count("key_intended") == 1
    assert formatted.enrolments()[0]["state"] == "awaiting_certificate"
    assert sorted(each["kind"] for each in formatted.token()) == ["private", "public"]


@pytest.mark.slow
async def test_a_card_that_crashes_is_told_and_nothing_is_lost(blank: Practice, shim: Shim) -> None:
    shim.order(Order("C_InitToken", "before", "crash"))
    async with walking(blank, module=str(shim.module)) as walker:
        await to_format(walker)
        await type_all(walker, SO_PIN, SO_PIN, PIN, PIN)
        await walker.press("enter")
        await walker.reach("verdict")
        assert "(module_crashed" in walker.text()
        await walker.press("enter")
        await looked(walker)
        shim.clear()
        await walker.press("escape")
        await walker.reach("home")
    assert blank.token_is_ready() is False
