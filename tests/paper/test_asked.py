"""What stands beside the subject, as openssl was asked to write it."""

from __future__ import annotations

from pathlib import Path

from lgpki_tui.paper.asked import asked_by, held_by
from lgpki_tui.paper.reading import sheet_of
from lgpki_tui.paper.sheet import Asked, AskedFor
from tests.paper.samples import about, make_certificate, make_csr

ALL = (
    "subjectAltName=DNS:a.lg.jp,email:x@a.lg.jp,IP:192.0.2.7,URI:http://a.lg.jp/",
    "keyUsage=critical,digitalSignature,nonRepudiation",
    "extendedKeyUsage=clientAuth,1.2.3.4",
    "1.2.392.9.9=ASN1:NULL",
)
NAMES = (
    AskedFor(Asked.HOST_NAME, "a.lg.jp"),
    AskedFor(Asked.MAIL_ADDRESS, "x@a.lg.jp"),
    AskedFor(Asked.OTHER_NAME, "ip_address: 192.0.2.7"),
    AskedFor(Asked.OTHER_NAME, "uniform_resource_identifier: http://a.lg.jp/"),
)
USAGES = (
    AskedFor(Asked.KEY_USAGE, "digitalSignature, nonRepudiation"),
    AskedFor(Asked.EXTENDED_KEY_USAGE, "clientAuth, 1.2.3.4"),
)


def test_a_csr_tells_all_that_it_asks_in_its_order(tmp_path: Path) -> None:
    csr = make_csr(tmp_path, extensions=ALL).read_bytes()
    assert asked_by(csr) == (*NAMES, *USAGES, AskedFor(Asked.OTHER_EXTENSION, "1.2.392.9.9"))
    assert sheet_of(csr, about(csr)).contents.asked == asked_by(csr)
    assert asked_by(make_csr(tmp_path).read_bytes()) == ()


def test_a_certificate_tells_what_a_person_knows_it_by(tmp_path: Path) -> None:
    assert held_by(make_certificate(tmp_path, extensions=ALL).read_bytes()) == (*NAMES, *USAGES)
