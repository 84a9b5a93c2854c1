"""Another PC, another login: refused without an override, in practice by [pretend] and in real mode by the kernel."""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.practice import PROGRAM, SOFTHSM, Answer, Practice, run
from tests.road.conftest import Waiting
from tests.road.outside import pretend, with_etc
from tests.road.refusing import AS_NOBODY, NOBODY, answers, assert_words, need, refused, under, untouched

OTHER = "fedcba9876543210" * 2
SAME_MACHINE: dict[str, str | int] = {"machine_id": OTHER, "host_name": "office-02"}
SAME_LOGIN: dict[str, str | int] = {"login_name": "j-soumu", "login_uid": 1002}
PRETENDED: dict[str, tuple[str, dict[str, str | int]]] = {
    "machine": ("wrong_machine", {"machine_id": OTHER, "host_name": "office-99"}),
    "uid": ("wrong_login", {"login_uid": 4242}),
    "name": ("wrong_login", {"login_name": "j-soumu"}),
}


@pytest.mark.parametrize("what", PRETENDED)
def test_another_machine_or_login(waiting: Waiting, what: str) -> None:
    code, values = PRETENDED[what]
    practice = waiting.practice
    here = waiting.enrolment()
    pretend(practice, **values)
    with untouched(practice):
        told = refused(practice, *waiting.command(), code=code, status=1)
        refused(practice, "resume", waiting.number, *practice.pin, code=code, status=1)
    assert str(here["host_name" if what == "machine" else "login"]) in told["facts"]["expected"]
    assert str(next(reversed(values.values()))) in told["facts"]["found"]
    results = {check["code"]: check["result"] for check in told["checks"]}
    assert results[code] == "fail"
    assert results["certificate_key_mismatch"] == "ok"
    assert results["card_absent"] == results["pin_wrong"] == "unknown"
    # The way out is allowed anywhere.
    assert practice.done("abandon", waiting.number, "--reason", "PCの入替え")["state"] == "abandoned"


def test_both_are_reported_and_the_machine_is_the_code(waiting: Waiting) -> None:
    pretend(waiting.practice, machine_id=OTHER, login_name="j-soumu")
    told = refused(waiting.practice, *waiting.command(), code="wrong_machine", status=1)
    failed = [check["code"] for check in told["checks"] if check["result"] == "fail"]
    assert failed == ["wrong_machine", "wrong_login"]


def test_a_renamed_host_is_a_note_and_it_goes_on(waiting: Waiting) -> None:
    pretend(waiting.practice, host_name="office-99")
    stored = waiting.practice.done(*waiting.command())
    (check,) = [check for check in stored["checks"] if check["code"] == "wrong_machine"]
    assert (check["result"], check["found"]) == ("attention", "office-99")
    assert stored["state"] == "stored"


def test_no_machine_id_no_key(practice: Practice) -> None:
    pretend(practice, machine_id="0" * 32)
    with untouched(practice):
        command = ("request", "--answers", practice.answers, *practice.pin)
        refused(practice, *command, code="machine_id_missing", status=3, reason="all_zero")


@pytest.fixture(scope="module")
def office(_formatted: Practice, tmp_path_factory: pytest.TempPathFactory) -> Waiting:
    """An enrolment of a pretended PC and login."""
    practice = _formatted.copy(tmp_path_factory.mktemp("office") / "workplace")
    pretend(practice, **SAME_MACHINE, **SAME_LOGIN)
    request = practice.request()
    practice.issue(request)
    return Waiting(practice, str(request["enrolment"]), "")


@pytest.fixture
def abroad(office: Waiting, practice: Practice, tmp_path: Path) -> tuple[Waiting, Practice]:
    """That enrolment, and another workplace that knows nothing of it."""
    return Waiting(office.practice.copy(tmp_path / "office"), office.number, ""), practice


@pytest.mark.parametrize(
    ("here", "code", "named"),
    [
        (SAME_LOGIN, "wrong_machine", "office-02"),
        (SAME_MACHINE, "wrong_login", "j-soumu"),
        (SAME_MACHINE | SAME_LOGIN, "enrolment_unknown", ""),
    ],
    ids=["machine", "login", "neither"],
)
def test_a_receipt_tells_where_to_go(
    abroad: tuple[Waiting, Practice], here: dict[str, str | int], code: str, named: str
) -> None:
    waiting, elsewhere = abroad
    pretend(elsewhere, **here)
    command = (*waiting.command(), "--receipt", waiting.receipt)
    with untouched(elsewhere):
        refused(elsewhere, *waiting.command(), code="enrolment_unknown", status=1)
        told = refused(elsewhere, *command, code=code, status=1)
    assert named in told["facts"].get("expected", "")


