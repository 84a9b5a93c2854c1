"""差戻し and 取りやめ: nothing by choosing alone; giving up needs the number and a reason typed."""

from __future__ import annotations

import pytest

from lgpki_tui.pages.language import LANGUAGES, Language
from tests.practice import Practice
from tests.tui.pages import complete, is_seen, open_first, stand_at, usable, words
from tests.tui.walking import Walker, walking


async def to_end(walker: Walker) -> None:
    await open_first(walker, "waiting")
    await walker.press("f8")
    await walker.reach("end")
    await walker.until(lambda: walker.focus == "way", "focus")


@pytest.mark.parametrize("language", LANGUAGES)
async def test_each_way_is_explained_and_esc_does_nothing(waiting: Practice, language: Language) -> None:
    stand_at(waiting, "waiting")
    before = waiting.ledger()
    page = words("end", language)
    async with walking(waiting, language) as walker:
        await to_end(walker)
        for way in ("correct", "refile", "abandon"):
            await walker.see(page.word(f"about_{way}").split("\n")[0][:30])
            typed = [is_seen(walker, f"#{each}") for each in ("number", "reason", "give_up")]
            assert typed == [way == "abandon"] * 3  # what is asked for is asked for the marked way only
            assert (page.fields["number"].label in walker.text()) is (way == "abandon")
            complete(walker, "#back", *(["#give_up"] if way == "abandon" else []))
            await walker.press("down")
        await walker.press("escape")
        await walker.reach("waiting")
    assert waiting.ledger() == before


@pytest.mark.parametrize("language", LANGUAGES)
async def test_giving_up_needs_number_and_reason(waiting: Practice, language: Language) -> None:
    number = stand_at(waiting, "waiting")
    page = words("end", language)
    async with walking(waiting, language, (60, 20)) as walker:
        await to_end(walker)
        await walker.press("end", "enter")
        await walker.until(lambda: walker.focus == "number", "number")
        await walker.press("tab", "tab")
        assert walker.focus == "back"  # the danger is never next to Enter by itself
        await walker.press("right")
        assert walker.focus == "give_up"
        await walker.press("enter")
        await walker.see(page.word("number_differs"))
        assert walker.focus == "number"
        await walker.type("".join(chr(ord(char) + 0xFEE0) for char in number))  # with the input method on
        await walker.see(walker.app.context.lexicon.word("notice.halved"))
        await walker.press("tab")
        await walker.type("\u3000 ")
        await walker.press("tab", "tab", "enter")
        await walker.see(page.word("reason_missing"))
        assert walker.focus == "reason"
        usable(walker, "#reason")
        assert waiting.events()[-1] == "request_written"
        await walker.paste("申請の重複\n二行目")
        await walker.press("tab", "tab")
        await walker.until(lambda: is_seen(walker, "#give_up"), "button")
        await walker.press("enter")
        await walker.reach("done")
    assert (waiting.events()[-1], waiting.ledger()[-1]["reason"]) == ("abandoned", "申請の重複")


@pytest.mark.parametrize("language", LANGUAGES)
async def test_each_field_says_what_it_wants(waiting: Practice, language: Language) -> None:
    number, page = stand_at(waiting, "waiting"), words("end", language)
    async with walking(waiting, language, (60, 20)) as walker:
        await to_end(walker)
        await walker.press("end", "enter")
        await walker.type("261124-00000")
        await walker.press("enter")
        assert (walker.focus, walker.lines()[-2]) == ("number", page.word("number_differs"))
        await walker.press("ctrl+u")
        await walker.type(number)
        await walker.press("enter")
        assert (walker.focus, walker.lines()[-2]) == ("reason", page.fields["reason"].help)
        assert "PIN" in page.fields["reason"].help
        await walker.type("申請の重複")
        await walker.press("enter")
        assert (walker.focus, walker.lines()[-2]) == ("back", page.word("by_button"))
        await walker.press("right", "enter")
        await walker.reach("done")


async def test_the_same_request_again(waiting: Practice) -> None:
    number = stand_at(waiting, "waiting")
    before = waiting.ledger()
    async with walking(waiting, "ja") as walker:
        await to_end(walker)
        await walker.press("down", "enter")
        await walker.reach("export")
        await walker.see(f"PRACTICE-{number}  .csr.pem")
        await walker.press("escape")
        await walker.reach("home")
        await walker.pilot.pause(0.2)
        assert walker.page == "home"
    assert waiting.ledger() == before


async def test_what_is_in_the_middle_can_only_be_given_up(several_open: Practice) -> None:
    async with walking(several_open, "ja") as walker:
        await open_first(walker, "review")
        await walker.press("f8")
        await walker.reach("end")
        await walker.until(lambda: walker.focus == "way", "focus")
        await walker.press("home", "enter")
        await walker.see(words("end", "ja").word("not_filed"))
        assert walker.page == "end"
