"""What `rehearse init` leaves (docs/contract.md, Real mode and sandbox)."""

from __future__ import annotations

import hashlib
import re
import shutil
import stat
import tomllib
from pathlib import Path

import pytest

from tests.practice import PROGRAM, Practice, new_practice, run
from tests.road.outside import listing, namespaces_work, text, with_etc

FOLDERS = {"answers", "ca", "out", "registry", "secrets", "state", "tokens"}


def test_init_leaves_what_the_contract_says(fresh: Practice) -> None:
    folder = fresh.folder
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    files = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert {
        "sandbox.toml", "softhsm2.conf", "answers/shokuseki.toml", "answers/riyosha.toml", "secrets/so-pin",
        "secrets/pin", "registry/organizations.csv", "registry/accounts.csv", "ca/root.pem",
    } <= files  # fmt: skip
    assert {name for name in files if name.endswith((".csv", ".tsv"))} == {
        "registry/organizations.csv",
        "registry/accounts.csv",
    }
    assert {path.name for path in folder.iterdir() if path.is_dir()} == FOLDERS
    for path in folder.rglob("*"):
        assert stat.S_ISREG(path.lstat().st_mode) or stat.S_ISDIR(path.lstat().st_mode), path
    for name in ("so-pin", "pin"):
        secret = folder / "secrets" / name
        assert stat.S_IMODE(secret.stat().st_mode) == 0o600
        assert re.fullmatch(r"[!-~]{4,255}\n?", secret.read_text())
    conf = (folder / "softhsm2.conf").read_text()
    assert re.search(rf"^directories.tokendir = {re.escape(str(folder))}/\S+$", conf, re.MULTILINE)
    assert not fresh.token_is_ready()
    assert list((folder / "out").iterdir()) == []


def test_init_names_no_other_absolute_path(fresh: Practice) -> None:
    for path in fresh.folder.rglob("*"):
        if path.is_file() and path.name != "softhsm2.conf":
            assert str(fresh.folder.parent).encode() not in path.read_bytes(), path


def test_the_registries_know_their_tables_after_a_move(fresh: Practice, tmp_path: Path) -> None:
    moved = Practice(Path(shutil.move(fresh.folder, tmp_path / "moved")))
    for snapshot in moved.done("registry", "status")["registries"]:
        assert Path(snapshot["file"]) == moved.folder / "registry" / f"{snapshot['registry']}.csv"


def test_the_registries_are_imported_and_can_be_imported_again(fresh: Practice) -> None:
    before = {each["registry"]: each for each in fresh.done("registry", "status")["registries"]}
    assert set(before) == {"organizations", "accounts"}
    for kind, snapshot in before.items():
        file = fresh.folder / "registry" / f"{kind}.csv"
        assert snapshot["rows"] == len(file.read_text(encoding="utf-8").splitlines()) - 1
        assert snapshot["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()
        again = fresh.done("registry", "import", f"--{kind}", file)["imported"]
        assert [(each["registry"], each["rows"]) for each in again] == [(kind, snapshot["rows"])]


def test_the_root_is_one_by_openssl(fresh: Practice) -> None:
    root = fresh.folder / "ca" / "root.pem"
    assert "OK" in text("openssl", "verify", "-CAfile", root, root)
    assert "PRACTICE" in text("openssl", "x509", "-in", root, "-noout", "-subject", "-nameopt", "utf8")


@pytest.mark.parametrize("left", ["file", ".hidden", "folder/"])
def test_a_folder_that_is_not_empty_is_refused_and_left_alone(tmp_path: Path, left: str) -> None:
    folder = tmp_path / "there"
    folder.mkdir()
    (folder / left).mkdir() if left.endswith("/") else (folder / left).write_text("mine")
    before = listing(folder)
    answer = run([*PROGRAM, "rehearse", "init", folder, "--json"])
    assert (answer.status, answer.code, answer.json["practice"]) == (2, "sandbox_not_empty", True)
    assert listing(folder) == before


def test_an_empty_folder_will_do_and_a_file_will_not(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir(mode=0o755)
    new_practice(tmp_path / "empty")
    assert stat.S_IMODE((tmp_path / "empty").stat().st_mode) == 0o700
    (tmp_path / "file").write_text("mine")
    answer = run([*PROGRAM, "rehearse", "init", tmp_path / "file", "--json"])
    assert (answer.status, answer.code) == (2, "sandbox_not_empty")
    assert (tmp_path / "file").read_text() == "mine"


def test_a_sandbox_is_named_before_the_command(fresh: Practice) -> None:
    answer = run([*PROGRAM, "status", "--sandbox", fresh.folder, "--json"])
    assert (answer.status, answer.code) == (2, "usage")
    missing = run([*PROGRAM, "--sandbox", fresh.folder / "none", "status", "--json"])
    assert (missing.status, missing.code) == (2, "sandbox_missing")
    assert not (fresh.folder / "none").exists()


def test_a_machine_id_is_written_only_where_the_machine_has_none(tmp_path: Path) -> None:
    """By an /etc without one, with an empty one, and with one."""
    if not namespaces_work():
        pytest.skip("only root can show another /etc")
    said = {}
    for name, content in {"absent": None, "empty": "", "there": "0123456789abcdef0123456789abcdef\n"}.items():
        place = tmp_path / name
        place.mkdir()
        program = [*with_etc(place, {"machine-id": content}), *PROGRAM]
        answer = run([*program, "rehearse", "init", place / "box", "--json"])
        assert answer.status == 0, answer
        said[name] = tomllib.loads((place / "box" / "sandbox.toml").read_text())["pretend"]
        finding = run([*program, "--sandbox", place / "box", "doctor", "--json"]).json["findings"]
        assert {each["code"]: each["result"] for each in finding}["machine_id_missing"] == "ok"
    assert said["there"] == {}
    for name in ("absent", "empty"):
        assert set(said[name]) == {"machine_id"}
        assert re.fullmatch("[0-9a-f]{32}", said[name]["machine_id"])
    assert said["absent"] != said["empty"]
