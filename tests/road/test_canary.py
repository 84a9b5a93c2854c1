"""A PIN is in nothing that a run shows or leaves (MISSION rule 4): unmistakable PINs, looked for everywhere."""

from __future__ import annotations

import base64
import json
import os
import pty
import resource
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.card.shim import Order, Shim, build_shim
from tests.crash.scenes import KILL, KILLED
from tests.practice import PROGRAM, Answer, Practice, new_practice, run
from tests.road.outside import NOBODY, ROOT, Person, a_person, namespaces_work
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
SEGFAULT = "import ctypes; ctypes.string_at(0)"


def _canary() -> str:
    return f"CANARY{secrets.token_hex(9).upper()}z"


@dataclass(frozen=True, slots=True)
class Cage:
    """A workplace whose PINs are canaries, a HOME, a TMPDIR and a working folder of its own; every answer is kept."""

    root: Path
    practice: Practice
    pin: str
    so_pin: str
    new_pin: str
    wrong: str
    answers: list[Answer] = field(default_factory=list)

    @property
    def words(self) -> tuple[str, str, str, str]:
        """All four."""
        return self.pin, self.so_pin, self.new_pin, self.wrong

    def secret(self, name: str, content: str, mode: int = 0o600) -> Path:
        """A PIN file."""
        file = self.practice.folder / "secrets" / name
        file.unlink(missing_ok=True)
        file.touch(mode=0o600)
        file.write_text(content + "\n")
        file.chmod(mode)
        return file

    def keep(self, answer: Answer) -> Answer:
        """Keep what was printed."""
        self.answers.append(answer)
        return answer

    def run(self, *args: str | Path, timeout: float = 60) -> Answer:
        """A command with --json."""
        return self.keep(self.practice.run(*args, timeout=timeout))

    def done(self, *args: str | Path) -> dict[str, object]:
        """One that must succeed."""
        answer = self.run(*args)
        assert answer.status == 0, (args, answer)
        return answer.json

    def killed(self, mark: str, *args: str | Path) -> Answer:
        """Run a command that is killed at this mark; an uncut run in a copy tells how many come before."""
        marks, copy = self.root / "marks", self.practice.copy(self.root / "uncut")
        marks.unlink(missing_ok=True)
        uncut = [str(arg).replace(str(self.practice.folder), str(copy.folder)) for arg in args]
        answer = self.keep(run([*KILL, marks, "-1", "--sandbox", copy.folder, *uncut], self.environ))
        assert answer.status == 0, answer
        index = marks.read_text().splitlines().index(mark)
        shutil.rmtree(copy.folder / "secrets")
        self.assert_free(copy.folder)
        shutil.rmtree(copy.folder)
        return self.keep(run([*KILL, marks, str(index), "--sandbox", self.practice.folder, *args], self.environ))

    def assert_free(self, *places: Path) -> None:
        """No word in any file there."""
        assert search(self.words, *places) == []

    @property
    def environ(self) -> dict[str, str]:
        """HOME, TMPDIR and state of the cage."""
        return dict(self.practice.environ)

    def assert_clean(self) -> None:
        """No word in any file but the PIN files themselves, and in nothing that was printed."""
        hidden = self.practice.folder / "secrets"
        kept = self.root.parent / f"{self.root.name}-secrets"
        shutil.move(hidden, kept)
        try:
            self.assert_free(self.root)
        finally:
            shutil.move(kept, hidden)
        printed = "\n".join(answer.out + answer.err for answer in self.answers).encode()
        assert printed
        for word in self.words:
            assert not any(form in printed for form in forms(word))


def _cage(folder: Path) -> Cage:
    root = folder / "cage"
    for name in ("home", "tmp", "cwd"):
        (root / name).mkdir(parents=True)
    environ = {"HOME": str(root / "home"), "TMPDIR": str(root / "tmp"), "XDG_STATE_HOME": str(root / "home" / "state")}
    made = new_practice(root / "box", environ)
    # Where a core would land.
    practice = Practice(made.folder, environ, ("env", "-C", str(root / "cwd"), *PROGRAM))
    practice.use_fast_keys()
    cage = Cage(root, practice, _canary(), _canary(), _canary(), _canary())
    cage.secret("pin", cage.pin)
    cage.secret("so-pin", cage.so_pin)
    return cage


@pytest.fixture
def cage(tmp_path: Path) -> Cage:
    """One with a blank card."""
    return _cage(tmp_path)


def test_the_search_finds_what_is_there(tmp_path: Path) -> None:
    """All forms, in files and in names; and the sampler sees argv and environment."""
    word = _canary()
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
        shown, status = _typed([*command, "request", "--answers", str(practice.answers)], environ, cage.new_pin)
    os.close(read)
    assert status == 0, shown
    cage.keep(Answer(status, shown, ""))
    assert sampler.seen == {word: set() for word in cage.words}
    cage.assert_clean()


def _typed(command: list[str], environ: dict[str, str], word: str) -> tuple[str, int]:
    """Run at a terminal, type a word once it waits for one, and return what the terminal showed."""
    master, slave = pty.openpty()
    process = subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave, env=environ, start_new_session=True)
    os.close(slave)
    shown = b""
    typed = False
    while True:
        try:
            got = os.read(master, 4096)
        except OSError:  # the other end is closed
            break
        if not got:
            break
        shown += got
        if not typed and b"PIN" in shown.rpartition(b"\n")[2]:  # the prompt; it is written once the echo is off
            os.write(master, word.encode() + b"\n")
            typed = True
    os.close(master)
    assert typed, shown
    return shown.decode(), process.wait(timeout=10)


# --- what crashes and hangs ----------------------------------------------------------------------------------------

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
