"""The entry page and what lies below it: the folder, the register, and the answers that are kept while one types."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.practice import Practice
from tests.tui.pages import begun, complete, open_first, text_of, unfinished, value_of, words
from tests.tui.walking import PIN, Walker, walking

ORGANIZATION, NAME = "総務部情報政策課", "高島市長"


async def judged(walker: Walker, text: str) -> None:
    """Wait until this is said of what stands there."""
    await walker.until(lambda: text in text_of(walker, "said"), text)


# --- The folder ---


@pytest.fixture
def tiny(tmp_path: Path) -> Iterator[Path]:
    """A medium with no room for a request."""
    if os.geteuid() != 0:
        pytest.skip("a file system of our own needs root")
    folder = tmp_path / "medium"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8k", "tmpfs", folder], check=True)
    yield folder
    subprocess.run(["umount", folder], check=True)


async def _refuses_folder(practice: Practice, folder: str, told: str) -> None:
    begun(practice, organization=ORGANIZATION, name=NAME, purpose="x", output_folder=folder)
    async with walking(practice) as walker:
        await open_first(walker, "subject")
        await judged(walker, "nothing against it")
        await walker.press("f10")
        await walker.see(told)
        assert (walker.page, walker.focus) == ("subject", "folder")
        complete(walker, "#next")
        await walker.press("ctrl+u")
        await walker.type(str(practice.folder / "out"))
        await walker.press("f10")
        await walker.reach("review")


@pytest.mark.parametrize(
    ("folder", "told"),
    [("out", "Begin the folder with /."), ("/nowhere/at/all", "/nowhere/at/all"), ("/proc/1", "/proc/1")],
)
async def test_a_folder_that_cannot_be_used_is_told_here(formatted: Practice, folder: str, told: str) -> None:
    await _refuses_folder(formatted, folder, told)


async def test_a_medium_that_is_full_is_told_here(formatted: Practice, tiny: Path) -> None:
    await _refuses_folder(formatted, str(tiny), str(tiny))
    assert list(tiny.iterdir()) == []


# --- The register ---


async def test_without_a_register_the_page_says_whom_to_ask(formatted: Practice) -> None:
    (formatted.folder / "state" / "registry.sqlite3").unlink()
    begun(formatted, organization=ORGANIZATION, name=NAME)
    async with walking(formatted, "ja") as walker:
        await open_first(walker, "subject")
        await walker.see(words("subject", "ja").word("no_registry"))
        await judged(walker, "lgpki-tui registry import")
        await walker.press("f10")
        await walker.see(words("subject", "ja").word("not_yet"))
        assert walker.page == "subject"


async def test_a_damaged_register_is_told_and_the_page_stays(formatted: Practice) -> None:
    registry = formatted.folder / "state" / "registry.sqlite3"
    registry.write_bytes(b"SQLite format 3\0" + b"\xff" * 8192)
    begun(formatted)
    async with walking(formatted) as walker:
        await open_first(walker, "subject")
        await walker.see(words("subject", "en").word("no_registry"))
        await walker.type("情報")
        await walker.pilot.pause(0.3)
        assert (walker.page, value_of(walker, "organization")) == ("subject", "情報")
        assert walker.app.context.lexicon.messages.message("registry_damaged", {}).happened[:20] in text_of(
            walker, "said"
        )


# --- What is kept ---


async def test_what_is_typed_is_kept_a_second_later(formatted: Practice) -> None:
    begun(formatted)
    async with walking(formatted) as walker:
        await open_first(walker, "subject")
        await walker.type("総務部")
        await walker.until(lambda: unfinished(formatted).load().organization == "総務部", "kept")
        before = unfinished(formatted).path.stat().st_mtime_ns
        await walker.pilot.pause(1.3)
        assert unfinished(formatted).path.stat().st_mtime_ns == before  # nothing new, nothing written


async def test_the_last_second_is_kept_when_the_program_is_left(formatted: Practice) -> None:
    begun(formatted)
    async with walking(formatted) as walker:
        await open_first(walker, "subject")
        await walker.type("総務部総務課")
        await walker.press("ctrl+q")
    assert unfinished(formatted).load().organization == "総務部総務課"


async def test_esc_goes_back_with_what_was_typed(formatted: Practice) -> None:
    begun(formatted)
    async with walking(formatted) as walker:
        await open_first(walker, "subject")
        await walker.type("総務部")
        await walker.press("escape")
        await walker.reach("card")
        kept = unfinished(formatted).load()
        assert (kept.step, kept.organization) == ("card", "総務部")
        await walker.until(lambda: walker.focus == "cards", "cards")
        await walker.press("enter")
        await walker.reach("subject")
        assert value_of(walker, "organization") == "総務部"
        await walker.pilot.pause(1.2)
    assert formatted.events() == ["format_intended", "format_done"]


@pytest.mark.slow
async def test_what_was_begun_is_not_brought_back_by_a_late_word(formatted: Practice) -> None:
    """Typed, confirmed and made into an enrolment within the second: nothing unfinished is left."""
    begun(formatted, organization=ORGANIZATION, name=NAME)
    async with walking(formatted) as walker:
        await open_first(walker, "subject")
        await walker.until(lambda: walker.focus == "purpose", "focus")
        await walker.type("公文書")
        await walker.press("f10")
        await walker.reach("review")
        await walker.type(PIN)
        await walker.press("enter")
        await walker.reach("export")
        await walker.pilot.pause(1.3)
    assert unfinished(formatted).load().is_empty
    assert next(each for each in formatted.ledger() if each["event"] == "begun")["purpose"] == "公文書"
