"""The desk: a medium is read, its paper scanned or typed, and the page says whether they are the same."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from lgpki_tui.faces.tui.screens.desk import DeskScreen
from lgpki_tui.faces.tui.widgets.choice_list import ChoiceList
from lgpki_tui.ground.clock import SystemClock
from lgpki_tui.pages.language import Language
from lgpki_tui.subject.extensions import Extensions
from lgpki_tui.workplace import Workplace
from tests.conductor.desk import SUBJECT, made, of_key, put
from tests.media.images import image, loop_mounted
from tests.pki.makers import ec_key
from tests.practice import Practice
from tests.road.outside import pretend
from tests.tui.pages import is_seen, text_of, value_of
from tests.tui.seen import ACTS, CASE_IDS, CASES, complete, usable
from tests.tui.walking import Walker, walking

NAME = "261128-7K3QH"


def word(walker: Walker, key: str, **facts: str) -> str:
    """A word that both faces of the desk share."""
    return walker.app.context.lexicon.word(f"desk.{key}", **facts)


def page_word(walker: Walker, key: str, **facts: str | int) -> str:
    """A word of the page."""
    return walker.app.context.page("desk").word(key, **facts)


def listed(walker: Walker, which: str = "requests") -> list[str]:
    """What can be chosen."""
    return [choice.text for choice in walker.screen(DeskScreen).query_one(f"#{which}", ChoiceList).choices]


def marked(walker: Walker, which: str) -> str:
    """What has the mark."""
    choice = walker.screen(DeskScreen).query_one(f"#{which}", ChoiceList).marked
    return choice.id if choice is not None else ""


async def to_desk(walker: Walker) -> None:
    """From the first page."""
    await walker.reach("home")
    await walker.press("tab", "tab", "tab", "tab", "tab", "enter")
    await walker.reach("desk")
    await walker.until(lambda: text_of(walker, "about") != "", "the usual folder")


async def read(walker: Walker, folder: Path) -> None:
    """Name the folder of the medium."""
    await walker.press("ctrl+u")
    await walker.paste(str(folder))
    before = text_of(walker, "about")
    await walker.press("enter")
    await walker.until(lambda: text_of(walker, "about") != before or walker.focus == "requests", "read")


async def compare(walker: Walker, code: str) -> str:
    """Type a code as a scanner does, with Enter; the verdict."""
    await walker.type(code)
    await walker.press("enter")
    await walker.until(lambda: text_of(walker, "verdict") != "", "verdict")
    await walker.pilot.pause()
    usable(walker)
    return text_of(walker, "verdict")


@pytest.mark.parametrize(("language", "size"), CASES, ids=CASE_IDS)
async def test_scanned_and_the_same(blank: Practice, tmp_path: Path, language: Language, size: tuple[int, int]) -> None:
    folder = put(tmp_path / "medium", NAME, made(), sums=True)
    async with walking(blank, language, size) as walker:
        await to_desk(walker)
        complete(walker)
        assert walker.focus == "folder"
        assert value_of(walker, "folder") == str(blank.folder / "out")
        await read(walker, folder)
        complete(walker)
        assert (walker.focus, listed(walker)) == ("requests", [NAME])
        assert "総務部情報政策課" in text_of(walker, "about")
        for line in text_of(walker, "groups").splitlines():
            assert line in walker.lines()
        await walker.press("enter")
        assert walker.focus == "code"
        said = await compare(walker, made().sha256)
        assert said.splitlines()[0] == word(walker, "verdict.same")
        assert word(walker, "unknown.no_kind") in said
        assert word(walker, "verdict.same") in walker.text()
        assert is_seen(walker, "#code")
        # By the kind of the form: nothing is left open but what that kind does not ask.
        await walker.press("up")
        assert walker.focus == "kind"
        await walker.press("down")
        assert marked(walker, "kind") == "shokuseki"
        assert text_of(walker, "verdict") == ""
        await walker.press("f10")
        await walker.until(lambda: text_of(walker, "verdict") == word(walker, "verdict.same"), "same")
        await walker.press("escape")
        await walker.reach("home")
    assert blank.events() == []


@pytest.mark.parametrize(("language", "size"), ACTS, ids=CASE_IDS)
async def test_the_paper_of_another_request(
    blank: Practice, tmp_path: Path, language: Language, size: tuple[int, int]
) -> None:
    folder = put(tmp_path / "medium", "a", made())
    other = made((*SUBJECT[:-1], ("CN", "副市長")))
    put(folder, "b", other)
    async with walking(blank, language, size) as walker:
        await to_desk(walker)
        await read(walker, folder)
        await walker.press("enter")
        said = await compare(walker, other.sha256)
        # A wrong row was marked: to choose the right one, and nothing is sent back for that.
        assert said.splitlines() == [word(walker, "verdict.other_paper"), page_word(walker, "other_request", name="b")]
        assert word(walker, "verdict.other_paper").rstrip("。.")[:20] in walker.text()
        await walker.press("pageup", "pageup", "up", "up", "down")
        assert (walker.focus, marked(walker, "requests")) == ("requests", str(folder / "b.csr"))
        assert text_of(walker, "verdict") == ""
        await walker.press("enter", "f10")
        await walker.until(lambda: text_of(walker, "verdict").startswith(word(walker, "verdict.same")), "same")


async def test_full_width_pasted_and_only_some_groups(blank: Practice, tmp_path: Path) -> None:
    folder = put(tmp_path / "medium", NAME, made())
    groups = "\u3000".join(made().sha256[at : at + 4] for at in range(0, 24, 4))
    wide = "".join(chr(ord(char) + 0xFEE0) if char != "\u3000" else char for char in groups.upper())
    async with walking(blank, "ja") as walker:
        await to_desk(walker)
        await read(walker, folder)
        await walker.press("enter")
        await walker.paste(f"{wide}\n二行目")
        await walker.see(walker.app.context.lexicon.word("notice.paste_lines"))
        await walker.press("enter")
        await walker.until(lambda: text_of(walker, "verdict") != "", "verdict")
        said = text_of(walker, "verdict")
        assert said.splitlines()[0] == word(walker, "verdict.same_as_far")
        assert "64桁のうち24桁" in said
        await walker.type("\u3000０")
        await walker.until(lambda: text_of(walker, "verdict") == "", "out of date")


async def test_what_cannot_be_read_is_said_and_nothing_is_lost(blank: Practice, tmp_path: Path) -> None:
    folder = put(tmp_path / "媒体 1", NAME, made())
    async with walking(blank, "ja") as walker:
        message = walker.app.context.lexicon.messages.message
        await to_desk(walker)
        assert message("desk_nothing", {}).happened in text_of(walker, "about")
        await walker.press("f10")
        await walker.see(page_word(walker, "no_request"))
        await walker.press("ctrl+u")
        await walker.type("media/usb")
        await walker.press("enter")
        await walker.see(page_word(walker, "absolute"))
        await read(walker, tmp_path / "nowhere")
        assert walker.app.context.lexicon.word("because.desk_nothing.absent") in text_of(walker, "about")
        assert listed(walker) == []
        await read(walker, folder)
        await walker.press("enter")
        said = await compare(walker, "1234 5678")
        assert message("desk_code_unreadable", {}).happened in said
        assert value_of(walker, "code") == "1234 5678"
        await walker.press("ctrl+u")
        said = await compare(walker, "")
        assert said.splitlines()[0] == word(walker, "verdict.compare")
        # The medium is read anew each time: another one may be in its place.
        (folder / f"{NAME}.csr").write_bytes(made().der[:-1] + b"\0")
        await walker.press("f10")
        await walker.until(lambda: text_of(walker, "verdict").startswith(word(walker, "verdict.failed")), "failed")
        for file in folder.iterdir():
            file.unlink()
        await walker.press("f10")
        await walker.until(lambda: message("desk_nothing", {}).happened in text_of(walker, "verdict"), "gone")


async def test_f5_sees_another_medium_and_the_kind_that_alone_fits_is_marked(blank: Practice, tmp_path: Path) -> None:
    folder = tmp_path / "medium"
    folder.mkdir()
    os.mkfifo(folder / "fifo.csr")
    async with walking(blank) as walker:
        await to_desk(walker)
        await walker.press("ctrl+u")
        await walker.paste(str(folder))
        await walker.press("enter")
        await walker.pilot.pause(0.3)
        assert listed(walker) == []
        server = made((*SUBJECT[:-1], ("CN", "www.example.lg.jp")), Extensions(host_names=("www.example.lg.jp",)))
        put(folder, "server\x1b[2J", server)
        await walker.press("f5")
        await walker.until(lambda: len(listed(walker)) == 1, "found")
        assert "\x1b" not in walker.text()
        assert marked(walker, "kind") == "web-server"
        assert "www.example.lg.jp" in text_of(walker, "about").splitlines()[-1]


async def test_another_program_may_hold_the_record(waiting: Practice) -> None:
    """Neither the page nor what it asks writes to the record or waits for it."""
    before = waiting.events()
    async with walking(waiting, "ja") as walker:
        await to_desk(walker)
        holder = Workplace(waiting.folder)
        assert isinstance(holder.clock, SystemClock)
        with holder.ledger.acting():
            assert len(listed(walker)) == 1
            await walker.press("tab", "enter")
            said = await compare(walker, str(waiting.enrolments()[0]["csr_sha256"]))
            assert said.splitlines()[0] == word(walker, "verdict.same")
        holder.close_files()
    assert waiting.events() == before


@pytest.fixture
def two(blank: Practice, tmp_path: Path) -> Iterator[tuple[Path, Path]]:
    """Two media of the kernel's own making, and a third one without any CSR."""
    with open(blank.folder / "sandbox.toml", "a") as settings:  # noqa: PTH123  # a line more
        settings.write(f'\n[media]\nroots = ["{tmp_path / "media"}"]\n')
    with ExitStack() as held:
        media = [
            held.enter_context(loop_mounted(image(tmp_path / f"image{name}", "ext4"), tmp_path / "media" / name))
            for name in ("A", "B", "C")
        ]
        put(media[1], "second", made((*SUBJECT[:-1], ("CN", "副市長"))))
        put(media[2], NAME, made())
        yield media[1], media[2]


