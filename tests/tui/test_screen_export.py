"""The CSR and its copy: what is on the medium is read by openssl and compared with cmp."""

from __future__ import annotations

import filecmp
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from lgpki_tui.pages.language import LANGUAGES, Language
from tests.media.images import image, loop_mounted
from tests.practice import Practice
from tests.tui.pages import complete, open_first, stand_at, text_of, usable, value_of, words
from tests.tui.seen import ACTS, CASE_IDS
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
        await walker.see(f"PRACTICE-{number}  .csr.pem  .csr  .binding.json")
        await walker.until(lambda: walker.focus == "next", "focus")
        complete(walker, "#next")
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
        told = words("export", "ja").word("copied_sheet", folder=str(medium), count=8)
        await walker.until(lambda: told in text_of(walker, "copied"), told)
        assert walker.focus == "next"
        usable(walker, "#next", "#copied", "#folder")
        await copy_again(walker)
    out = waiting.folder / "out"
    stem = f"PRACTICE-{number}"
    names = sorted(f"{stem}.{end}" for end in ("csr.pem", "csr", "binding.json", "sheet.pdf", "sheet.txt"))
    lists = [f"{stem}.{end}" for end in ("sha256", "sheet.pdf.sha256", "sheet.txt.sha256")]
    assert sorted(path.name for path in medium.iterdir()) == sorted([*names, *lists])
    subprocess.run(["sha256sum", "--check", "--strict", *lists], cwd=medium, check=True)
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
        await walker.until(lambda: str(other) in text_of(walker, "copied"), "told")
        assert walker.focus == "folder"
    assert other.read_text() == "somebody's"
    assert not (tmp_path / f"PRACTICE-{number}.csr").exists()


@pytest.fixture
def medium(waiting: Practice, tmp_path: Path) -> Iterator[Path]:
    """A medium of the kernel's own making, below a folder that the settings name."""
    with open(waiting.folder / "sandbox.toml", "a") as settings:  # noqa: PTH123  # a line more
        settings.write(f'\n[media]\nroots = ["{tmp_path / "media"}"]\n')
    with loop_mounted(image(tmp_path / "image", "ext4"), tmp_path / "media" / "USB 1") as folder:
        yield folder


@pytest.mark.parametrize("size", [(80, 24), (60, 20)])
@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_medium_is_listed_copied_to_and_taken_out_by_a_key_each(
    waiting: Practice, medium: Path, language: Language, size: tuple[int, int]
) -> None:
    number, words_ = stand_at(waiting, "export"), words("export", language)
    async with walking(waiting, language, size) as walker:
        await open_first(walker, "export")
        await walker.see("ext4  ")
        await to_copy(walker)
        await walker.see(str(medium.parent)[:20])
        complete(walker, "#next", "#target", "#medium")
        await walker.press("home", "enter")
        told = words_.word("copied", folder=str(medium), count=4)
        await walker.until(lambda: told in text_of(walker, "copied"), told)
        usable(walker, "#next", "#copied")
        assert walker.app.context.here.host in text_of(walker, "copied")
        before = (waiting.folder / "out" / f"PRACTICE-{number}.csr").read_bytes()
        assert (medium / f"PRACTICE-{number}.csr").read_bytes() == before
        await walker.press("f6")
        gone = words_.word("taken_out", name="USB 1")
        await walker.until(lambda: gone in text_of(walker, "copied"), gone)
        assert not os.path.ismount(medium)
        await walker.until(lambda: "ext4" not in walker.text(), "taken off the list")
        complete(walker, "#next", "#copied")


async def test_what_is_put_in_and_pulled_out_is_seen_without_a_key(waiting: Practice, medium: Path) -> None:
    image_file = medium.parents[1] / "image"
    stand_at(waiting, "export")
    async with walking(waiting, "en") as walker:
        await open_first(walker, "export")
        await walker.see("ext4  ")
        subprocess.run(["umount", medium], check=True)
        await walker.until(lambda: "ext4  " not in walker.text(), "pulled out")
        await walker.see("No media found.")
        subprocess.run(["mount", "-o", "loop", image_file, medium], check=True)
        await walker.see("ext4  ")


async def test_one_that_takes_no_copy_says_why(waiting: Practice, medium: Path) -> None:
    number, told = stand_at(waiting, "export"), words("export", "ja")
    async with walking(waiting, "ja") as walker:
        await open_first(walker, "export")
        await walker.see("ext4  ")
        subprocess.run(["mount", "-o", "remount,ro", medium], check=True)
        await walker.press("f5")
        await to_copy(walker)
        await walker.press("home")
        await walker.until(lambda: told.word("obstacle_read_only") in text_of(walker, "medium"), "why")
        await walker.press("enter")
        await walker.see(told.word("refused"))
        subprocess.run(["mount", "-o", "remount,rw", medium], check=True)
        (medium / "ballast").write_bytes(b"")
        subprocess.run(["dd", "if=/dev/zero", f"of={medium / 'ballast'}", "bs=64k"], capture_output=True, check=False)
        await walker.press("f5")
        await walker.until(lambda: "空きが足りません" in text_of(walker, "medium"), "full")
    assert not (medium / f"PRACTICE-{number}.csr").exists()


async def test_one_that_is_in_use_is_not_called_free(waiting: Practice, medium: Path) -> None:
    stand_at(waiting, "export")
    with (medium / "open").open("wb"):
        async with walking(waiting, "ja", (60, 20)) as walker:
            await open_first(walker, "export")
            await to_copy(walker)
            await walker.press("home", "f6")
            await walker.until(lambda: "まだ抜かないでください" in text_of(walker, "copied"), "told")
            await walker.until(lambda: str(medium) in text_of(walker, "copied"), "the command")
            assert "抜いてよい" not in walker.text()
            usable(walker)
    assert os.path.ismount(medium)