def _forge(receipt: Path, **changes: str) -> None:
    found = json.loads(receipt.read_text())
    found["binding"] |= changes
    receipt.write_text(json.dumps(found))


@pytest.mark.parametrize("case", ["forged", "text", "absent", "folder", "fifo", "large", "csr", "other"])
def test_a_receipt_that_is_none(abroad: tuple[Waiting, Practice], tmp_path: Path, case: str) -> None:
    waiting, elsewhere = abroad
    file = tmp_path / "binding.json"
    if case not in ("absent", "folder", "fifo"):
        shutil.copy(waiting.receipt, file)
    number = waiting.number
    if case == "forged":
        _forge(file, host_name="office-03")
    elif case in ("text", "large", "csr"):
        contents = {"text": b"{", "large": b"x" * 10_000_000, "csr": waiting.csr.read_bytes()}
        file.write_bytes(contents[case])
    elif case == "folder":
        file.mkdir()
    elif case == "fifo":
        os.mkfifo(file)
    elif case == "other":
        number = "261124-00000"
    code = {"forged": "receipt_forged", "other": "receipt_other"}.get(case, "receipt_unreadable")
    # Where the enrolment is known, a bad receipt is refused all the same.
    workplace = waiting.practice if case == "forged" else elsewhere
    with untouched(workplace):
        command = (*waiting.command(number=number), "--receipt", file)
        refused(workplace, *command, code=code, status=2)


@dataclass(frozen=True, slots=True)
class Real:
    """Real mode: a home, a soft token named by a settings file, one enrolment that waits."""

    home: Path
    prefix: tuple[str, ...] = ()
    number: str = ""

    def run(self, *args: str | Path, prefix: tuple[str, ...] | None = None) -> Answer:
        """A command with --json."""
        environ = {"HOME": str(self.home)}
        return run([*(self.prefix if prefix is None else prefix), *PROGRAM, *args, "--json"], environ)

    def done(self, *args: str | Path) -> str:
        """A command that must succeed; the enrolment it names, if any."""
        answer = self.run(*args)
        assert answer.status == 0, answer
        return str(answer.json.get("enrolment"))


@pytest.fixture
def real() -> Iterator[Real]:
    """Needs root: only root can show another /etc/machine-id, be another user, and set a loginuid."""
    if os.geteuid() != 0:
        pytest.skip("only root can be another machine and another user")
    need("no mount namespace here", "unshare", "--mount", "true")
    base = Path(tempfile.mkdtemp(prefix="lgpki-tui-test-"))
    try:
        base.chmod(0o711)
        yield _furnished(base)
    finally:
        shutil.rmtree(base)


def _furnished(base: Path) -> Real:
    home = base / "home"
    for folder in (home, home / "tokens", home / "out", home / ".config" / "lgpki-tui"):
        folder.mkdir(mode=0o700, parents=True)
    (home / "softhsm2.conf").write_text(f"directories.tokendir = {home / 'tokens'}\nobjectstore.backend = file\n")
    settings = f'[card]\nmodule = "{SOFTHSM}"\n[card.environment]\nSOFTHSM2_CONF = "{home / "softhsm2.conf"}"\n'
    (home / ".config" / "lgpki-tui" / "site.toml").write_text(settings)
    (home / "organizations.csv").write_text("団体コード,組織\n252123,総務部情報政策課\n")
    (home / "answers").mkdir()
    file = answers(Practice(home))
    (home / "pin").touch(mode=0o600)
    (home / "pin").write_text("12345678\n")
    return Real(home, with_etc(_folder(base / "one"), {"machine-id": "0123456789abcdef" * 2 + "\n"}), str(file))


def _folder(path: Path) -> Path:
    path.mkdir()
    return path


