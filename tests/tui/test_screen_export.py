"""The CSR and its copy: what is on the medium is read by openssl and compared with cmp."""

from __future__ import annotations

import filecmp
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from lgpki_tui.media import mounted
from lgpki_tui.pages.language import LANGUAGES, Language
from tests.practice import Practice
from tests.tui.pages import complete, open_first, stand_at, text_of, usable, value_of, words
from tests.tui.walking import Walker, walking


async def to_copy(walker: Walker) -> None:
    """To the list, whose last row asks for a folder."""
    await walker.until(lambda: walker.focus == "next", "focus")
    await walker.press("up")
    await walker.until(lambda: walker.focus == "target", "list")


async def copy_to(walker: Walker, folder: str) -> None:
    """Copy to a folder that is typed."""
    await to_copy(walker)
    await walker.press("end", "enter")
    await walker.until(lambda: walker.focus == "folder", "field")
    await walker.type(folder)
    await walker.press("enter")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", [(80, 24), (60, 20)])
async def test_it_says_what_there_is_and_enter_goes_on(
    waiting: Practice, language: Language, size: tuple[int, int]
) -> None:
    number = stand_at(waiting, "export")
    async with walking(waiting, language, size) as walker:
        await open_first(walker, "export")
        await walker.see(f"PRACTICE-{number}.binding.json")
        await walker.until(lambda: walker.focus == "next", "focus")
        (complete if size[1] == 24 else usable)(walker, "#next")
        sha256 = "".join(walker.text().partition("SHA-256")[2].split()[:16])
        der = waiting.folder / "out" / f"PRACTICE-{number}.csr"
        assert subprocess.run(["sha256sum", der], capture_output=True, text=True).stdout.split()[0] == sha256
        await walker.press("enter")
        await walker.reach("sheet")


async def test_esc_leaves_with_nothing_done_and_f10_goes_on(waiting: Practice) -> None:
    stand_at(waiting, "export")
    before = waiting.ledger()
    async with walking(waiting) as walker:
        await open_first(walker, "export")
        await walker.press("escape")
        await walker.reach("home")
        await open_first(walker, "export")
        await walker.press("f10")
        await walker.reach("sheet")
    assert waiting.ledger() == before


async def test_a_copy_is_the_same_and_the_sheet_goes_along(waiting: Practice, tmp_path: Path) -> None:
    number = stand_at(waiting, "sheet")
    medium = tmp_path / "電子記録　媒体"
    medium.mkdir()
    async with walking(waiting, "ja") as walker:
        await open_first(walker, "sheet")
        await walker.press("enter")
        await walker.until(lambda: walker.focus == "next", "PDF")
        assert words("sheet", "ja").word("copy") in walker.text()
        await walker.press("escape")
        await walker.reach("export")
        await copy_to(walker, str(medium))
        told = words("export", "ja").word("copied_sheet", folder=str(medium), count=4)
        await walker.until(lambda: told in text_of(walker, "copied"), told)
        assert walker.focus == "next"
        usable(walker, "#next", "#copied", "#folder")
        await copy_again(walker)
    out = waiting.folder / "out"
    stem = f"PRACTICE-{number}"
    names = sorted(f"{stem}.{end}" for end in ("csr.pem", "csr", "binding.json", "sheet.pdf"))
    assert sorted(path.name for path in medium.iterdir()) == names
    assert filecmp.cmpfiles(out, medium, names, shallow=False) == (names, [], [])
    subprocess.run(["openssl", "req", "-in", medium / f"{stem}.csr.pem", "-verify", "-noout"], check=True)
    assert (medium / f"{stem}.sheet.pdf").read_bytes().startswith(b"%PDF")


async def copy_again(walker: Walker) -> None:
    """The same again is fine: equal files are there already."""
    await walker.press("up")
    await walker.until(lambda: walker.focus == "folder", "field")
    await walker.press("enter")
    await walker.until(lambda: walker.focus == "next", "again")


@pytest.mark.parametrize(
    ("folder", "told"),
    [("relative", "Begin the folder with /."), ("/nowhere/at/all", "/nowhere/at/all"), ("/proc/1", "/proc/1")],
)
async def test_a_place_that_takes_no_copy_is_told_and_can_be_mended(waiting: Practice, folder: str, told: str) -> None:
    stand_at(waiting, "export")
    async with walking(waiting) as walker:
        await open_first(walker, "export")
        await copy_to(walker, folder)
        await walker.see(told)
        assert walker.focus == "folder"
        usable(walker, "#folder")
        await walker.press("f5")  # keeps what was typed
        await walker.pilot.pause(0.1)
        assert (walker.focus, value_of(walker, "folder")) == ("folder", folder)


async def test_a_file_with_other_content_is_not_overwritten(waiting: Practice, tmp_path: Path) -> None:
    number = stand_at(waiting, "export")
    other = tmp_path / f"PRACTICE-{number}.csr.pem"
    other.write_text("somebody's")
    async with walking(waiting) as walker:
        await open_first(walker, "export")
        await copy_to(walker, str(tmp_path))
        await walker.see(other.name)
        assert walker.focus == "folder"
    assert other.read_text() == "somebody's"
    assert not (tmp_path / f"PRACTICE-{number}.csr").exists()


@pytest.fixture
def medium(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A medium of the kernel's own making below a folder where media are looked for. Real, but for where that is."""
    if os.geteuid() != 0:
        pytest.skip("a file system of our own needs root")
    image, folder = tmp_path / "image", tmp_path / "media" / "USB 1"
    folder.mkdir(parents=True)
    image.write_bytes(b"")
    os.truncate(image, 2 * 1024 * 1024)
    if subprocess.run(["mkfs.ext2", "-q", image], capture_output=True, check=False).returncode:
        pytest.skip("no mkfs.ext2")
    if subprocess.run(["mount", "-o", "loop", image, folder], capture_output=True, check=False).returncode:
        pytest.skip("no loop devices here")
    monkeypatch.setattr(mounted.media, "__defaults__", ((tmp_path / "media",),))
    yield folder
    subprocess.run(["umount", folder], check=True)


async def test_a_medium_is_found_with_f5_and_copied_to_by_enter(waiting: Practice, medium: Path) -> None:
    number = stand_at(waiting, "export")
    async with walking(waiting, "ja") as walker:
        await open_first(walker, "export")
        await walker.see(str(medium)[:20])
        complete(walker, "#next")
        await to_copy(walker)
        await walker.press("home", "enter")
        await walker.until(lambda: walker.focus == "next", "copied")
        subprocess.run(["mount", "-o", "remount,ro", medium], check=True)
        await walker.press("f5", "up")
        await walker.pilot.pause(0.2)
        await walker.press("enter")
        await walker.see(words("export", "ja").word("read_only"))
    assert (medium / f"PRACTICE-{number}.csr").read_bytes() == (
        waiting.folder / "out" / f"PRACTICE-{number}.csr"
    ).read_bytes()
