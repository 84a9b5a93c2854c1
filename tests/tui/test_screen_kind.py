"""The kinds of certificate, and who does it on which PC."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lgpki_tui.faces.tui.widgets.choice_list import ChoiceList
from lgpki_tui.pages.language import LANGUAGES, Language
from lgpki_tui.workplace import Workplace
from tests.practice import Practice
from tests.tui.pages import words
from tests.tui.seen import CASE_IDS, CASES, complete
from tests.tui.walking import Walker, walking


async def at_kind(walker: Walker) -> None:
    """From the first page."""
    await walker.reach("home")
    await walker.press("end", "enter")
    await walker.reach("environment")
    await walker.press("f10")
    await walker.reach("kind")
    await walker.pilot.pause()


@pytest.mark.parametrize(("language", "size"), CASES, ids=CASE_IDS)
async def test_all_kinds_are_listed(blank: Practice, language: Language, size: tuple[int, int]) -> None:
    async with walking(blank, language, size) as walker:
        await at_kind(walker)
        complete(walker)
        assert walker.focus == "kind"
        kinds = walker.app.screen.query_one("#kind", ChoiceList).choices
        assert [(choice.id, choice.enabled) for choice in kinds] == [
            ("shokuseki", True),
            ("riyosha", True),
            ("mail", True),
            ("code-signing", True),
            ("web-server", True),
            ("login", False),
        ]
        page, word = walker.app.context.page("kind"), walker.app.context.lexicon.word
        for choice in kinds:
            assert word(f"kind.{choice.id}") in walker.text()
            assert choice.id in ("mail", "login") or choice.id not in walker.text()  # ids are for programs
        for kind in kinds:
            await walker.see(page.word(f"about_{kind.id}")[:20])
            assert page.word("tracked") in walker.text()
            assert (page.word("assumed")[:20] in walker.text()) is kind.enabled
            complete(walker)
            await walker.press("down")


async def test_two_enters_take_what_most_people_want(blank: Practice) -> None:
    async with walking(blank) as walker:
        await at_kind(walker)
        await walker.press("enter")
        assert walker.focus == "pattern"
        complete(walker)
        await walker.press("enter")
        await walker.reach("card")
        kept = Workplace(blank.folder).unfinished.load()
        assert (kept.certificate_kind, kept.pattern) == ("shokuseki", "own_pc")


async def test_the_other_kind_and_the_other_pattern(blank: Practice) -> None:
    async with walking(blank) as walker:
        await at_kind(walker)
        await walker.press("down", "enter", "down")
        await walker.see(walker.app.context.page("kind").word("means_branch_terminal")[:30])
        await walker.press("enter")
        await walker.reach("card")
        kept = Workplace(blank.folder).unfinished.load()
        assert (kept.certificate_kind, kept.pattern) == ("riyosha", "branch_terminal")
        await walker.press("escape")
        await walker.reach("kind")
        assert walker.app.screen.query_one("#kind", ChoiceList).marked == next(
            choice for choice in walker.app.screen.query_one("#kind", ChoiceList).choices if choice.id == "riyosha"
        )


@pytest.mark.parametrize("key", ["enter", "space", "f10"])
async def test_a_kind_that_is_only_tracked_is_not_taken(blank: Practice, key: str) -> None:
    async with walking(blank) as walker:
        await at_kind(walker)
        await walker.press(*["down"] * 5, key)
        await walker.see(walker.app.context.page("kind").word("only_tracked"))
        assert walker.page == "kind"
        complete(walker)


async def test_f10_takes_what_is_marked(blank: Practice) -> None:
    async with walking(blank) as walker:
        await at_kind(walker)
        await walker.press("down", "f10")
        await walker.reach("card")
        assert Workplace(blank.folder).unfinished.load().certificate_kind == "riyosha"


async def test_esc_decides_nothing(blank: Practice) -> None:
    async with walking(blank) as walker:
        await at_kind(walker)
        await walker.press("down", "escape")
        await walker.reach("environment")
        assert Workplace(blank.folder).unfinished.load().certificate_kind == ""


async def test_the_page_of_a_server_says_where_its_keys_are_made(blank: Practice) -> None:
    async with walking(blank, "ja") as walker:
        await at_kind(walker)
        await walker.press(*["down"] * 4)
        await walker.see("鍵をICカードの中にだけ作ります")
        complete(walker)
        await walker.press("enter", "enter")
        await walker.reach("card")
        assert Workplace(blank.folder).unfinished.load().certificate_kind == "web-server"


async def test_a_kind_that_is_not_handled_here_is_not_taken(blank: Practice) -> None:
    async with walking(blank) as walker:
        place = walker.app.context.clerk._place
        vars(place)["kinds"] = tuple(replace(each, has_profile=each.kind == "mail") for each in place.kinds)
        await at_kind(walker)
        page = walker.app.context.page("kind")
        await walker.see(page.word("no_profile"))
        assert walker.app.screen.query_one("#kind", ChoiceList).marked == next(
            choice for choice in walker.app.screen.query_one("#kind", ChoiceList).choices if choice.id == "mail"
        )
        await walker.press("up", "f10")
        await walker.see(page.word("not_handled"))


async def test_arrows_reach_every_row_of_both_lists_and_go_round_nowhere(blank: Practice) -> None:
    async with walking(blank) as walker:
        await at_kind(walker)

        def place() -> tuple[str, str]:
            marked = walker.app.screen.query_one(f"#{walker.focus}", ChoiceList).marked
            return walker.focus, marked.id if marked is not None else ""

        await walker.press("up")
        assert place() == ("kind", "shokuseki")  # it came round to the second list, and Up from there back to the first
        await walker.press("enter", "down", "down")
        assert place() == ("pattern", "branch_terminal")
        seen = []
        for _ in range(8):
            seen.append(place())
            await walker.press("up")
        assert seen[:3] == [("pattern", "branch_terminal"), ("pattern", "own_pc"), ("kind", "shokuseki")]
        for key, where in (("right", "pattern"), ("left", "kind"), ("left", "kind")):
            await walker.press(key)
            assert walker.focus == where
        await walker.press(*["down"] * 6)
        assert place() == ("pattern", "own_pc")


@pytest.mark.parametrize("language", LANGUAGES)
async def test_back_on_the_page_every_kind_is_reached(blank: Practice, language: Language) -> None:
    page = words("kind", language)
    async with walking(blank, language) as walker:
        await at_kind(walker)
        assert walker.lines()[-2] == page.fields["kind"].help
        await walker.press("down", "down", "enter")
        assert walker.lines()[-2] == page.fields["pattern"].help
        await walker.press("enter")
        await walker.reach("card")
        await walker.press("escape")
        await walker.reach("kind")
        await walker.until(lambda: walker.focus == "kind", "focus")
        await walker.press("up", "up", "up", "up")
        assert walker.focus == "kind"
        marked = walker.app.screen.query_one("#kind", ChoiceList).marked
        assert marked is not None
        assert marked.id == "shokuseki"


async def test_what_is_not_taken_is_pointed_at(blank: Practice) -> None:
    async with walking(blank) as walker:
        await at_kind(walker)
        await walker.press(*["down"] * 6)
        assert walker.focus == "pattern"  # the mark stayed on the one that is only tracked
        await walker.press("enter")
        await walker.see(walker.app.context.page("kind").word("only_tracked"))
        assert walker.focus == "kind"
