"""The output folder writes whole files, never over another, and takes back up what a crash left."""

from __future__ import annotations

import errno
import os
import stat
from functools import partial
from pathlib import Path

import pytest

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.ground.points import Phase, Point
from lgpki_tui.media import publish as publishing
from lgpki_tui.media.folder import OutputFolder
from lgpki_tui.media.scratch import scratch, sweep

FILES = {"高島市長.csr.pem": b"pem" * 500, "a.csr.der": bytes(range(256)), "a.binding.json": b"{}", "empty": b""}


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_all_files_are_there_readable_by_others_and_nothing_else_is(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        written = OutputFolder(tmp_path).write_all(FILES)
    finally:
        os.umask(before)
    assert written == tuple(tmp_path / name for name in FILES)
    assert content(tmp_path) == FILES
    assert {stat.S_IMODE(path.stat().st_mode) for path in written} == {0o644}
    assert {path.stat().st_nlink for path in written} == {1}


def test_again_with_the_same_bytes_is_done_already_and_touches_nothing(tmp_path: Path) -> None:
    OutputFolder(tmp_path).write_all(FILES)
    inodes = {path.name: path.stat().st_ino for path in tmp_path.iterdir()}
    OutputFolder(tmp_path).write_all(FILES)
    assert {path.name: path.stat().st_ino for path in tmp_path.iterdir()} == inodes


def test_a_relative_folder_gives_absolute_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "out").mkdir()
    monkeypatch.chdir(tmp_path)
    assert OutputFolder(Path("out")).write_all({"a": b"1"}) == (tmp_path / "out" / "a",)


@pytest.mark.parametrize("other", [b"", b"something else", FILES["a.csr.der"] + b"\0", FILES["a.csr.der"][:-1]])
def test_another_content_is_never_overwritten_and_no_other_file_is_written(tmp_path: Path, other: bytes) -> None:
    (tmp_path / "a.csr.der").write_bytes(other)
    with pytest.raises(Refusal) as refused:
        OutputFolder(tmp_path).write_all(FILES)
    assert (refused.value.code, refused.value.facts) == (Code.FILE_EXISTS, {"file": str(tmp_path / "a.csr.der")})
    assert content(tmp_path) == {"a.csr.der": other}


def test_what_is_no_file_of_ours_keeps_its_name(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_bytes(b"1")
    (tmp_path / "link").symlink_to("elsewhere")
    (tmp_path / "dangling").symlink_to("nowhere")
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "fifo")
    for name in ("link", "dangling", "folder", "fifo"):
        with pytest.raises(Refusal) as refused:
            OutputFolder(tmp_path).write_all({name: b"1"})
        assert refused.value.code is Code.FILE_EXISTS
    assert not (tmp_path / "nowhere").exists()


def test_a_file_that_comes_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    def watch(point: Point, phase: Phase) -> None:
        if (point, phase) == (Point.FILE_PUBLISH, Phase.BEFORE):
            (tmp_path / "a").write_bytes(b"theirs")

    with pytest.raises(Refusal) as refused:
        OutputFolder(tmp_path, watch).write_all({"a": b"ours"})
    assert refused.value.code is Code.FILE_EXISTS
    assert content(tmp_path) == {"a": b"theirs"}


def test_what_was_changed_behind_our_back_is_noticed(tmp_path: Path) -> None:
    def watch(point: Point, phase: Phase) -> None:
        if (point, phase) == (Point.FILE_PUBLISH, Phase.AFTER):
            (tmp_path / "a").write_bytes(b"0urs")

    with pytest.raises(Refusal) as refused:
        OutputFolder(tmp_path, watch).write_all({"a": b"ours"})
    assert (refused.value.code, refused.value.facts) == (Code.FILE_DIFFERS, {"file": str(tmp_path / "a")})


def test_a_disk_that_keeps_other_bytes_is_noticed_before_a_file_has_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: real(descriptor, bytes(len(data))))
    with pytest.raises(Refusal) as refused:
        OutputFolder(tmp_path).write_all({"a": b"ours"})
    assert refused.value.code is Code.FILE_DIFFERS
    assert names(tmp_path) == set()


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "/a", "a\0b", ".lgpki-tui-x.part"])
def test_a_name_is_a_plain_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="plain file name"):
        OutputFolder(tmp_path).write_all({name: b""})


