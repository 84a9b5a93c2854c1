"""A sandbox may be copied, moved and put back while no program runs."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.practice import Practice, new_practice
from tests.sandbox.places import cut_request, here


def test_a_sandbox_may_be_moved_while_it_waits(waiting: tuple[Practice, dict[str, Any]], tmp_path: Path) -> None:
    first = waiting[0].copy(tmp_path / "first")
    (tmp_path / "far" / "away").mkdir(parents=True)
    moved = Practice(Path(shutil.move(first.folder, tmp_path / "far" / "away" / "box")))
    request = here(moved, waiting[1])
    for key in ("csr_path", "csr_der_path", "receipt_path"):
        assert Path(request[key]).parent == moved.folder / "out"
        assert Path(request[key]).is_file()
    assert moved.store(request, moved.issue(request)).status == 0
    assert f"directories.tokendir = {moved.folder}/" in (moved.folder / "softhsm2.conf").read_text()
    assert sorted(each["kind"] for each in moved.token()) == ["certificate", "private", "public"]
    assert not first.folder.exists()
    assert moved.done("ledger", "verify")["first_broken"] is None


def test_a_sandbox_may_be_moved_before_its_card_is_formatted(tmp_path: Path) -> None:
    practice = new_practice(tmp_path / "box")
    moved = Practice(Path(shutil.move(practice.folder, tmp_path / "moved")))
    moved.format()
    assert moved.token_is_ready()
    assert not practice.folder.exists()


@pytest.mark.parametrize("mark", ["key.make after", "file.publish before"])
def test_a_sandbox_may_be_moved_in_the_middle_of_an_act(practice: Practice, tmp_path: Path, mark: str) -> None:
    """Cut short after the key was made, or before the CSR has its name: `resume` goes on in the moved folder."""
    cut_request(practice, tmp_path, mark)
    moved = Practice(Path(shutil.move(practice.folder, tmp_path / "moved")))
    (enrolment,) = moved.enrolments()
    assert enrolment["open"]
    resumed = moved.done("resume", enrolment["enrolment"], *moved.pin)
    assert resumed["state"] == "awaiting_certificate"
    assert Path(resumed["csr_path"]).parent == moved.folder / "out"
    assert moved.events().count("key_made") == 1
    assert sorted(each["kind"] for each in moved.token()) == ["private", "public"]
    assert not practice.folder.exists()


def test_a_copy_put_back_is_as_it_was(practice: Practice, tmp_path: Path) -> None:
    kept = practice.copy(tmp_path / "kept")
    first = practice.request()
    shutil.rmtree(practice.folder)
    back = kept.copy(practice.folder)
    assert back.enrolments() == []
    assert back.token() == []
    second = back.request()
    assert second["public_key_sha256"] != first["public_key_sha256"]
    assert [each["enrolment"] for each in back.enrolments()] == [second["enrolment"]]
