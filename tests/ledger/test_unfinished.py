"""Answers not begun yet are kept whole or not at all, and one that cannot be read is as good as none."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.ledger.unfinished import Unfinished, UnfinishedFile

ANSWERS = Unfinished(
    step="subject",
    certificate_kind="shokuseki",
    organization="総務部　情報政策課",
    name="高島市長",
    pages={"261124-7K3QH": "waiting"},
)


def test_what_was_saved_is_read_again(tmp_path: Path) -> None:
    file = UnfinishedFile(tmp_path / "state" / "unfinished.json")
    assert file.load() == Unfinished()
    file.save(ANSWERS)
    assert UnfinishedFile(file.path).load() == ANSWERS
    assert [each.name for each in file.path.parent.iterdir()] == ["unfinished.json"]


def test_it_is_its_owners_alone(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        file = UnfinishedFile(tmp_path / "state" / "unfinished.json")
        file.save(ANSWERS)
    finally:
        os.umask(before)
    assert stat.S_IMODE(file.path.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b'"text"', b"null", b"\xff\xfe", b'{"step": 3}', b'{"pages": 3}', b'{"step": "", "x": "y"}'],
)
def test_what_cannot_be_read_is_as_good_as_none(tmp_path: Path, content: bytes) -> None:
    file = UnfinishedFile(tmp_path / "unfinished.json")
    file.path.write_bytes(content)
    assert file.load() == Unfinished()


def test_answers_are_begun_once_there_is_a_step() -> None:
    assert Unfinished(pages=ANSWERS.pages).is_empty
    assert not ANSWERS.is_empty
    assert ANSWERS.without_answers() == Unfinished(pages=ANSWERS.pages)


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("in the way")
    with pytest.raises(Refusal) as refused:
        UnfinishedFile(tmp_path / "state" / "unfinished.json").save(ANSWERS)
    assert refused.value.code is Code.LEDGER_UNWRITABLE
