"""What was found on this PC: worst first, each with its meaning, and a way on."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from lgpki_tui.faces.tui.screens.environment import EnvironmentScreen
from lgpki_tui.faces.tui.widgets.choice_list import ChoiceList
from lgpki_tui.pages.language import Language
from tests.practice import Practice
from tests.tui.seen import CASE_IDS, CASES, complete
from tests.tui.walking import Walker, walking


async def looked(walker: Walker, key: str = "f9") -> list[str]:
    """Open it from the first page, wait until all was looked at; the rows."""
    await walker.reach("home")
    await walker.press(key)
    await walker.reach("environment")
    listed = walker.screen(EnvironmentScreen).query_one(ChoiceList)
    await walker.until(lambda: bool(listed.choices), "findings")
    return [choice.text for choice in listed.choices]


@pytest.mark.parametrize(("language", "size"), CASES, ids=CASE_IDS)
async def test_as_a_step_of_the_road(formatted: Practice, language: Language, size: tuple[int, int]) -> None:
    async with walking(formatted, language, size) as walker:
        rows = await looked(walker, "f10")
        word = walker.app.context.lexicon.word
        complete(walker)
        assert walker.focus == "next"
        marks = [row.partition("]")[0] for row in rows]
        order = [f"[{word(f'result.{result}')}" for result in ("fail", "attention", "unknown", "ok")]
        assert [order.index(mark) for mark in marks] == sorted(order.index(mark) for mark in marks)
        await walker.press("enter")
        await walker.reach("kind")
        await walker.press("escape")
        await walker.reach("environment")


@pytest.mark.parametrize("key", ["enter", "escape", "f10"])
async def test_from_elsewhere_it_leads_back(stored: Practice, key: str) -> None:
    async with walking(stored) as walker:
        await looked(walker)
        await walker.press(key)
        await walker.reach("home")


async def test_the_record_of_a_login_with_enrolments_is_whole(stored: Practice) -> None:
    """The probe asks in a thread of its own while the program has the same record open."""
    async with walking(stored) as walker:
        rows = await looked(walker)
        word = walker.app.context.lexicon.word
        assert f"[{word('result.ok')}] {word('check.ledger_damaged')}" in rows
        assert not any(row.startswith(f"[{word('result.fail')}]") for row in rows)


@pytest.mark.parametrize(("language", "size"), CASES, ids=CASE_IDS)
async def test_a_broken_module_comes_first_and_says_what_to_do(
    formatted: Practice, tmp_path: Path, language: Language, size: tuple[int, int]
) -> None:
    nonsense = tmp_path / "nonsense.so"
    nonsense.write_bytes(b"no module")
    async with walking(formatted, language, size, module=str(nonsense)) as walker:
        rows = await looked(walker)
        lexicon = walker.app.context.lexicon
        assert rows[0].startswith(f"[{lexicon.word('result.fail')}]")
        await walker.press("shift+tab")
        assert walker.focus == "findings"
        complete(walker)
        await walker.press("enter")
        await walker.reach("verdict")
        assert "(module_broken" in walker.text()
        assert lexicon.messages.message("module_broken", {}).ask[:12] in walker.text()
        await walker.press("escape")
        await walker.reach("environment")


async def test_what_could_not_be_looked_at_is_not_called_missing(formatted: Practice) -> None:
    async with walking(formatted) as walker:
        rows = await looked(walker)
        unknown = f"[{walker.app.context.lexicon.word('result.unknown')}]"
        place = next(place for place, row in enumerate(rows) if row.startswith(unknown))
        await walker.press("shift+tab", *["down"] * place)
        await walker.see(walker.app.context.page("environment").word("unknown"))
        await walker.press("enter")
        await walker.reach("verdict")
        assert unknown in walker.text()
        assert "[FAIL]" not in walker.text()


async def test_enter_on_what_is_all_right_goes_to_the_way_on(formatted: Practice) -> None:
    async with walking(formatted) as walker:
        await looked(walker)
        await walker.press("shift+tab", "end", "enter")
        await walker.until(lambda: walker.focus == "next", "next")


async def test_f5_sees_a_card_that_was_taken_out(formatted: Practice) -> None:
    async with walking(formatted) as walker:
        rows = await looked(walker)
        word = walker.app.context.lexicon.word
        assert f"[{word('result.ok')}] {word('check.card_absent')}" in rows
        shutil.rmtree(formatted.folder / "tokens")
        (formatted.folder / "tokens").mkdir(mode=0o700)
        await walker.press("f5")
        blank = word("check.card_blank")
        await walker.see(f"[{word('result.attention')}] {blank}")


async def test_f5_again_and_again_looks_once_at_a_time(formatted: Practice) -> None:
    async with walking(formatted) as walker:
        await looked(walker)
        await walker.press("f5", "f5", "f5", "f5")
        await walker.press("escape")
        await walker.reach("home")
        rows = await looked(walker)
        assert not any(row.startswith("[FAIL]") for row in rows)


async def test_f9_does_not_open_it_above_itself(formatted: Practice) -> None:
    async with walking(formatted) as walker:
        await looked(walker)
        await walker.press("f9", "escape")
        await walker.reach("home")
