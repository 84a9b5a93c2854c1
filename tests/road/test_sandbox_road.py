"""The road in a sandbox (docs/contract.md, Real mode and sandbox), judged by the ledger file, the token and openssl."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import signal
import stat
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.crash.scenes import KILL, KILLED
from tests.practice import EC, PROGRAM, Practice, new_practice, run
from tests.road.outside import listing, namespaces_work, pretend, text, with_etc

ROAD = ["begun", "key_intended", "key_made", "request_signed", "request_written", "store_intended", "stored"]
FOLDERS = {"answers", "ca", "out", "registry", "secrets", "state", "tokens"}
NUMBER_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@pytest.fixture
def fresh(tmp_path: Path) -> Practice:
    """What `rehearse init` leaves."""
    return new_practice(tmp_path / "fresh")


@pytest.fixture(scope="module")
def waiting(tmp_path_factory: pytest.TempPathFactory) -> tuple[Practice, dict[str, Any]]:
    """A workplace whose request waits for its certificate. Not to be changed: copy it."""
    practice = new_practice(tmp_path_factory.mktemp("waiting") / "workplace")
    practice.use_fast_keys()
    practice.format()
    return practice, practice.request()


@pytest.fixture(scope="module")
def held(
    waiting: tuple[Practice, dict[str, Any]], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Practice, dict[str, Any]]:
    """One whose certificate is stored. Not to be changed: copy it."""
    practice = waiting[0].copy(tmp_path_factory.mktemp("held") / "workplace")
    request = _here(practice, waiting[1])
    return practice, practice.store(request, practice.issue(request)).json


def _here(practice: Practice, request: Mapping[str, Any]) -> dict[str, Any]:
    """The same request after its workplace was copied."""
    (found,) = [each for each in practice.enrolments() if each["enrolment"] == request["enrolment"]]
    return found


def _cut_request(practice: Practice, folder: Path, mark: str) -> None:
    """Run a request that is killed at this mark (tests/crash); an uncut run in a copy tells how many come before."""
    marks = folder / "marks"

    def killed(box: Practice, index: int) -> int:
        command: list[str | Path] = ["--sandbox", box.folder, "request", "--answers", box.answers, *box.pin, "--json"]
        return run([*KILL, marks, str(index), *command]).status

    assert killed(practice.copy(folder / "uncut"), -1) == 0
    assert killed(practice, marks.read_text().splitlines().index(mark)) == KILLED


# --- what `rehearse init` leaves -----------------------------------------------------------------------------------


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


# --- the road ------------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "algorithm", "modulus"),
    [("shokuseki", None, "2048"), ("shokuseki", "rsa-3072", "3072"), ("riyosha", EC, "P-256")],
)
def test_the_road(tmp_path: Path, kind: str, algorithm: str | None, modulus: str) -> None:
    """Both answers work as they are. What happened is read from the ledger's file and the token."""
    practice = new_practice(tmp_path / "box")
    practice.format()
    answers = practice.folder / "answers" / f"{kind}.toml"
    if algorithm is not None:
        answers.write_text(f'{answers.read_text()}key_algorithm = "{algorithm}"\n')
    request = practice.done("request", "--answers", answers, *practice.pin)
    assert practice.events(request["enrolment"]) == ROAD[:5]
    assert [each["kind"] for each in practice.token()] == ["public", "private"] or len(practice.token()) == 2
    _is_a_request(practice, request, modulus)
    number = request["enrolment"]
    answer = practice.store(request, practice.issue(request))
    assert answer.status == 0, answer
    assert practice.events(number) == ROAD

    held = practice.token()
    assert sorted(each["kind"] for each in held) == ["certificate", "private", "public"]
    (cka_id,) = {each["ID"] for each in held}
    (enrolment,) = practice.enrolments()
    assert enrolment["cka_id"] == cka_id
    der = practice.tool("--read-object", "--type", "cert", "--id", cka_id)
    assert hashlib.sha256(der).hexdigest() == answer.json["certificate_sha256"] == enrolment["certificate_sha256"]
    assert practice.public_key_sha256(cka_id) == request["public_key_sha256"] == enrolment["public_key_sha256"]
    _dates_fit(der, answer.json)
    assert enrolment["certificate_kind"] == kind
    assert enrolment["state"] == "stored"
    again = practice.store(request, practice.folder / "out" / "cert.pem")
    assert (again.status, again.json["already"]) == (0, True)
    assert practice.events(number) == ROAD


