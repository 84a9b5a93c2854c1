"""scripts/prepare.sh: what it says, when it asks, and when it stops. The package manager is played, never run."""

from __future__ import annotations

import os
import pty
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.packaging.project import PROJECT, start

# Everything is installed but softhsm2 and gcc.
_DPKG_QUERY = """
for word in "$@"; do
    case $word in
        -*) ;;
        softhsm2) ;;
        gcc) printf 'config-files/gcc ' ;;
        *) printf 'installed/%s ' "$word" ;;
    esac
done
exit 1
"""
# It writes down how it was called, and cannot install: .venv is not reached.
_APT_GET = 'echo "apt-get $*" >>"$CALLS"; case " $* " in *" install "*) exit 100 ;; esac'
_SUDO = {
    "allows": 'echo "sudo $*" >>"$CALLS"; case $1 in -v) exit 0 ;; -n) shift ;; esac; exec "$@"',
    "refuses": 'echo "sudo $*" >>"$CALLS"; exit 1',
}
MISSING = "gcc softhsm2"
COMMAND = f"    sudo apt-get install --yes --no-install-recommends {MISSING}"


@dataclass(frozen=True)
class Machine:
    """A machine where two packages are missing."""

    root: Path
    environ: Mapping[str, str]

    def prepare(self, purpose: str = "run", **environ: str) -> subprocess.CompletedProcess[str]:
        """Without a terminal."""
        return start([self.root / "scripts" / "prepare.sh", purpose], self.root, {**self.environ, **environ})

    def prepare_on_terminal(self, answer: str, **environ: str) -> tuple[int, str]:
        """On a terminal of its own, where somebody types an answer."""
        ours, theirs = pty.openpty()
        try:
            os.write(ours, f"{answer}\n".encode())
            done = subprocess.run(
                [self.root / "scripts" / "prepare.sh", "run"],
                env={**self.environ, **environ},
                stdin=theirs,
                capture_output=True,
                text=True,
                timeout=60,
                check=False,
            )
        finally:
            os.close(ours)
            os.close(theirs)
        return done.returncode, done.stderr

    @property
    def calls(self) -> list[str]:
        """How apt-get and sudo were called."""
        path = Path(self.environ["CALLS"])
        return path.read_text().splitlines() if path.exists() else []

    @property
    def installed(self) -> list[str]:
        """The packages that apt-get was told to install, one entry a call."""
        tails = [call.partition(" --no-install-recommends ")[2] for call in self.calls if call.startswith("apt-get ")]
        return [tail.partition(" -o")[0] for tail in tails if tail]


def _machine(root: Path, uid: int, sudo: str) -> Machine:
    programs = {"dpkg-query": _DPKG_QUERY, "apt-get": _APT_GET, "sudo": _SUDO[sudo], "id": f"echo {uid}"}
    (root / "bin").mkdir()
    (root / "scripts").mkdir()
    shutil.copy(PROJECT / "scripts" / "prepare.sh", root / "scripts")
    for name, body in programs.items():
        path = root / "bin" / name
        path.write_text(f"#!/bin/sh\n{body}\n")
        path.chmod(0o755)
    return Machine(root, {"PATH": f"{root / 'bin'}:/usr/bin:/bin", "CALLS": str(root / "calls"), "LANG": "en_US.UTF-8"})


@pytest.fixture
def roots(tmp_path: Path) -> Machine:
    """One where we are root."""
    return _machine(tmp_path, 0, "refuses")


@pytest.fixture
def users(tmp_path: Path) -> Machine:
    """One where sudo lets us."""
    return _machine(tmp_path, 1000, "allows")


@pytest.fixture
def guests(tmp_path: Path) -> Machine:
    """One where sudo does not."""
    return _machine(tmp_path, 1000, "refuses")


@pytest.mark.parametrize("ci", ["", "true"])
def test_without_the_right_it_names_packages_and_command_and_stops(guests: Machine, ci: str) -> None:
    answer = guests.prepare(CI=ci)
    assert answer.returncode == 3
    assert f"These Debian packages are needed: {MISSING}" in answer.stderr.splitlines()
    assert COMMAND in answer.stderr.splitlines()
    assert guests.installed == []
    assert not (guests.root / ".venv").exists()


def test_it_speaks_japanese_unless_the_locale_is_english(guests: Machine) -> None:
    for locale in ({"LANG": "ja_JP.UTF-8"}, {"LANG": "C.UTF-8"}, {"LANG": ""}, {"LC_ALL": "ja_JP.UTF-8"}):
        assert f"次の Debian パッケージが必要です: {MISSING}" in guests.prepare(**locale).stderr
    for locale in ({"LC_ALL": "en_GB.UTF-8", "LANG": "ja_JP.UTF-8"}, {"LC_MESSAGES": "en_US", "LANG": "ja_JP.UTF-8"}):
        assert "These Debian packages are needed" in guests.prepare(**locale).stderr


@pytest.mark.parametrize("ci", ["", "true"])
def test_root_without_a_terminal_installs_what_was_named(roots: Machine, ci: str) -> None:
    answer = roots.prepare(CI=ci)
    assert f"These Debian packages are needed: {MISSING}" in answer.stderr
    assert roots.calls[0].endswith(" update")
    assert roots.installed == [MISSING]
    assert not any(call.startswith("sudo") for call in roots.calls)


def test_a_failed_installation_stops_with_the_command(roots: Machine) -> None:
    answer = roots.prepare()
    assert answer.returncode == 3
    assert COMMAND in answer.stderr.splitlines()


def test_a_user_installs_through_sudo(users: Machine) -> None:
    users.prepare()
    assert users.calls[0] == "sudo -n true"
    assert users.installed == [MISSING]


def test_on_a_terminal_it_asks_once_and_takes_no(roots: Machine) -> None:
    status, said = roots.prepare_on_terminal("n")
    assert status == 3
    assert said.count("Install them? [Y/n]") == 1
    assert COMMAND in said.splitlines()
    assert roots.calls == []


@pytest.mark.parametrize("answer", ["", "y", "はい"])
def test_on_a_terminal_it_takes_yes(roots: Machine, answer: str) -> None:
    _, said = roots.prepare_on_terminal(answer)
    assert said.count("Install them? [Y/n]") == 1
    assert roots.installed == [MISSING]


def test_the_question_comes_before_the_password(users: Machine) -> None:
    assert users.prepare_on_terminal("n")[0] == 3
    assert users.calls == []


def test_ci_is_not_asked_even_on_a_terminal(roots: Machine) -> None:
    _, said = roots.prepare_on_terminal("n", CI="true")
    assert "[Y/n]" not in said
    assert roots.installed == [MISSING]


def test_checking_needs_no_card(guests: Machine) -> None:
    assert "softhsm2" not in guests.prepare("check").stderr


def test_an_unknown_purpose_is_a_usage_error(guests: Machine) -> None:
    answer = guests.prepare("everything")
    assert answer.returncode == 2
    assert "run|check|test" in answer.stderr
