"""Input that once ended as our own fault: each has its code, and what is recorded can still be read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.practice import Practice
from tests.road.outside import at_a_terminal, out
from tests.road.refusing import answers, untouched

NOT_UTF8 = os.fsdecode(b"\x8d\xb7\x96\xdf")  # 差戻 in Shift_JIS
WITHOUT_END = "99991231235959Z"  # RFC 5280, 4.1.2.5


def issued_without_end(practice: Practice, csr: str, folder: Path) -> Path:
    """A certificate by plain openssl that never ends."""
    (folder / "index").touch()
    (folder / "serial").write_text("01\n")
    (folder / "ca.cnf").write_text(
        f"[ca]\ndefault_ca = d\n[d]\nnew_certs_dir = {folder}\ndatabase = {folder}/index\nserial = {folder}/serial\n"
        "default_md = sha256\npolicy = p\nunique_subject = no\n"
        "[p]\ncountryName = supplied\norganizationName = supplied\norganizationalUnitName = supplied\n"
        "commonName = supplied\n"
    )
    key, root, made = folder / "ca.key", folder / "ca.pem", folder / "made.pem"
    asked = ("-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=CA", "-days", "30")
    out("openssl", "req", *asked, "-keyout", key, "-out", root)
    issuing = ("-config", folder / "ca.cnf", "-cert", root, "-keyfile", key, "-in", csr, "-out", made, "-notext")
    out("openssl", "ca", "-batch", "-preserveDN", "-utf8", "-enddate", WITHOUT_END, *issuing)
    settings = practice.folder / "sandbox.toml"
    settings.write_text(settings.read_text().replace('["ca/root.pem"]', "[]"))
    return made


def test_a_certificate_without_an_end_is_stored_and_told(practice: Practice, tmp_path: Path) -> None:
    made = practice.request()
    certificate = issued_without_end(practice, made["csr_path"], tmp_path)
    stored = practice.done("store", made["enrolment"], certificate, *practice.pin)
    assert (stored["not_after"], stored["renewal_opens"]) == ("9999-12-31T23:59:59Z", "9999-06-30")
    assert practice.done("status")["enrolments"][0]["state"] == "stored"


@pytest.mark.parametrize("what", ["reason", "output-folder", "answers"])
def test_texts_that_are_not_utf8(practice: Practice, tmp_path: Path, what: str) -> None:
    made = practice.request()
    folder = tmp_path / NOT_UTF8
    folder.mkdir()
    (folder / "a.toml").write_text(practice.answers.read_text())
    words: dict[str, tuple[str | Path, ...]] = {
        "reason": ("abandon", made["enrolment"], "--reason", NOT_UTF8),
        "output-folder": ("resume", made["enrolment"], "--output-folder", folder),
        "answers": ("request", "--answers", folder / "a.toml", *practice.pin),
    }
    with untouched(practice):
        told = practice.run(*words[what])
    assert (told.status, told.code, told.json["facts"]["reason"]) == (2, "usage", "not_utf8")


@pytest.mark.parametrize("content", ["x = " + "[" * 900, "x = " + "9" * 10_000])
def test_answers_that_no_reader_survives(practice: Practice, content: str) -> None:
    file = answers(practice)
    file.write_text(content)
    told = practice.run("request", "--answers", file, *practice.pin)
    assert (told.status, told.code) == (2, "answers_unreadable")


@pytest.mark.parametrize("limit", ["0", "99999999999999999999"])
def test_a_limit_that_is_none(practice: Practice, limit: str) -> None:
    told = practice.run("registry", "search", "市", "--limit", limit)
    assert (told.status, told.code) == (2, "usage")


@pytest.mark.parametrize("now", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_a_year_that_nobody_practises_in(practice: Practice, now: str) -> None:
    settings = practice.folder / "sandbox.toml"
    settings.write_text(settings.read_text().replace("[pretend]", f'[pretend]\nnow = "{now}"'))
    told = practice.run("status")
    assert (told.status, told.code, told.json["facts"]["key"]) == (2, "settings_value", "pretend.now")


def test_a_sandbox_whose_name_looks_like_a_template(practice: Practice, tmp_path: Path) -> None:
    told = practice.copy(tmp_path / r"a\1b").run("store", "261124-00000", tmp_path / "absent")
    assert told.status != 4
    assert r"a\1b" in told.err


def test_a_sandbox_behind_a_link_may_be_copied(practice: Practice, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(practice.folder)
    made = Practice(link, practice.environ, practice.program).request()
    copy = practice.copy(tmp_path / "copy")
    (enrolment,) = copy.enrolments()
    assert enrolment["enrolment"] == made["enrolment"]
    assert Path(enrolment["csr_path"]).is_relative_to(copy.folder)


@pytest.mark.parametrize(
    "uri",
    ["PKCS11:token=X?pin-value=Canary99", "pkcs11:token=X?PIN-VALUE=Canary99", "pkcs11:token=X?pin%2Dvalue=Canary99"],
)
def test_a_pin_in_a_uri_is_not_repeated(practice: Practice, uri: str) -> None:
    told = practice.run("--card", uri, "request", "--answers", practice.answers, *practice.pin)
    assert (told.status, told.code) == (2, "usage")
    assert "Canary99" not in told.out + told.err


def test_a_loop_of_links_is_no_folder(practice: Practice, tmp_path: Path) -> None:
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    made = practice.request()
    told = practice.run("resume", made["enrolment"], "--output-folder", loop / "x")
    assert told.status == 3
    assert told.code.startswith("folder_")
    told = Practice(loop, practice.environ, practice.program).run("status")
    assert (told.status, told.code) == (2, "sandbox_missing")


@pytest.mark.parametrize("label", ["2026-13-01T00:00:00Z", "0000-01-01T00:00:00Z", "2026-01-01T00:00:00Z"])
def test_a_name_that_looks_like_a_moment(practice: Practice, label: str) -> None:
    told = practice.run("--card", label, "request", "--answers", practice.answers, *practice.pin)
    assert (told.status, told.code) == (3, "card_absent")


@pytest.mark.parametrize(
    "words", [("card", "set-pin", "Canary99"), ("card", "set-pin", "-Canary99"), ("status", "--user-pin", "Canary99")]
)
def test_a_word_that_may_be_a_pin_is_not_repeated(practice: Practice, words: tuple[str, ...]) -> None:
    told = practice.run(*words)
    assert (told.status, told.code) == (2, "usage")
    assert "Canary99" not in told.out + told.err


def test_the_same_certificate_again_also_when_it_has_run_out(practice: Practice) -> None:
    made = practice.request()
    issued = practice.issue(made)
    assert practice.store(made, issued).status == 0
    settings = practice.folder / "sandbox.toml"
    settings.write_text(settings.read_text().replace("[pretend]", '[pretend]\nnow = "2036-01-01T00:00:00Z"'))
    told = practice.run("store", made["enrolment"], issued)
    assert (told.status, told.json["already"]) == (0, True)
    done = practice.done(
        "abandon", made["enrolment"], "--reason", "カードをなくした"
    )  # no card to wipe: a way to end it
    assert (done["state"], practice.run("status", "--check").status) == ("abandoned", 0)


def test_a_ledger_on_a_full_disk(practice: Practice) -> None:
    """The number of the process that holds the lock is a help to others, no need of ours."""
    lock = practice.folder / "state" / "ledger.lock"
    lock.unlink(missing_ok=True)
    lock.symlink_to("/dev/full")
    told = practice.run("abandon", "261124-00000", "--reason", "x")
    assert told.code == "enrolment_unknown"


def test_typed_pins_are_asked_for_twice(practice: Practice) -> None:
    """At a terminal: two entries that differ leave the card as it is."""
    before = practice.done("card", "list")
    old = (practice.folder / "secrets" / "pin").read_text().strip()
    command = [*practice.program, "--sandbox", str(practice.folder), "--lang", "en", "card", "set-pin"]
    entries = {"Present PIN: ": old, "New PIN: ": "11112222", "Again: ": "33334444"}
    shown, status = at_a_terminal(command, {**os.environ}, entries)
    assert status == 2
    assert "(pin_not_repeated  which=new_pin)" in shown
    assert practice.done("card", "list") == before