def _is_a_request(practice: Practice, request: Mapping[str, Any], modulus: str) -> None:
    number, folder = request["enrolment"], practice.folder / "out"
    names = {"csr_path": ".csr.pem", "csr_der_path": ".csr", "receipt_path": ".binding.json"}
    for key, ending in names.items():
        assert request[key] == str(folder / f"PRACTICE-{number}{ending}")
    assert {path.name for path in folder.iterdir()} == {Path(request[key]).name for key in names}
    told = text(
        "openssl", "req", "-in", request["csr_path"], "-verify", "-noout", "-text", "-nameopt", "utf8,sep_comma_plus"
    )
    assert modulus in told
    der = Path(request["csr_der_path"]).read_bytes()
    assert hashlib.sha256(der).hexdigest() == request["csr_sha256"]
    assert b"PRACTICE" not in der
    assert "練習" not in told
    assert _check_character(number)


def _check_character(number: str) -> bool:
    """As the contract words it, written anew here."""
    day, drawn = number.split("-")
    ten = day + drawn[:4]
    total = sum(position * NUMBER_ALPHABET.index(character) for position, character in enumerate(ten, 1))
    return len(ten) == 10 and len(drawn) == 5 and NUMBER_ALPHABET[total % 31] == drawn[4]


def _dates_fit(der: bytes, stored: Mapping[str, Any]) -> None:
    """openssl's dates: three calendar years, and the Tokyo day six calendar months before the end."""
    told = text("openssl", "x509", "-inform", "DER", "-noout", "-dates", stdin=der)
    first, last = (
        datetime.strptime(line.partition("=")[2], "%b %d %H:%M:%S %Y %Z").replace(tzinfo=UTC)
        for line in told.splitlines()
    )
    assert stored["not_after"] == last.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert (last.year - first.year, last.month, last.hour, last.minute) == (3, first.month, first.hour, first.minute)
    assert stored["renewal_opens"] == _six_months_before(last.astimezone(ZoneInfo("Asia/Tokyo")).date()).isoformat()


def _six_months_before(day: date) -> date:
    year, month = (day.year, day.month - 6) if day.month > 6 else (day.year - 1, day.month + 6)
    last = (date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month, min(day.day, last))


@pytest.mark.parametrize(
    ("now", "not_after", "renewal_opens"),
    [
        # 31 August less six months is the last of February; a UTC evening is the next day in Tokyo.
        ("2026-08-31T09:00:00+09:00", "2029-08-31T00:00:00Z", "2029-02-28"),
        ("2026-05-30T23:30:00Z", "2029-05-30T23:30:00Z", "2028-11-30"),
        ("2028-02-29T12:00:00+09:00", "2031-02-28T03:00:00Z", "2030-08-28"),
    ],
)
def test_three_calendar_years_and_six_calendar_months(
    practice: Practice, now: str, not_after: str, renewal_opens: str
) -> None:
    pretend(practice, now=now)
    request = practice.request()
    stored = practice.store(request, practice.issue(request))
    assert stored.status == 0, stored
    assert (stored.json["not_after"], stored.json["renewal_opens"]) == (not_after, renewal_opens)


# --- nothing outside is written or read ----------------------------------------------------------------------------


