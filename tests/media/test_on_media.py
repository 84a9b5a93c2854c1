"""Copies on media of the kernel's own making: cut off at any moment, damaged, full, read-only, gone."""

from __future__ import annotations

import errno
import hashlib
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.ground.points import Phase, Point, Watch
from lgpki_tui.media import read_back
from lgpki_tui.media.folder import OutputFolder
from lgpki_tui.media.sums import sums
from tests.media.images import cut, fat_files, image, loop_mounted, user_mounted

STEM = "PRACTICE-261124-7K3QF"
FILES = {f"{STEM}.csr.pem": b"pem" * 700, f"{STEM}.csr": bytes(range(256)) * 4, f"{STEM}.binding.json": b"{}" * 600}
LAST = {f"{STEM}.sha256": sums(FILES)}
ALL = FILES | LAST


def here(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name != "lost+found"}


def seen_by(file: Path, tmp_path: Path) -> dict[str, bytes]:
    """What another computer finds on a medium (ext4: after its journal is replayed)."""
    with loop_mounted(file, tmp_path / "elsewhere") as folder:
        return here(folder)


def judge(found: dict[str, bytes], *, empty_may_have_a_name: bool = False) -> None:
    """No file that passes for whole is not whole; the list of digests is there only when everything else is."""
    named = {name: content for name, content in found.items() if not name.startswith(".lgpki-tui-")}
    for name, content in named.items():
        assert content == ALL[name] or (empty_may_have_a_name and content == b""), name
    if any(named.get(name) for name in LAST):
        assert named == ALL


class Snapshots:
    """A watch that keeps what is on the medium at every point."""

    def __init__(self, medium: Path, folder: Path) -> None:
        self._medium = medium
        self._folder = folder
        self.taken: list[Path] = []

    def __call__(self, point: Point, phase: Phase) -> None:
        name = f"{len(self.taken):02}-{point.value}-{phase.value}"
        self.taken.append(cut(self._medium, self._folder / name))


