"""What `rehearse init --practice-card virtual` leaves, and where it cannot be had."""

from __future__ import annotations

import re
import stat
import subprocess
import tomllib
from pathlib import Path

import pytest

from tests.practice import PROGRAM, Answer, run
from tests.sandbox.test_init import FOLDERS
from tests.sandbox.virtual import READER, Virtual, new_virtual

FORBIDDEN = 'echo 0 >/proc/sys/user/max_mnt_namespaces && exec "$@"'


def test_init_leaves_a_workplace_with_a_card_in_a_reader(tmp_path: Path) -> None:
    practice = new_virtual(tmp_path / "box")
    folder = practice.folder
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert tomllib.loads((folder / "sandbox.toml").read_text())["practice"] == {"card": "virtual"}
    assert {path.name for path in folder.iterdir() if path.is_dir()} == FOLDERS - {"tokens"} | {"card"}
    assert not (folder / "softhsm2.conf").exists()
    assert list((folder / "card").iterdir()) == []
    assert list((folder / "out").iterdir()) == []
    for name in ("so-pin", "pin"):
        secret = folder / "secrets" / name
        assert stat.S_IMODE(secret.stat().st_mode) == 0o600
        assert re.fullmatch(r"[0-9]{4,8}\n", secret.read_text())  # config/cards/myeid.toml
    for path in folder.rglob("*"):
        assert path.is_dir() or str(tmp_path).encode() not in path.read_bytes(), path
    (blank,) = practice.done("card", "list")["cards"]
    assert (blank["reader"], blank["initialised"], blank["keys"]) == (READER, False, [])
    for path in folder.rglob("*"):  # also once the card was in its reader
        assert stat.S_ISREG(path.lstat().st_mode) or stat.S_ISDIR(path.lstat().st_mode), path
        assert not stat.S_IMODE(path.stat().st_mode) & 0o077 or path.parent != folder / "card", path


def test_its_secrets_work_and_nothing_else_does(tmp_path: Path) -> None:
    practice = new_virtual(tmp_path / "box")
    practice.format()
    assert practice.token_is_ready()
    assert practice.takes((practice.folder / "secrets" / "pin").read_text().strip())
    assert not practice.takes("90817263")


def test_the_soft_card_is_what_one_gets_without_asking(tmp_path: Path) -> None:
    answer = run([*PROGRAM, "rehearse", "init", tmp_path / "box", "--json"])
    assert answer.status == 0
    assert tomllib.loads((tmp_path / "box" / "sandbox.toml").read_text())["practice"] == {"card": "soft"}
    other = run([*PROGRAM, "rehearse", "init", tmp_path / "other", "--practice-card", "paper", "--json"])
    assert (other.status, other.code) == (2, "usage")
    assert not (tmp_path / "other").exists()


def test_where_the_kernel_forbids_the_readers_it_says_so_and_makes_nothing(tmp_path: Path) -> None:
    """In a user namespace of its own the number of others can be brought to none (namespaces(7))."""
    answer = _forbidden("rehearse", "init", tmp_path / "box", "--practice-card", "virtual", "--json")
    assert (answer.status, answer.code) == (3, "practice_readers")
    assert answer.json["facts"]["reason"] == "namespaces_forbidden"
    assert answer.json["practice"] is True
    assert list(tmp_path.iterdir()) == []


def test_a_workplace_that_came_from_elsewhere_says_so_too_and_nothing_in_it_changes(
    virtual_waiting: Virtual,
) -> None:
    """It was made where the readers can be had; what needs no card still works."""
    card = virtual_waiting.folder / "card" / "card.json"
    before, events = card.read_bytes(), virtual_waiting.events()
    box = ("--sandbox", virtual_waiting.folder)
    for command in (("card", "list"), ("card", "list", "--watch")):
        refused = _forbidden(*box, *command, "--json")
        assert (refused.status, refused.code) == (3, "practice_readers"), command
    asked = _forbidden(*box, "request", "--answers", virtual_waiting.answers, *virtual_waiting.pin, "--json")
    assert (asked.status, asked.code) == (3, "practice_readers")
    assert _forbidden(*box, "status", "--json").json["enrolments"]
    assert (card.read_bytes(), virtual_waiting.events()) == (before, events)


def _forbidden(*words: str | Path) -> Answer:
    namespace = ("unshare", "--user", "--map-root-user")
    if subprocess.run([*namespace, "true"], capture_output=True, check=False).returncode:
        pytest.skip("no user namespace in which they could be forbidden")
    return run([*namespace, "sh", "-c", FORBIDDEN, "sh", *PROGRAM, *words])