@pytest.mark.parametrize(("language", "size"), ACTS, ids=CASE_IDS)
async def test_of_several_media_one_is_picked_by_keys_or_a_folder_is_typed(
    blank: Practice, two: tuple[Path, Path], tmp_path: Path, language: Language, size: tuple[int, int]
) -> None:
    elsewhere = put(tmp_path / "elsewhere", "third", made((*SUBJECT[:-1], ("CN", "会計管理者"))))
    async with walking(blank, language, size) as walker:
        await to_desk(walker)
        await walker.until(lambda: walker.focus == "media", "media")
        complete(walker)
        assert listed(walker, "media") == ["B", "C", page_word(walker, "other")]
        assert (marked(walker, "media"), listed(walker)) == (str(two[0]), ["second"])
        await walker.press("down")
        await walker.until(lambda: listed(walker) == [NAME], "the other one")
        assert walker.focus == "media"
        await walker.press("enter")
        await walker.until(lambda: walker.focus == "requests", "led on")
        await walker.press("enter")
        said = await compare(walker, made().sha256)
        assert said.splitlines()[0] == word(walker, "verdict.same")
        await walker.press("f5")
        await walker.until(lambda: text_of(walker, "verdict") == "", "read again")
        assert (marked(walker, "media"), listed(walker)) == (str(two[1]), [NAME])
        # A folder that is typed.
        await walker.press("pageup", "pageup", *["up"] * 4)
        await walker.until(lambda: walker.focus == "media", "media")
        await walker.press("end")
        await walker.until(lambda: listed(walker) == [], "nothing yet")
        complete(walker)
        await walker.press("enter")
        assert walker.focus == "folder"
        await walker.paste(str(elsewhere))
        await walker.press("enter")
        await walker.until(lambda: listed(walker) == ["third"], "typed")
        await walker.press("f5")
        await walker.pilot.pause(0.2)
        assert (marked(walker, "media"), listed(walker)) == ("other", ["third"])
        assert value_of(walker, "folder") == str(elsewhere)


