"""Which PC and which login: what decides, and what never does."""

from __future__ import annotations

import hashlib
import os
import pwd
import subprocess
import sys
from pathlib import Path

import pytest

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal, Result
from lgpki_tui.identity.login import read_login
from lgpki_tui.identity.machine import read_machine
from lgpki_tui.identity.probe import login_finding, machine_finding
from lgpki_tui.procedure.identity import Login, LoginSource

DIGITS = "0123456789abcdef0123456789abcdef"
NOBODYS_UID = 3999999999


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "file"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


@pytest.mark.parametrize("end", ["\n", ""])
def test_the_machine_is_the_digest_that_the_contract_says(tmp_path: Path, end: str) -> None:
    machine = read_machine(written(tmp_path, DIGITS + end), "office-01")
    said = subprocess.run(
        ["sha256sum"], input=b"lgpki-tui machine\0" + DIGITS.encode(), capture_output=True, check=True
    ).stdout.decode()
    assert machine.id_sha256 == said.split()[0]
    assert machine.host_name == "office-01"
    assert read_machine(tmp_path / "file").host_name == os.uname().nodename


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "malformed"),
        ("uninitialized\n", "malformed"),
        (DIGITS[:-1], "malformed"),
        (DIGITS + "0", "malformed"),
        (DIGITS + "\n\n", "malformed"),
        ("01234567-89ab-cdef-0123-456789abcdef\n", "malformed"),
        (b"\xff" * 32, "malformed"),
        ("０" * 32, "malformed"),
        ("x" * 1_000_000, "malformed"),
        ("0" * 32 + "\n", "all_zero"),
    ],
)
def test_a_machine_without_an_id_is_none(tmp_path: Path, text: str | bytes, reason: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(Refusal) as refused:
        read_machine(path)
    assert (refused.value.code, refused.value.facts) == (
        Code.MACHINE_ID_MISSING,
        {"file": str(path), "reason": reason},
    )
    assert machine_finding(lambda: read_machine(path)).result is Result.FAIL


def test_a_machine_id_that_is_absent_or_no_file(tmp_path: Path) -> None:
    for path, reason in ((tmp_path / "no", "absent"), (tmp_path, "unreadable")):
        with pytest.raises(Refusal) as refused:
            read_machine(path)
        assert refused.value.facts == {"file": str(path), "reason": reason}


def test_the_audit_loginuid_decides_when_it_is_set(tmp_path: Path) -> None:
    assert read_login(written(tmp_path, "0"), 1234) == Login(0, pwd.getpwuid(0).pw_name, LoginSource.LOGINUID)


@pytest.mark.parametrize("text", ["4294967295", "-1", "", "root", "4294967296", b"\xff"])
def test_else_the_real_uid_does(tmp_path: Path, text: str | bytes) -> None:
    assert read_login(written(tmp_path, text), 0) == Login(0, pwd.getpwuid(0).pw_name, LoginSource.REAL_UID)
    assert read_login(tmp_path / "no", NOBODYS_UID) == Login(NOBODYS_UID, str(NOBODYS_UID), LoginSource.REAL_UID)


def test_no_variable_has_a_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("USER", "LOGNAME", "USERNAME", "SUDO_USER", "SUDO_UID"):
        monkeypatch.setenv(name, "somebody")
    assert read_login(tmp_path / "no").name == pwd.getpwuid(os.getuid()).pw_name
    assert read_login(tmp_path / "no").uid == os.getuid()


def test_doctor_says_when_an_su_could_not_be_seen(tmp_path: Path) -> None:
    unset = login_finding(lambda: read_login(tmp_path / "no", 0))
    is_set = login_finding(lambda: read_login(written(tmp_path, "0")))
    assert (unset.code, unset.result, is_set.result) == (Code.LOGIN_UNCLEAR, Result.ATTENTION, Result.OK)
    assert unset.facts == {"uid": 0, "login": pwd.getpwuid(0).pw_name, "source": "real_uid"}
    ok = machine_finding(lambda: read_machine(written(tmp_path, DIGITS)))
    assert (ok.code, ok.result) == (Code.MACHINE_ID_MISSING, Result.OK)
    assert ok.facts["machine"] == hashlib.sha256(b"lgpki-tui machine\0" + DIGITS.encode()).hexdigest()


def test_a_hardened_process_leaves_no_core_and_makes_private_files(tmp_path: Path) -> None:
    program = (
        "import ctypes, os, resource, sys\n"
        "from lgpki_tui.ground.hardening import harden\n"
        "agreed = harden()\n"
        "open(sys.argv[1], 'w').close()\n"
        "print(agreed, *resource.getrlimit(resource.RLIMIT_CORE), ctypes.CDLL(None).prctl(3), os.umask(0))\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "made")], capture_output=True, text=True, check=True
    )
    assert ran.stdout.split() == ["True", "0", "0", "0", str(0o077)]  # PR_GET_DUMPABLE is 3
    assert (tmp_path / "made").stat().st_mode & 0o777 == 0o600
