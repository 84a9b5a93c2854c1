"""`export` and `media list` as a script uses them."""

from __future__ import annotations

import filecmp
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from lgpki_tui.faces.sizes import size_text
from tests.media.images import image, loop_mounted
from tests.road.conftest import Waiting

ENDS = ("csr.pem", "csr", "binding.json")


@pytest.fixture
def medium(waiting: Waiting, tmp_path: Path) -> Iterator[Path]:
    """A medium below a folder that the settings name."""
    settings = waiting.practice.folder / "sandbox.toml"
    settings.write_text(f'{settings.read_text()}\n[media]\nroots = ["{tmp_path / "media"}"]\n')
    with loop_mounted(image(tmp_path / "image", "ext4"), tmp_path / "media" / "USB 1") as folder:
        yield folder


def names(number: str) -> list[str]:
    return [f"PRACTICE-{number}.{end}" for end in ENDS]


def test_a_folder_gets_the_files_and_a_list_that_sha256sum_accepts(waiting: Waiting, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    ledger = waiting.practice.ledger()
    told = waiting.practice.done("export", waiting.number, "--to", tmp_path / "out")
    sums = f"PRACTICE-{waiting.number}.sha256"
    assert told["files"] == [str(tmp_path / "out" / name) for name in names(waiting.number)]
    assert told["sums"] == [str(tmp_path / "out" / sums)]
    assert told["place"] in ("disk", "other")  # a container's root has no device
    assert (told["medium"], told["unmounted"]) == (None, False)
    assert sorted(file.name for file in (tmp_path / "out").iterdir()) == sorted([*names(waiting.number), sums])
    subprocess.run(["sha256sum", "--check", "--strict", sums], cwd=tmp_path / "out", check=True)
    equal = filecmp.cmpfiles(waiting.csr.parent, tmp_path / "out", names(waiting.number), shallow=False)
    assert equal == (names(waiting.number), [], [])
    assert waiting.practice.done("export", waiting.number, "--to", tmp_path / "out") == told
    assert waiting.practice.ledger() == ledger


def test_a_medium_is_named_by_its_label_folder_or_device_and_taken_out(waiting: Waiting, medium: Path) -> None:
    (listed,) = waiting.practice.done("media", "list")["media"]
    assert (listed["folder"], listed["name"], listed["filesystem"]) == (str(medium), "USB 1", "ext4")
    assert listed["free"] == os.statvfs(medium).f_bavail * os.statvfs(medium).f_frsize
    for name in ("USB 1", listed["device"], Path(listed["device"]).name):
        told = waiting.practice.done("export", waiting.number, "--to", name)
        assert (told["folder"], told["place"], told["unmounted"]) == (str(medium), "medium", False)
    assert told["medium"]["device"] == listed["device"]
    told = waiting.practice.done("export", waiting.number, "--to", "USB 1", "--unmount")
    assert told["unmounted"] is True
    assert not os.path.ismount(medium)
    assert waiting.practice.done("media", "list")["media"] == []


def test_a_medium_in_use_is_copied_to_and_not_taken_out(waiting: Waiting, medium: Path) -> None:
    with (medium / "open").open("wb"):
        answer = waiting.practice.run("export", waiting.number, "--to", "USB 1", "--unmount")
    assert (answer.status, answer.code) == (3, "medium_mounted")
    assert answer.json["facts"]["reason"] == "busy"
    assert answer.json["unmounted"] is False
    assert all(Path(file).exists() for file in answer.json["files"] + answer.json["sums"])


@pytest.mark.parametrize(
    ("to", "status", "code"),
    [
        ("USB", 3, "medium_absent"),
        ("out", 3, "medium_absent"),  # a folder is written with a slash
        ("/nowhere/at/all", 3, "folder_missing"),
        ("", 2, "usage"),
    ],
)
def test_what_is_no_target(waiting: Waiting, to: str, status: int, code: str) -> None:
    answer = waiting.practice.run("export", waiting.number, "--to", to)
    assert (answer.status, answer.code) == (status, code)


def test_what_has_no_request_cannot_be_copied(waiting: Waiting, tmp_path: Path) -> None:
    answer = waiting.practice.run("export", "261124-7K3QF", "--to", f"{tmp_path}/")
    assert (answer.status, answer.code) == (1, "enrolment_unknown")


@pytest.mark.parametrize("language", ["ja", "en"])
def test_people_are_told_whose_media_these_are(waiting: Waiting, medium: Path, language: str) -> None:
    command: list[str | Path] = [*waiting.practice.program, "--sandbox", waiting.practice.folder, "--lang", language]
    environ = {**os.environ, **waiting.practice.environ, "SSH_CONNECTION": "10.0.0.1 1 10.0.0.2 22"}
    listed = subprocess.run([*command, "media", "list"], env=environ, capture_output=True, text=True, check=True)
    assert ("手元のPCの媒体ではありません" if language == "ja" else "not of the PC before you") in listed.stdout
    assert "USB 1" in listed.stdout
    copied = [*command, "export", waiting.number, "--to", "USB 1"]
    told = subprocess.run(copied, env=environ, capture_output=True, text=True, check=True).stdout
    assert "umount" in told
    assert "抜いてよい" not in told
    told = subprocess.run([*copied, "--unmount"], env=environ, capture_output=True, text=True, check=True).stdout
    assert ("抜いてよい" if language == "ja" else "may be pulled out") in told


def test_the_setting_is_a_list_of_absolute_folders(waiting: Waiting) -> None:
    settings = waiting.practice.folder / "sandbox.toml"
    settings.write_text(f'{settings.read_text()}\n[media]\nroots = ["media"]\n')
    answer = waiting.practice.run("media", "list")
    assert (answer.status, answer.code) == (2, "settings_value")
    assert answer.json["facts"]["key"] == "media.roots"


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (None, "?"),
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (99_999, "99.9 kB"),
        (100_000, "100 kB"),
        (15_999_999_999, "15.9 GB"),
        (2_000_000_000_000, "2000 GB"),
    ],
)
def test_sizes_are_rounded_down(count: int | None, text: str) -> None:
    assert size_text(count) == text


def test_the_form_goes_along_with_its_text_twin_and_a_list_each(waiting: Waiting, tmp_path: Path) -> None:
    """Also where only one of the two was written."""
    number = waiting.number
    waiting.practice.done("sheet", number, "--text")
    target = tmp_path / "out"
    target.mkdir()
    told = waiting.practice.done("export", number, "--to", target)
    forms = [Path(file).name for file in told["files"] if ".sheet" in file]
    assert forms == [f"PRACTICE-{number}.sheet.txt"]
    waiting.practice.done("sheet", number)
    told = waiting.practice.done("export", number, "--to", target)
    forms = [Path(file).name for file in told["files"] if ".sheet" in file]
    assert forms == [f"PRACTICE-{number}.sheet.pdf", f"PRACTICE-{number}.sheet.txt"]
    lists = [Path(file).name for file in told["sums"]]
    assert lists == [f"PRACTICE-{number}.sha256", *(f"{name}.sha256" for name in forms)]
    subprocess.run(["sha256sum", "--check", "--strict", *lists], cwd=target, check=True)
    assert filecmp.cmpfiles(waiting.csr.parent, target, forms, shallow=False) == (forms, [], [])
    # At the desk they belong to the request, and their lists hold.
    found = waiting.practice.done("desk", "check", target)
    assert (found["other_files"], len(found["requests"])) == (0, 1)
    assert {f"{name}.sha256" for name in forms} <= set(found["requests"][0]["files"])
