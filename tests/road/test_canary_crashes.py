"""A PIN is in no core and in nothing else that a crash, a hang or a fault of our own leaves (MISSION rule 4)."""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.card.shim import Order, Shim, build_shim
from tests.practice import Answer, Practice, run
from tests.road.cage import Cage
from tests.road.outside import NOBODY, ROOT, Person, a_person, namespaces_work
from tests.road.sampler import sampling
from tests.tui.terminal import Terminal

SEGFAULT = "import ctypes; ctypes.string_at(0)"


ORDERS = {
    "login crashes": Order("C_Login", "before", "crash"),
    "login crashes afterwards": Order("C_Login", "after", "crash"),
    "login hangs": Order("C_Login", "before", "hang"),
    "login prints": Order("C_Login", "before", "print"),
    "login fails": Order("C_Login", "before", "ckr", "5"),
    "key crashes": Order("C_GenerateKeyPair", "after", "crash"),
    "signing fails": Order("C_Sign", "before", "ckr", "30"),
    "killed with its parent": Order("C_Login", "after", "kill-parent"),
}


@pytest.fixture(scope="module")
def shim(tmp_path_factory: pytest.TempPathFactory) -> Shim:
    """The module that misbehaves on order."""
    if shutil.which("gcc") is None:
        pytest.skip("gcc is not installed")
    return build_shim(tmp_path_factory.mktemp("shim"))


def _give_up_after(practice: Practice, seconds: int) -> None:
    settings = practice.folder / "sandbox.toml"
    settings.write_text(f"{settings.read_text()}\n[card.deadlines]\nopen = {seconds}\n")


def _with_cores(cage: Cage) -> Practice:
    """The same workplace, started with the limit on cores as high as it may be."""
    return Practice(
        cage.practice.folder,
        cage.practice.environ,
        ("prlimit", f"--core={_most_core()}", *cage.practice.program),
    )


def _most_core() -> str:
    hard = "unlimited" if ROOT else resource.getrlimit(resource.RLIMIT_CORE)[1]
    return f"{hard}:{hard}" if hard != resource.RLIM_INFINITY else "unlimited:unlimited"


def _cores(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and "core" in path.name]


def _leaves_cores(folder: Path) -> bool:
    """Whether a program that crashes here leaves a core at all: without that, none of ours proves nothing."""
    folder.mkdir()
    limited: list[str | Path] = [
        "env",
        "-C",
        folder,
        "prlimit",
        f"--core={_most_core()}",
        sys.executable,
        "-c",
        SEGFAULT,
    ]
    assert run(limited).status == -signal.SIGSEGV
    return bool(_cores(folder))


@pytest.mark.slow
def test_a_module_that_crashes_or_hangs_shows_no_pin_and_leaves_no_core(cage: Cage, shim: Shim, tmp_path: Path) -> None:
    practice = cage.practice
    cage.done("card", "format", "--label", "PRACTICE", *practice.so_pin, *practice.pin)
    _give_up_after(practice, 1)
    caged = _with_cores(cage)
    shim.clear()
    answers = ("--answers", practice.answers, *practice.pin)
    with sampling(*cage.words) as sampler:
        for name, order in ORDERS.items():
            shim.order(order)
            answer = cage.keep(caged.run("--module", shim.module, "request", *answers))
            assert answer.status in (
                (-signal.SIGKILL,) if "parent" in name else (0,) if "prints" in name else (1, 3)
            ), (name, answer)
            shim.clear()
            for each in practice.enrolments():
                cage.run("abandon", each["enrolment"], "--reason", "probe")
        shim.order(Order("C_SetPIN", "after", "crash"))
        new = cage.secret("new-pin", cage.new_pin)
        set_pin = ("card", "set-pin", *practice.pin, "--new-pin-file", new)
        assert cage.keep(caged.run("--module", shim.module, *set_pin)).code == "module_crashed"
        shim.order(Order("C_InitToken", "before", "crash"))
        (card,) = practice.done("card", "list")["cards"]
        wipe = ("card", "format", "--label", "NEU", *practice.so_pin, "--pin-file", new, "--erase", card["serial"])
        assert cage.keep(caged.run("--module", shim.module, *wipe)).code == "module_crashed"
    shim.clear()
    assert sampler.seen == {word: set() for word in cage.words}
    assert _cores(cage.root) == _cores(shim.module.parent) == []
    cage.assert_free(shim.module.parent)
    cage.assert_clean()
    if not _leaves_cores(tmp_path / "control"):
        pytest.skip("this kernel leaves no core file beside a program; the rest was shown")


@contextmanager
def _held_at_login(
    command: list[str], environ: dict[str, str], shim: Shim
) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """The program and its host's process id, while the module holds the PIN and does not answer."""
    shim.forget()
    shim.order(Order("C_Login", "before", "hang"))
    process = subprocess.Popen(
        command, env=environ, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    try:
        end = time.monotonic() + 20
        while shim.calls()["C_Login"] == 0:
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < end, "it never logged in"
            time.sleep(0.02)
        children = _children(process.pid)
        assert len(children) == 1, children
        yield process, children[0]
    finally:
        shim.clear()
        process.kill()
        process.communicate()


def _children(pid: int) -> list[int]:
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _environ_of(cage: Cage) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "PYTHONPATH": str(Path.cwd()), "LANG": "C.UTF-8", **cage.environ}


