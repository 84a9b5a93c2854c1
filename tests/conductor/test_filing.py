"""Handing in, copying, correcting with the same key: judged by openssl and pkcs11-tool, also when it is cut short."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from lgpki_tui.conductor.exporting import export
from lgpki_tui.conductor.filing import file
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.subject.draft import Draft
from lgpki_tui.workplace import Workplace
from tests.conductor.correcting import DRAFT, corrected
from tests.crash.judge import judge
from tests.practice import PROGRAM, Answer, Practice, run
from tests.road.outside import MACHINE_ID, pretend

SUBJECT = "subject=C=JP,O=高島市,OU={},CN=高島市長"


@pytest.fixture(scope="module")
def _requested(_formatted: Practice, tmp_path_factory: pytest.TempPathFactory) -> Practice:
    practice = _formatted.copy(tmp_path_factory.mktemp("filing") / "workplace")
    practice.request()
    return practice


@pytest.fixture
def requested(_requested: Practice, tmp_path: Path) -> Practice:
    """A workplace with one enrolment that waits for its certificate."""
    return _requested.copy(tmp_path / "workplace")


def openssl(*words: str | Path, stdin: bytes = b"") -> str:
    done = subprocess.run(["openssl", *words], input=stdin, capture_output=True, check=True)
    return (done.stdout + done.stderr).decode()


def subject_of(csr: Path) -> str:
    shown = openssl("req", "-in", csr, "-verify", "-noout", "-subject", "-nameopt", "utf8,sep_comma_plus")
    assert "verify OK" in shown
    return next(line for line in shown.splitlines() if line.startswith("subject="))


def key_of(csr: Path) -> str:
    """SHA-256 of the request's DER SubjectPublicKeyInfo."""
    pem = openssl("req", "-in", csr, "-pubkey", "-noout").encode()
    command = ["openssl", "pkey", "-pubin", "-outform", "DER"]
    der = subprocess.run(command, input=pem, capture_output=True, check=True).stdout
    return hashlib.sha256(der).hexdigest()


def csr(practice: Practice, suffix: str = "") -> Path:
    number = practice.enrolments()[0]["enrolment"]
    return practice.folder / "out" / f"PRACTICE-{number}{suffix}.csr.pem"


def names(practice: Practice) -> list[str]:
    return sorted(path.name for path in (practice.folder / "out").iterdir())


# --- Handing in, and copies ---


def with_place(practice: Practice, act: Callable[[Workplace, str], object]) -> object:
    place = Workplace(practice.folder)
    try:
        place.ledger.load()
        return act(place, place.ledger.enrolments[0].number)
    finally:
        place.close_files()


def test_handing_in_is_noted_with_its_moment(requested: Practice) -> None:
    pretend(requested, now="2026-12-01T09:00:00+09:00")
    with_place(requested, file)
    assert [entry["at"] for entry in requested.ledger() if entry["event"] == "filed"] == ["2026-12-01T00:00:00Z"]
    with pytest.raises(Refusal) as refusal:
        with_place(requested, lambda place, _number: file(place, "261124-00000"))
    assert refusal.value.code is Code.ENROLMENT_UNKNOWN


def test_a_copy_is_the_same_and_the_record_names_the_first_folder(requested: Practice, tmp_path: Path) -> None:
    before = requested.ledger()
    medium = tmp_path / "媒体"
    medium.mkdir()
    for _again in range(2):
        with_place(requested, lambda place, number: export(place, number, medium))
    stem = csr(requested).name.removesuffix(".csr.pem")
    assert sorted(path.name for path in medium.iterdir()) == sorted([*names(requested), f"{stem}.sha256"])
    # A sheet that was written afterwards goes along with a list of its own.
    for count in ("", "-2"):
        (requested.folder / "out" / f"{stem}.sheet{count}.pdf").write_bytes(f"%PDF{count}".encode())
    with_place(requested, lambda place, number: export(place, number, medium))
    assert (medium / f"{stem}.sheet-2.pdf").read_bytes() == b"%PDF-2"
    lists = [f"{stem}.sha256", f"{stem}.sheet-2.pdf.sha256"]
    subprocess.run(["sha256sum", "--check", "--strict", *lists], cwd=medium, check=True, capture_output=True)
    assert not (medium / f"{stem}.sheet.pdf").exists()
    for name in (each for each in names(requested) if each != f"{stem}.sheet.pdf"):
        assert (medium / name).read_bytes() == (requested.folder / "out" / name).read_bytes()
    assert requested.ledger() == before
    (medium / csr(requested).name).write_text("other")
    with pytest.raises(Refusal) as refusal:
        with_place(requested, lambda place, number: export(place, number, medium))
    assert refusal.value.code is Code.FILE_EXISTS
    assert (medium / csr(requested).name).read_text() == "other"


