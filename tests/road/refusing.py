"""How every refusal is looked at from outside: what is printed, in both languages, and that nothing changed."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.card.shim import Order, build_shim
from tests.practice import SOFTHSM, Answer, Practice, run

# What a terminal would obey or not show; the line feed is our own.
ACTIVE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")
PARTS = {"ja": ("次にすること:", "問い合わせ先:"), "en": ("What to do:", "Whom to ask:")}
NOBODY = 65534
AS_NOBODY = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups")
# The words after these begin a command that lives in a mount namespace of its own. Root needs no user namespace for
# it, and inside a chroot none can be made (unshare(2)).
NAMESPACE = ("unshare", *(() if os.geteuid() == 0 else ("--map-root-user",)), "--mount")


# Codes that were looked at in English in this run: a program start is the dearest thing in these tests.
_seen_in_english: set[str] = set()


def refused(practice: Practice, *args: str | Path, code: str, status: int, **facts: object) -> dict[str, Any]:
    """Run a command that must be refused, as JSON in Japanese; each code once also for people in English. Return the
    JSON."""
    told = practice.run(*args)
    assert_refusal(practice, told, code, status, "ja")
    if code not in _seen_in_english:
        _seen_in_english.add(code)
        shown = run([*practice.program, "--sandbox", practice.folder, "--lang", "en", *args], practice.environ)
        assert_refusal(practice, shown, code, status, "en")
    for name, expected in facts.items():
        assert told.json["facts"].get(name) == expected, (name, told.out)
    return told.json


def assert_refusal(practice: Practice, answer: Answer, code: str, status: int, language: str) -> None:
    """Exit status, one object on stdout (JSON is asked for in Japanese here), three parts on stderr, all inert."""
    assert answer.status == status, answer
    if language == "ja":
        assert answer.out.count("\n") == 1, answer
        found = answer.json
        assert (found["ok"], found["practice"], found["code"]) == (False, True, code), answer
        assert isinstance(found["facts"], dict)
    assert_words(answer, code, language)
    assert_inert(answer)
    for secret in (practice.folder / "secrets").glob("*pin"):
        if secret.is_file() and (text := secret.read_text(errors="replace").strip()):
            assert text not in answer.out + answer.err, "a PIN was printed"


def assert_words(answer: Answer, code: str, language: str) -> None:
    """What happened, what to do, whom to ask; then the code. No place for a fact is left unfilled."""
    lines = answer.err.rstrip("\n").split("\n")
    *_, happened, do, ask, last = lines
    for line, part in zip((do, ask), PARTS[language], strict=True):
        assert line.strip().startswith(part), answer.err
        assert len(line.strip()) > len(part) + 5
    assert re.fullmatch(rf"  \({code}(  .*)?\)", last), last
    assert bool(re.search("[ぁ-ん]", happened)) is (language == "ja"), happened
    assert not re.search(r"\{[a-z_]+\}", "".join((happened, do, ask))), answer.err


def assert_inert(answer: Answer) -> None:
    """Nothing that acts on a terminal was printed."""
    assert not ACTIVE.search(answer.out), ascii(answer.out)
    assert not ACTIVE.search(answer.err), ascii(answer.err)


@contextmanager
def untouched(practice: Practice) -> Iterator[None]:
    """Nothing was made and nothing lost: the objects on the token, the files in out/, the entries of the ledger.

    Objects are compared as the files of the soft token, byte for byte: cheaper than a PKCS#11 tool each time, and
    stricter. The token's own state is left out: a wrong PIN is counted in it.
    """
    before = _held(practice)
    yield
    assert _held(practice) == before


def _held(practice: Practice) -> tuple[object, ...]:
    out = practice.folder / "out"
    files = {path.name: path.read_bytes() for path in out.rglob("*") if path.is_file()} if out.is_dir() else {}
    tokens = (practice.folder / "tokens").rglob("*.object")
    objects = {str(path): path.read_bytes() for path in tokens if path.name != "token.object"}
    return (objects, files, practice.ledger())


def answers(practice: Practice, base: str = "shokuseki", changes: Mapping[str, object] = {}, **more: object) -> Path:
    """An answers file of one's own beside the shipped one; None leaves a key out."""
    values: dict[str, object] = {
        "certificate_kind": base,
        "organization": "総務部情報政策課",
        "name": "高島市長" if base == "shokuseki" else "情報政策課01",
        "municipality_code": "252123",
        "output_folder": "../out",
        "key_algorithm": "ec-p256",
    }
    lines = [f"{key} = {toml(value)}\n" for key, value in {**values, **changes, **more}.items() if value is not None]
    file = practice.folder / "answers" / "mine.toml"
    file.write_text("".join(lines), encoding="utf-8")
    return file


def toml(value: object) -> str:
    """A value as TOML writes it; control characters escaped (TOML 1.0.0, String)."""
    if not isinstance(value, str):
        return json.dumps(value)
    return re.sub("[\x00-\x1f\x7f]", lambda match: f"\\u{ord(match[0]):04x}", json.dumps(value, ensure_ascii=False))


def take_card_out(practice: Practice) -> None:
    """No token is left; what the module offers then is a blank slot."""
    shutil.rmtree(practice.folder / "tokens")
    (practice.folder / "tokens").mkdir(mode=0o700)


def softhsm(practice: Practice, *args: str) -> None:
    """Run softhsm2-util on the workplace's tokens."""
    conf = practice.folder.with_name("other-softhsm2.conf")
    conf.write_text(f"directories.tokendir = {practice.folder / 'tokens'}\nobjectstore.backend = file\n")
    command = ["softhsm2-util", "--module", SOFTHSM, *args]
    done = subprocess.run(command, env={"SOFTHSM2_CONF": str(conf), "PATH": "/usr/bin:/bin"}, capture_output=True)
    assert done.returncode == 0, done


def put_card_in(practice: Practice, label: str) -> None:
    """One more token, made by another program, with the workplace's PINs."""
    so_pin, pin = ((practice.folder / "secrets" / name).read_text().strip() for name in ("so-pin", "pin"))
    softhsm(practice, "--init-token", "--free", "--label", label, "--so-pin", so_pin, "--pin", pin)


def under(practice: Practice, *wrapper: str | Path) -> Practice:
    """The same workplace with its program started by another one."""
    return replace(practice, program=(*(str(word) for word in wrapper), *practice.program))


def through(practice: Practice, folder: Path, *orders: Order) -> Practice:
    """The same workplace through a module that misbehaves as ordered."""
    shim = build_shim(folder)
    shim.order(*orders)
    return replace(practice, program=(*practice.program, "--module", str(shim.module)))


def erase(practice: Practice, label: str, *more: str | Path) -> list[str | Path]:
    """The words of a format of the one card, which may be wiped."""
    (card,) = practice.done("card", "list")["cards"]
    return ["card", "format", "--label", label, "--erase", card["serial"], *practice.pin, *more]


def assert_stored(practice: Practice) -> None:
    """The one certificate is stored beside its key, by the record and by the token."""
    (enrolment,) = practice.enrolments()
    assert (enrolment["state"], enrolment["key_destroyed"]) == ("stored", False)
    kinds = sorted(each["kind"] for each in practice.token())
    assert kinds == ["certificate", "private", "public"]


def need(reason: str, *command: str, environ: Mapping[str, str] | None = None) -> None:
    """Skip where this machine does not allow what the test needs."""
    try:
        allowed = subprocess.run(command, capture_output=True, check=False, env=environ).returncode == 0
    except OSError:
        allowed = False
    if not allowed:
        pytest.skip(reason)
