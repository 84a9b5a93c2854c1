"""Folders that cannot be written, disks that are full, and programs that are killed."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from lgpki_tui.ground.findings import Refusal
from lgpki_tui.ground.points import Phase, Point, Watch
from lgpki_tui.media.folder import OutputFolder
from tests.media.child import as_nobody, in_child, in_namespace, mount_read_only, mount_small

FILES = {"one.pem": b"1" * 3000, "two.der": b"2" * 900, "three.json": b"3" * 1500}
BYTES = sum(map(len, FILES.values()))


def said(act: Callable[[], object]) -> str:
    """The refusal as JSON, `done`, or whatever else was raised."""
    try:
        act()
    except Refusal as refusal:
        return json.dumps({"code": refusal.code.value, **refusal.facts})
    return "done"


def both(folder: Path) -> Callable[[], str]:
    return lambda: said(lambda: OutputFolder(folder).probe(BYTES)) + "\n" + said(lambda: write(folder))


def write(folder: Path) -> None:
    OutputFolder(folder).write_all(FILES)


@pytest.mark.parametrize("mode", [0o500, 0o400, 0o000])
def test_a_folder_that_may_not_be_written(shared: Path, mode: int) -> None:
    shared.chmod(mode)
    for line in as_nobody(both(shared)).splitlines():
        assert json.loads(line) == {"code": "folder_unwritable", "folder": str(shared), "reason": "EACCES"}
    shared.chmod(0o700)
    assert list(shared.iterdir()) == []


def test_a_file_of_somebody_else_that_may_not_be_read_keeps_its_name(shared: Path) -> None:
    (shared / "one.pem").write_bytes(b"")
    (shared / "one.pem").chmod(0)
    line = as_nobody(lambda: said(lambda: write(shared)))
    assert json.loads(line) == {"code": "file_exists", "file": str(shared / "one.pem")}


def test_a_read_only_mount(tmp_path: Path) -> None:
    def act() -> str:
        mount_read_only(tmp_path)
        return both(tmp_path)()

    for line in _there(in_namespace(act)).splitlines():
        assert json.loads(line) == {"code": "folder_unwritable", "folder": str(tmp_path), "reason": "EROFS"}


def test_a_full_disk_is_noticed_by_the_probe_and_by_the_writing_and_stays_as_it_was(tmp_path: Path) -> None:
    def act() -> str:
        mount_small(tmp_path, "8k")  # two pages; three files need three
        lines = [said(lambda: OutputFolder(tmp_path).probe(BYTES, files=3)), said(lambda: write(tmp_path))]
        return "\n".join([*lines, json.dumps(sorted(path.name for path in tmp_path.iterdir()))])

    probed, written, left = map(json.loads, _there(in_namespace(act)).splitlines())
    assert probed == written == {"code": "folder_full", "folder": str(tmp_path), "reason": "ENOSPC"}
    assert left == []


def test_what_the_probe_found_room_for_fits(tmp_path: Path) -> None:
    def act() -> str:
        lines = []
        for pages in range(1, 9):
            (folder := tmp_path / str(pages)).mkdir()
            mount_small(folder, f"{pages * 4}k")
            lines.append([said(partial(OutputFolder(folder).probe, BYTES, 3)), said(partial(write, folder))])
        return json.dumps([[probed == "done", written == "done"] for probed, written in lines])

    outcomes = json.loads(_there(in_namespace(act)))
    assert [True, False] not in outcomes
    assert outcomes[-1] == [True, True]


@pytest.mark.parametrize("phase", list(Phase))
@pytest.mark.parametrize("nth", [1, 2, 3, 4])
@pytest.mark.parametrize("point", [Point.FILE_WRITE, Point.FILE_PUBLISH])
def test_killed_anywhere_no_half_file_has_a_name_and_doing_it_again_completes(
    tmp_path: Path, point: Point, phase: Phase, nth: int
) -> None:
    last = {"all.sha256": b"4" * 64}
    _killed((point, phase), nth, lambda watch: OutputFolder(tmp_path, watch).write_all(FILES, last))
    found = {path.name: path.read_bytes() for path in tmp_path.iterdir() if not path.name.startswith(".lgpki-tui-")}
    assert all(content == {**FILES, **last}[name] for name, content in found.items())
    assert "all.sha256" not in found or len(found) == len(FILES) + 1
    OutputFolder(tmp_path).write_all(FILES, last)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {**FILES, **last}


@pytest.mark.parametrize("phase", list(Phase))
def test_killed_in_the_probe_nothing_stays_after_the_next_one(tmp_path: Path, phase: Phase) -> None:
    _killed((Point.FILE_PROBE, phase), 1, lambda watch: OutputFolder(tmp_path, watch).probe(BYTES))
    OutputFolder(tmp_path).probe(BYTES)
    assert list(tmp_path.iterdir()) == []


def _killed(at: tuple[Point, Phase], nth: int, act: Callable[[Watch], object]) -> None:
    passed = 0

    def watch(point: Point, phase: Phase) -> None:
        nonlocal passed
        passed += (point, phase) == at
        if passed == nth:
            os.kill(os.getpid(), signal.SIGKILL)

    def child() -> str:
        act(watch)
        return "not killed"

    status, words = in_child(child)
    assert os.WIFSIGNALED(status), words
    assert os.WTERMSIG(status) == signal.SIGKILL


def _there(answer: str | None) -> str:
    if answer is None:
        pytest.skip("the kernel forbids this user a mount namespace (unshare(2))")
    return answer
