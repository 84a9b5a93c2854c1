"""Answers files and settings that are not what they should be: file, key and the nearest known key are named."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.practice import PROGRAM, SOFTHSM, Practice, run
from tests.road.refusing import answers, assert_inert, assert_words, refused, untouched


def refuse_answers(practice: Practice, file: Path, code: str, **facts: object) -> dict[str, object]:
    with untouched(practice):
        command = ("request", "--answers", file, *practice.pin)
        told = refused(practice, *command, code=code, status=2, file=str(file), **facts)
    found = told["facts"]
    assert isinstance(found, dict)
    return found


UNREADABLE: dict[str, tuple[str, Callable[[Path], object]]] = {
    "not-toml": ("not_toml", lambda path: path.write_text('name = "高島市長\n')),
    "not-utf8": ("not_utf8", lambda path: path.write_bytes('name = "高島市長"\n'.encode("cp932"))),
    "utf16": ("not_utf8", lambda path: path.write_bytes('name = "高島市長"\n'.encode("utf-16"))),
    "binary": ("not_toml", lambda path: path.write_bytes(b"\0" * 64)),
    "twice": ("not_toml", lambda path: path.write_text('name = "a"\nname = "b"\n')),
    "absent": ("absent", lambda path: None),
    "fifo": ("not_a_file", os.mkfifo),
    "folder": ("not_a_file", lambda path: path.mkdir()),
    "large": ("too_large", lambda path: path.write_bytes(b"#" * (4 * 1024 * 1024 + 1))),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_answers_that_cannot_be_read(practice: Practice, name: str) -> None:
    reason, make = UNREADABLE[name]
    file = practice.folder / "answers" / "bad.toml"
    make(file)
    refuse_answers(practice, file, "answers_unreadable", reason=reason)


@pytest.mark.parametrize(
    ("key", "nearest"),
    [("organisation", "organization"), ("purpos", "purpose"), ("組織", None), ("pin", None), ("zz\x1b\u202e", None)],
)
def test_an_unknown_key(practice: Practice, key: str, nearest: str | None) -> None:
    """There is no PIN key. What a key holds must not act on a terminal."""
    file = answers(practice)
    quoted = '"zz\\u001b\u202e"' if "\x1b" in key else f'"{key}"'
    file.write_text(f'{quoted} = "1"\n{file.read_text()}', encoding="utf-8")
    refuse_answers(practice, file, "answers_key_unknown", key=key, nearest=nearest)


@pytest.mark.parametrize("key", ["certificate_kind", "organization", "name", "output_folder"])
def test_a_missing_key(practice: Practice, key: str) -> None:
    refuse_answers(practice, answers(practice, changes={key: None}), "answers_key_missing", key=key)


@pytest.mark.parametrize(
    ("key", "value", "nearest"),
    [
        ("certificate_kind", "shokusekki", "shokuseki"),
        ("certificate_kind", "login", None),
        ("pattern", "own-pc", "own_pc"),
        ("key_algorithm", "rsa-1024", None),
        ("name", 1, None),
        ("organization", ["総務部"], None),
        ("municipality_code", 252123, None),
        ("purpose", True, None),
        ("output_folder", "", None),
        ("output_folder", 5, None),
    ],
)
def test_a_value_that_does_not_fit(practice: Practice, key: str, value: object, nearest: str | None) -> None:
    facts = refuse_answers(practice, answers(practice, changes={key: value}), "answers_value", key=key)
    assert facts.get("nearest") == nearest


# text, code, key, nearest
SANDBOX: dict[str, tuple[str, str, str | None, str | None]] = {
    "not-toml": ("[trust\n", "settings_unreadable", None, None),
    "table": ("[trusst]\nanchors = []\n", "settings_key_unknown", "trusst", "trust"),
    "key": ("[trust]\nanchor = []\n", "settings_key_unknown", "trust.anchor", "anchors"),
    "type": ('[trust]\nanchors = "ca/root.pem"\n', "settings_value", "trust.anchors", None),
    "uid": ('[pretend]\nlogin_uid = "1002"\n', "settings_value", "pretend.login_uid", None),
    "now": ('[pretend]\nnow = "yesterday"\n', "settings_value", "pretend.now", None),
    "machine": ('[pretend]\nmachine_id = "short"\n', "settings_value", "pretend.machine_id", None),
    "card": ('[practice]\ncard = "hard"\n', "settings_value", "practice.card", None),
}


@pytest.mark.parametrize("name", SANDBOX)
def test_a_broken_sandbox_file(practice: Practice, name: str) -> None:
    text, code, key, nearest = SANDBOX[name]
    file = practice.folder / "sandbox.toml"
    file.write_text(text)
    with untouched(practice):
        told = refused(practice, "status", code=code, status=2, file=str(file))
    if key is not None:
        assert told["facts"]["key"] == key
        assert told["facts"].get("nearest") == nearest


@pytest.mark.parametrize("make", ["absent", "fifo", "no-folder"])
def test_no_sandbox_there(practice: Practice, tmp_path: Path, make: str) -> None:
    gone = Practice(tmp_path / "elsewhere")
    if make != "no-folder":
        gone.folder.mkdir()
    if make == "fifo":
        os.mkfifo(gone.folder / "sandbox.toml")
    refused(gone, "status", code="sandbox_missing", status=2, folder=str(gone.folder))
    assert not list(gone.folder.glob("*")) or make == "fifo"


REAL: dict[str, tuple[str, str, str | None, str | None]] = {
    "not-toml": ("card = ", "settings_unreadable", None, None),
    "key": ('[card]\nmodul = "/x.so"\n', "settings_key_unknown", "card.modul", "module"),
    "pretend": ('[pretend]\nlogin_name = "a"\n', "settings_key_unknown", "pretend", None),
    "type": ("[registry]\noldest_days = true\n", "settings_value", "registry.oldest_days", None),
    "relative": ('[card]\nmodule = "module.so"\n', "settings_value", "card.module", None),
}


def real(home: Path, *args: str) -> tuple[dict[str, str], list[str]]:
    config = home / "config" / "lgpki-tui"
    config.mkdir(parents=True, exist_ok=True)
    environ = {"HOME": str(home), "XDG_CONFIG_HOME": str(home / "config"), "XDG_STATE_HOME": str(home / "state")}
    return environ, [*PROGRAM, *args]


@pytest.mark.parametrize("name", REAL)
def test_broken_settings_of_a_login(tmp_path: Path, name: str) -> None:
    text, code, key, nearest = REAL[name]
    environ, command = real(tmp_path, "settings", "show")
    file = tmp_path / "config" / "lgpki-tui" / "site.toml"
    file.write_text(text)
    told = run([*command, "--json"], environ)
    found = told.json
    assert (told.status, found["ok"], found["practice"], found["code"]) == (2, False, False, code)
    assert found["facts"]["file"] == str(file)
    if key is not None:
        assert (found["facts"]["key"], found["facts"].get("nearest")) == (key, nearest)
    assert_words(told, code, "ja")
    assert_inert(told)
    assert not (tmp_path / "state").exists()


@pytest.mark.parametrize("module", ["", "/nowhere/module.so", "/etc/passwd"])
def test_a_module_that_is_none(tmp_path: Path, module: str) -> None:
    """Named by a settings file or by the flag; nothing of this login is made."""
    environ, command = real(tmp_path, "--module", module or SOFTHSM, "card", "list", "--json")
    if not module:
        environ["SOFTHSM2_CONF"] = str(tmp_path / "nowhere.conf")
    told = run(command, environ)
    assert told.status == 3, told
    assert told.code in ("module_missing", "module_broken"), told
    assert_words(told, told.code, "ja")
    assert_inert(told)
