"""Certificates in whatever file holds them; what is none is called by its name, what is broken is not taken."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from asn1crypto import x509 as asn1
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    pkcs7,
    pkcs12,
)
from hypothesis import given
from hypothesis import strategies as st

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.pki.certificate import MOST_BYTES, read_certificate
from lgpki_tui.pki.request import LABEL, build_request, pem
from lgpki_tui.pki.signatures import digest
from tests.pki.makers import DAY, SUBJECT, Made, ec_key, make, openssl, rsa_key, signer, spki

CA = make("練習CA", ca=True)
LEAF = make("高島市長", CA)


def _refused(data: bytes) -> Refusal:
    with pytest.raises(Refusal) as refused:
        read_certificate(data)
    return refused.value


def test_every_wrapping_gives_the_same_certificate() -> None:
    text = openssl("x509", "-text", stdin=LEAF.pem).stdout
    wrappings = [
        LEAF.der,
        LEAF.pem,
        LEAF.pem.replace(b"\n", b"\r\n"),
        LEAF.pem.rstrip(b"\n"),
        text,
        "発行しました。\n".encode("cp932") + LEAF.pem + b"\nend\n",
        b"\xef\xbb\xbf" + LEAF.pem,
        "\ufeff".encode("utf-16-le") + LEAF.pem.decode().encode("utf-16-le"),
        LEAF.pem.replace(b"CERTIFICATE", b"X509 CERTIFICATE"),
        pkcs7.serialize_certificates([LEAF.made], Encoding.DER),
        pkcs7.serialize_certificates([LEAF.made], Encoding.PEM),
        pem("CERTIFICATE", pkcs7.serialize_certificates([LEAF.made], Encoding.DER)),
        openssl("crl2pkcs7", "-nocrl", "-certfile", "/dev/stdin", stdin=LEAF.pem).stdout,
    ]
    for data in wrappings:
        assert [one.der for one in read_certificate(data).certificates] == [LEAF.der]


def test_what_is_read_is_what_openssl_reads() -> None:
    one = LEAF.read
    assert (one.not_before, one.not_after, one.ca) == (
        LEAF.made.not_valid_before_utc,
        LEAF.made.not_valid_after_utc,
        False,
    )
    assert openssl(
        "x509", "-noout", "-serial", stdin=LEAF.pem
    ).stdout.strip() == f"serial={one.serial:X}".encode().replace(b"=", b"=0" if len(f"{one.serial:X}") % 2 else b"=")
    public_key = openssl("x509", "-noout", "-pubkey", stdin=LEAF.pem).stdout
    assert one.public_key_sha256 == digest(openssl("pkey", "-pubin", "-outform", "DER", stdin=public_key).stdout)
    printed = openssl("x509", "-noout", "-fingerprint", "-sha256", stdin=LEAF.pem).stdout.decode()
    assert one.sha256 == printed.split("=")[1].strip().replace(":", "").lower()


@pytest.mark.parametrize("serial", [0, 2**159])
def test_odd_serials_are_read_without_a_warning(serial: int) -> None:
    whole = asn1.Certificate.load(CA.der)
    whole["tbs_certificate"]["serial_number"] = serial
    assert read_certificate(whole.dump(force=True)).certificates[0].serial == serial


def test_the_leaf_is_found_among_its_chain_in_any_order() -> None:
    other = make("別人", CA)
    for bundle in ((CA, LEAF, other), (other, CA, LEAF), (LEAF, other, CA)):
        read = read_certificate(b"".join(one.pem for one in bundle))
        assert len(read.certificates) == 3
        assert read.leaf(digest(spki(LEAF.key))).der == LEAF.der
        assert read.leaf(digest(spki(other.key))).der == other.der
    assert read_certificate(CA.pem + LEAF.pem).leaf().der == LEAF.der
    assert read_certificate(CA.pem + LEAF.pem).leaf("00" * 32).der == LEAF.der
    assert read_certificate(CA.pem).leaf().der == CA.der
    wrapped = pkcs7.serialize_certificates([CA.made, LEAF.made], Encoding.DER)
    assert read_certificate(wrapped).leaf().der == LEAF.der


def test_of_two_certificates_for_one_key_the_later_of_a_ca_is_meant() -> None:
    own = make("高島市長", key=LEAF.key, begins=LEAF.read.not_before + 2 * DAY)
    later = make("高島市長", CA, key=LEAF.key, begins=LEAF.read.not_before + DAY)
    read = read_certificate(own.pem + LEAF.pem + later.pem)
    assert read.leaf(digest(spki(LEAF.key))).der == later.der


async def test_what_is_no_certificate_is_called_by_its_name() -> None:
    key = rsa_key()
    request = await build_request(SUBJECT, spki(key), signer(key))
    plain, secret = NoEncryption(), BestAvailableEncryption(b"practice")
    cases = {
        "csr": [request, pem(LABEL, request)],
        "private_key": [
            key.private_bytes(encoding, form, plain)
            for encoding in (Encoding.DER, Encoding.PEM)
            for form in (PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL)
        ]
        + [key.private_bytes(encoding, PrivateFormat.PKCS8, secret) for encoding in (Encoding.DER, Encoding.PEM)]
        + [ec_key().private_bytes(Encoding.DER, PrivateFormat.TraditionalOpenSSL, plain)],
        "public_key": [
            spki(key),
            key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        ],
        "pkcs12": [pkcs12.serialize_key_and_certificates(b"x", LEAF.key, LEAF.made, None, plain)],
        "text": [
            "証明書を添付します。".encode(),
            "証明書を添付します。".encode("cp932"),
            b"BEGIN CERTIFICATE",
            b"hello",
        ],
        "empty": [b"", b" \r\n\t"],
        "unknown": [bytes(range(256)), b"\x89PNG\r\n\x1a\n\x00\x00"],
    }
    for looks_like, pieces in cases.items():
        for piece in pieces:
            refusal = _refused(piece)
            assert (refusal.code, refusal.facts["looks_like"]) == (Code.NOT_A_CERTIFICATE, looks_like), piece[:60]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (LEAF.der[:-1], "truncated"),
        (LEAF.der[: len(LEAF.der) // 2], "truncated"),
        (LEAF.der + b"\x00", "trailing_bytes"),
        (LEAF.der + LEAF.der, "trailing_bytes"),
        (LEAF.pem[: len(LEAF.pem) // 2], "truncated"),
        (LEAF.pem.replace(b"-----END CERT", b"-----END"), "truncated"),
        (pem("CERTIFICATE", LEAF.der[:-9]), "truncated"),
        (pem("CERTIFICATE", b""), "truncated"),
        (LEAF.pem.replace(b"M", b"!", 1), "base64"),
        (LEAF.der.replace(b"\x17\x0d261025", b"\x17\x0d26xx25"), "encoding"),
        (CA.pem + LEAF.pem[:-40], "truncated"),
        (pkcs7.serialize_certificates([LEAF.made], Encoding.DER)[:-5], "truncated"),
    ],
    ids=[str(number) for number in range(12)],  # the bytes are new in each xdist worker
)
def test_what_is_broken_is_not_taken(data: bytes, reason: str) -> None:
    refusal = _refused(data)
    assert (refusal.code, refusal.facts["reason"]) == (Code.CERTIFICATE_DAMAGED, reason)


def test_ten_megabytes_are_refused_at_once() -> None:
    refusal = _refused(b"-----BEGIN " * 1_000_000)
    assert refusal.code is Code.CERTIFICATE_FILE
    assert refusal.facts == {"reason": "too_large", "size": 11_000_000, "limit": MOST_BYTES}


def test_a_megabyte_of_beginnings_ends_soon() -> None:
    assert _refused((b"-----BEGIN CERTIFICATE-----\n" * 37_000)[:MOST_BYTES]).code is Code.CERTIFICATE_DAMAGED


@given(st.integers(0, len(LEAF.der) - 1), st.integers(1, 255))
def test_a_changed_byte_never_crashes(place: int, change: int) -> None:
    data = bytearray(LEAF.der)
    data[place] ^= change
    with suppress(Refusal):
        assert read_certificate(bytes(data)).leaf().sha256 != LEAF.read.sha256


@given(st.binary(max_size=300))
def test_bytes_of_any_kind_never_crash(data: bytes) -> None:
    assert _refused(data).code in (Code.CERTIFICATE_DAMAGED, Code.NOT_A_CERTIFICATE)


def test_armour_is_that_of_openssl(tmp_path: Path) -> None:
    for made in (CA, LEAF, Made(LEAF.made, LEAF.key)):
        assert pem("CERTIFICATE", made.der) == openssl("x509", "-inform", "DER", stdin=made.der).stdout == made.pem