def test_nothing_outside_is_written_or_read(tmp_path: Path) -> None:
    """A HOME full of settings that would be refused, had they been read; and nothing in it changes."""
    home, temporary = tmp_path / "home", tmp_path / "tmp"
    temporary.mkdir()
    for name in (".config", ".local/state", "state", "config", ".local/share", "data", "cache", "run"):
        place = home / name / "lgpki-tui"
        place.mkdir(parents=True)
        (place / "site.toml").write_text("not TOML at all [")
        (place / "ledger.sqlite3").write_bytes(b"no ledger")
        (place / "registry.sqlite3").write_bytes(b"no registry")
    xdg = {f"XDG_{kind}_HOME": str(home / kind.lower()) for kind in ("STATE", "CONFIG", "DATA", "CACHE")}
    environ = {"HOME": str(home), "TMPDIR": str(temporary), "XDG_RUNTIME_DIR": str(home / "run"), **xdg}
    before = listing(home, temporary)
    practice = new_practice(tmp_path / "box", environ)
    practice.use_fast_keys()
    practice.format()
    request = practice.request()
    assert practice.store(request, practice.issue(request)).status == 0
    for command in (("doctor",), ("settings", "show"), ("ledger", "verify"), ("registry", "status"), ("card", "list")):
        assert practice.done(*command)["practice"] is True
    assert listing(home, temporary) == before
    assert {path.name for path in tmp_path.iterdir()} == {"home", "tmp", "box"}


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
def test_by_strace_nothing_outside_is_opened_for_writing_and_no_home_is_read(tmp_path: Path) -> None:
    home = tmp_path / "home"
    environ = {"HOME": str(home), "PYTHONDONTWRITEBYTECODE": "1"} | {
        f"XDG_{kind}_HOME": f"{home}/{kind}" for kind in ("STATE", "CONFIG", "DATA", "CACHE")
    }
    trace, box = tmp_path / "trace", tmp_path / "box"
    strace = ("strace", "-f", "-y", "-qq", "-s", "4096", "-A", "-o", str(trace), "-e", "trace=%file")
    if subprocess.run([*strace, "true"], capture_output=True, check=False).returncode != 0:
        pytest.skip("strace may not trace here")
    assert run([*strace, *PROGRAM, "rehearse", "init", box, "--json"], environ).status == 0
    practice = Practice(box, environ, (*strace, *PROGRAM))
    practice.use_fast_keys()
    practice.format()
    request = practice.request()
    assert practice.store(request, practice.issue(request)).status == 0
    practice.done("doctor")

    calls = trace.read_text(errors="replace").splitlines()
    assert len([line for line in calls if str(box) in line]) > 100
    assert [line for line in calls if str(home) in line or "/etc/lgpki-tui" in line] == []
    written = [path for line in calls if _changes(line) for path in _paths(line)]
    assert written, "the trace tells of no write at all"
    outside = {path for path in written if not path.startswith((str(box), "/dev/null", "/dev/tty", "/proc/self/"))}
    assert outside == set()


_CHANGING = re.compile(r"\b(creat|mkdir|mkdirat|mknod|mknodat|rename|renameat|renameat2|unlink|unlinkat|rmdir|link|"
                       r"linkat|symlink|symlinkat|truncate|chmod|fchmodat|chown|lchown|fchownat)\(")  # fmt: skip


def _changes(line: str) -> bool:
    if " = -1 " in line:
        return False
    if re.search(r"\bopen(at)?\(", line):
        return bool(re.search(r"O_WRONLY|O_RDWR|O_CREAT|O_TRUNC|O_TMPFILE", line))
    return _CHANGING.search(line) is not None


def _paths(line: str) -> list[str]:
    """The paths of a traced call, each joined to the folder whose descriptor stands before it."""
    found = []
    for folder, path in re.findall(r'(?:(?:AT_FDCWD|\d+)<([^>]*)>, )?"([^"]*)"', line.partition(" = ")[0]):
        found.append(path if path.startswith("/") else f"{folder}/{path}")
    return found


# --- practice is told everywhere -----------------------------------------------------------------------------------

_REFUSED: list[tuple[str, ...]] = [
    ("card", "format", "--label", "X", "--so-pin-file", "/nonexistent", "--pin-file", "/nonexistent"),
    ("request", "--answers", "/nonexistent"),
    ("resume", "261124-00000"),
    ("store", "261124-00000", "/nonexistent"),
    ("abandon", "261124-00000", "--reason", "x"),
    ("registry", "import", "--organizations", "/nonexistent"),
    ("certificate", "check", "/nonexistent"),
    ("rehearse", "issue", "/nonexistent", "--out", "/nonexistent/x"),
    ("no-such-command",),
    ("card", "set-pin"),
]
_ANSWERED: list[tuple[str, ...]] = [
    ("status",), ("doctor",), ("card", "list"), ("registry", "status"), ("registry", "search", "総務"),
    ("settings", "show"), ("ledger", "verify"), ("ledger", "export"),
]  # fmt: skip