@pytest.fixture(params=["direct", "forgotten"])
def reading(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both ways to read back. Reading past the cache also writes out: what is safe must not depend on it."""

    def refuse(*_: object) -> bytes:
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))

    if request.param == "forgotten":
        monkeypatch.setattr(read_back, "_direct", refuse)
    return str(request.param)


@pytest.mark.usefixtures("reading")
def test_power_lost_at_any_moment_leaves_no_half_file_on_ext4(tmp_path: Path) -> None:
    medium = image(tmp_path / "medium", "ext4")
    with loop_mounted(medium, tmp_path / "here") as folder:
        snapshots = Snapshots(medium, tmp_path)
        OutputFolder(folder, snapshots).write_all(FILES, LAST)
        after = cut(medium, tmp_path / "after")  # pulled out with nothing unmounted
    assert len(snapshots.taken) == 4 * 6
    found = [seen_by(file, tmp_path) for file in snapshots.taken]
    for each in found:
        judge(each)
    assert found[0] == {}
    assert seen_by(after, tmp_path) == ALL
    checked = subprocess.run(["fsck.ext4", "-fp", after], capture_output=True, text=True, check=False)
    assert checked.returncode in (0, 1), checked


def test_after_a_cut_the_copy_is_completed_on_the_same_medium(tmp_path: Path) -> None:
    medium = image(tmp_path / "medium", "ext4")
    with loop_mounted(medium, tmp_path / "here") as folder:
        snapshots = Snapshots(medium, tmp_path)
        OutputFolder(folder, snapshots).write_all(FILES, LAST)
    for file in snapshots.taken[::5]:
        with loop_mounted(file, tmp_path / "again") as folder:
            OutputFolder(folder).write_all(FILES, LAST)
            assert {name for name in here(folder) if not name.startswith(".")} == set(ALL)


@pytest.mark.parametrize("kind", ["vfat", "exfat"])
def test_fat_and_exfat_take_a_copy_and_others_read_it(tmp_path: Path, kind: str) -> None:
    medium = image(tmp_path / "medium", kind)
    with user_mounted(medium, tmp_path / "here", kind) as folder:
        OutputFolder(folder).write_all(FILES, LAST)
        OutputFolder(folder).write_all(FILES, LAST)  # again is fine
        done = subprocess.run(["sha256sum", "-c", "--strict", f"{STEM}.sha256"], cwd=folder, capture_output=True)
        assert done.returncode == 0, done
        with pytest.raises(Refusal) as refused:
            OutputFolder(folder).write_all({f"{STEM}.csr": b"other"})
        assert refused.value.code is Code.FILE_EXISTS
    if kind == "vfat":
        found = fat_files(medium)
        assert {name: content for name, content in found.items() if name in ALL} == ALL
        assert not any(name.startswith(".lgpki") for name in found)
    with user_mounted(medium, tmp_path / "there", kind) as folder:
        assert {name: content for name, content in here(folder).items() if name != "MEDIUM"} == ALL


def test_fat_cut_at_any_moment_as_mtools_sees_it(tmp_path: Path) -> None:
    medium = image(tmp_path / "medium", "vfat")
    with user_mounted(medium, tmp_path / "here", "vfat") as folder:
        snapshots = Snapshots(medium, tmp_path)
        OutputFolder(folder, snapshots).write_all(FILES, LAST)
    assert len(snapshots.taken) == 4 * 6
    for file in snapshots.taken:
        # Without hard links and renameat2 the name is claimed with an empty file, which passes for nothing.
        judge({name: text for name, text in fat_files(file).items() if name != "MEDIUM"}, empty_may_have_a_name=True)


@pytest.mark.usefixtures("reading")
def test_what_is_read_back_comes_from_the_medium(tmp_path: Path) -> None:
    """Bytes change on the medium behind the kernel's back: who asked its memory would not notice."""
    medium = image(tmp_path / "medium", "ext4")
    mark = hashlib.sha256(b"only here").digest() * 64

    def damage(point: Point, phase: Phase) -> None:
        content = bytearray(medium.read_bytes())
        if (point, phase) == (Point.FILE_PUBLISH, Phase.AFTER):
            at = content.index(mark)
            with medium.open("r+b") as written:
                written.seek(at)
                written.write(b"\xff")
                os.fsync(written.fileno())

    with loop_mounted(medium, tmp_path / "here") as folder:
        with pytest.raises(Refusal) as refused:
            OutputFolder(folder, damage).write_all({"a.csr": mark}, {"a.sha256": b"never"})
        assert refused.value.code is Code.FILE_DIFFERS
        assert not (folder / "a.sha256").exists()


def test_room_is_computed_before_anything_is_written(tmp_path: Path) -> None:
    medium = image(tmp_path / "medium", "ext4", megabytes=1)
    with loop_mounted(medium, tmp_path / "here") as folder:
        large = {"a": b"x" * 2_000_000, "b": b"y"}
        with pytest.raises(Refusal) as refused:
            OutputFolder(folder).refuse_full(large)
        facts = refused.value.facts
        assert refused.value.code is Code.FOLDER_FULL
        assert (facts["reason"], facts["folder"]) == ("ENOSPC", str(folder))
        block = os.statvfs(folder).f_frsize
        assert facts["needed"] == -(-2_000_000 // block) * block + 2 * block
        assert facts["free"] == os.statvfs(folder).f_bavail * block
        assert here(folder) == {}
        (folder / "a").write_bytes(b"there already")
        OutputFolder(folder).refuse_full(large)


def on(point: Point, phase: Phase, nth: int, act: Callable[[], object]) -> Watch:
    """Do something at one moment."""
    passed = 0

    wanted = (point, phase)

    def watch(point: Point, phase: Phase) -> None:
        nonlocal passed
        passed += (point, phase) == wanted
        if (point, phase) == wanted and passed == nth:
            act()

    return watch


@pytest.mark.parametrize(
    ("point", "nth"), [(Point.FILE_WRITE, 1), (Point.FILE_WRITE, 3), (Point.FILE_PUBLISH, 2), (Point.FILE_PUBLISH, 4)]
)
def test_a_medium_that_becomes_read_only_in_the_middle(tmp_path: Path, point: Point, nth: int) -> None:
    """As the kernel does with a failing one (errors=remount-ro)."""
    medium = image(tmp_path / "medium", "ext4")
    with loop_mounted(medium, tmp_path / "here") as folder:

        def turn() -> None:
            # What is open for writing forbids remounting; the kernel's emergency does not ask (ext4: abort).
            subprocess.run(["mount", "-o", "remount,abort", folder], check=False, capture_output=True)

        with pytest.raises(Refusal) as refused:
            OutputFolder(folder, on(point, Phase.BEFORE, nth, turn)).write_all(FILES, LAST)
        assert refused.value.code is Code.FOLDER_UNWRITABLE
        assert refused.value.facts["reason"] in ("EROFS", "EIO", "ESHUTDOWN")
    judge(seen_by(medium, tmp_path))


@pytest.mark.parametrize(("point", "nth"), [(Point.FILE_WRITE, 2), (Point.FILE_PUBLISH, 1), (Point.FILE_PUBLISH, 4)])
def test_a_medium_that_is_gone_in_the_middle(tmp_path: Path, point: Point, nth: int) -> None:
    """The device answers no more: its image is cut short below the kernel."""
    medium = image(tmp_path / "medium", "ext4")
    kept = tmp_path / "kept"
    with loop_mounted(medium, tmp_path / "here") as folder:

        def pull() -> None:
            cut(medium, kept)
            os.truncate(medium, 0)

        with pytest.raises(Refusal) as refused:
            OutputFolder(folder, on(point, Phase.BEFORE, nth, pull)).write_all(FILES, LAST)
        assert refused.value.code in (Code.FOLDER_UNWRITABLE, Code.FILE_DIFFERS)
        os.truncate(medium, 4 * 1024 * 1024)
    judge(seen_by(kept, tmp_path))


def test_a_folder_that_is_unmounted_lazily_in_the_middle_is_still_the_medium(tmp_path: Path) -> None:
    """`umount -l`: the open folder stays what it was. Nothing lands on the disk below."""
    medium = image(tmp_path / "medium", "ext4")
    with loop_mounted(medium, tmp_path / "here") as folder:

        def lazily() -> None:
            subprocess.run(["umount", "-l", folder], check=True)

        OutputFolder(folder, on(Point.FILE_WRITE, Phase.AFTER, 2, lazily)).write_all(FILES, LAST)
        assert list(folder.iterdir()) == []
    judge(seen_by(medium, tmp_path))
    assert seen_by(medium, tmp_path) == ALL