# --- Correcting ---


async def test_the_same_key_signs_another_request_in_files_of_their_own(requested: Practice) -> None:
    first = csr(requested)
    kept = {path.name: path.read_bytes() for path in (requested.folder / "out").iterdir()}
    (key,) = [each for each in requested.token() if each["kind"] == "private"]
    await corrected(requested.folder)
    second = csr(requested, "-2")
    assert subject_of(second) == SUBJECT.format("総務部総務課")
    assert subject_of(first) == SUBJECT.format("総務部情報政策課")
    assert key_of(second) == key_of(first) == requested.public_key_sha256(key["ID"])
    assert {name: (requested.folder / "out" / name).read_bytes() for name in kept} == kept
    assert len(names(requested)) == 2 * len(kept)
    assert [each for each in requested.token() if each["kind"] == "private"] == [key]
    assert requested.events()[-3:] == ["corrected", "request_signed", "request_written"]
    judge(requested)
    await corrected(requested.folder, replace(DRAFT, organization="会計課", municipality_code="252123"))
    assert subject_of(csr(requested, "-3")) == SUBJECT.format("会計課")


async def test_only_the_certificate_of_the_correction_is_stored(requested: Practice) -> None:
    number = requested.enrolments()[0]["enrolment"]
    before = requested.issue({"csr_path": str(csr(requested))}, name="before.pem")
    await corrected(requested.folder)
    answer = requested.store({"enrolment": number}, before)
    assert (answer.status, answer.code) == (1, "certificate_subject_mismatch")
    assert "certificate" not in [each["kind"] for each in requested.token()]
    after = requested.issue({"csr_path": str(csr(requested, "-2"))}, name="after.pem")
    assert requested.store({"enrolment": number}, after).status == 0
    judge(requested)


@pytest.mark.parametrize(
    ("draft", "reason", "pin", "code"),
    [
        (replace(DRAFT, organization="存在しない課"), "誤り", None, Code.ORGANIZATION_NOT_REGISTERED),
        (replace(DRAFT, name=""), "誤り", None, Code.TEXT_EMPTY),
        (replace(DRAFT, organization="会計課"), "誤り", None, Code.ANSWERS_VALUE),
        (Draft("riyosha", "総務部総務課", "総務課文書01"), "誤り", None, Code.ANSWERS_VALUE),
        (DRAFT, "\u3000", None, Code.REASON_MISSING),
        (DRAFT, "誤り", "00000000", Code.PIN_WRONG),
        (DRAFT, "誤り", "1", Code.PIN_FORMAT),
    ],
)
async def test_what_is_refused_leaves_nothing(
    requested: Practice, draft: Draft, reason: str, pin: str | None, code: Code
) -> None:
    before, files, token = requested.ledger(), names(requested), requested.token()
    with pytest.raises(Refusal) as refusal:
        await corrected(requested.folder, draft, reason, pin)
    assert refusal.value.code is code
    assert (requested.ledger(), names(requested), requested.token()) == (before, files, token)


async def test_the_folder_is_tried_before_anything_is_recorded(requested: Practice) -> None:
    before = requested.ledger()
    (requested.folder / "out").rename(requested.folder / "gone")
    with pytest.raises(Refusal) as refusal:
        await corrected(requested.folder)
    assert refusal.value.code is Code.FOLDER_MISSING
    assert requested.ledger() == before


@pytest.mark.parametrize("values", [{"machine_id": MACHINE_ID}, {"login_name": "j-soumu", "login_uid": 1002}])
async def test_another_pc_or_login_corrects_nothing(requested: Practice, values: dict[str, str | int]) -> None:
    before = requested.ledger()
    pretend(requested, **values)
    with pytest.raises(Refusal) as refusal:
        await corrected(requested.folder)
    assert refusal.value.code in (Code.WRONG_MACHINE, Code.WRONG_LOGIN)
    assert requested.ledger() == before


