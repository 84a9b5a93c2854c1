"""A certificate came for an enrolment that is not in the list: the receipt says on which PC and under which login."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from lgpki_tui.faces.tui.screens.receipt import ReceiptScreen
from lgpki_tui.faces.tui.widgets.button import Button
from lgpki_tui.faces.tui.widgets.choice_list import ChoiceList
from lgpki_tui.faces.tui.widgets.prose import Prose
from lgpki_tui.pages.language import Language
from tests.practice import Practice, new_practice
from tests.road.outside import pretend
from tests.tui.seen import CASE_IDS, CASES, complete, read_through, usable
from tests.tui.walking import Walker, walking

MACHINE = "f" * 32


def word(walker: Walker, key: str, **facts: str) -> str:
    """A word of the page."""
    return walker.app.context.page("receipt").word(key, **facts)


def receipt_of(practice: Practice) -> Path:
    """The receipt beside the CSR."""
    (file,) = (practice.folder / "out").glob("*.binding.json")
    return file


def number_of(practice: Practice) -> str:
    """The enrolment that waits."""
    return str(practice.enrolments()[0]["enrolment"])


def clear_card(practice: Practice) -> None:
    """Another program removes the receipt from the card."""
    practice.tool("--delete-object", "--type", "data", "--label", number_of(practice))


def files(walker: Walker) -> list[str]:
    """What can be chosen."""
    return [choice.id for choice in walker.screen(ReceiptScreen).query_one(ChoiceList).choices]


def buttons(walker: Walker) -> list[str | None]:
    """What can be pressed."""
    return [button.id for button in walker.screen(ReceiptScreen).query(Button) if button.display]


async def to_receipts(walker: Walker) -> None:
    """From the first page."""
    await walker.reach("home")
    await walker.press("tab", "tab", "tab", "tab", "enter")
    await walker.reach("receipt")
    await walker.until(lambda: bool(files(walker)), "files")
    await walker.pilot.pause()


async def read(walker: Walker) -> str:
    """Read the file that is marked or named; what the page says then."""
    said = walker.screen(ReceiptScreen).query_one("#do", Prose)
    before = said.text
    await walker.press("enter")
    await walker.until(lambda: said.text not in (before, ""), "read")
    usable(walker)
    if walker.app.size.height >= 24:
        complete(walker)
    return await read_through(walker)


@pytest.mark.parametrize(("language", "size"), CASES, ids=CASE_IDS)
async def test_an_enrolment_that_is_here_after_all(
    waiting: Practice, language: Language, size: tuple[int, int]
) -> None:
    before = waiting.events()
    async with walking(waiting, language, size) as walker:
        await to_receipts(walker)
        complete(walker)
        assert (walker.focus, buttons(walker)) == ("file", ["back"])
        assert files(walker) == [str(receipt_of(waiting)), f"card:{number_of(waiting)}", "other"]
        await walker.press("enter")
        await walker.until(lambda: walker.focus == "go", "go")
        await walker.pilot.pause()
        complete(walker)
        assert waiting.enrolments()[0]["enrolment"] in walker.text()
        await walker.press("enter")
        await walker.until(lambda: walker.page in ("waiting", "export"), "the enrolment")
    assert waiting.events() == before


@pytest.mark.parametrize(("language", "size"), CASES, ids=CASE_IDS)
@pytest.mark.parametrize("what", ["machine", "login", "both"])
async def test_another_pc_or_login_is_named(
    waiting: Practice, language: Language, size: tuple[int, int], what: str
) -> None:
    binding = json.loads(receipt_of(waiting).read_text())["binding"]
    elsewhere: dict[str, str | int] = {"host_name": "office-99", "machine_id": MACHINE} if what != "login" else {}
    other: dict[str, str | int] = {"login_name": "k-soumu", "login_uid": 1042} if what != "machine" else {}
    pretend(waiting, **elsewhere, **other)
    async with walking(waiting, language, size) as walker:
        await to_receipts(walker)
        text = await read(walker)
        await walker.press("pageup", "pageup")
        await walker.pilot.pause()
        assert buttons(walker) == ["back"]
        for key, value in (("pc", {"host": binding["host_name"]}), ("login", {"login": binding["login"]["name"]})):
            wrong = what in ({"pc": "machine"}.get(key, key), "both")
            line = word(walker, key, **value) + (f"  {word(walker, 'elsewhere')}" if wrong else "")
            assert f"  {line}" in walker.lines()
        code, facts = (
            ("wrong_login", {"login_begun": "", "login_now": ""}) if what == "login" else ("wrong_machine", {})
        )
        happened = (
            walker.app.context.lexicon.messages.message(code, facts).happened.partition("（")[0].partition("(")[0]
        )
        assert happened.replace(" ", "") in text
        assert binding["token"]["label"] in text
        await walker.press("f10")
        await walker.see(word(walker, "nowhere"))
        await walker.press("escape")
        await walker.reach("home")
    assert waiting.events().count("key_made") == 1


async def test_the_card_tells_where_its_key_was_made(waiting: Practice) -> None:
    """No medium is needed: whoever has the card on another PC learns where to go."""
    receipt_of(waiting).unlink()
    pretend(waiting, host_name="office-99", machine_id=MACHINE)
    async with walking(waiting) as walker:
        await to_receipts(walker)
        assert files(walker) == [f"card:{number_of(waiting)}", "other"]
        text = await read(walker)
        assert word(walker, "elsewhere").replace(" ", "") in text
        assert buttons(walker) == ["back"]


async def test_the_right_place_without_the_record(waiting: Practice, tmp_path: Path) -> None:
    """The record was lost, or practice and real use were mixed up."""
    other = new_practice(tmp_path / "another")
    shutil.copy(receipt_of(waiting), other.folder / "out")
    async with walking(other) as walker:
        await to_receipts(walker)
        text = await read(walker)
        assert buttons(walker) == ["back"]
        number = json.loads(receipt_of(waiting).read_text())["binding"]["enrolment"]
        happened = walker.app.context.lexicon.messages.message("enrolment_unknown", {"enrolment": number}).happened
        assert happened.replace(" ", "") in text
        complete(walker)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda text: text.replace("SHICHO-01", "SHICHO-02"), "receipt_forged"),
        (lambda text: text[:200], "receipt_unreadable"),
        (lambda text: "", "receipt_unreadable"),
    ],
    ids=["changed", "cut", "empty"],
)
async def test_a_file_that_is_no_receipt_is_refused(waiting: Practice, change: object, code: str) -> None:
    file = receipt_of(waiting)
    assert callable(change)
    file.write_text(change(file.read_text()))
    async with walking(waiting, "ja") as walker:
        await to_receipts(walker)
        text = await read(walker)
        message = walker.app.context.lexicon.messages.message(code, {})
        assert message.happened.replace(" ", "") in text
        assert message.here.replace(" ", "") in text
        assert buttons(walker) == ["back"]


async def test_none_is_found_and_the_place_is_named_by_hand(waiting: Practice, tmp_path: Path) -> None:
    folder = tmp_path / "結び付け 控え"
    folder.mkdir()
    file = folder / "a b　c.binding.json"  # blanks of both widths
    receipt_of(waiting).rename(file)
    clear_card(waiting)
    async with walking(waiting, "ja") as walker:
        await to_receipts(walker)
        complete(walker)
        assert files(walker) == ["other"]
        assert word(walker, "none")[:20] in walker.text()
        await walker.press("enter")
        await walker.until(lambda: walker.focus == "path", "path")
        complete(walker)
        await walker.type("out/a.binding.json")
        await walker.press("enter")
        await walker.see(word(walker, "absolute"))
        await walker.press("ctrl+u")
        await walker.paste(f"{file}\nsecond line")
        await walker.see(walker.app.context.lexicon.word("notice.paste_lines"))
        await walker.press("enter")
        await walker.until(lambda: walker.focus == "go", "go")


async def test_f5_sees_a_file_that_has_come(waiting: Practice) -> None:
    file = receipt_of(waiting)
    away = waiting.folder / "away"
    file.rename(away)
    clear_card(waiting)
    async with walking(waiting) as walker:
        await to_receipts(walker)
        assert files(walker) == ["other"]
        away.rename(file)
        await walker.press("f5")
        await walker.until(lambda: len(files(walker)) == 2, "found")


async def test_a_fifo_does_not_hang_the_page(waiting: Practice) -> None:
    file = receipt_of(waiting)
    file.unlink()
    os.mkfifo(file)
    clear_card(waiting)
    async with walking(waiting) as walker:
        await to_receipts(walker)
        assert files(walker) == ["other"]
        await walker.press("enter")
        await walker.paste(str(file))
        text = await read(walker)
        assert walker.app.context.lexicon.messages.message("receipt_unreadable", {}).happened.replace(" ", "") in text