def _begin(real: Real, prefix: tuple[str, ...] = ()) -> Real:
    here = Real(real.home, (*real.prefix, *prefix))
    pins = ("--so-pin-file", real.home / "pin", "--pin-file", real.home / "pin")
    here.done("registry", "import", "--organizations", real.home / "organizations.csv")
    here.done("card", "format", "--label", "REAL", *pins)
    number = here.done("request", "--answers", real.home / "answers" / "mine.toml", *pins[2:])
    assert here.done("resume", number) == number
    return Real(real.home, here.prefix, number)


def _refuse(real: Real, prefix: tuple[str, ...], code: str) -> dict[str, str]:
    ledger = (real.home / ".local" / "state" / "lgpki-tui" / "ledger.sqlite3").read_bytes()
    told = real.run("resume", real.number, "--pin-file", real.home / "pin", prefix=prefix)
    assert (told.status, told.code) == (1, code), told
    assert_words(told, code, "ja")
    assert (real.home / ".local" / "state" / "lgpki-tui" / "ledger.sqlite3").read_bytes() == ledger
    facts = told.json["facts"]
    return {"expected": str(facts["expected"]), "found": str(facts["found"])}


@pytest.mark.slow
def test_a_real_machine_id_that_changed(real: Real, tmp_path: Path) -> None:
    begun = _begin(real)
    _refuse(begun, with_etc(_folder(tmp_path / "two"), {"machine-id": OTHER + "\n"}), "wrong_machine")
    for number, content in enumerate(("", None, "uninitialized\n", "0" * 32 + "\n")):
        prefix = with_etc(_folder(tmp_path / f"none-{number}"), {"machine-id": content})
        told = begun.run("request", "--answers", real.home / "answers" / "mine.toml", prefix=prefix)
        assert (told.status, told.code) == (3, "machine_id_missing"), told
    assert begun.run("resume", begun.number).status == 0


@pytest.mark.slow
def test_a_real_uid_that_changed(real: Real) -> None:
    """The same records in the hands of another uid."""
    need("the interpreter is out of reach of other users", *AS_NOBODY, sys.executable, "-c", "import lgpki_tui")
    begun = _begin(real)
    for path in (real.home, *real.home.rglob("*")):
        os.chown(path, NOBODY, NOBODY, follow_symlinks=False)
    facts = _refuse(begun, (*real.prefix, *AS_NOBODY), "wrong_login")
    assert "(uid 0, " in facts["expected"]
    assert f"(uid {NOBODY}, real_uid)" in facts["found"]


def _audited(uid: int) -> tuple[str, ...]:
    """A program whose audit login is this uid, as pam_loginuid(8) sets it."""
    return ("sh", "-c", f'echo {uid} > /proc/self/loginuid && exec "$0" "$@"')


@pytest.mark.slow
def test_a_loginuid_decides_also_under_su(real: Real) -> None:
    need("no loginuid may be set here", *_audited(4242), "true")
    need("the interpreter is out of reach of other users", *AS_NOBODY, sys.executable, "-c", "import lgpki_tui")
    begun = _begin(real, _audited(4242))
    for other, source in ((_audited(4343), "4343 (uid 4343, loginuid)"), ((), "root (uid 0, real_uid)")):
        facts = _refuse(begun, (*real.prefix, *other), "wrong_login")
        assert facts == {"expected": "4242 (uid 4242, loginuid)", "found": source}
    for path in (real.home, *real.home.rglob("*")):
        os.chown(path, NOBODY, NOBODY, follow_symlinks=False)
    su = ("su", "--shell", "/bin/sh", "--command", f'export HOME={real.home}; exec "$0" "$@"', "--", "nobody")
    need("su is not allowed here", *su, "true")
    kept = begun.run("resume", begun.number, prefix=(*real.prefix, *_audited(4242), *su))
    assert kept.status == 0, kept
    facts = _refuse(begun, (*real.prefix, *_audited(4343), *su), "wrong_login")
    assert facts["found"] == "4343 (uid 4343, loginuid)"


def test_under_su_in_a_sandbox_the_pretended_login_stays(waiting: Waiting) -> None:
    """[pretend] stands for the login whoever runs it; its source is told."""
    pretend(waiting.practice, login_uid=4242, login_name="j-soumu")
    told = under(waiting.practice, "env").run("resume", waiting.number)
    assert told.json["facts"]["found"] == "j-soumu (uid 4242, pretend)"
