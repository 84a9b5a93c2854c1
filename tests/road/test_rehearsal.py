"""`rehearse`: the whole road walked by the program itself, and the practice CA's refusals."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from tests.practice import PROGRAM, Answer, Practice, run
from tests.road.outside import listing, out, text

ROAD = ["begun", "key_intended", "key_made", "request_signed", "request_written", "store_intended", "stored"]
STEPS = ("doctor", "card list", "card format", "request", "status", "rehearse issue", "certificate check", "store",
         "ledger verify")  # fmt: skip


def _environ(home: Path) -> dict[str, str]:
    for name in ("home", "tmp"):
        (home / name).mkdir(exist_ok=True)
    return {"HOME": str(home / "home"), "TMPDIR": str(home / "tmp")}


def _walked(answer: Answer, folder: Path) -> None:
    """The ledger's file and the commands that were shown."""
    assert answer.status == 0, answer
    told = answer.json
    assert (told["ok"], told["practice"], told["state"], told["sandbox"]) == (True, True, "stored", str(folder))
    practice = Practice(folder)
    assert practice.events(told["enrolment"]) == ROAD
    assert sorted({each["kind"] for each in practice.token()}) == ["certificate", "private", "public"]


@pytest.mark.slow
def test_the_walk_can_be_done_again_and_again_in_both_languages(tmp_path: Path) -> None:
    environ = _environ(tmp_path)
    first = run([*PROGRAM, "--lang", "ja", "rehearse", "walk"], environ)
    assert first.status == 0, first
    assert "練習" in first.out
    _tells_its_steps(first, japanese=True)
    second = run([*PROGRAM, "--lang", "en", "rehearse", "walk", "--json"], environ)
    _tells_its_steps(second, japanese=False)
    folder = Path(second.json["sandbox"])
    _walked(second, folder)
    made = list((tmp_path / "tmp").iterdir())
    assert len(made) == 2
    assert folder in made
    assert list((tmp_path / "home").iterdir()) == []


def _tells_its_steps(answer: Answer, *, japanese: bool) -> None:
    """Every command as it can be typed, and the words of each step in the language asked for."""
    shown = [line for line in answer.err.splitlines() if line.startswith("$ lgpki-tui --sandbox ")]
    assert len(shown) == len(STEPS)
    for step, line in zip(STEPS, shown, strict=True):
        assert re.match(rf"\$ lgpki-tui --sandbox \S+ {step}\b", line), line
    said = "".join(line for line in answer.err.splitlines() if not line.startswith("$"))
    assert said
    assert bool(re.search("[ぁ-ん]", said)) is japanese


@pytest.mark.slow
def test_a_walk_in_a_folder_that_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "here"
    _walked(run([*PROGRAM, "rehearse", "walk", folder, "--json"], _environ(tmp_path)), folder)
    before = listing(folder)
    again = run([*PROGRAM, "rehearse", "walk", folder, "--json"], _environ(tmp_path))
    assert (again.status, again.code) == (2, "sandbox_not_empty")
    assert listing(folder) == before


@pytest.mark.slow
def test_rehearse_alone_keeps_its_workplace(tmp_path: Path) -> None:
    environ = {**_environ(tmp_path), "XDG_STATE_HOME": str(tmp_path / "state")}
    folder = tmp_path / "state" / "lgpki-tui" / "practice"
    first = run([*PROGRAM, "rehearse", "--json"], environ)
    _walked(first, folder)
    assert (tmp_path / "state" / "lgpki-tui").stat().st_mode & 0o777 == 0o700
    second = run([*PROGRAM, "rehearse", "--json"], environ)
    _walked(second, folder)
    assert second.json["enrolment"] != first.json["enrolment"]
    states = {each["enrolment"]: each["state"] for each in Practice(folder).enrolments()}
    assert states == {first.json["enrolment"]: "stored", second.json["enrolment"]: "stored"}
    # The real ledger of this login was not begun by it.
    assert [path.name for path in folder.parent.iterdir()] == ["practice"]


