"""The draft of the form: on the page as text, by a button as PDF, on another day beside the first."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from lgpki_tui.pages.language import LANGUAGES, Language
from lgpki_tui.paper.applications import Application
from lgpki_tui.paper.forms import Forms
from lgpki_tui.paper.pdf import Template
from lgpki_tui.paper.sheet import Action
from tests.practice import Practice
from tests.road.outside import pretend
from tests.tui.pages import is_seen, open_first, stand_at, text_of, usable, words
from tests.tui.walking import Walker, walking


async def save(walker: Walker) -> None:
    await walker.press("enter")
    await walker.until(lambda: walker.focus == "next", "written")


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", [(80, 24), (60, 20)])
async def test_it_is_read_written_and_left(waiting: Practice, language: Language, size: tuple[int, int]) -> None:
    number = stand_at(waiting, "sheet")
    page = words("sheet", language)
    async with walking(waiting, language, size) as walker:
        await open_first(walker, "sheet")
        await walker.see("登録分局")  # the sheet itself
        assert walker.focus == "save"
        usable(walker, "#save", "#next", "#other")
        assert "=" * size[0] not in "".join(walker.text().split("\n")[7:8]) or size[0] < 78
        for _page in range(20):
            await walker.press("pagedown")
        assert "PRACTICE" in walker.lines()[-3] + walker.lines()[-4]  # the end of the draft
        await walker.press("pageup", "pageup", "pageup", "pageup", "pageup", "pageup", "pageup", "pageup", "pageup")
        assert text_of(walker, "action") == page.word("action_issue")
        begins = walker.app.screen.query_one("#text").region
        await save(walker)
        if size == (80, 24) or language == "en":
            assert walker.app.screen.query_one("#text").region == begins  # nothing moved
        assert is_seen(walker, "#next")
        file = waiting.folder / "out" / f"PRACTICE-{number}.sheet.pdf"
        told = text_of(walker, "saved")
        assert page.word("saved", file=file.name) in told
        await walker.press("enter")
        await walker.reach("waiting")
        await walker.press("escape")
        await walker.reach("sheet")
        await walker.see(page.word("there", file=file.name))
        assert text_of(walker, "saved") == page.word("there", file=file.name)
    assert file.read_bytes().startswith(b"%PDF")


async def test_esc_goes_back_f10_goes_on_without_a_pdf(waiting: Practice) -> None:
    stand_at(waiting, "sheet")
    before = waiting.ledger(), sorted((waiting.folder / "out").iterdir())
    async with walking(waiting) as walker:
        await open_first(walker, "sheet")
        await walker.press("escape")
        await walker.reach("export")
        await walker.press("f10")
        await walker.reach("sheet")
        await walker.press("f10")
        await walker.see(words("sheet", "en").word("not_written"))
        assert walker.page == "sheet"
        await walker.press("f10")
        await walker.reach("waiting")
    assert (waiting.ledger(), sorted((waiting.folder / "out").iterdir())) == before


@pytest.mark.slow
async def test_the_same_day_the_same_file_another_day_another(waiting: Practice, tmp_path: Path) -> None:
    stand_at(waiting, "sheet")
    out = waiting.folder / "out"
    for day, names in (("2026-11-24", ["sheet.pdf"]), ("2026-11-24", ["sheet.pdf"])):
        pretend(waiting, now=f"{day}T03:00:00Z")
        stand_at(waiting, "sheet")
        async with walking(waiting, "ja") as walker:
            await open_first(walker, "sheet")
            await save(walker)
        assert [path.name.partition(".")[2] for path in sorted(out.glob("*.pdf"))] == names
    first = next(out.glob("*.sheet.pdf")).read_bytes()
    pretend(waiting, now="2026-11-27T03:00:00Z")
    stand_at(waiting, "sheet")
    async with walking(waiting, "ja") as walker:
        await open_first(walker, "sheet")
        await save(walker)
        await walker.see(".sheet-2.pdf")
        await walker.press("escape")
        await walker.reach("export")
        await walker.until(lambda: walker.focus == "next", "export")
        await walker.press("up")
        await walker.press("end", "enter")
        await walker.type(str(tmp_path))
        await walker.press("enter")
        await walker.until(lambda: walker.focus == "next", "copied")
    assert [path.name.partition(".")[2] for path in sorted(tmp_path.glob("*.pdf"))] == ["sheet-2.pdf"]
    assert next(out.glob("*.sheet.pdf")).read_bytes() == first


async def test_without_a_font_the_text_is_still_there(waiting: Practice, tmp_path: Path) -> None:
    number = stand_at(waiting, "sheet")
    config = waiting.folder / "sandbox.toml"
    config.write_text(f'{config.read_text()}\n[paper]\nfonts = ["{tmp_path}"]\n')
    async with walking(waiting, "ja") as walker:
        await open_first(walker, "sheet")
        await walker.see(number)
        await walker.press("enter")
        message = walker.app.context.lexicon.messages.message("font_missing", {})
        await walker.see(message.happened[:20])
        assert number in walker.text() or "申請の内容" in walker.text()
        usable(walker, "#next")
        await walker.press("f10")
        await walker.reach("waiting")
    assert not list((waiting.folder / "out").glob("*.pdf"))


async def test_a_folder_that_is_gone_is_told(waiting: Practice) -> None:
    stand_at(waiting, "sheet")
    (waiting.folder / "out").rename(waiting.folder / "gone")
    async with walking(waiting) as walker:
        await open_first(walker, "sheet")
        await walker.press("enter")
        await walker.see(str(waiting.folder / "out")[:30])
        assert walker.focus == "save"


async def test_the_pdf_says_what_the_request_says(waiting: Practice) -> None:
    """Read by pdftotext, where it is installed."""
    number = stand_at(waiting, "sheet")
    async with walking(waiting, "ja") as walker:
        await open_first(walker, "sheet")
        await save(walker)
    (file,) = (waiting.folder / "out").glob("*.pdf")
    try:
        read = subprocess.run(["pdftotext", file, "-"], capture_output=True, text=True, check=True).stdout
    except FileNotFoundError:
        pytest.skip("no pdftotext")
    assert number in read
    assert "総務部情報政策課" in read.replace("\n", "")


async def test_the_likeliest_application_is_shown_first(waiting: Practice, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_at(waiting, "sheet")
    offered = (Application(Action.RENEWAL), Application(Action.ISSUE))
    monkeypatch.setattr("lgpki_tui.paper.applications.applications", lambda *_: offered)
    monkeypatch.setattr("lgpki_tui.conductor.applying.applications", lambda *_: offered)
    page = words("sheet", "ja")
    async with walking(waiting, "ja") as walker:
        await open_first(walker, "sheet")
        await walker.see(page.word("action_renewal"))
        await walker.press("tab", "tab", "enter")
        await walker.see(page.word("action_issue"))


async def test_a_renewal_is_a_key_away_and_is_what_is_written(waiting: Practice) -> None:
    number = stand_at(waiting, "sheet")
    page = words("sheet", "ja")
    async with walking(waiting, "ja") as walker:
        await open_first(walker, "sheet")
        await walker.see(page.word("action_issue"))
        await walker.press("tab", "tab", "enter")
        await walker.see(page.word("action_renewal"))
        await walker.see("証明書更新申請書")
        await walker.press("up", "up", "enter")
        await walker.until(lambda: walker.focus == "next", "written")
        await walker.press("tab", "enter")
        await walker.see(page.word("action_issue"))
        await walker.see("証明書発行申請書")
        await walker.see(page.word("saved_other"))
        await walker.press("f10")
        await walker.see(page.word("not_written"))
        await walker.press("enter")
        await walker.see(page.word("action_renewal"))
        assert page.word("saved_other") not in walker.text()
        await walker.see(f"PRACTICE-{number}.sheet.pdf")
    async with walking(waiting, "ja") as walker:  # what was written then is what is shown now
        await open_first(walker, "sheet")
        await walker.see(page.word("action_renewal"))
        assert text_of(walker, "saved") == page.word("there", file=f"PRACTICE-{number}.sheet.pdf")
        await walker.press("tab", "tab", "enter")
        await walker.see(page.word("action_issue"))
        assert text_of(walker, "saved") == page.word("saved_other")
    stem = waiting.folder / "out" / f"PRACTICE-{number}.sheet"
    assert "証明書更新申請書" in stem.with_suffix(".sheet.txt").read_text("utf-8")
    assert sorted(path.name for path in stem.parent.glob("*.sheet*")) == [f"{stem.name}.pdf", f"{stem.name}.txt"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", [(80, 24), (60, 20)])
async def test_the_form_for_revocation_is_reached_from_where_the_certificate_is_told(
    stored: Practice, language: Language, size: tuple[int, int]
) -> None:
    (enrolment,) = stored.enrolments()
    before = stored.ledger()
    page = words("sheet", language)
    async with walking(stored, language, size) as walker:
        await open_first(walker, "done")
        await walker.until(lambda: walker.focus == "close", "focus")
        await walker.press("tab", "enter")
        await walker.reach("sheet")
        await walker.see(page.word("action_revocation"))
        usable(walker, "#save", "#back")
        await walker.press("enter")
        await walker.until(lambda: walker.focus == "back", "written")
        await walker.press("f10")  # there is no way on
        await walker.press("enter")
        await walker.reach("done")
        await walker.press("escape")
        await walker.reach("home")
    assert stored.ledger() == before
    twin = stored.folder / "out" / f"PRACTICE-{enrolment['enrolment']}.revocation.txt"
    assert "証明書失効申請書" in twin.read_text("utf-8")
    assert enrolment["certificate_sha256"] in "".join(twin.read_text("utf-8").split())
    assert twin.with_suffix(".pdf").is_file()


async def test_a_broken_template_is_told_with_its_file_and_line(
    waiting: Practice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Practice reads no site: here one is put in its place."""
    own = tmp_path / "issue.typ"
    own.write_text("本文\n#it.no_such_value\n", "utf-8")
    monkeypatch.setattr(Forms, "template", lambda *_: Template(own, own_form=False))
    stand_at(waiting, "sheet")
    async with walking(waiting, "ja") as walker:
        await open_first(walker, "sheet")
        await walker.press("enter")
        await walker.see(words("sheet", "ja").word("line", line=2, message="unknown variable: it"))
        assert own.name in walker.text().replace("\n", "")
        usable(walker, "#next")
