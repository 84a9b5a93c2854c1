"""差戻し by keys: corrected, signed by the same key, handed in again; the certificate of before is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from lgpki_tui.faces.tui.cutting import padded
from lgpki_tui.pages.language import LANGUAGES, Language
from tests.conductor.test_filing import csr, key_of, subject_of
from tests.practice import Practice
from tests.tui.pages import complete, open_first, stand_at, text_of, unfinished, usable, value_of, words
from tests.tui.walking import PIN, Walker, walking

pytestmark = pytest.mark.slow

SUBJECT = "subject=C=JP,O=高島市,OU={},CN=高島市長"


async def to_correct(walker: Walker) -> None:
    """From the waiting page to the entry page, which corrects."""
    await open_first(walker, "waiting")
    await walker.press("f8")
    await walker.reach("end")
    await walker.until(lambda: walker.focus == "way", "ways")
    await walker.press("enter")
    await walker.reach("subject")
    await walker.until(lambda: walker.focus == "organization", "field")


def label(language: Language, row: str) -> str:
    return padded(words("review", language).word(f"row_{row}"), 14)


async def change(walker: Walker, organization: str) -> None:
    await walker.press("ctrl+u")
    await walker.type(organization)
    await walker.press("enter")
    await walker.until(lambda: walker.focus == "name", "taken")


@pytest.mark.parametrize("language", LANGUAGES)
async def test_it_came_back_and_goes_to_the_end(waiting: Practice, language: Language) -> None:
    number = stand_at(waiting, "waiting")
    waiting.issue({"csr_path": str(csr(waiting))}, name="before.cer")
    async with walking(waiting, language) as walker:
        await to_correct(walker)
        complete(walker, "#next")
        await walker.press("f10")  # nothing was corrected
        await walker.see(words("subject", language).word("nothing_changed"))
        await walker.type(PIN)  # whoever believes to be on the next page: it comes into no field
        assert (walker.focus, PIN in walker.text()) == ("next", False)
        await walker.press("shift+tab", "shift+tab", "shift+tab")
        await walker.until(lambda: walker.focus == "organization", "field")
        await change(walker, "総務部総務課")
        await walker.press("f10")
        await walker.reach("review")
        await walker.until(lambda: walker.focus == "reason", "reason")
        complete(walker, "#reason", "#pin", "#do")
        changes = ["総務部情報政策課 -> 総務部総務課"]
        assert text_of(walker, "changes").splitlines()[1:] == [f"  {label(language, 'organization')}{changes[0]}"]
        assert "OU=総務部総務課" in walker.text()
        await walker.press("tab")
        await walker.type(PIN)
        await walker.press("enter")
        await walker.see(words("review", language).word("reason_missing"))
        assert waiting.events()[-1] == "request_written"
        await walker.type("組織名の誤り")
        await walker.press("enter", "enter")
        await walker.reach("export")
        await walker.see(f"PRACTICE-{number}-2  .csr.pem")
        await walker.press("enter")
        await walker.reach("sheet")
        await walker.press("enter")
        await walker.until(lambda: walker.focus == "next", "PDF")
        await walker.press("enter")
        await walker.reach("waiting")
        assert f"PRACTICE-{number}-2.csr.pem" in walker.text()
        await walker.press("enter")
        await walker.until(lambda: walker.focus == "receive", "filed")
        await refuse_the_one_of_before(walker)
        await walker.press("f6")
        await walker.reach("receive")
        await walker.until(lambda: walker.focus == "store", "checked")
        await walker.press("enter")
        await walker.reach("store")
        await walker.type(PIN)
        await walker.press("enter")
        await walker.reach("done")
    second, first = csr(waiting, "-2"), csr(waiting)
    assert subject_of(second) == SUBJECT.format("総務部総務課")
    assert subject_of(first) == SUBJECT.format("総務部情報政策課")
    assert key_of(first) == key_of(second)
    assert (waiting.folder / "out" / f"PRACTICE-{number}-2.sheet.pdf").exists()
    assert [each["kind"] for each in waiting.token()].count("private") == 1
    (corrected,) = [entry for entry in waiting.ledger() if entry["event"] == "corrected"]
    assert corrected["reason"] == "組織名の誤り"
    assert waiting.events()[-1] == "stored"


async def refuse_the_one_of_before(walker: Walker) -> None:
    """The first certificate arrives after all."""
    await walker.press("enter")
    await walker.reach("receive")
    await walker.see("before.cer")
    await walker.press("enter")
    message = walker.app.context.lexicon.messages.message("certificate_subject_mismatch", {})
    await walker.see(message.happened[:20])
    usable(walker, "#verdict")
    assert walker.app.screen.query_one("#store").disabled
    await walker.press("escape")
    await walker.reach("waiting")


async def test_correcting_keeps_nothing_and_esc_leads_back(waiting: Practice) -> None:
    """What is typed here is nobody's unfinished answer: a new enrolment does not begin with it."""
    number = stand_at(waiting, "waiting")
    before = waiting.ledger()
    async with walking(waiting) as walker:
        await to_correct(walker)
        await change(walker, "総務部総務課")
        await walker.pilot.pause(1.3)
        await walker.press("escape")
        await walker.reach("end")
        await walker.press("escape")
        await walker.reach("waiting")
        await walker.press("f8")
        await walker.reach("end")
        await walker.until(lambda: walker.focus == "way", "ways")
        await walker.press("enter")
        await walker.reach("subject")
        assert value_of(walker, "organization") == "総務部情報政策課"
        await walker.press("ctrl+q")
    kept = unfinished(waiting).load()
    assert (kept.is_empty, kept.organization, kept.pages) == (True, "", {number: "waiting"})
    assert waiting.ledger() == before


