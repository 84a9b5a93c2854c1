"""Every kind and action: what openssl reads in CSR and certificate is what poppler and zxing read on the paper."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from itertools import product
from pathlib import Path

import pytest

from lgpki_tui.paper.columns import width
from lgpki_tui.paper.pdf import render_pdf
from lgpki_tui.paper.sheet import Action, Sheet, digest_lines
from lgpki_tui.paper.text import COLUMNS, render_text, shown_day
from tests.paper.samples import (
    FONT,
    KINDS,
    compact,
    openssl_alternative_names,
    openssl_certificate_name,
    openssl_dates,
    openssl_name,
    openssl_serial,
    pdf_images,
    pdf_info,
    pdf_text,
    qr_codes,
    sheet_for,
    template,
    words,
)

EACH = list(product(KINDS, Action))
TITLES = {Action.ISSUE: "証明書発行申請書", Action.RENEWAL: "証明書更新申請書", Action.REVOCATION: "証明書失効申請書"}


@dataclass(frozen=True)
class Printed:
    """A sheet and what it was made from; its PDF, text without white space, and twin."""

    sheet: Sheet
    request: Path | None
    certificate: Path | None
    pdf: bytes
    paper: str
    twin: str


@pytest.fixture(scope="module", params=EACH, ids=[f"{kind}-{action}" for kind, action in EACH])
def printed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Printed:
    """Made once for all that is asked of it."""
    kind, action = request.param
    sheet, csr, certificate = sheet_for(tmp_path_factory.mktemp("sheet"), kind, action)
    pdf = render_pdf(sheet, words(kind), template(action), [FONT])
    return Printed(sheet, csr, certificate, pdf, compact(pdf_text(pdf)), render_text(sheet, words(kind), "ja"))


def everywhere(printed: Printed, *values: str) -> None:
    """They stand on the paper and in its twin, whole."""
    for value in values:
        assert compact(value) in printed.paper, value
        assert compact(value) in compact(printed.twin), value


def test_the_paper_says_what_openssl_reads(printed: Printed) -> None:
    kind, action = printed.sheet.about.kind, printed.sheet.about.action
    everywhere(printed, TITLES[action], KINDS[kind].title)
    read = printed.request or printed.certificate
    assert read
    if printed.request is not None:
        name, names = openssl_name(read), openssl_alternative_names(read, "req")
    else:
        name, names = openssl_certificate_name(read), openssl_alternative_names(read, "x509")
    assert tuple(name) == KINDS[kind].name
    assert len(names) == {"mail": 1, "web-server": 2}.get(kind, 0)
    everywhere(printed, *(text for _, text in name), *names, *digest_lines(sha256(read.read_bytes()).hexdigest()))
    assert ("keyEncipherment" in printed.paper) == (kind in ("mail", "web-server"))
    assert ("サーバの名前（CN）" in printed.paper) == (kind == "web-server")


def test_the_certificate_that_is_renewed_or_revoked_is_told_as_openssl_reads_it(printed: Printed) -> None:
    if printed.certificate is None:
        assert "シリアル番号" not in printed.paper + printed.twin
        return
    serial = openssl_serial(printed.certificate)
    everywhere(
        printed, serial, str(int(serial, 16)), *digest_lines(sha256(printed.certificate.read_bytes()).hexdigest())
    )
    for moment in openssl_dates(printed.certificate):
        local = moment.timestamp() + 9 * 3600
        day = moment.fromtimestamp(local, moment.tzinfo)
        everywhere(printed, f"{shown_day(day.date(), 'ja')} {day:%H:%M:%S}")


def test_the_qr_code_is_the_digest_and_drawn_not_pictured(printed: Printed) -> None:
    read = printed.request or printed.certificate
    assert read
    assert qr_codes(printed.pdf) == [sha256(read.read_bytes()).hexdigest()]
    assert pdf_images(printed.pdf) == []


def test_what_a_person_fills_in_by_hand_is_there(printed: Printed) -> None:
    everywhere(printed, "申請年月日", "登録分局責任者", "所属", "氏名", "連絡先", "申請承認者", "登録分局受付欄")
    everywhere(printed, "団体コード", "252123", "office-01", "j-seisaku", "LGPKI", "41383759299ed3bf", "SoftHSM v2")
    revoking = printed.sheet.about.action is Action.REVOCATION
    for word in ("失効希望日", "理由", "使用の終了"):
        assert (word in printed.paper, word in printed.twin) == (revoking, revoking)
    assert ("CSRファイル" in printed.paper) is not revoking
    assert ("利用停止" in printed.paper) is (printed.sheet.about.action is Action.RENEWAL)


def test_the_file_says_its_title_and_language_and_no_machine(printed: Printed) -> None:
    told = pdf_info(printed.pdf)
    assert f"{TITLES[printed.sheet.about.action]}（下書き）　{printed.sheet.about.kind_title}" in told
    assert "<rdf:li>ja</rdf:li>" in told
    assert "(A4)" in told
    assert "Date" not in told
    assert b"/tmp" not in printed.pdf
    assert all(width(line) <= COLUMNS for line in printed.twin.split("\n"))


def test_each_is_one_page_with_every_fact_that_a_desk_asks_for(printed: Printed) -> None:
    assert "Pages:           1\n" in pdf_info(printed.pdf)
    about, contents = printed.sheet.about, printed.sheet.contents
    everywhere(
        printed, about.kind_title, about.number, about.municipality_code, about.purpose, shown_day(about.day, "ja")
    )
    everywhere(printed, *(part.text for part in contents.subject), *(each.text for each in contents.asked))
    everywhere(printed, about.host_name, about.login_name, about.card.label, about.card.serial, about.card.model)
    everywhere(printed, *digest_lines(contents.key.sha256), *about.csr_files)
    assert "差戻し" not in printed.paper + printed.twin


def test_equal_input_gives_equal_bytes(printed: Printed) -> None:
    about = printed.sheet.about
    if about.kind == "mail":
        assert render_pdf(printed.sheet, words(about.kind), template(about.action), [FONT]) == printed.pdf
        assert render_text(printed.sheet, words(about.kind), "ja") == printed.twin
