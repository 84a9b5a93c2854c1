"""The settings in force, each with the file it comes from."""

from __future__ import annotations

import pytest

from lgpki_tui.faces.tui.page_screen import Body
from lgpki_tui.pages.language import Language
from tests.practice import Practice
from tests.tui.seen import CASE_IDS, CASES, usable
from tests.tui.walking import Walker, walking


async def at_settings(walker: Walker) -> None:
    """From the first page."""
    await walker.reach("home")
    await walker.press("tab", "tab", "tab", "enter")
    await walker.reach("settings")
    await walker.pilot.pause()


async def read_through(walker: Walker) -> str:
    """All of it, screen by screen."""
    body, read = walker.app.screen.query_one(Body), []
    while True:
        usable(walker)
        read.extend(walker.lines()[3:-2])
        if body.scroll_y >= body.max_scroll_y:
            return "\n".join(read)
        await walker.press("pagedown")
        await walker.pilot.pause()


@pytest.mark.parametrize(("language", "size"), CASES, ids=CASE_IDS)
async def test_every_value_can_be_read(blank: Practice, language: Language, size: tuple[int, int]) -> None:
    async with walking(blank, language, size) as walker:
        await at_settings(walker)
        assert walker.app.context.lexicon.word("key.page") in walker.lines()[-1]
        first = "".join(walker.lines())
        assert "sandbox.toml" in first  # what was decided here comes first
        text = await read_through(walker)
        for row in blank.done("settings", "show")["settings"]:
            assert f"{row['key']} =" in text, row
        assumed = walker.app.context.page("settings").word("source_assumed")
        assert f"card.deadlines.look = 20  {'（根拠: ' if language == 'ja' else '(source: '}{assumed}" in text


@pytest.mark.parametrize("key", ["enter", "escape"])
async def test_it_leads_back(blank: Practice, key: str) -> None:
    async with walking(blank) as walker:
        await at_settings(walker)
        await walker.press("down", "f10", key)
        await walker.reach("home")


async def test_arrows_scroll_line_by_line(blank: Practice) -> None:
    async with walking(blank, size=(60, 20)) as walker:
        await at_settings(walker)
        before = walker.lines()[4:10]
        await walker.press("down")
        await walker.pilot.pause()
        assert walker.lines()[3:9] == before
        await walker.press("up")
        await walker.pilot.pause()
        assert walker.lines()[4:10] == before


async def test_a_module_named_at_the_start_is_said_to_be(blank: Practice) -> None:
    async with walking(blank, "ja", module="/usr/lib/softhsm/libsofthsm2.so") as walker:
        await at_settings(walker)
        assert "始めるときの指定 --module" in walker.text()
