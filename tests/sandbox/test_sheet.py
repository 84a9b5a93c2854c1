"""`sheet`: the application form by command, judged by openssl, poppler and zxing."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.paper.samples import compact, openssl_serial, pdf_text, qr_codes
from tests.practice import Answer, Practice, run
from tests.road.outside import pretend

Held = tuple[Practice, dict[str, Any]]
OUR_MARK = "本ツールの様式（公式様式ではない）"


def copy(held: Held, to: Path) -> tuple[Practice, str]:
    """A workplace of one's own, and the number of its enrolment."""
    practice = held[0].copy(to / "workplace")
    return practice, practice.enrolments()[0]["enrolment"]


def test_a_first_request_gets_a_pdf_and_its_twin_beside_the_csr(waiting: Held, tmp_path: Path) -> None:
    practice, number = copy(waiting, tmp_path)
    (enrolment,) = practice.enrolments()
    told = practice.done("sheet", number.lower())
    stem = practice.folder / "out" / f"PRACTICE-{number}.sheet"
    assert (told["action"], told["renews"], told["own_form"]) == ("issue", None, True)
    assert (told["sheet_path"], told["text_path"]) == (f"{stem}.pdf", f"{stem}.txt")
    assert told["csr_sha256"] == enrolment["csr_sha256"]
    pdf = Path(told["sheet_path"]).read_bytes()
    assert qr_codes(pdf) == [enrolment["csr_sha256"]]
    text, twin = pdf_text(pdf), Path(told["text_path"]).read_text("utf-8")
    for mark in (OUR_MARK, "練習 PRACTICE", number, "証明書発行申請書"):
        assert mark in text
        assert mark in twin
    files = sorted((practice.folder / "out").iterdir())
    assert practice.done("sheet", number) == told
    assert sorted((practice.folder / "out").iterdir()) == files


def test_text_alone_needs_no_font_and_goes_where_it_is_told(waiting: Held, tmp_path: Path) -> None:
    practice, number = copy(waiting, tmp_path)
    settings = practice.folder / "sandbox.toml"
    settings.write_text(settings.read_text("utf-8") + '\n[paper]\nfonts = ["/absent.ttf"]\n', "utf-8")
    there = tmp_path / "medium"
    there.mkdir()
    told = practice.done("sheet", number, "--text", "--output-folder", there)
    assert told["sheet_path"] is None
    assert [path.name for path in there.iterdir()] == [f"PRACTICE-{number}.sheet.txt"]
    refused = practice.run("sheet", number, "--json")
    assert (refused.status, refused.code) == (3, "font_missing")
    refused = practice.run("sheet", number, "--output-folder", tmp_path / "absent", "--text", "--json")
    assert (refused.status, refused.code) == (3, "folder_missing")


@pytest.mark.parametrize(
    ("options", "status", "code"),
    [
        (("--action", "revocation"), 1, "enrolment_state"),
        (("--renews", "261124-7K3QH"), 1, "enrolment_unknown"),
        (("--renews", "261124-7K3QH", "--action", "issue"), 2, "usage"),
        (("--certificate", "/absent.cer"), 2, "usage"),
        (("--certificate", "/absent.cer", "--action", "renewal"), 2, "certificate_file"),
        (("--action", "give-up"), 2, "usage"),
    ],
)
def test_what_there_is_no_sheet_for_is_refused_and_nothing_written(
    waiting: Held, options: tuple[str, ...], status: int, code: str
) -> None:
    practice = waiting[0]
    before = sorted((practice.folder / "out").iterdir())
    answer = practice.run("sheet", practice.enrolments()[0]["enrolment"], *options, "--json")
    assert (answer.status, answer.code) == (status, code)
    assert sorted((practice.folder / "out").iterdir()) == before