def test_a_name_that_the_file_system_cannot_hold_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal) as refused:
        OutputFolder(tmp_path).write_all({"長" * 100: b"1"})
    assert refused.value.code is Code.FOLDER_UNWRITABLE
    assert refused.value.facts == {"folder": str(tmp_path), "reason": "ENAMETOOLONG"}
    assert names(tmp_path) == set()


def test_a_missing_folder_is_not_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    for folder, reason in ((tmp_path / "no", "ENOENT"), (tmp_path / "file", "ENOTDIR")):
        there = OutputFolder(folder)
        for act in (partial(there.probe, 10), partial(there.write_all, FILES)):
            with pytest.raises(Refusal) as refused:
                act()
            assert refused.value.code is Code.FOLDER_MISSING
            assert refused.value.facts == {"folder": str(folder), "reason": reason}
    assert names(tmp_path) == {"file"}


def test_the_probe_writes_as_much_as_will_follow_and_leaves_nothing(tmp_path: Path) -> None:
    sizes: list[int] = []

    def watch(point: Point, phase: Phase) -> None:
        sizes.append(sum(path.stat().st_size for path in tmp_path.iterdir()))

    OutputFolder(tmp_path, watch).probe(100_000, files=1)
    assert sizes[0] == 0
    assert 50_000 <= sizes[1] < 100_000
    assert sizes[2] == 0
    assert names(tmp_path) == set()


@pytest.mark.parametrize("broken", [("link",), ("link", "renameat2")])
def test_file_systems_without_hard_links(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: tuple[str, ...]
) -> None:
    def fail(number: int) -> object:
        def refuse(*_: object) -> None:
            raise OSError(number, os.strerror(number))

        return refuse

    monkeypatch.setattr(publishing, "_link", fail(errno.EPERM))
    if "renameat2" in broken:
        monkeypatch.setattr(publishing, "_rename_noreplace", fail(errno.EINVAL))
    OutputFolder(tmp_path).write_all(FILES)
    assert content(tmp_path) == FILES

    def watch(point: Point, phase: Phase) -> None:
        if (point, phase) == (Point.FILE_PUBLISH, Phase.BEFORE):
            (tmp_path / "b").write_bytes(b"theirs")

    with pytest.raises(Refusal) as refused:
        OutputFolder(tmp_path, watch).write_all({"b": b"ours"})
    assert refused.value.code is Code.FILE_EXISTS
    assert content(tmp_path) == {**FILES, "b": b"theirs"}


def test_a_claimed_name_is_given_back_when_even_renaming_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    for name in ("link", "rename"):
        monkeypatch.setattr(os, name, refuse)
    monkeypatch.setattr(publishing, "_rename_noreplace", refuse)
    with pytest.raises(Refusal) as refused:
        OutputFolder(tmp_path).write_all({"a": b"1"})
    assert refused.value.facts == {"folder": str(tmp_path), "reason": "EPERM"}
    assert names(tmp_path) == set()


@pytest.mark.parametrize("renamed", [False, True])
def test_what_is_synced_before_what(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, renamed: bool) -> None:
    """Content before the name; the file once more after a rename (FAT keeps its place and length in the name's entry);
    then the folder; and the last file only after that."""
    told: list[str] = []
    real = os.fsync

    def sync(descriptor: int) -> None:
        told.append("folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file")
        real(descriptor)

    def refuse(*_: object) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    def watch(point: Point, phase: Phase) -> None:
        told.extend([point.value] if phase is not Phase.INSIDE else [])

    monkeypatch.setattr(os, "fsync", sync)
    if renamed:
        monkeypatch.setattr(publishing, "_link", refuse)
    OutputFolder(tmp_path, watch).write_all({"a": b"1"}, {"z": b"2"})
    wrote, published = ["file.write", "file", "file.write"], ["file.publish", *["file"] * renamed, "file.publish"]
    assert told == [*wrote, *wrote, *published, "folder", *published, "folder"]


def test_only_what_died_is_swept(tmp_path: Path) -> None:
    left = tmp_path / ".lgpki-tui-0123456789abcdef.part"
    left.write_bytes(b"half")
    (tmp_path / ".lgpki-tui-link.part").symlink_to(left)
    (tmp_path / ".lgpki-tui-note").write_bytes(b"a person's")
    folder = os.open(tmp_path, os.O_RDONLY)
    try:
        with scratch(folder) as alive:
            sweep(folder)
            assert names(tmp_path) == {alive.name, ".lgpki-tui-link.part", ".lgpki-tui-note"}
    finally:
        os.close(folder)
    assert names(tmp_path) == {".lgpki-tui-link.part", ".lgpki-tui-note"}