async def test_one_medium_alone_that_holds_a_csr_is_taken_whatever_else_is_in(
    blank: Practice, two: tuple[Path, Path]
) -> None:
    for file in two[0].glob("second.*"):
        file.unlink()
    async with walking(blank, "ja") as walker:
        await to_desk(walker)
        await walker.until(lambda: listed(walker) == [NAME], "read")
        assert (walker.focus, value_of(walker, "folder")) == ("folder", str(two[1]))
        assert listed(walker, "media") == []
        # The field is filled: the first key that is typed takes its place.
        await walker.type("/nowhere")
        assert value_of(walker, "folder") == "/nowhere"
        # With a CSR on the other one too, F5 gives the choice, and keeps what was typed.
        put(two[0], "second", made())
        await walker.press("f5")
        await walker.until(lambda: len(listed(walker, "media")) == 3, "both")
        assert (marked(walker, "media"), value_of(walker, "folder")) == ("other", "/nowhere")


@pytest.mark.parametrize(("language", "size"), ACTS, ids=CASE_IDS)
async def test_the_newest_of_two_is_marked_and_the_other_is_told(
    blank: Practice, tmp_path: Path, language: Language, size: tuple[int, int]
) -> None:
    key = ec_key()
    folder = put(tmp_path / "medium", NAME, of_key(key, SUBJECT))
    newer = of_key(key, (*SUBJECT[:3], ("CN", "高島市会計管理者")))
    put(folder, f"{NAME}-2", newer)
    async with walking(blank, language, size) as walker:
        await to_desk(walker)
        await read(walker, folder)
        complete(walker)
        assert listed(walker) == [f"{NAME}-2", NAME]
        assert marked(walker, "requests") == str(folder / f"{NAME}-2.csr")
        assert "高島市会計管理者" in text_of(walker, "about")
        assert page_word(walker, "newest_first", count=2).strip() in text_of(walker, "listed")
        assert page_word(walker, "older") in walker.text()
        assert walker.text().count("2026-11-28 09:00") == 2
        await walker.press("enter")
        said = await compare(walker, newer.sha256)
        assert said.splitlines()[0] == word(walker, "verdict.same")
        assert walker.app.context.lexicon.word("because.desk_other_request.same_key") in said


