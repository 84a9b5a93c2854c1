"""What stands beside the subject, as openssl was asked to write it."""

from __future__ import annotations

from pathlib import Path

from lgpki_tui.paper.asked import asked_by, held_by
from lgpki_tui.paper.reading import sheet_of
from lgpki_tui.paper.sheet import AskedFor
from lgpki_tui.pki.certificate import parse
from lgpki_tui.pki.request import read_request
from lgpki_tui.subject.extensions import Telling
from tests.paper.samples import about, make_certificate, make_csr

ALL = (
    "subjectAltName=DNS:a.lg.jp,email:x@a.lg.jp,IP:192.0.2.7,IP:2001:db8::1,URI:http://a.lg.jp/,RID:1.2.3.4,"
    "otherName:1.2.3;UTF8:x",
    "keyUsage=critical,digitalSignature,nonRepudiation",
    "extendedKeyUsage=clientAuth,1.2.3.4",
    "1.2.392.9.9=ASN1:NULL",
)
NAMES = (
    AskedFor(Telling.HOST_NAME, "a.lg.jp"),
    AskedFor(Telling.MAIL_ADDRESS, "x@a.lg.jp"),
    AskedFor(Telling.OTHER_NAME, "iPAddress: 192.0.2.7"),
    AskedFor(Telling.OTHER_NAME, "iPAddress: 2001:db8::1"),
    AskedFor(Telling.OTHER_NAME, "uniformResourceIdentifier: http://a.lg.jp/"),
    AskedFor(Telling.OTHER_NAME, "registeredID: 1.2.3.4"),
    AskedFor(Telling.OTHER_NAME, "otherName: 06022a03a0030c0178"),
)
USAGES = (
    AskedFor(Telling.KEY_USAGE, "digitalSignature, nonRepudiation"),
    AskedFor(Telling.EXTENDED_KEY_USAGE, "clientAuth, 1.2.3.4"),
)


def test_a_csr_tells_all_that_it_asks_in_its_order(tmp_path: Path) -> None:
    csr = make_csr(tmp_path, extensions=ALL).read_bytes()
    request = read_request(csr)
    assert asked_by(request) == (*NAMES, *USAGES, AskedFor(Telling.OTHER_EXTENSION, "1.2.392.9.9"))
    assert sheet_of(csr, about(csr)).contents.asked == asked_by(request)
    assert asked_by(read_request(make_csr(tmp_path).read_bytes())) == ()


def test_what_is_told_is_what_the_request_is_judged_by(tmp_path: Path) -> None:
    request = read_request(make_csr(tmp_path, extensions=ALL).read_bytes())
    assert (request.extensions.host_names, request.extensions.mail_addresses) == (("a.lg.jp",), ("x@a.lg.jp",))
    assert request.extensions.key_usage == ("digitalSignature", "nonRepudiation")
    assert request.extensions.extended_key_usage == ("clientAuth", "1.2.3.4")
    assert request.other_extensions == ("1.2.392.9.9",)


def test_a_certificate_tells_what_a_person_knows_it_by(tmp_path: Path) -> None:
    assert held_by(parse(make_certificate(tmp_path, extensions=ALL).read_bytes())) == (*NAMES, *USAGES)


def test_a_usage_without_a_bit_hinders_no_revocation_and_is_told(tmp_path: Path) -> None:
    odd = ("2.5.29.15=DER:03:01:00", "extendedKeyUsage=clientAuth")
    certificate = parse(make_certificate(tmp_path, extensions=odd).read_bytes())
    assert held_by(certificate) == (
        AskedFor(Telling.OTHER_EXTENSION, "2.5.29.15"),
        AskedFor(Telling.EXTENDED_KEY_USAGE, "clientAuth"),
    )
