"""Folders that cannot take the files of a request, and a file in the way: no key is made, or `resume` goes on."""

from __future__ import annotations

import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crash.judge import judge, settled
from tests.crash.scenes import KILLED, REQUEST, cut
from tests.practice import Practice
from tests.road.refusing import AS_NOBODY, NAMESPACE, NOBODY, answers, need, refused, under, untouched


def request(practice: Practice, folder: object) -> tuple[str | Path, ...]:
    return ("request", "--answers", answers(practice, output_folder=str(folder)), *practice.pin)


@pytest.mark.parametrize("kind", ["absent", "below-absent", "file", "dangling"])
def test_a_folder_that_is_not_there_is_never_made(practice: Practice, kind: str) -> None:
    folder = practice.folder / "media" / ("below" if kind == "below-absent" else "")
    if kind == "file":
        folder.write_text("no folder")
    elif kind == "dangling":
        folder.symlink_to("nowhere")
    before = sorted(path.name for path in practice.folder.iterdir())
    with untouched(practice):
        told = refused(practice, *request(practice, folder), code="folder_missing", status=3)
    shown = practice.folder / "nowhere" if kind == "dangling" else folder
    assert told["facts"]["folder"] == str(shown)
    assert sorted(path.name for path in practice.folder.iterdir()) == before


@pytest.fixture
def unprivileged(practice: Practice) -> Iterator[Practice]:
    """The workplace of a user without privileges: pytest's own folders are closed to one, when root runs the tests."""
    if os.geteuid() != 0:
        yield practice
        return
    need("the interpreter is out of reach of other users", *AS_NOBODY, sys.executable, "-c", "import lgpki_tui")
    parent = Path(tempfile.mkdtemp(prefix="lgpki-tui-test-"))
    parent.chmod(0o711)
    copy = practice.copy(parent / "workplace")
    for path in (copy.folder, *copy.folder.rglob("*")):
        os.chown(path, NOBODY, NOBODY)
    yield under(copy, *AS_NOBODY)
    shutil.rmtree(parent)


@pytest.mark.parametrize("mode", [0o500, 0o000])
def test_a_folder_that_may_not_be_written(unprivileged: Practice, mode: int) -> None:
    folder = unprivileged.folder / "media"
    folder.mkdir()
    if os.geteuid() == 0:
        os.chown(folder, NOBODY, NOBODY)
    folder.chmod(mode)
    try:
        with untouched(unprivileged):
            command = request(unprivileged, folder)
            refused(unprivileged, *command, code="folder_unwritable", status=3, folder=str(folder), reason="EACCES")
        assert stat.S_IMODE(folder.stat().st_mode) == mode
    finally:
        folder.chmod(0o700)
    assert list(folder.iterdir()) == []
    made = unprivileged.done(*request(unprivileged, folder))
    assert Path(made["csr_path"]).parent == folder


@pytest.mark.parametrize(
    ("mount", "code"),
    [
        ("mount -t tmpfs -o size=8k tmpfs", "folder_full"),
        ("mount -t tmpfs -o size=64k,nr_inodes=3 tmpfs", "folder_full"),
        ("mount -t tmpfs -o ro tmpfs", "folder_unwritable"),
    ],
    ids=["full", "no-inodes", "read-only"],
)
def test_media_without_room_or_write_protected(practice: Practice, mount: str, code: str) -> None:
    folder = practice.folder / "media"
    folder.mkdir()
    wrapper = (*NAMESPACE, "sh", "-c", f'{mount} "$0" && exec "$@"', str(folder))
    need("no mount namespace here", *wrapper, "true")
    with untouched(practice):
        wrapped = under(practice, *wrapper)
        refused(wrapped, *request(practice, folder), code=code, status=3, folder=str(folder))
    assert list(folder.iterdir()) == []


def _cut_before_publishing(practice: Practice) -> str:
    """A request killed when its files are written and have no name yet; its number."""
    copy = practice.copy(practice.folder.with_name("uncut"))
    _, marks = cut(REQUEST, copy, -1)
    answer, _ = cut(REQUEST, practice, marks.index("file.publish before"))
    assert answer.status == KILLED, answer
    (enrolment,) = practice.enrolments()
    assert enrolment["open"]
    return str(enrolment["enrolment"])


def test_a_file_in_the_way_is_not_overwritten_and_resume_goes_on_without_it(practice: Practice) -> None:
    number = _cut_before_publishing(practice)
    out = practice.folder / "out"
    in_the_way = out / f"PRACTICE-{number}.csr"
    in_the_way.write_bytes(b"somebody else's")
    objects, entries = practice.token(), practice.ledger()
    for _ in range(2):
        refused(practice, "resume", number, *practice.pin, code="file_exists", status=3, file=str(in_the_way))
    assert in_the_way.read_bytes() == b"somebody else's"
    assert [path.name for path in out.iterdir() if not path.name.startswith(".")] == [in_the_way.name]
    assert (practice.token(), practice.ledger()) == (objects, entries)
    refused(practice, *request(practice, out), code="enrolment_open", status=1, enrolment=number)
    in_the_way.unlink()
    assert practice.done("resume", number, *practice.pin)["state"] == "awaiting_certificate"
    judge(practice)
    settled(practice)


def test_a_folder_that_went_away_meanwhile(practice: Practice) -> None:
    """The media was taken out after the key was made: the enrolment stays open, and goes on when it is back."""
    number = _cut_before_publishing(practice)
    out = practice.folder / "out"
    out.rename(practice.folder / "taken-out")
    objects, entries = practice.token(), practice.ledger()
    refused(practice, "resume", number, *practice.pin, code="folder_missing", status=3, folder=str(out))
    assert (practice.token(), practice.ledger(), out.exists()) == (objects, entries, False)
    (practice.folder / "taken-out").rename(out)
    assert practice.done("resume", number, *practice.pin)["state"] == "awaiting_certificate"
    judge(practice)
    settled(practice)


def test_the_practice_ca_does_not_overwrite(practice: Practice) -> None:
    request = practice.request()
    practice.issue(request)
    with untouched(practice):
        out = practice.folder / "out" / "cert.pem"
        command = ("rehearse", "issue", request["csr_path"], "--out", out)
        refused(practice, *command, code="file_exists", status=3, file=str(out))