async def test_a_wrong_pin_is_typed_again_where_it_was(waiting: Practice) -> None:
    stand_at(waiting, "waiting")
    async with walking(waiting) as walker:
        await to_correct(walker)
        await change(walker, "総務部総務課")
        await walker.press("f10")
        await walker.reach("review")
        await walker.type("誤り")
        await walker.press("enter")
        await walker.type("00000000")
        await walker.press("enter")
        await walker.reach("verdict")
        await walker.press("enter")
        await walker.reach("review")  # not the entry, whose first field would show what is typed now
        assert (walker.focus, value_of(walker, "reason")) == ("pin", "誤り")
        assert waiting.events()[-1] == "request_written"
        await walker.press("escape")
        await walker.reach("subject")
        assert value_of(walker, "organization") == "総務部総務課"
        await walker.press("f10")
        await walker.reach("review")
        await walker.type("誤り")
        await walker.press("enter")
        await walker.type(PIN)
        await walker.press("enter")
        await walker.reach("export")
    assert waiting.ledger()[-1]["event"] == "request_written"


async def test_a_file_in_the_way_leads_to_another_folder(waiting: Practice, tmp_path: Path) -> None:
    """The act has begun then: the page that goes on with it comes next, by itself."""
    stand_at(waiting, "waiting")
    other = csr(waiting, "-2")
    other.write_text("somebody's")
    async with walking(waiting, "ja") as walker:
        await to_correct(walker)
        await change(walker, "総務部総務課")
        await walker.press("f10")
        await walker.reach("review")
        await walker.type("誤り")
        await walker.press("enter")
        await walker.type(PIN)
        await walker.press("enter")
        await walker.reach("verdict")
        message = walker.app.context.lexicon.messages.message("file_exists", {"file": str(other)})
        assert message.happened[:10] in walker.text()
        await walker.press("enter")
        await walker.reach("review")
        await walker.see(words("review", "ja").word("lead_resume"))
        await walker.press("up", "ctrl+u")
        await walker.type(str(tmp_path))
        await walker.press("enter")
        await walker.type(PIN)
        await walker.press("enter")
        await walker.reach("export")
    assert other.read_text() == "somebody's"
    assert subject_of(tmp_path / other.name) == SUBJECT.format("総務部総務課")
    assert waiting.events()[-2:] == ["folder_chosen", "request_written"]


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_pin_that_was_typed_as_the_reason_is_not_kept(waiting: Practice, language: Language) -> None:
    """On every other visit the first field of the page is the PIN; the reason would stay in the record for years."""
    stand_at(waiting, "waiting")
    async with walking(waiting, language) as walker:
        await to_correct(walker)
        await change(walker, "総務部総務課")
        await walker.press("f10")
        await walker.reach("review")
        await walker.until(lambda: walker.focus == "reason", "reason")
        await walker.type(PIN)
        await walker.press("enter")
        await walker.type(PIN)
        await walker.press("enter")
        await walker.see(words("review", language).word("reason_is_pin"))
        assert walker.focus == "reason"
        assert value_of(walker, "reason") == ""
        assert PIN not in walker.text()
        assert waiting.events()[-1] == "request_written"
        await walker.type("組織名の誤り")
        await walker.press("enter", "enter")
        await walker.reach("export")