@pytest.mark.parametrize(("language", "size"), ACTS, ids=CASE_IDS)
async def test_of_a_damaged_csr_what_failed_and_what_was_not_judged_is_told(
    blank: Practice, tmp_path: Path, language: Language, size: tuple[int, int]
) -> None:
    folder = put(tmp_path / "medium", NAME, made(), sums=True)
    (folder / f"{NAME}.csr.pem").unlink()
    (folder / f"{NAME}.csr").write_bytes(made().der[:-1] + bytes([made().der[-1] ^ 1]))
    async with walking(blank, language, size) as walker:
        await to_desk(walker)
        await read(walker, folder)
        complete(walker)
        assert text_of(walker, "about") == word(walker, "nothing_signed")
        await walker.press("enter")
        said = (await compare(walker, "")).splitlines()
        mark = walker.app.context.lexicon.word("result.fail")
        assert said[0] == word(walker, "verdict.failed")
        assert said[1].startswith(f"[{mark}] ")
        told = word(walker, "unknown.not_judged", count="18")
        assert [line.partition("] ")[2] for line in said].count(told) == 1
        assert not [line for line in said if walker.app.context.lexicon.word("result.ok") in line]


@pytest.mark.parametrize(("language", "size"), ACTS, ids=CASE_IDS)
async def test_an_old_registry_is_told_in_the_verdict(
    blank: Practice, tmp_path: Path, language: Language, size: tuple[int, int]
) -> None:
    pretend(blank, now="2031-01-01T03:00:00Z")
    folder = put(tmp_path / "medium", NAME, made())
    sha256 = str(blank.done("registry", "status")["registries"][0]["sha256"])
    async with walking(blank, language, size) as walker:
        await to_desk(walker)
        await read(walker, folder)
        await walker.press("enter")
        said = await compare(walker, made().sha256)
        mark = walker.app.context.lexicon.word("result.attention")
        (old,) = (line for line in said.splitlines() if "organizations.csv" in line)
        assert old.startswith(f"[{mark}] ")
        assert old.endswith(f"SHA-256 {sha256}")
        assert said.splitlines()[0] == word(walker, "verdict.same")
