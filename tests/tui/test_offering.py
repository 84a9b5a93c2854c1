"""Which name in LG.JP is offered for what stands in the field."""

from __future__ import annotations

import pytest

from lgpki_tui.faces.tui.judging import Spelling
from lgpki_tui.faces.tui.offering import offered
from tests.subject.profiles import MAIL, WEB_SERVER

CITY = ("city.takashima.lg.jp", "city.takasima.lg.jp")
WWW = "www.city.takashima.lg.jp"


@pytest.mark.parametrize(
    ("typed", "offers"),
    [
        ("", WWW),
        ("w", WWW),
        ("WWW.City", WWW),  # a beginning of it, and a host name as it stands
        ("www.city.takasi", "www.city.takasima.lg.jp"),
        ("www.city.takashima.lg.j", WWW),
        (WWW, None),
        ("www.city.takasima.lg.jp", None),  # another candidate, typed out
        ("joho", "joho.city.takashima.lg.jp"),
        ("joho.city", "joho.city.takashima.lg.jp"),
        ("joho.city.takashima.lg.jp", None),
        ("joho.example.jp", None),  # what is good stays
        ("www..jp", WWW),
        ("*.city.takashima.lg.jp", WWW),
        ("192.0.2.1", WWW),
        ("ｗｗｗ", WWW),
    ],
)
def test_host_names(typed: str, offers: str | None) -> None:
    found = offered(WEB_SERVER, CITY, {"organization": "", "name": typed})
    assert found == (None if offers is None else Spelling("name", offers, typed, is_offer=True))


@pytest.mark.parametrize(
    ("typed", "offers"),
    [
        ("", None),
        ("@", None),
        ("joho", "joho@city.takashima.lg.jp"),
        ("joho@city.takasi", "joho@city.takasima.lg.jp"),
        ("joho@localhost", "joho@city.takashima.lg.jp"),
        ("joho@example.jp", None),
        ("jo..ho@localhost", None),  # what stands before it is refused, too
        ("joho@city.takashima.lg.jp", None),
    ],
)
def test_mail_addresses(typed: str, offers: str | None) -> None:
    found = offered(MAIL, CITY, {"organization": "総務課", "name": "総務課", "mail_address": typed})
    assert found == (None if offers is None else Spelling("mail_address", offers, typed, is_offer=True))


def test_nothing_while_no_municipality_is_known() -> None:
    assert offered(WEB_SERVER, (), {"name": "www"}) is None
