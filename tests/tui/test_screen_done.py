"""How it ended: read, and back to the first page."""

from __future__ import annotations

import subprocess

import pytest

from lgpki_tui.pages.language import LANGUAGES, Language
from tests.practice import Practice
from tests.tui.pages import complete, open_first, words
from tests.tui.walking import walking


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", [(80, 24), (60, 20)])
async def test_a_stored_one_tells_until_when(stored: Practice, language: Language, size: tuple[int, int]) -> None:
    before = stored.ledger()
    (enrolment,) = stored.enrolments()
    async with walking(stored, language, size) as walker:
        await open_first(walker, "done")
        await walker.until(lambda: walker.focus == "close", "focus")
        complete(walker, "#close")
        shown = walker.text().replace("\n", "")
        assert enrolment["renewal_opens"] in shown
        assert words("done", language).word("stored_now")[:20] not in shown
        assert "SHICHO-01" in shown
        for key in ("enter", "escape", "f10"):
            await walker.press(key)
            await walker.reach("home")
            if key != "f10":
                await open_first(walker, "done")
    assert stored.ledger() == before
    end = subprocess.run(
        ["openssl", "x509", "-in", stored.folder / "out" / "cert.pem", "-noout", "-enddate", "-dateopt", "iso_8601"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert enrolment["not_after"].replace("T", " ") in end


@pytest.mark.parametrize("language", LANGUAGES)
async def test_one_that_was_given_up_tells_why(waiting: Practice, language: Language) -> None:
    number = waiting.enrolments()[0]["enrolment"]
    reason = "異動のため \u202eかくれた\x1b[31m字"
    waiting.done("abandon", number, "--reason", reason)
    async with walking(waiting, language) as walker:
        await walker.reach("home")
        await walker.until(lambda: walker.focus == "enrolments", "home")
        await walker.press("home", "enter")
        await walker.reach("done")
        complete(walker, "#close")
        assert "異動のため" in walker.text()
        assert "\u202e" not in walker.text()
        assert "\x1b" not in walker.text()
