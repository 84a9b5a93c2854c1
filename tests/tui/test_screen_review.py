"""The last free step back: nothing happens before the PIN; then key and CSR, judged by openssl and pkcs11-tool."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from lgpki_tui.faces.tui.widgets.pin_field import PinField
from lgpki_tui.pages.language import LANGUAGES, Language
from tests.card.shim import Shim, build_shim
from tests.crash.scenes import REQUEST, cut, marks_of
from tests.practice import Practice
from tests.tui.pages import begun, complete, open_first, usable, words
from tests.tui.walking import PIN, Walker, walking

ORGANIZATION, NAME = "総務部情報政策課", "高島市長"
FORMATTED = ["format_intended", "format_done"]


def ready(practice: Practice, **answers: str) -> None:
    """All that comes before the review was done."""
    folder = str(practice.folder / "out")
    given = {"organization": ORGANIZATION, "name": NAME, "municipality_code": "252123", "output_folder": folder}
    begun(practice, **{**given, "step": "review", **answers})


def pin_of(walker: Walker) -> PinField:
    return walker.app.screen.query_one("#pin", PinField)


def subject_of(csr: Path) -> str:
    """What openssl reads from a request whose signature it has verified."""
    command = ["openssl", "req", "-in", str(csr), "-verify", "-noout", "-subject", "-nameopt", "utf8,sep_comma_plus"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "verify OK" in done.stderr + done.stdout, done
    return done.stdout.strip()


@pytest.mark.parametrize("language", LANGUAGES)
async def test_it_shows_all_and_does_nothing_without_a_pin(formatted: Practice, language: Language) -> None:
    ready(formatted, purpose="一般公文書用")
    page = words("review", language)
    async with walking(formatted, language) as walker:
        await open_first(walker, "review")
        await walker.until(lambda: walker.focus == "pin", "focus")
        complete(walker, "#pin", "#do")
        shown = walker.text()
        for text in (f"C=JP, O=高島市, OU={ORGANIZATION}, CN={NAME}", "RSA-2048", "一般公文書用", page.word("assumed")):
            assert text in shown
        assert all(line in shown for line in page.word("warning_key").split("\n"))
        for key in ("enter", "f10"):
            await walker.press(key)
            assert page.word("pin_missing") in walker.text()
        await walker.press("tab")
        assert walker.focus == "do"
        await walker.press("enter")
        assert (walker.focus, walker.page) == ("pin", "review")
        await walker.press("escape")
        await walker.reach("subject")
    assert formatted.events() == FORMATTED
    assert list((formatted.folder / "out").iterdir()) == []


async def test_a_pin_that_is_not_half_width_is_not_taken(formatted: Practice) -> None:
    ready(formatted)
    async with walking(formatted, "ja") as walker:
        await open_first(walker, "review")
        await walker.until(lambda: walker.focus == "pin", "focus")
        await walker.type("２０２６１１２４")
        assert walker.app.context.lexicon.word("notice.pin_half_width") in walker.text()
        assert pin_of(walker).is_empty
        await walker.paste(f"{PIN}\n{PIN}\n")
        assert walker.app.context.lexicon.word("notice.pin_paste_lines") in walker.text()
        assert pin_of(walker).is_empty
        await walker.paste(f"{PIN}\n")
        assert pin_of(walker).count == len(PIN)
        assert PIN not in walker.text()
        await walker.press("ctrl+u", "enter")
        assert words("review", "ja").word("pin_missing") in walker.text()
    assert formatted.events() == FORMATTED


@pytest.mark.slow
async def test_a_refused_pin_is_typed_anew_and_never_sent_again(formatted: Practice, shim: Shim) -> None:
    ready(formatted)
    async with walking(formatted, module=str(shim.module)) as walker:
        await open_first(walker, "review")
        shim.forget()
        await walker.type("00000000")
        await walker.press("enter")
        await walker.reach("verdict")
        assert "pin_wrong" in walker.text()
        assert "00000000" not in walker.text()
        assert shim.calls()["C_Login"] == 1
        await walker.press("enter")
        await walker.reach("review")
        assert pin_of(walker).is_empty
        await walker.press("enter")  # nothing to send
        assert words("review", "en").word("pin_missing") in walker.text()
        assert shim.calls()["C_Login"] == 1
        assert formatted.events() == FORMATTED
        await walker.type(PIN)
        await walker.press("enter")
        await walker.reach("export")
        assert shim.calls()["C_Login"] == 2
    assert formatted.events()[2:] == ["begun", "key_intended", "key_made", "request_signed", "request_written"]
    (enrolment,) = formatted.enrolments()
    csr = formatted.folder / "out" / f"PRACTICE-{enrolment['enrolment']}.csr.pem"
    assert subject_of(csr) == f"subject=C=JP,O=高島市,OU={ORGANIZATION},CN={NAME}"
    assert sorted(each["kind"] for each in formatted.token()) == ["private", "public"]


async def test_the_longest_names_leave_the_pin_in_sight(formatted: Practice) -> None:
    ready(formatted, name="市" * 64, purpose="用" * 60, output_folder=str(formatted.folder / "out") + "/." * 40)
    for size in ((80, 24), (60, 20)):
        async with walking(formatted, "ja", size) as walker:
            await open_first(walker, "review")
            await walker.until(lambda: walker.focus == "pin", "focus")  # of this turn
            usable(walker, "#pin")
            await walker.press("pageup", "pageup")
            assert words("review", "ja").word("lead_key") in walker.text()
            await walker.press("down")
            await walker.until(lambda: walker.focus == "do", "button")
            usable(walker, "#do")


async def test_a_small_window_holds_it_all(formatted: Practice) -> None:
    ready(formatted, output_folder="/srv/lgpki")
    async with walking(formatted, "ja", (60, 20)) as walker:
        await open_first(walker, "review")
        await walker.until(lambda: walker.focus == "pin", "focus")
        complete(walker, "#pin", "#do")


async def test_a_registry_that_changed_meanwhile_leads_back_to_the_entry(formatted: Practice) -> None:
    ready(formatted, organization="無くなった課", municipality_code="")
    async with walking(formatted) as walker:
        await open_first(walker, "review")
        await walker.type(PIN)
        await walker.press("enter")
        await walker.reach("verdict")
        assert "organization_not_registered" in walker.text()
        await walker.press("enter")
        await walker.reach("subject")
    assert formatted.events() == FORMATTED


# --- What was interrupted goes on ---


@pytest.fixture
def stopped(formatted: Practice) -> Practice:
    """Killed when the key was on the card and recorded, and nothing was signed yet."""
    marks = marks_of(REQUEST, formatted, formatted.folder.parent)
    cut(REQUEST, formatted, marks.index("key.sign before"))
    assert formatted.events()[-1] == "key_made"
    return formatted


@pytest.mark.slow
async def test_going_on_uses_the_key_that_is_there_in_another_folder(stopped: Practice, tmp_path: Path) -> None:
    shutil.rmtree(stopped.folder / "out")
    other = tmp_path / "別の フォルダ"
    other.mkdir()
    (key,) = [each for each in stopped.token() if each["kind"] == "private"]
    async with walking(stopped, "ja") as walker:
        await open_first(walker, "review")
        await walker.until(lambda: walker.focus == "pin", "focus")
        page = words("review", "ja")
        assert page.word("lead_resume") in walker.text()
        complete(walker, "#pin", "#folder", "#do")
        await walker.type(PIN)
        await walker.press("enter")
        await walker.reach("verdict")
        assert "folder_missing" in walker.text()
        await walker.press("enter")
        await walker.reach("review")
        await walker.press("up", "ctrl+u")
        assert walker.focus == "folder"
        await walker.type("out")
        await walker.press("enter")
        await walker.type(PIN)
        await walker.press("enter")
        assert page.word("folder_absolute") in walker.text()
        assert (walker.page, walker.focus) == ("review", "folder")
        await walker.press("ctrl+u")
        await walker.type(str(other))
        await walker.press("enter", "enter")
        await walker.reach("export")
    assert stopped.events()[-3:] == ["request_signed", "folder_chosen", "request_written"]
    (csr,) = other.glob("*.csr.pem")
    assert subject_of(csr) == f"subject=C=JP,O=高島市,OU={ORGANIZATION},CN={NAME}"
    assert [each for each in stopped.token() if each["kind"] == "private"] == [key]


@pytest.mark.slow
async def test_a_file_in_the_way_is_not_overwritten(stopped: Practice, tmp_path: Path) -> None:
    number = stopped.enrolments()[0]["enrolment"]
    mine = stopped.folder / "out" / f"PRACTICE-{number}.csr.pem"
    mine.write_text("mine")
    async with walking(stopped) as walker:
        await open_first(walker, "review")
        await walker.type(PIN)
        await walker.press("enter")
        await walker.reach("verdict")
        assert "file_exists" in walker.text()
        await walker.press("enter")
        await walker.reach("review")
        mine.rename(tmp_path / "kept")
        await walker.until(lambda: walker.focus == "pin", "focus")
        await walker.type(PIN)
        await walker.press("enter")
        await walker.reach("export")
    assert (tmp_path / "kept").read_text() == "mine"
    assert subject_of(mine).endswith(f"CN={NAME}")


@pytest.mark.slow
async def test_what_was_interrupted_can_be_given_up_instead(stopped: Practice) -> None:
    number = stopped.enrolments()[0]["enrolment"]
    async with walking(stopped) as walker:
        await open_first(walker, "review")
        await walker.press("f8")
        await walker.reach("end")
        await walker.press("escape")
        await walker.reach("review")  # nothing was done
        await walker.press("f8")
        await walker.reach("end")
        await walker.press("enter")
        await walker.type(number)
        await walker.press("enter")
        await walker.type("カードの取り違え")
        await walker.press("enter", "tab", "enter")
        await walker.reach("done")
        await walker.press("enter")
        await walker.reach("home")
    assert stopped.events()[-1] == "abandoned"


@pytest.fixture(scope="module")
def shim(tmp_path_factory: pytest.TempPathFactory) -> Shim:
    """SoftHSM with every call counted."""
    return build_shim(tmp_path_factory.mktemp("shim"))
