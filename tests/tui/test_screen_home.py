"""The first page: the map, every enrolment with what it waits for, what needs attention first."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest
from rich.cells import cell_len

from lgpki_tui.faces.tui.page_screen import BlankScreen
from lgpki_tui.faces.tui.widgets.choice_list import ChoiceList
from lgpki_tui.ledger.unfinished import Unfinished
from lgpki_tui.pages.language import Language
from lgpki_tui.workplace import Workplace
from tests.crash.scenes import SCENES, cut, marks_of
from tests.practice import Practice
from tests.road.outside import pretend
from tests.tui.seen import ACTS, CASE_IDS, CASES, SIZES, complete
from tests.tui.several import Several, make_several
from tests.tui.walking import Walker, walking


@pytest.fixture(scope="session")
def _several(_formatted: Practice) -> Several:
    return make_several(_formatted.copy(_formatted.folder.with_name("several")))


@pytest.fixture
def several(_several: Several, tmp_path: Path) -> Several:
    """A workplace with an enrolment in every state."""
    return replace(_several, practice=_several.practice.copy(tmp_path / "practice"))


def rows(walker: Walker) -> list[str]:
    """The ids in the list, as they stand there."""
    return [choice.id for choice in walker.app.screen.query_one(ChoiceList).choices]


def save(practice: Practice, answers: Unfinished) -> None:
    """Leave answers behind as an earlier run does."""
    Workplace(practice.folder).unfinished.save(answers)


async def chosen(walker: Walker, number: str) -> None:
    """Move the mark to a row."""
    await walker.press("home")
    for _ in range(rows(walker).index(number)):
        await walker.press("down")
    await walker.pilot.pause()


@pytest.mark.parametrize(("language", "size"), CASES, ids=CASE_IDS)
async def test_nothing_begun(blank: Practice, language: Language, size: tuple[int, int]) -> None:
    async with walking(blank, language, size) as walker:
        await walker.reach("home")
        await walker.pilot.pause()
        complete(walker)
        assert (rows(walker), walker.focus) == (["new"], "enrolments")
        await walker.press("escape")
        await walker.pilot.pause()
        assert walker.page == "home"
        await walker.press("enter")
        await walker.reach("environment")
    assert blank.events() == []


@pytest.mark.parametrize(("key", "page"), [("f10", "environment"), ("f9", "environment"), ("f1", "help")])
async def test_keys_lead_on(blank: Practice, key: str, page: str) -> None:
    async with walking(blank) as walker:
        await walker.reach("home")
        await walker.press(key)
        await walker.reach(page)


@pytest.mark.parametrize(
    ("tabs", "page"),
    [(1, "card"), (2, "environment"), (3, "settings"), (4, "receipt"), (5, "desk")],
    ids=lambda each: str(each),
)
async def test_buttons_lead_on_and_back(blank: Practice, tabs: int, page: str) -> None:
    async with walking(blank) as walker:
        await walker.reach("home")
        await walker.press(*["tab"] * tabs, "enter")
        await walker.reach(page)
        await walker.press("escape")
        await walker.reach("home")


async def test_f8_where_there_is_nothing_to_end(blank: Practice) -> None:
    async with walking(blank) as walker:
        await walker.reach("home")
        await walker.press("f8")
        await walker.see(walker.app.context.page("home").word("nothing_to_end"))


@pytest.mark.parametrize(("language", "size"), ACTS, ids=CASE_IDS)
async def test_a_record_with_everything(several: Several, language: Language, size: tuple[int, int]) -> None:
    """What needs attention first, then what waits for the person, for the branch, and what has ended."""
    in_order = ["opened", "expired", "renewal", "to_file", "filed", "stored", "abandoned"]
    async with walking(several.practice, language, size) as walker:
        await walker.reach("home")
        await walker.pilot.pause()
        assert rows(walker) == [*(getattr(several, name) for name in in_order), "new"]
        word = walker.app.context.lexicon.word
        standings = {
            "opened": ("!", word("who.you", what=word("standing.open"))),
            "expired": ("!", word("who.you", what=word("standing.expired"))),
            "renewal": ("!", word("who.you", what=word("standing.renewal_open"))),
            "to_file": (" ", word("who.you", what=word("standing.to_file"))),
            "filed": (" ", word("who.branch", what=word("standing.filed", days=12))),
            "stored": (" ", word("standing.stored", days=920)),
            "abandoned": (" ", word("standing.abandoned")),
        }
        for name in in_order:
            number, (mark, standing) = getattr(several, name), standings[name]
            await chosen(walker, number)
            complete(walker)
            assert f"> {number} {mark} {standing}" in walker.text(), walker.text()
            assert "総務部情報政策課" in walker.text()


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize(
    ("name", "station"),
    [("opened", "key"), ("to_file", "form"), ("filed", "branch"), ("stored", "store"), ("renewal", "store")],
)
async def test_the_map_points_at_the_place(several: Several, size: tuple[int, int], name: str, station: str) -> None:
    async with walking(several.practice, "ja", size) as walker:
        await walker.reach("home")
        await chosen(walker, getattr(several, name))
        home, lines = walker.app.context.page("home"), walker.lines()
        (row,) = (place for place, line in enumerate(lines) if home.word("station_store") in line)
        column = cell_len(lines[row][: lines[row].index(home.word(f"station_{station}"))])
        pointer = cell_len(lines[row + 1][: lines[row + 1].index("^")])
        assert column - 1 <= pointer <= column, lines[row : row + 2]
        assert home.word("here") in lines[row + 1]


@pytest.mark.parametrize(
    ("name", "page"),
    [
        ("opened", "review"),
        ("expired", "done"),
        ("renewal", "done"),
        ("to_file", "waiting"),
        ("filed", "waiting"),
        ("stored", "done"),
        ("abandoned", "done"),
    ],
)
async def test_enter_goes_on_and_esc_comes_back_to_the_same_row(several: Several, name: str, page: str) -> None:
    before = several.practice.events()
    async with walking(several.practice) as walker:
        await walker.reach("home")
        await chosen(walker, getattr(several, name))
        await walker.press("enter")
        await walker.until(lambda: walker.page in (page, "export"), page)
        for back in {"to_file": ("sheet", "export", "home")}.get(name, ("home",)):
            await walker.press("escape")
            await walker.reach(back)
        marked = walker.app.screen.query_one(ChoiceList).marked
        assert marked is not None
        assert marked.id == getattr(several, name)
    assert several.practice.events() == before


@pytest.mark.parametrize("name", ["opened", "expired", "to_file", "filed"])
async def test_f8_leads_to_giving_up(several: Several, name: str) -> None:
    async with walking(several.practice) as walker:
        await walker.reach("home")
        await chosen(walker, getattr(several, name))
        await walker.press("f8")
        await walker.reach("end")


async def test_an_expired_one_is_closed_by_f8(several: Several) -> None:
    async with walking(several.practice) as walker:
        await walker.reach("home")
        await chosen(walker, several.expired)
        await walker.press("f8")
        await walker.reach("end")
        await walker.until(lambda: walker.focus == "way", "way")
        await walker.press("enter")
        await walker.type(several.expired)
        await walker.press("enter")
        await walker.type("期限切れのため")
        await walker.press("enter", "tab", "enter")
        await walker.until(lambda: several.practice.events(several.expired)[-1] == "abandoned", "abandoned")


@pytest.mark.parametrize("name", ["stored", "renewal", "abandoned"])
async def test_what_lives_or_has_ended_is_not_given_up(several: Several, name: str) -> None:
    async with walking(several.practice) as walker:
        await walker.reach("home")
        await chosen(walker, getattr(several, name))
        await walker.press("f8")
        await walker.see(walker.app.context.page("home").word("nothing_to_end"))


async def test_the_day_of_today_decides(several: Several) -> None:
    """A renewal that opens while the program is closed is at the top next time."""
    pretend(several.practice, now="2028-12-01T03:00:00Z")
    async with walking(several.practice) as walker:
        await walker.reach("home")
        standing = walker.app.context.lexicon.word("standing.renewal_open")
        await walker.see(f"> {several.opened} !")
        assert f"{several.stored} ! {standing}" in walker.text()
        assert rows(walker).index(several.renewal) < rows(walker).index(several.to_file)


async def test_an_entry_that_is_not_finished_comes_first_and_goes_on(blank: Practice) -> None:
    save(blank, Unfinished(step="kind", certificate_kind="riyosha", name="情報政策課01"))
    async with walking(blank, "ja") as walker:
        await walker.reach("home")
        await walker.see("利用者証明書  情報政策課01")
        assert rows(walker) == ["unfinished", "new"]
        await walker.press("enter")
        await walker.reach("kind")


async def test_to_begin_anew_says_what_becomes_of_the_entry(blank: Practice) -> None:
    save(blank, Unfinished(step="kind", certificate_kind="riyosha"))
    async with walking(blank) as walker:
        await walker.reach("home")
        await walker.press("end")
        await walker.see("replaced by the new one")
        await walker.press("enter")
        await walker.reach("environment")
    assert Workplace(blank.folder).unfinished.load() == Unfinished(step="environment")


async def test_a_formatting_that_stopped_is_a_row_of_its_own(blank: Practice) -> None:
    """Killed between the wipe and its record: the row leads to the cards."""
    (scene,) = (each for each in SCENES if each.name == "format")
    marks = marks_of(scene, blank, blank.folder.parent)
    cut(scene, blank, marks.index("ledger.append after") + 1)
    assert blank.wiping()
    async with walking(blank) as walker:
        await walker.reach("home")
        await walker.see("! formatting a card stopped in the middle (you)")
        assert walker.focus == "enrolments"
        await walker.press("enter")
        await walker.reach("card")


async def test_f5_reads_what_another_program_wrote(waiting: Practice) -> None:
    number = waiting.enrolments()[0]["enrolment"]
    async with walking(waiting) as walker:
        await walker.reach("home")
        await walker.see(walker.app.context.lexicon.word("standing.to_file"))
        waiting.done("abandon", number, "--reason", "異動のため")
        await walker.press("f5")
        await walker.see(walker.app.context.lexicon.word("standing.abandoned"))


async def test_f5_on_a_damaged_record_is_told_and_what_was_shown_stays(waiting: Practice) -> None:
    number = waiting.enrolments()[0]["enrolment"]
    async with walking(waiting) as walker:
        await walker.reach("home")
        await walker.see(number)
        file = waiting.folder / "state" / "ledger.sqlite3"
        with sqlite3.connect(file) as database:
            database.execute("DROP TRIGGER no_update")
            database.execute("UPDATE entries SET entry = replace(entry, '高島市長', '高嶋市長')")
        database.close()
        await walker.press("f5")
        await walker.reach("verdict")
        assert "(ledger_damaged" in walker.text()
        await walker.press("enter")
        await walker.reach("home")
        await walker.see(number)


async def test_a_newer_record_ends_the_program_with_its_code(waiting: Practice) -> None:
    with sqlite3.connect(waiting.folder / "state" / "ledger.sqlite3") as database:
        database.execute("PRAGMA user_version = 99")
    database.close()
    async with walking(waiting) as walker:
        await walker.reach("verdict")
        assert "(ledger_newer" in walker.text()
        await walker.press("enter")
        await walker.until(lambda: walker.app.return_value == 3, "the end")


async def test_too_small_and_back(several: Several) -> None:
    async with walking(several.practice, "ja") as walker:
        await walker.reach("home")
        await walker.pilot.resize_terminal(59, 24)
        await walker.pilot.pause()
        assert "60" in walker.lines()[0]
        await walker.pilot.resize_terminal(60, 20)
        await walker.pilot.pause()
        complete(walker)
        await walker.pilot.resize_terminal(80, 24)
        await walker.pilot.pause()
        complete(walker)
        assert "[1 鍵とCSR]" in walker.text()
        assert not isinstance(walker.app.screen, BlankScreen)
