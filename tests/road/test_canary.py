"""A PIN is in nothing that a run shows or leaves (MISSION rule 4): unmistakable PINs, looked for everywhere."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.crash.scenes import KILLED
from tests.practice import Answer, run
from tests.road.cage import Cage, canary
from tests.road.outside import at_a_terminal
from tests.road.sampler import forms, sampling, search

# Breaks in the middle of a login, with the PIN in hand: our own fault, told as such.
BROKEN = """
import sys
from lgpki_tui.faces.cli.run import run
def watch(point, phase):
    if (point.value, phase.value) == ("card.login", "inside"):
        raise RuntimeError("broken on purpose")
sys.exit(run(sys.argv[1:], watch))
"""


def test_the_search_finds_what_is_there(tmp_path: Path) -> None:
    """All forms, in files and in names; and the sampler sees argv and environment."""
    word = canary()
    for index, form in enumerate(forms(word)):
        (tmp_path / str(index)).write_bytes(b"xx" + form + b"yy")
    for shift in range(3):
        (tmp_path / f"base64-{shift}").write_bytes(base64.b64encode(b"s" * (shift + 5) + word.encode() + b"more"))
    (tmp_path / f"name-{word}").write_bytes(b"")
    assert {file for file, _ in search([word], tmp_path)} == {str(path) for path in tmp_path.iterdir()}
    with sampling(word) as sampler:
        for extra in ([word], []):
            environ = {} if extra else {"DECOY": word}
            subprocess.run(["sh", "-c", "sleep 0.3; :", *extra], env={"PATH": "/usr/bin:/bin", **environ}, check=True)
    assert sampler.seen[word] == {"cmdline", "environ"}


@pytest.mark.slow
def test_the_whole_road_shows_no_pin(cage: Cage) -> None:
    practice = cage.practice
    new = cage.secret("new-pin", cage.new_pin)
    wrong = cage.secret("wrong", cage.wrong)
    open_to_all = cage.secret("open", cage.wrong, 0o644)
    answers = ("--answers", practice.answers)
    pin = ("--pin-file", new)
    with sampling(*cage.words) as sampler:
        cage.done("card", "format", "--label", "PRACTICE", *practice.so_pin, *practice.pin)
        refused = cage.run("card", "format", "--label", "X", "--so-pin-file", wrong, *practice.pin)
        assert refused.code == "card_not_blank"
        cage.done("card", "set-pin", *practice.pin, "--new-pin-file", new)
        for file, code in ((wrong, "pin_wrong"), (practice.pin[1], "pin_wrong"), (open_to_all, "pin_file_unsafe")):
            assert cage.run("request", *answers, "--pin-file", file).code == code
        too_long = cage.secret("long", cage.wrong * 11)
        assert cage.run("request", *answers, "--pin-file", too_long).code == "pin_format"
        assert cage.killed("key.make inside", "request", *answers, *pin, "--json").status == KILLED
        (number,) = [str(each["enrolment"]) for each in practice.enrolments()]
        broken: list[str | Path] = [
            sys.executable,
            "-c",
            BROKEN,
            "--sandbox",
            practice.folder,
            "resume",
            number,
            *pin,
            "--json",
        ]
        fault = cage.keep(run(broken, cage.environ))
        assert (fault.status, fault.code) == (4, "internal_error")
        made = cage.done("resume", number, *pin)
        certificate = practice.issue(made)
        assert cage.run("store", number, certificate, "--pin-file", wrong).code == "pin_wrong"
        assert cage.killed("certificate.store before", "store", number, certificate, *pin, "--json").status == KILLED
        cage.done("resume", number, *pin)
        for command in (("status",), ("doctor",), ("ledger", "export"), ("settings", "show"), ("card", "list")):
            cage.done(*command)
    assert sampler.looks > 20
    assert sampler.seen == {word: set() for word in cage.words}
    assert [each["state"] for each in practice.enrolments()] == ["stored"]
    cage.assert_clean()


def test_a_pin_by_a_descriptor_and_one_that_is_typed_are_not_shown(cage: Cage) -> None:
    practice = cage.practice
    cage.done("card", "format", "--label", "PRACTICE", *practice.so_pin, *practice.pin)
    read, write = os.pipe()
    os.write(write, f"{cage.pin}\n{cage.new_pin}\n".encode())
    os.close(write)
    command = [*practice.program, "--sandbox", str(practice.folder)]
    environ = {"PATH": os.environ["PATH"], "PYTHONPATH": str(Path.cwd()), "LANG": "C.UTF-8", **cage.environ}
    with sampling(*cage.words) as sampler:
        both = [*command, "card", "set-pin", "--pin-fd", str(read), "--new-pin-fd", str(read), "--json"]
        done = subprocess.run(both, pass_fds=(read,), env=environ, capture_output=True, text=True, check=False)
        cage.keep(Answer(done.returncode, done.stdout, done.stderr))
        assert done.returncode == 0, done
        shown, status = at_a_terminal(
            [*command, "request", "--answers", str(practice.answers)], environ, {"PIN": cage.new_pin}
        )
    os.close(read)
    assert status == 0, shown
    cage.keep(Answer(status, shown, ""))
    assert sampler.seen == {word: set() for word in cage.words}
    cage.assert_clean()
