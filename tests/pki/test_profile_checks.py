"""A request beside the profile that it should fit."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Result
from lgpki_tui.pki.algorithms import PSS_SHA256
from lgpki_tui.pki.profile_checks import PROFILE_CHECKS, Wanted, check_profile, wanted_by
from lgpki_tui.pki.request_checks import check_request
from lgpki_tui.settings.profiles import load_profile, profile_folders
from lgpki_tui.subject.algorithm import Algorithm, Scheme
from tests.pki.bad_requests import ALTERNATIVE, COMMON, COUNTRY, HOST, KEY, RSA, TRUE, USAGE, rdn
from tests.pki.makers import SUBJECT
from tests.pki.makers_request import asking, der, extension, handmade

O, OU = "060355040a", "060355040b"  # noqa: E741  # as the standard calls it
TAKASHIMA, OFFICE = rdn(O, 0x0C, "高島市"), rdn(OU, 0x0C, "総務部情報政策課")
GOOD = (COUNTRY, TAKASHIMA, OFFICE, COMMON)
MAIL = der(0x30, der(0x81, b"a@a.lg.jp"))
SIGNS = extension(USAGE, b"\x03\x02\x06\xc0", critical=TRUE)


def shokuseki() -> Wanted:
    profile = load_profile("shokuseki", profile_folders())
    assert profile is not None
    return wanted_by(profile)


WANTED = shokuseki()


def reasons(data: bytes, wanted: Wanted = WANTED) -> dict[str, list[str]]:
    """What every check of the profile found to be wrong."""
    findings = check_profile(check_request(data).parts, wanted)
    assert tuple(one.code for one in findings) == PROFILE_CHECKS
    told = ((one.code, one.facts.get("reasons")) for one in findings)
    return {code: list(why) for code, why in told if isinstance(why, list) and why}


@pytest.mark.parametrize("key", [KEY, RSA], ids=["ec", "rsa"])
def test_what_the_profile_asks_for_fits(key: object) -> None:
    assert reasons(handmade(KEY if key is KEY else RSA, subject=SUBJECT)) == {}


@pytest.mark.parametrize(
    ("rdns", "wanted"),
    [
        ((COUNTRY, TAKASHIMA, COMMON), ["missing"]),
        ((*GOOD, rdn("0603550408", 0x0C, "滋賀県")), ["too_many"]),
        ((COUNTRY, OFFICE, TAKASHIMA, COMMON), ["order_other"]),
        ((COUNTRY, TAKASHIMA, OFFICE, OFFICE, COMMON), ["order_other"]),
        ((COUNTRY, TAKASHIMA, OFFICE, rdn("0603550403", 0x13, "Mayor")), ["string_type_other"]),
        ((rdn("0603550406", 0x13, "US"), TAKASHIMA, OFFICE, COMMON), ["fixed_other"]),
        ((COUNTRY, TAKASHIMA, OFFICE, rdn("0603550403", 0x0C, b"\xff")), ["unreadable"]),
    ],
)
def test_the_subject_is_compared_item_by_item(rdns: tuple[bytes, ...], wanted: list[str]) -> None:
    assert reasons(handmade(KEY, subject=der(0x30, *rdns)))[Code.PROFILE_SUBJECT] == wanted


@pytest.mark.parametrize(
    ("text", "wanted", "found"),
    [
        ("長" * 65, ["too_long"], "CN: 65 > 64"),
        ("ﾀｶｼﾏ", ["characters"], "CN: half-width-katakana U+FF80 U+FF76 U+FF7C U+FF8F"),
        ("髙島市長", ["characters"], "CN: outside-jisx0208 U+9AD9"),
        ("高島市長 ", ["refused"], "CN: edge-space U+0020"),
        ("か\u3099", ["refused", "characters"], "CN: not-nfc U+304B U+3099"),
    ],
)
def test_texts_are_judged_by_length_and_character(text: str, wanted: list[str], found: str) -> None:
    data = handmade(KEY, subject=der(0x30, COUNTRY, TAKASHIMA, OFFICE, rdn("0603550403", 0x0C, text)))
    assert reasons(data) == {Code.PROFILE_TEXT: wanted}
    finding = check_profile(check_request(data).parts, WANTED)[1]
    assert isinstance(finding.found, list)
    assert found in finding.found
    assert finding.result is (Result.ATTENTION if wanted == ["characters"] else Result.FAIL)


def test_keys_and_ways_of_signing_that_the_profile_does_not_have() -> None:
    one = replace(WANTED, algorithms=(Algorithm.RSA_3072,))
    assert reasons(handmade(RSA, subject=SUBJECT), one) == {Code.PROFILE_KEY: ["other"]}
    pss = handmade(RSA, subject=SUBJECT, algorithm=PSS_SHA256)
    assert reasons(pss) == {Code.PROFILE_SCHEME: ["other"]}
    asked = replace(WANTED, scheme=Scheme.PSS)
    assert reasons(pss, asked) == {}
    assert reasons(handmade(RSA, subject=SUBJECT), asked) == {Code.PROFILE_SCHEME: ["other"]}
    assert reasons(handmade(KEY, subject=SUBJECT), asked) == {}


@pytest.mark.parametrize(
    ("extensions", "more", "wanted"),
    [
        ((), {}, []),
        ((extension(ALTERNATIVE, HOST),), {}, ["names"]),
        ((extension(ALTERNATIVE, HOST),), {"host_names": True}, []),
        ((extension(ALTERNATIVE, MAIL),), {"host_names": True}, ["names"]),
        ((), {"mail_addresses": True}, ["names"]),
        ((SIGNS,), {}, ["usage"]),
        ((SIGNS,), {"key_usage": ("nonRepudiation", "digitalSignature")}, []),
        ((), {"extended_key_usage": ("codeSigning",)}, ["purposes"]),
        ((extension("06022a03", b"\x05\0"),), {}, ["too_many"]),
        ((extension(USAGE, b"?"),), {}, ["unreadable"]),
    ],
)
def test_extensions_are_those_of_the_profile(
    extensions: tuple[bytes, ...], more: dict[str, Any], wanted: list[str]
) -> None:
    data = handmade(KEY, *([asking(*extensions)] if extensions else []), subject=SUBJECT)
    asked = replace(WANTED, **more)
    assert reasons(data, asked) == ({Code.PROFILE_EXTENSIONS: wanted} if wanted else {})


def test_without_a_request_nothing_is_known() -> None:
    assert {one.result for one in check_profile(None, WANTED)} == {Result.UNKNOWN}