@pytest.mark.parametrize("command", [*_REFUSED, *_ANSWERED], ids=" ".join)
def test_every_json_says_that_it_is_practice(
    waiting: tuple[Practice, dict[str, Any]], command: tuple[str, ...]
) -> None:
    answer = waiting[0].run(*command)
    told = answer.json
    assert told["practice"] is True
    assert told["ok"] is (command in _ANSWERED)
    assert (answer.status == 0) is (command in _ANSWERED)
    if command in _REFUSED:
        assert answer.status in (1, 2, 3)
        assert {"code", "facts"} <= set(told)


@pytest.mark.parametrize("language", ["ja", "en"])
def test_what_people_read_says_so_too(waiting: tuple[Practice, dict[str, Any]], language: str) -> None:
    practice, request = waiting
    told = run([*PROGRAM, "--sandbox", practice.folder, "--lang", language, "status"])
    assert told.status == 0
    assert ("練習" if language == "ja" else "PRACTICE") in told.out
    assert request["enrolment"] in told.out


# --- copied, moved, put back ---------------------------------------------------------------------------------------


def test_a_sandbox_may_be_moved_while_it_waits(waiting: tuple[Practice, dict[str, Any]], tmp_path: Path) -> None:
    first = waiting[0].copy(tmp_path / "first")
    (tmp_path / "far" / "away").mkdir(parents=True)
    moved = Practice(Path(shutil.move(first.folder, tmp_path / "far" / "away" / "box")))
    request = _here(moved, waiting[1])
    for key in ("csr_path", "csr_der_path", "receipt_path"):
        assert Path(request[key]).parent == moved.folder / "out"
        assert Path(request[key]).is_file()
    assert moved.store(request, moved.issue(request)).status == 0
    assert f"directories.tokendir = {moved.folder}/" in (moved.folder / "softhsm2.conf").read_text()
    assert sorted(each["kind"] for each in moved.token()) == ["certificate", "private", "public"]
    assert not first.folder.exists()
    assert moved.done("ledger", "verify")["first_broken"] is None


def test_a_sandbox_may_be_moved_before_its_card_is_formatted(tmp_path: Path) -> None:
    practice = new_practice(tmp_path / "box")
    moved = Practice(Path(shutil.move(practice.folder, tmp_path / "moved")))
    moved.format()
    assert moved.token_is_ready()
    assert not practice.folder.exists()


@pytest.mark.parametrize("mark", ["key.make after", "file.publish before"])
def test_a_sandbox_may_be_moved_in_the_middle_of_an_act(practice: Practice, tmp_path: Path, mark: str) -> None:
    """Cut short after the key was made, or before the CSR has its name: `resume` goes on in the moved folder."""
    _cut_request(practice, tmp_path, mark)
    moved = Practice(Path(shutil.move(practice.folder, tmp_path / "moved")))
    (enrolment,) = moved.enrolments()
    assert enrolment["open"]
    resumed = moved.done("resume", enrolment["enrolment"], *moved.pin)
    assert resumed["state"] == "awaiting_certificate"
    assert Path(resumed["csr_path"]).parent == moved.folder / "out"
    assert moved.events().count("key_made") == 1
    assert sorted(each["kind"] for each in moved.token()) == ["private", "public"]
    assert not practice.folder.exists()


def test_a_copy_put_back_is_as_it_was(practice: Practice, tmp_path: Path) -> None:
    kept = practice.copy(tmp_path / "kept")
    first = practice.request()
    shutil.rmtree(practice.folder)
    back = kept.copy(practice.folder)
    assert back.enrolments() == []
    assert back.token() == []
    second = back.request()
    assert second["public_key_sha256"] != first["public_key_sha256"]
    assert [each["enrolment"] for each in back.enrolments()] == [second["enrolment"]]


