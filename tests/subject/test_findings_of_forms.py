"""The judgement over host names and mail addresses: code, field, reason and what was meant."""

from __future__ import annotations

from dataclasses import replace

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Result
from lgpki_tui.subject.draft import Draft, Entry, Found
from lgpki_tui.subject.findings import findings, row_refusals
from tests.subject.profiles import MAIL, WEB_SERVER

HOST = "www.city.takashima.lg.jp"
SERVER = Draft("web-server", "総務部情報政策課", HOST, "252123")
UNASKED = Found((), None, (), (), "高島市")
LETTER = Draft("mail", "総務部情報政策課", "情報政策課", None, "soumu@city.takashima.lg.jp")
REGISTERED = Found((Entry("252123", "総務部情報政策課"),), None, (), (), "高島市")


def test_a_server_needs_no_registry_but_its_municipality() -> None:
    assert findings(SERVER, WEB_SERVER, UNASKED) == ()
    (finding,) = findings(replace(SERVER, municipality_code=None), WEB_SERVER, replace(UNASKED, municipality=None))
    assert (finding.code, finding.facts["reason"]) == (Code.MUNICIPALITY_UNKNOWN, "missing")


def test_a_host_name_that_is_none_is_told_with_what_was_meant() -> None:
    (finding,) = findings(replace(SERVER, name="ｗｗｗ.jp"), WEB_SERVER, UNASKED)
    assert (finding.code, finding.result) == (Code.HOST_NAME_INVALID, Result.FAIL)
    assert finding.facts == {
        "field": "name",
        "reason": "not_ascii",
        "entered": "ｗｗｗ.jp",
        "label": "",
        "characters": ["U+FF57"],
        "nearest": ["www.jp"],
    }


def test_a_host_name_longer_than_a_common_name() -> None:
    (finding,) = findings(replace(SERVER, name=f"{'a' * 60}.lg.jp"), WEB_SERVER, UNASKED)
    assert (finding.code, finding.facts["most"]) == (Code.NAME_TOO_LONG, 64)


def test_an_address_that_is_none() -> None:
    assert findings(LETTER, MAIL, REGISTERED) == ()
    (finding,) = findings(replace(LETTER, mail_address="soumu@localhost"), MAIL, REGISTERED)
    assert finding.code is Code.MAIL_ADDRESS_INVALID
    assert finding.facts == {
        "field": "mail_address",
        "reason": "domain",
        "entered": "soumu@localhost",
        "domain": "one_label",
        "characters": [],
        "nearest": [],
    }
    (empty,) = findings(replace(LETTER, mail_address=""), MAIL, REGISTERED)
    assert (empty.code, empty.facts) == (Code.TEXT_EMPTY, {"field": "mail_address"})


def test_a_site_may_allow_less() -> None:
    fields = tuple(replace(field, most=20) if field.name == "mail_address" else field for field in MAIL.fields)
    (finding,) = findings(LETTER, replace(MAIL, fields=fields), REGISTERED)
    assert (finding.code, finding.facts["reason"]) == (Code.MAIL_ADDRESS_INVALID, "too_long")


def test_a_row_is_judged_by_the_texts_that_it_has() -> None:
    """Nobody asks a registry of organisations for an address."""
    assert row_refusals(Entry("252123", "総務課"), MAIL, "高島市") == ()
    assert row_refusals(Entry("252123", ""), MAIL, "高島市") == (Code.TEXT_EMPTY,)