async def test_over_ssh_it_is_said_whose_media_these_are(waiting: Practice, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_at(waiting, "export")
    monkeypatch.setenv("SSH_CONNECTION", "10.0.0.1 50000 10.0.0.2 22")
    async with walking(waiting, "ja", (60, 20)) as walker:
        await open_first(walker, "export")
        host = walker.app.context.here.host
        told = words("export", "ja").word("which_pc_ssh", host=host)
        await walker.until(lambda: told == text_of(walker, "copied"), told)
        assert "手元のPCの媒体ではありません" in told
        complete(walker, "#next", "#copied")


async def test_f6_with_nothing_to_take_out_says_so(waiting: Practice) -> None:
    stand_at(waiting, "export")
    async with walking(waiting, "ja") as walker:
        await open_first(walker, "export")
        await walker.see(words("export", "ja").word("none").strip()[:10])
        await walker.press("f6")
        await walker.see(words("export", "ja").word("no_medium"))


@pytest.mark.parametrize(("language", "size"), ACTS, ids=CASE_IDS)
async def test_a_form_that_is_written_after_the_copy_is_copied_too_by_one_key(
    waiting: Practice, medium: Path, language: Language, size: tuple[int, int]
) -> None:
    number, page = stand_at(waiting, "export"), words("sheet", language)
    async with walking(waiting, language, size) as walker:
        await open_first(walker, "export")
        await walker.see("ext4  ")
        await to_copy(walker)
        await walker.press("home", "enter")
        await walker.until(lambda: walker.focus == "next", "copied")
        assert not list(medium.glob("*.pdf"))
        await walker.press("enter")
        await walker.reach("sheet")
        await walker.see("登録分局")
        assert walker.app.context.lexicon.word("key.copy_form") not in walker.text()  # there is no form yet
        await walker.press("f6", "enter")
        await walker.until(lambda: page.word("copy_too", folder=str(medium)) in text_of(walker, "saved"), "offered")
        usable(walker, "#next", "#saved")
        assert walker.app.context.lexicon.word("key.copy_form") in walker.lines()[-1]
        await walker.press("f6")
        told = page.word("copied", folder=str(medium), count=8)
        await walker.until(lambda: told in text_of(walker, "saved"), told)
        assert page.word("take_out") in text_of(walker, "saved")
        usable(walker, "#next", "#saved")
        assert walker.app.context.lexicon.word("key.copy_form") not in walker.text()
        # Who comes again is told nothing of what is there already.
        await walker.press("escape")
        await walker.reach("export")
        await walker.press("f10")
        await walker.reach("sheet")
        await walker.until(lambda: ".sheet.pdf" in text_of(walker, "saved"), "the form")
        assert walker.app.context.lexicon.word("key.copy_form") not in walker.text()
    ends = ("sheet.pdf", "sheet.txt", "csr", "csr.pem", "binding.json")
    names = [f"PRACTICE-{number}.{end}" for end in ends]
    assert filecmp.cmpfiles(waiting.folder / "out", medium, names, shallow=False) == (names, [], [])
    lists = [file.name for file in medium.glob("*.sha256")]
    assert len(lists) == 3
    subprocess.run(["sha256sum", "--check", "--strict", *lists], cwd=medium, check=True)


@pytest.mark.parametrize("language", ["ja", pytest.param("en", marks=pytest.mark.slow)])
async def test_a_medium_that_is_gone_gets_no_form_and_neither_does_the_folder_it_was_in(
    waiting: Practice, medium: Path, language: Language
) -> None:
    stand_at(waiting, "export")
    async with walking(waiting, language) as walker:
        await open_first(walker, "export")
        await walker.see("ext4  ")
        await to_copy(walker)
        await walker.press("home", "enter")
        await walker.until(lambda: walker.focus == "next", "copied")
        await walker.press("enter")
        await walker.reach("sheet")
        subprocess.run(["umount", medium], check=True)  # the folder stays, on the disk of the PC
        await walker.press("enter")
        await walker.until(lambda: str(medium) in text_of(walker, "saved"), "offered")
        await walker.press("f6")
        message = walker.app.context.lexicon.messages.message("medium_absent", {"medium": "USB 1"})
        await walker.until(lambda: message.happened in text_of(walker, "saved"), "gone")
        usable(walker, "#next")
        assert list(medium.iterdir()) == []
        subprocess.run(["mount", "-o", "loop", medium.parents[1] / "image", medium], check=True)
        await walker.press("f6")
        await walker.until(lambda: (medium / "lost+found").exists() and list(medium.glob("*.pdf")) != [], "copied")


async def test_a_file_in_the_way_of_the_form_is_not_overwritten(waiting: Practice, tmp_path: Path) -> None:
    number = stand_at(waiting, "export")
    target = tmp_path / "target"
    target.mkdir()
    async with walking(waiting) as walker:
        await open_first(walker, "export")
        await copy_to(walker, str(target))
        await walker.until(lambda: walker.focus == "next", "copied")
        other = target / f"PRACTICE-{number}.sheet.txt"
        other.write_text("somebody's")
        await walker.press("enter")
        await walker.reach("sheet")
        await walker.press("enter")
        await walker.until(lambda: str(target) in text_of(walker, "saved"), "offered")
        await walker.press("f6")
        await walker.until(lambda: other.name in text_of(walker, "saved").replace("\n", ""), "told")
    assert other.read_text() == "somebody's"
    assert not list(target.glob("*.pdf*"))
