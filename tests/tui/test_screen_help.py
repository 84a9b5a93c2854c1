"""F1: about the page one stands on, then the keys and the glossary; and back to the very same page."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

from lgpki_tui.faces.tui.screens.help import HelpScreen
from lgpki_tui.pages.glossary import load_glossary
from lgpki_tui.pages.language import LANGUAGES, Language
from lgpki_tui.pages.page import load_help
from tests.card.shim import Order, build_shim
from tests.practice import Practice
from tests.tui.pages import begun, open_first, stand_at, value_of, words
from tests.tui.walking import PIN, Walker, walking

MINE = ("subject", "review", "export", "sheet", "waiting", "receive", "store", "done", "end")


def top(walker: Walker) -> int:
    return round(walker.app.screen.query_one("#body").scroll_y)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", [(80, 24), (60, 20)])
async def test_it_is_about_the_page_and_scrolls_by_every_key(
    formatted: Practice, language: Language, size: tuple[int, int]
) -> None:
    begun(formatted)
    async with walking(formatted, language, size) as walker:
        await open_first(walker, "subject")
        await walker.type("総務部")
        await walker.press("f1")
        await walker.reach("help")
        await walker.see(load_help("subject", language).split("\n")[0].lstrip("# "))
        assert words("help", language).title in walker.lines()[0]
        await walker.press("up")
        assert top(walker) == 0
        await walker.press("down")
        await walker.until(lambda: top(walker) == 1, "down")
        await walker.press("up", "pagedown")
        await walker.until(lambda: top(walker) > 10, "page")
        await walker.press("pageup")
        await walker.until(lambda: top(walker) == 0, "back")
        await walker.press("end")
        last = load_glossary(language)[-1]
        await walker.see(last.name)
        await walker.press("home")
        await walker.until(lambda: top(walker) == 0, "home")
        await walker.press("f1", "f5", "tab")  # nothing to do here
        await walker.pilot.pause(0.1)
        assert walker.page == "help"
        await walker.press("enter" if language == "ja" else "escape")
        await walker.reach("subject")
        assert (walker.focus, value_of(walker, "organization")) == ("organization", "総務部")
        await walker.type("総務課")
        await walker.see("総務部総務課")


async def test_a_pin_that_is_half_typed_is_still_there(waiting: Practice) -> None:
    number = stand_at(waiting, "receive")
    waiting.issue({"csr_path": str(waiting.folder / "out" / f"PRACTICE-{number}.csr.pem")}, name="a.cer")
    async with walking(waiting) as walker:
        await open_first(walker, "receive")
        await walker.see("a.cer")
        await walker.press("enter")
        await walker.until(lambda: walker.focus == "store", "checked")
        await walker.press("enter")
        await walker.reach("store")
        await walker.type(PIN[:4])
        await walker.press("f1")
        await walker.reach("help")
        assert PIN[:4] not in walker.text()
        await walker.press("escape")
        await walker.reach("store")
        await walker.type(PIN[4:])
        await walker.press("enter")
        await walker.reach("done")
    assert waiting.events()[-1] == "stored"


async def test_an_act_that_ends_below_the_help_goes_on_when_it_is_left(formatted: Practice, tmp_path: Path) -> None:
    """The key pair is made while somebody reads: nothing is lost, and no page stays behind."""
    folder = str(formatted.folder / "out")
    begun(
        formatted,
        step="review",
        organization="総務部情報政策課",
        name="高島市長",
        municipality_code="252123",
        output_folder=folder,
    )
    shim = build_shim(tmp_path / "shim")
    shim.order(Order("C_GenerateKeyPair", "before", "sleep", "1"))
    async with walking(formatted, module=str(shim.module)) as walker:
        await open_first(walker, "review")
        await walker.type(PIN)
        await walker.press("enter")
        await walker.reach("progress")
        await walker.press("f1")
        await walker.reach("help")
        await walker.until(lambda: formatted.events()[-1] == "request_written", "done below")
        await walker.pilot.pause(0.3)
        assert walker.page == "help"
        await walker.press("escape")
        await walker.reach("export")
        await walker.press("escape")
        await walker.reach("home")
        assert len(walker.app.screen_stack) == 2


async def test_one_page_may_stand_above_another_of_its_name(formatted: Practice) -> None:
    """So it is for a moment when a page is followed by itself: handed in, and on to waiting."""
    async with walking(formatted) as walker:
        await walker.reach("home")
        for _visit in range(2):
            await walker.app.push_screen(HelpScreen(walker.app.context, "subject"))
        await walker.press("escape")
        await walker.reach("help")
        await walker.press("escape")
        await walker.reach("home")


@pytest.mark.parametrize("page", MINE)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_help_of_a_page_names_its_own_keys(page: str, language: Language) -> None:
    """Short, with headings, lists and whom to ask; every key of the foot but Ctrl+Q and F1 is told."""
    text = load_help(page, language)
    assert text.count("\n") <= 40
    assert text.count("\n# ") >= 2
    assert ("問い合わせ先" if language == "ja" else "Whom to ask") in text
    module = import_module(f"lgpki_tui.faces.tui.screens.{page}")
    screen = next(each for name, each in vars(module).items() if name.lower() == f"{page}screen")
    names = {
        "again": "F5",
        "take": "F4",
        "end": "F8",
        "next": "F10",
        "format": "F10",
        "change": "F10",
        "back": "Esc",
        "issue": "F6",
        "page": "PageDown",
    }
    for key in screen.keys:
        assert names.get(key, "") in text, key