@pytest.mark.parametrize("crashing", [pytest.param("program", marks=pytest.mark.slow), "host"])
def test_with_the_pin_in_hand_no_process_leaves_a_core(cage: Cage, shim: Shim, tmp_path: Path, crashing: str) -> None:
    """SIGSEGV from outside, with a limit on cores that would let one be written."""
    practice = cage.practice
    cage.done("card", "format", "--label", "PRACTICE", *practice.so_pin, *practice.pin)
    _give_up_after(practice, 5)
    command = [*_with_cores(cage).program, "--sandbox", str(practice.folder), "--module", str(shim.module)]
    command += ["request", "--answers", str(practice.answers), *practice.pin, "--json"]
    with _held_at_login(command, _environ_of(cage), shim) as (process, host):
        for pid in (process.pid, host):
            (limit,) = [line for line in Path(f"/proc/{pid}/limits").read_text().splitlines() if "core file" in line]
            assert limit.split()[4:6] == ["0", "0"], limit
        os.kill(process.pid if crashing == "program" else host, signal.SIGSEGV)
        out, err = process.communicate(timeout=20)
        cage.keep(Answer(process.returncode, out.decode(), err.decode()))
        if crashing == "program":
            assert process.returncode == -signal.SIGSEGV
            # Without its program it lets the act finish (card/host.py), but no longer than the deadline and a little.
            end = time.monotonic() + 15
            while Path(f"/proc/{host}").exists() and "Z" not in _state(host):
                assert time.monotonic() < end, "the host outlived the program"
                time.sleep(0.02)
        else:
            assert json.loads(out)["code"] == "module_crashed"
    assert _cores(cage.root) == []
    cage.assert_clean()
    if not _leaves_cores(tmp_path / "control"):
        pytest.skip("this kernel leaves no core file beside a program; the rest was shown")


def _state(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return "Z"


@pytest.mark.slow
@pytest.mark.skipif(not (ROOT and namespaces_work()), reason="only root can tell what another user may read")
def test_nobody_of_the_same_user_can_look_into_a_process_that_holds_a_pin(tmp_path: Path) -> None:
    """proc(5): what is not dumpable belongs to root, and the same user cannot read its memory or environment."""
    with a_person() as person:
        box = person.home / "box"
        assert person.run("rehearse", "init", box).status == 0
        lines = (box / "answers" / "shokuseki.toml").read_text() + 'key_algorithm = "ec-p256"\n'
        person.write("box/answers/shokuseki.toml", lines)
        pins = ("--so-pin-file", box / "secrets" / "so-pin", "--pin-file", box / "secrets" / "pin")
        formatted = person.run("--sandbox", box, "card", "format", "--label", "PRACTICE", *pins)
        assert formatted.status == 0, formatted
        shim = build_shim(person.folder("shim"))
        for path in shim.module.parent.iterdir():
            os.chown(path, NOBODY, NOBODY)
        command = [*person.prefix, *person.program, "--sandbox", box, "--module", shim.module, "request", "--answers"]
        command += [box / "answers" / "shokuseki.toml", *pins[2:], "--json"]
        environ = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "HOME": str(person.home), **person.environ}
        with _held_at_login([str(word) for word in command], environ, shim) as (process, host):
            for pid in (process.pid, host):
                _is_closed(person, pid)
        # The control: an ordinary process of the same user can be looked into.
        sleeping = subprocess.Popen([*person.prefix, "sleep", "30"], env=environ)
        try:
            time.sleep(0.5)
            assert Path(f"/proc/{sleeping.pid}/environ").stat().st_uid == NOBODY
            assert person.start("cat", f"/proc/{sleeping.pid}/environ").status == 0
        finally:
            sleeping.kill()
            sleeping.wait()


def _is_closed(person: Person, pid: int) -> None:
    assert f"Uid:\t{NOBODY}" in Path(f"/proc/{pid}/status").read_text()
    for name in ("environ", "mem", "maps", "fd"):
        assert Path(f"/proc/{pid}/{name}").stat().st_uid == 0, name
    for name in ("environ", "maps", "mem"):
        read = person.start("head", "-c", "1", f"/proc/{pid}/{name}")
        assert read.status != 0
        assert "Permission denied" in read.err


@pytest.mark.slow
@pytest.mark.skipif(not (ROOT and namespaces_work()), reason="only root can tell what another user may read")
def test_the_wizard_is_closed_before_a_pin_can_be_typed() -> None:
    """It shuts its memory with its first page, not before (2 ms that everybody would wait for)."""
    with a_person() as person:
        command = [*person.prefix, *person.program, "--lang", "en"]
        environ = {"HOME": str(person.home), **{key: str(value) for key, value in person.environ.items()}}
        with Terminal(command, environment=environ) as terminal:
            terminal.wait_for("Ctrl+Q")
            terminal.settle()
            _is_closed(person, terminal.process.pid)
