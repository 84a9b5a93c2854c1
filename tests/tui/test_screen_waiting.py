"""Hand in, wait, and the practice branch's desk; what was noted is read from the ledger."""

from __future__ import annotations

import pytest

from lgpki_tui.pages.language import LANGUAGES, Language
from tests.practice import Practice
from tests.road.outside import pretend
from tests.tui.pages import complete, open_first, stand_at, unfinished, words
from tests.tui.walking import Walker, walking


async def filed(walker: Walker) -> None:
    await walker.press("enter")
    await walker.until(lambda: walker.focus == "receive", "filed")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", [(80, 24), (60, 20)])
async def test_first_hand_in_then_wait(waiting: Practice, language: Language, size: tuple[int, int]) -> None:
    number = stand_at(waiting, "waiting")
    page = words("waiting", language)
    pretend(waiting, now="2026-11-24T03:00:00Z", host_name="office-01", login_name="j-seisaku", login_uid=1001)
    async with walking(waiting, language, size) as walker:
        await open_first(walker, "waiting")
        await walker.until(lambda: walker.focus == "file", "focus")
        complete(walker, "#file", "#receive", "#sheet", "#export")
        assert f"PRACTICE-{number}.csr.pem" in walker.text()
        await filed(walker)
        complete(walker, "#file", "#receive", "#sheet", "#export")
        assert page.word("filed", day="2026-11-24", days=1) in walker.text()
        assert page.word("file_again") in walker.text()
        assert "SHICHO-01" in walker.text()
    assert [each["at"][:10] for each in waiting.ledger() if each["event"] == "filed"] == ["2026-11-24"]
    pretend(waiting, now="2026-12-05T03:00:00Z")
    async with walking(waiting, language, size) as walker:  # days later it is the same page
        await open_first(walker, "waiting")
        assert page.word("filed", day="2026-11-24", days=12) in walker.text()


async def test_f10_once_too_often_hands_nothing_in(waiting: Practice) -> None:
    """The form page is left by F10, pressed twice where there is no PDF; the foot here names no F10."""
    stand_at(waiting, "sheet")
    before = waiting.ledger()
    async with walking(waiting) as walker:
        await open_first(walker, "sheet")
        await walker.press("f10")
        await walker.see(words("sheet", "en").word("not_written"))
        await walker.press("f10")
        await walker.reach("waiting")
        await walker.press("f10", "f10")
        await walker.press("tab")  # it has heard the keys before
        await walker.until(lambda: walker.focus == "receive", "focus")
        assert walker.page == "waiting"
    assert waiting.ledger() == before


@pytest.mark.slow
async def test_esc_is_one_page_back_and_the_buttons_lead_where_they_say(waiting: Practice) -> None:
    number = stand_at(waiting, "waiting")
    before = waiting.ledger()
    async with walking(waiting) as walker:
        await open_first(walker, "waiting")
        for back in ("sheet", "export", "home"):
            assert walker.app.context.lexicon.word("key.home" if back == "home" else "key.back") in walker.lines()[-1]
            await walker.press("escape")
            await walker.reach(back)
        for steps, page, back in ((2, "sheet", "export"), (3, "export", "home")):
            stand_at(waiting, "waiting")
            await open_first(walker, "waiting")
            await walker.press(*["right"] * steps, "enter")
            await walker.reach(page)
            await walker.press("escape")
            await walker.reach(back)
            if back != "home":
                await walker.press("escape")
                await walker.reach("home")
        assert unfinished(waiting).load().pages[number] == "export"
    assert waiting.ledger() == before


async def test_once_handed_in_esc_leads_home(waiting: Practice) -> None:
    number = stand_at(waiting, "waiting")
    waiting_page = {number: "waiting"}
    async with walking(waiting) as walker:
        await open_first(walker, "waiting")
        await filed(walker)
        assert walker.app.context.lexicon.word("key.home") in walker.lines()[-1]
        await walker.press("escape")
        await walker.reach("home")
    assert unfinished(waiting).load().pages == waiting_page


async def test_without_noting_it_one_can_receive(waiting: Practice) -> None:
    stand_at(waiting, "waiting")
    async with walking(waiting) as walker:
        await open_first(walker, "waiting")
        await walker.press("right", "enter")
        await walker.reach("receive")
        await walker.press("escape")
        await walker.reach("waiting")
    assert "filed" not in waiting.events()


async def test_the_practice_desk_issues_by_f6(waiting: Practice) -> None:
    number = stand_at(waiting, "waiting")
    async with walking(waiting, "ja") as walker:
        await open_first(walker, "waiting")
        await walker.press("f6")
        await walker.reach("receive")
        await walker.until(lambda: walker.focus == "store", "checked")
    assert waiting.events()[-1] == "filed"
    assert (waiting.folder / "out" / f"PRACTICE-{number}.cer.pem").exists()


async def test_the_desk_says_why_it_cannot(waiting: Practice) -> None:
    stand_at(waiting, "waiting")
    (waiting.folder / "out").rename(waiting.folder / "gone")
    async with walking(waiting, "ja") as walker:
        await open_first(walker, "waiting")
        await walker.press("f6")
        await walker.see(str(waiting.folder / "out")[:30])
        assert walker.page == "waiting"
        complete(walker, "#file")


async def test_for_real_there_is_no_desk(waiting: Practice) -> None:
    stand_at(waiting, "waiting")
    async with walking(waiting, "ja") as walker:
        walker.app.context.clerk.practice_desk = None
        await open_first(walker, "waiting")
        assert "F6" not in walker.text()
        await walker.press("f6")
        await walker.pilot.pause(0.1)
        assert walker.page == "waiting"
    assert not list((waiting.folder / "out").glob("*.cer.pem"))


async def test_giving_up_ends_at_the_first_page_at_once(waiting: Practice) -> None:
    number = stand_at(waiting, "waiting")
    async with walking(waiting) as walker:
        await open_first(walker, "waiting")
        await walker.press("f8")
        await walker.reach("end")
        await walker.press("escape")
        await walker.reach("waiting")
        await walker.press("f8")
        await walker.reach("end")
        await walker.press("end", "enter")
        await walker.type(number.lower())
        await walker.press("enter")
        await walker.type("申請の重複")
        await walker.press("enter", "tab", "enter")
        await walker.reach("done")
        assert "申請の重複" in walker.text()
        await walker.press("enter")
        await walker.reach("home")
        await walker.pilot.pause(0.2)
        assert walker.page == "home"
    assert waiting.ledger()[-1]["reason"] == "申請の重複"