# --- [pretend] -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"machine_id": "f" * 32}, "wrong_machine"),
        ({"login_name": "j-soumu"}, "wrong_login"),
        ({"login_uid": 4711}, "wrong_login"),
    ],
    ids=lambda value: value if isinstance(value, str) else next(iter(value)),
)
def test_another_pc_or_login_is_refused(
    waiting: tuple[Practice, dict[str, Any]], tmp_path: Path, values: dict[str, str | int], code: str
) -> None:
    practice = waiting[0].copy(tmp_path / "box")
    request = _here(practice, waiting[1])
    certificate, settings = practice.issue(request), practice.folder / "sandbox.toml"
    before = settings.read_text()
    pretend(practice, **values)
    for answer in (practice.store(request, certificate), practice.run("resume", request["enrolment"], *practice.pin)):
        assert (answer.status, answer.code) == (1, code)
    assert practice.events(request["enrolment"]) == ROAD[:5]
    assert len(practice.token()) == 2
    settings.write_text(before)
    assert practice.store(request, certificate).status == 0


def test_another_host_name_is_a_note(waiting: tuple[Practice, dict[str, Any]], tmp_path: Path) -> None:
    practice = waiting[0].copy(tmp_path / "box")
    request = _here(practice, waiting[1])
    pretend(practice, host_name="office-02")
    stored = practice.store(request, practice.issue(request))
    assert stored.status == 0
    (machine,) = [check for check in stored.json["checks"] if check["code"] == "wrong_machine"]
    assert machine["result"] == "attention"
    assert "office-02" in json.dumps(machine["found"])


def test_what_is_pretended_stands_in_record_and_receipt(practice: Practice) -> None:
    now = "2027-03-04T05:06:07+09:00"
    machine_id = "0123456789abcdef" * 2
    pretend(practice, machine_id=machine_id, host_name="office-09", login_name="j-kikaku", login_uid=1234, now=now)
    request = practice.request()
    assert request["enrolment"].startswith("270304-")
    (enrolment,) = practice.enrolments()
    assert (enrolment["host_name"], enrolment["login"]) == ("office-09", "j-kikaku")
    assert enrolment["begun"] == "2027-03-03T20:06:07Z"
    binding = json.loads(Path(request["receipt_path"]).read_text())["binding"]
    flat = json.dumps(binding)
    digest = hashlib.sha256(b"lgpki-tui machine\0" + machine_id.encode()).hexdigest()
    for found in (digest, "office-09", "j-kikaku", "1234", "2027-03-03T20:06:07Z"):
        assert found in flat, (found, flat)


def test_a_key_that_cannot_be_pretended_is_refused(fresh: Practice) -> None:
    file = fresh.folder / "sandbox.toml"
    file.write_text(file.read_text() + "card_serial = 1\n")
    answer = fresh.run("status")
    assert (answer.status, answer.code) == (2, "settings_key_unknown")


# --- the calendar --------------------------------------------------------------------------------------------------


def test_status_check_is_0_until_somebody_is_needed(
    held: tuple[Practice, dict[str, Any]], fresh: Practice, tmp_path: Path
) -> None:
    assert fresh.run("status", "--check").status == 0
    practice = held[0].copy(tmp_path / "box")
    opens = date.fromisoformat(held[1]["renewal_opens"])
    not_after = datetime.fromisoformat(held[1]["not_after"])
    expected = [
        (None, 0, None),
        (f"{opens - timedelta(days=1)}T23:59:59+09:00", 0, None),
        (f"{opens}T00:00:00+09:00", 1, "renewal_open"),
        (not_after.isoformat(), 1, "renewal_open"),
        ((not_after + timedelta(seconds=1)).isoformat(), 1, "expired"),
    ]
    for now, status, attention in expected:
        pretend(practice, **({"now": now} if now else {}))
        answer = practice.run("status", "--check")
        assert (answer.status, answer.json["ok"]) == (status, status == 0), (now, answer)
        (enrolment,) = answer.json["enrolments"]
        assert enrolment["attention"] == attention, now
        if status:
            assert answer.code == "attention_needed"
    assert practice.run("status").status == 0