async def test_a_card_that_was_wiped_corrects_nothing(requested: Practice) -> None:
    """Deleted by another program: the public key, then the private one."""
    before = requested.ledger()
    (key,) = [each for each in requested.token() if each["kind"] == "private"]
    for kind in ("privkey", "pubkey"):
        requested.tool("--delete-object", "--type", kind, "--id", key["ID"])
    with pytest.raises(Refusal) as refusal:
        await corrected(requested.folder)
    assert refusal.value.code is Code.WRONG_CARD
    assert requested.ledger() == before


async def test_a_file_in_the_way_leaves_it_open_for_another_folder(requested: Practice, tmp_path: Path) -> None:
    other = csr(requested, "-2")
    other.write_text("somebody's")
    with pytest.raises(Refusal) as refusal:
        await corrected(requested.folder)
    assert refusal.value.code is Code.FILE_EXISTS
    assert requested.events()[-2:] == ["corrected", "request_signed"]
    number = requested.enrolments()[0]["enrolment"]
    requested.done("resume", number, "--output-folder", tmp_path, *requested.pin)
    assert subject_of(tmp_path / other.name) == SUBJECT.format("総務部総務課")
    assert other.read_text() == "somebody's"


# --- Cut short ---


def cut(practice: Practice, index: int) -> tuple[Answer, list[str]]:
    """Correct, killed at a mark (-1: not at all); the marks that were passed."""
    marks = practice.folder.with_name(f"{practice.folder.name}.marks")
    words = ("-m", "tests.conductor.correcting")
    command: list[str | Path] = [sys.executable, *words, marks, str(index), practice.folder]
    answer = run(command, practice.environ)
    return answer, marks.read_text().splitlines()


@pytest.mark.slow
def test_cut_short_anywhere_it_goes_on_to_one_request(requested: Practice, tmp_path: Path) -> None:
    """Before the record nothing has happened; after it `resume` signs with the key that is there."""
    answer, marks = cut(requested.copy(tmp_path / "uncut"), -1)
    assert answer.status == 0, answer
    recorded = marks.index("ledger.append after")
    chosen = {mark: index for index, mark in enumerate(marks)}  # the last of each kind
    chosen |= {"recorded": recorded, "signed once": marks.index("key.sign after")}
    for name, index in chosen.items():
        practice = requested.copy(tmp_path / f"cut-{index}")
        answer, _ = cut(practice, index)
        assert answer.status == -9, (name, answer)
        judge_kept(practice, name, begun=index >= recorded)


def judge_kept(practice: Practice, name: str, *, begun: bool) -> None:
    """What is true after a cut, and after going on."""
    judge(practice)
    number = practice.enrolments()[0]["enrolment"]
    happened = "corrected" in practice.events()
    assert happened or not begun, name
    answer = run([*PROGRAM, "--sandbox", practice.folder, "resume", number, *practice.pin, "--json"], practice.environ)
    assert answer.status == 0, (name, answer)
    judge(practice)
    assert subject_of(csr(practice)) == SUBJECT.format("総務部情報政策課")
    assert csr(practice, "-2").exists() == happened, name
    if happened:
        assert subject_of(csr(practice, "-2")) == SUBJECT.format("総務部総務課")
        assert key_of(csr(practice, "-2")) == key_of(csr(practice))
    assert practice.events().count("corrected") == happened
    assert len([each for each in practice.token() if each["kind"] == "private"]) == 1


async def test_a_pin_is_taken_for_no_reason_and_stands_nowhere(requested: Practice) -> None:
    """Whichever face it comes through: the record would keep it for years."""
    before = requested.events()
    secret = (requested.folder / "secrets" / "pin").read_text().strip()
    with pytest.raises(Refusal) as refused:
        await corrected(requested.folder, reason=f" {secret} ")
    assert (refused.value.code, refused.value.facts["reason"]) == (Code.REASON_MISSING, "is_pin")
    assert requested.events() == before
    assert secret.encode() not in (requested.folder / "state" / "ledger.sqlite3").read_bytes()