def test_a_stored_one_is_revoked_by_what_openssl_reads(held: Held, tmp_path: Path) -> None:
    practice, number = copy(held, tmp_path)
    told = practice.done("sheet", number)
    assert told["action"] == "revocation"
    assert told["csr_sha256"] is None
    assert told["certificate_sha256"] == practice.enrolments()[0]["certificate_sha256"]
    pdf = Path(told["sheet_path"])
    assert pdf.name == f"PRACTICE-{number}.revocation.pdf"
    der = tmp_path / "cert.der"
    pem = practice.folder / "out" / "cert.pem"
    subprocess.run(["openssl", "x509", "-in", pem, "-outform", "DER", "-out", der], check=True)
    text = compact(pdf_text(pdf.read_bytes()))
    assert openssl_serial(der) in text
    assert "失効希望日" in text
    by_file = practice.done("sheet", number, "--action", "revocation", "--certificate", pem)
    assert by_file == told  # the same certificate, the same bytes
    assert practice.done("sheet", number, "--action", "issue")["action"] == "issue"


def test_a_renewal_tells_the_old_certificate(held: Held, tmp_path: Path) -> None:
    practice, old = copy(held, tmp_path)
    number = practice.request()["enrolment"]
    told = practice.done("sheet", number)
    assert (told["action"], told["could_renew"]) == ("issue", [old])
    told = practice.done("sheet", number, "--renews", old)
    assert (told["action"], told["renews"]) == ("renewal", old)
    assert told["sheet_path"].endswith(".sheet-2.pdf")  # the first one stays
    certificate = told["certificate_sha256"]
    assert certificate in compact(pdf_text(Path(told["sheet_path"]).read_bytes()))
    assert practice.done("sheet", number, "--action", "renewal")["renews"] == old
    by_file = practice.done(
        "sheet", number, "--action", "renewal", "--certificate", practice.folder / "out" / "cert.pem"
    )
    assert (by_file["renews"], by_file["certificate_sha256"]) == (None, certificate)
    assert by_file["sheet_path"] == told["sheet_path"]
    refused = practice.run("sheet", old, "--action", "revocation", "--certificate", _other(practice, number), "--json")
    assert (refused.status, refused.code) == (1, "certificate_key_mismatch")
    pretend(practice, now="2029-10-01T03:00:00Z")
    told = practice.done("sheet", number)
    assert (told["action"], told["renews"], told["could_renew"]) == ("renewal", old, [])


def _other(practice: Practice, number: str) -> Path:
    """The certificate of another enrolment."""
    request = next(each for each in practice.enrolments() if each["enrolment"] == number)
    return practice.issue(request, name="other.pem")


@pytest.fixture
def real(waiting: Held, tmp_path: Path) -> tuple[Practice, str]:
    """The record of a workplace as that of a person in real mode, with a folder of templates of one's own."""
    practice, number = copy(waiting, tmp_path)
    state, config = tmp_path / "state" / "lgpki-tui", tmp_path / "config" / "lgpki-tui"
    (config / "forms").mkdir(parents=True)
    shutil.copytree(practice.folder / "state", state)
    homes = {"HOME": str(tmp_path), "XDG_STATE_HOME": str(state.parent), "XDG_CONFIG_HOME": str(config.parent)}
    return replace(practice, folder=config / "forms", environ=homes), number


def test_a_broken_template_is_told_with_file_line_and_message(real: tuple[Practice, str], tmp_path: Path) -> None:
    person, number = real
    own = person.folder / "shokuseki-issue.typ"
    own.write_text('#import "office.typ": *\n\n#it.no_such_value\n', "utf-8")
    answer = in_real_mode(person, "sheet", number, "--output-folder", tmp_path)
    assert answer.status == 2
    for told in (str(own), "line=3", "no_such_value", "form_broken", "ひな形の書き方（Typst）の誤り"):
        assert told in answer.err
    own.write_text('#import "office.typ": *\n高島市 様式第7号 #it.kind_id\n', "utf-8")
    answer = in_real_mode(person, "sheet", number, "--output-folder", tmp_path)
    assert answer.status == 0
    assert "公式様式ではない" not in answer.out
    text = pdf_text((tmp_path / f"PRACTICE-{number}.sheet.pdf").read_bytes())
    assert compact("様式第7号 shokuseki") in compact(text)
    assert "本ツール" not in text
    own.unlink()
    again = in_real_mode(person, "sheet", number, "--output-folder", tmp_path)
    assert "公式様式ではありません" in again.out
    assert "sheet-2.pdf" in again.out


def in_real_mode(person: Practice, *args: str | Path) -> Answer:
    """A command without a sandbox, for people."""
    return run([*person.program, *args], person.environ)