def test_a_step_that_is_refused_stops_the_walk_with_its_own_answer(tmp_path: Path) -> None:
    environ = {**_environ(tmp_path), "XDG_STATE_HOME": str(tmp_path / "state")}
    folder = tmp_path / "state" / "lgpki-tui" / "practice"
    folder.parent.mkdir(parents=True)
    assert run([*PROGRAM, "rehearse", "init", folder, "--json"], environ).status == 0
    (folder / "state" / "registry.sqlite3").unlink()
    answer = run([*PROGRAM, "rehearse", "--json"], environ)
    assert (answer.status, answer.code, answer.json["practice"]) == (3, "registry_missing", True)
    assert Practice(folder).events() == ["format_intended", "format_done"]


# --- the practice CA -----------------------------------------------------------------------------------------------


def test_issue_gives_what_openssl_accepts(practice: Practice) -> None:
    request = practice.request()
    told = practice.done("rehearse", "issue", request["csr_path"], "--out", practice.folder / "out" / "mine.pem")
    certificate = practice.folder / "out" / "mine.pem"
    assert (told["certificate"], told["chain"]) == (str(certificate), f"{certificate}.chain.pem")
    root = practice.folder / "ca" / "root.pem"
    assert "OK" in text("openssl", "verify", "-CAfile", root, "-untrusted", told["chain"], certificate)
    assert Path(told["chain"]).read_text().count("BEGIN CERTIFICATE") == 2
    assert root.read_text().strip() in Path(told["chain"]).read_text()


@pytest.mark.parametrize("name", ["cert.pem", "cert.pem.chain.pem"])
def test_issue_never_overwrites(practice: Practice, name: str) -> None:
    request = practice.request()
    there = practice.folder / "out" / name
    there.write_text("mine\n")
    answer = practice.run("rehearse", "issue", request["csr_path"], "--out", practice.folder / "out" / "cert.pem")
    assert (answer.status, answer.code) == (3, "file_exists")
    assert there.read_text() == "mine\n"
    left = {path.name for path in (practice.folder / "out").iterdir() if path.name.startswith(("cert", "."))}
    assert left == {name}


@pytest.mark.parametrize("part", ["signature", "subject"])
def test_a_csr_whose_signature_is_broken_gets_nothing(practice: Practice, tmp_path: Path, part: str) -> None:
    request = practice.request()
    der = bytearray(Path(request["csr_der_path"]).read_bytes())
    if part == "signature":
        der[-1] ^= 1
    else:
        at = der.index("市長".encode())
        der[at : at + 3] = "村".encode()
    broken = tmp_path / "broken.pem"
    broken.write_bytes(out("openssl", "req", "-inform", "DER", stdin=bytes(der)))
    judged = subprocess.run(["openssl", "req", "-in", broken, "-verify", "-noout"], capture_output=True, check=False)
    assert b"verify OK" not in judged.stdout + judged.stderr
    _refused(practice, broken, tmp_path, "request_signature")


@pytest.mark.parametrize("content", [b"", b"no request", b"-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n"])
def test_what_is_no_csr_gets_nothing(practice: Practice, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "file").write_bytes(content)
    _refused(practice, tmp_path / "file", tmp_path, "request_unreadable")


def test_issue_asks_for_a_sandbox_and_a_known_fault(practice: Practice, tmp_path: Path) -> None:
    answer = run([*PROGRAM, "rehearse", "issue", "x", "--out", tmp_path / "y", "--json"])
    assert (answer.status, answer.code) == (2, "usage")
    request = practice.request()
    answer = practice.run("rehearse", "issue", request["csr_path"], "--out", tmp_path / "y", "--fault", "nonsense")
    assert (answer.status, answer.code) == (2, "usage")
    assert "wrong-key" in json.dumps(answer.json["facts"])
    assert not (tmp_path / "y").exists()


def _refused(practice: Practice, csr: Path, folder: Path, code: str) -> None:
    to = folder / "issued"
    to.mkdir()
    answer = practice.run("rehearse", "issue", csr, "--out", to / "cert.pem")
    assert (answer.status, answer.code) == (2, code)
    assert list(to.iterdir()) == []