def test_status_check_tells_of_an_open_act(practice: Practice, tmp_path: Path) -> None:
    _cut_request(practice, tmp_path, "key.make before")
    answer = practice.run("status", "--check")
    assert (answer.status, answer.code) == (1, "attention_needed")
    assert answer.json["enrolments"][0]["attention"] == "open"
    again = practice.run("request", "--answers", practice.answers, *practice.pin)
    assert (again.status, again.code) == (1, "enrolment_open")
    practice.done("resume", answer.json["enrolments"][0]["enrolment"], *practice.pin)
    assert practice.run("status", "--check").status == 0


# --- certificates --------------------------------------------------------------------------------------------------

FAULTS = {
    "wrong-key": "certificate_key_mismatch",
    "wrong-subject": "certificate_subject_mismatch",
    "expired": "certificate_expired",
    "not-yet-valid": "certificate_not_yet_valid",
    "other-issuer": "certificate_untrusted",
    "sha1": "certificate_weak",
}


@pytest.fixture(scope="module")
def faulty(
    waiting: tuple[Practice, dict[str, Any]], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Practice, dict[str, Any]]:
    """A workplace for refusals: what they leave is nothing."""
    practice = waiting[0].copy(tmp_path_factory.mktemp("faulty") / "workplace")
    return practice, _here(practice, waiting[1])


@pytest.mark.parametrize(("fault", "code"), FAULTS.items())
def test_a_wrong_certificate_is_refused_before_the_card_is_touched(
    faulty: tuple[Practice, dict[str, Any]], fault: str, code: str
) -> None:
    practice, request = faulty
    certificate = practice.issue(request, fault, name=f"{fault}.pem")
    refused = practice.run("store", request["enrolment"], certificate, "--pin-file", "/nonexistent")
    assert (refused.status, refused.code) == (1, code)
    results = {check["code"]: check["result"] for check in refused.json["checks"]}
    assert len(results) == len(refused.json["checks"])
    assert results[code] == "fail"
    assert {results[each] for each in ("card_absent", "wrong_card", "pin_wrong", "possession_failed")} == {"unknown"}
    checked = practice.run("certificate", "check", certificate, "--enrolment", request["enrolment"])
    assert (checked.status, checked.code) == (1, code)
    assert practice.events(request["enrolment"]) == ROAD[:5]
    assert sorted(each["kind"] for each in practice.token()) == ["private", "public"]


@pytest.mark.parametrize("more", [(), ("pkcs7",)], ids=["pem", "pkcs7"])
def test_certificate_check(waiting: tuple[Practice, dict[str, Any]], tmp_path: Path, more: tuple[str, ...]) -> None:
    practice = waiting[0].copy(tmp_path / "box")
    request = _here(practice, waiting[1])
    certificate = practice.issue(request, *more)
    told = practice.done("certificate", "check", certificate, "--enrolment", request["enrolment"])
    results = {check["code"]: check["result"] for check in told["checks"]}
    assert len(results) == len(told["checks"])
    assert "fail" not in results.values()
    assert results["certificate_key_mismatch"] == results["certificate_untrusted"] == "ok"
    alone = practice.done("certificate", "check", certificate)
    assert {each["code"]: each["result"] for each in alone["checks"]}["certificate_key_mismatch"] == "unknown"
    stored = practice.store(request, certificate)
    assert (stored.status, stored.json["certificate_sha256"]) == (0, told["certificate_sha256"])


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda path: path.write_text("no certificate"), "not_a_certificate"),
        (lambda path: path.mkdir(), "certificate_file"),
        (lambda path: None, "certificate_file"),
        (lambda path: path.write_bytes(b""), "not_a_certificate"),
    ],
    ids=["text", "folder", "absent", "empty"],
)
def test_what_is_no_certificate_is_exit_2(
    faulty: tuple[Practice, dict[str, Any]], tmp_path: Path, make: Callable[[Path], object], code: str
) -> None:
    practice, request = faulty
    make(tmp_path / "file")
    for answer in (
        practice.run("certificate", "check", tmp_path / "file"),
        practice.store(request, tmp_path / "file"),
    ):
        assert (answer.status, answer.code) == (2, code)
        assert answer.json["practice"] is True


