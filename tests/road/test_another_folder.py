"""The folder for the request is gone after the key was made, or a copy is wanted: `resume --output-folder`."""

from __future__ import annotations

from pathlib import Path

from tests.crash.scenes import KILLED, REQUEST, cut, marks_of
from tests.practice import Practice
from tests.road.refusing import untouched


def test_a_request_whose_folder_is_gone_goes_to_another_one(practice: Practice, tmp_path: Path) -> None:
    REQUEST.prepare(practice)
    marks = marks_of(REQUEST, practice, tmp_path / "marks")
    killed, _ = cut(REQUEST, practice, marks.index("file.write before"))
    assert killed.status == KILLED
    (enrolment,) = practice.enrolments()
    number = enrolment["enrolment"]
    out, gone = practice.folder / "out", practice.folder / "gone"
    out.rename(gone)
    told = practice.run("resume", number, *practice.pin)
    assert (told.status, told.code) == (3, "folder_missing")
    folder = tmp_path / "other"
    folder.mkdir()
    done = practice.done("resume", number, "--output-folder", folder, *practice.pin)
    assert (done["state"], Path(done["csr_path"]).parent) == ("awaiting_certificate", folder)
    assert len([each for each in practice.token() if each["kind"] == "private"]) == 1
    gone.rename(out)
    issued = practice.issue(done)
    assert practice.store(done, issued).status == 0


def test_a_further_copy_of_the_same_request(practice: Practice, tmp_path: Path) -> None:
    made = practice.request()
    folder = tmp_path / "copy"
    folder.mkdir()
    done = practice.done("resume", made["enrolment"], "--output-folder", folder)  # needs neither card nor PIN
    assert Path(done["csr_path"]).read_bytes() == Path(made["csr_path"]).read_bytes()
    assert (done["state"], done["csr_sha256"]) == ("awaiting_certificate", made["csr_sha256"])


def test_a_copy_that_fails_holds_nothing_up(practice: Practice, tmp_path: Path) -> None:
    made = practice.request()
    folder = tmp_path / "copy"
    folder.mkdir()
    (folder / Path(made["csr_der_path"]).name).write_text("another file of this name")
    told = practice.run("resume", made["enrolment"], "--output-folder", folder)
    assert (told.status, told.code) == (3, "file_exists")
    assert not practice.enrolments()[0]["open"]
    assert practice.store(made, practice.issue(made)).status == 0


def test_files_that_are_gone_are_told(practice: Practice) -> None:
    made = practice.request()
    Path(made["csr_path"]).unlink()
    done = practice.done("resume", made["enrolment"])
    assert done["files_missing"] == [made["csr_path"]]
    answer = practice.run("resume", made["enrolment"])
    assert answer.status == 0


def test_a_folder_that_is_not_there_changes_nothing(practice: Practice, tmp_path: Path) -> None:
    made = practice.request()
    with untouched(practice):
        told = practice.run("resume", made["enrolment"], "--output-folder", tmp_path / "absent")
    assert (told.status, told.code) == (3, "folder_missing")
    assert practice.enrolments()[0]["csr_path"] == made["csr_path"]
