"""The whole road, judged by the ledger file, the token and openssl."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.practice import EC, Practice, new_practice
from tests.road.outside import pretend, text

ROAD = ["begun", "key_intended", "key_made", "request_signed", "request_written", "store_intended", "stored"]
NUMBER_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "algorithm", "modulus"),
    [
        ("shokuseki", None, "2048"),
        ("shokuseki", "rsa-3072", "3072"),
        ("shokuseki", "rsa-4096", "4096"),
        ("riyosha", EC, "P-256"),
    ],
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