def test_a_number_may_be_typed_in_small_letters(held: tuple[Practice, dict[str, Any]]) -> None:
    practice, stored = held
    typed = stored["enrolment"].lower().replace("0", "o").replace("1", "i")
    answer = practice.run("store", typed, practice.folder / "out" / "cert.pem", *practice.pin)
    assert (answer.status, answer.json["already"]) == (0, True)


# --- exit codes ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "status", "code"),
    [
        ('organization = "総務部情報政策室"', 1, "organization_not_registered"),
        ('name = "髙島\\u200b市長"', 1, "text_forbidden"),
        ('municipality_code = "999999"', 1, "municipality_unknown"),
        ('certificate_kind = "login"', 2, "answers_value"),
        ('pin = "1234"', 2, "answers_key_unknown"),
        ('output_folder = "nowhere"', 3, "folder_missing"),
    ],
)
def test_a_refused_request_leaves_nothing(
    waiting: tuple[Practice, dict[str, Any]], tmp_path: Path, line: str, status: int, code: str
) -> None:
    practice = waiting[0].copy(tmp_path / "box")
    key = line.partition(" ")[0]
    kept = [each for each in practice.answers.read_text().splitlines() if not each.startswith(f"{key} ")]
    practice.answers.write_text("\n".join([*kept, line, ""]))
    before, objects = practice.events(), practice.token()
    files = sorted(path.name for path in (practice.folder / "out").iterdir())
    answer = practice.run("request", "--answers", practice.answers, *practice.pin)
    assert (answer.status, answer.code) == (status, code), answer
    assert practice.events() == before
    assert practice.token() == objects
    assert sorted(path.name for path in (practice.folder / "out").iterdir()) == files


def test_a_blank_card_and_a_wrong_pin_are_exit_3(practice: Practice, fresh: Practice) -> None:
    blank = fresh.run("request", "--answers", fresh.answers, *fresh.pin)
    assert (blank.status, blank.code) == (3, "card_blank")
    assert fresh.done("card", "list")["practice"] is True
    wrong = practice.folder / "secrets" / "wrong"
    wrong.touch(mode=0o600)
    wrong.write_text("0000000099\n")
    refused = practice.run("request", "--answers", practice.answers, "--pin-file", wrong)
    assert (refused.status, refused.code) == (3, "pin_wrong")
    assert practice.events() == ["format_intended", "format_done"]
    assert practice.token() == []


def test_a_card_that_is_not_blank_is_exit_1(practice: Practice) -> None:
    request = practice.request()
    again = practice.run("card", "format", "--label", "NEU", *practice.so_pin, *practice.pin)
    assert (again.status, again.code) == (1, "card_not_blank")
    (card,) = practice.done("card", "list")["cards"]
    wipe = ("card", "format", "--label", "NEU", *practice.so_pin, *practice.pin, "--erase", card["serial"])
    live = practice.run(*wipe)
    assert (live.status, live.code) == (1, "card_key_live")
    # A key that an enrolment waits for is not to be had even by naming it, until that is abandoned.
    named = practice.run(*wipe, "--destroys", request["enrolment"], "--reason", "x")
    assert (named.status, named.code) == (1, "card_key_live")
    assert len(practice.token()) == 2
    practice.done("abandon", request["enrolment"], "--reason", "差戻し")
    practice.done(*wipe)
    assert practice.token() == []


def test_interrupted_is_exit_130(practice: Practice) -> None:
    """SIGINT before anything was begun: told as such, and nothing is left."""
    read, write = os.pipe()
    command = [sys.executable, "-m", "lgpki_tui", "--sandbox", str(practice.folder), "request", "--answers"]
    process = subprocess.Popen(
        [*command, str(practice.answers), "--pin-fd", str(read), "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        pass_fds=(read,),
        text=True,
    )
    os.close(read)
    # It asks for the PIN once it has looked at the card; the pipe stays silent.
    end = time.monotonic() + 10
    while "pipe_read" not in _waits_in(process.pid) and time.monotonic() < end:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=10)
    os.close(write)
    assert process.returncode == 130
    told = json.loads(out)
    assert (told["ok"], told["code"], told["practice"]) == (False, "interrupted", True)
    assert practice.token() == []
    assert practice.enrolments() == []


def _waits_in(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/wchan").read_text()
    except OSError:
        return ""
