"""Requests: built, judged by openssl and GnuTLS, refused when the card lied, and read without trust."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from asn1crypto import csr
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.x509 import load_der_x509_csr

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.pki.names import subject_of
from lgpki_tui.pki.request import LABEL, build_request, pem, read_request
from tests.pki.makers import SUBJECT, Key, certtool, ec_key, make, openssl, rsa_key, signer, spki


@pytest.fixture(params=["ec-p256", "rsa-2048", "rsa-3072"])
def key(request: pytest.FixtureRequest) -> Key:
    kind: str = request.param
    return ec_key() if kind == "ec-p256" else rsa_key(int(kind.split("-")[1]))


async def test_openssl_accepts_it(key: Key) -> None:
    der = await build_request(SUBJECT, spki(key), signer(key))
    armoured = pem(LABEL, der)
    verified = openssl("req", "-verify", "-noout", "-text", "-nameopt", "utf8,sep_comma_plus", stdin=armoured)
    assert verified.returncode == 0
    assert b"verify OK" in verified.stderr
    text = verified.stdout.decode()
    assert "Version: 1 (0x0)" in text
    assert "C=JP,O=高島市,OU=総務部情報政策課,CN=高島市長" in text.replace(", ", ",").replace(" = ", "=")
    assert openssl("req", "-inform", "DER", "-verify", "-noout", stdin=der).returncode == 0
    assert openssl("req", "-outform", "DER", stdin=armoured).stdout == der


async def test_gnutls_accepts_it(key: Key) -> None:
    shown = certtool("--crq-info", stdin=pem(LABEL, await build_request(SUBJECT, spki(key), signer(key))))
    assert "CN=高島市長" in shown.decode()
    assert b"Self signature: verified" in shown


async def test_the_bytes_are_those_of_rfc_2986() -> None:
    key = ec_key()
    der = await build_request(SUBJECT, spki(key), signer(key))
    info = csr.CertificationRequest.load(der, strict=True)["certification_request_info"]
    assert info["version"].native == "v1"
    assert info.dump().endswith(b"\xa0\x00")  # the attributes field, present and empty
    assert info["subject_pk_info"].dump() == spki(key)
    assert load_der_x509_csr(der).is_signature_valid


async def test_sixty_four_kanji_pass_openssl_and_sixty_five_are_refused_before_signing() -> None:
    key = ec_key()
    der = await build_request((("C", "JP"), ("CN", "鿀𪚲" * 32)), spki(key), signer(key))
    assert openssl("req", "-inform", "DER", "-verify", "-noout", stdin=der).returncode == 0
    assert subject_of(read_request(der).subject)[-1] == ("CN", "鿀𪚲" * 32)

    async def never(message: bytes) -> bytes:
        raise AssertionError("signed")

    with pytest.raises(Refusal) as refused:
        await build_request((("C", "JP"), ("CN", "長" * 65)), spki(key), never)
    assert refused.value.code is Code.NAME_TOO_LONG


async def test_a_signature_of_another_key_is_a_lie(key: Key) -> None:
    other = rsa_key() if not isinstance(key, ec.EllipticCurvePrivateKey) else ec_key()
    with pytest.raises(Refusal) as refused:
        await build_request(SUBJECT, spki(key), signer(other))
    assert refused.value.code is Code.CARD_LIED
    assert refused.value.facts["reason"] == "signature"


@pytest.mark.parametrize(
    "answer", [b"", b"\x00" * 64, b"\x30\x06\x02\x01\x01\x02\x01\x01"], ids=["nothing", "zeros", "ones"]
)
async def test_rubbish_for_a_signature_is_a_lie(answer: bytes) -> None:
    async def sign(message: bytes) -> bytes:
        return answer

    for key in (ec_key(), rsa_key()):
        with pytest.raises(Refusal) as refused:
            await build_request(SUBJECT, spki(key), sign)
        assert refused.value.code is Code.CARD_LIED


async def test_a_raw_ecdsa_signature_is_not_taken_for_der() -> None:
    key = ec_key()

    async def raw(message: bytes) -> bytes:
        r, s = decode_dss_signature(await signer(key)(message))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    with pytest.raises(Refusal) as refused:
        await build_request(SUBJECT, spki(key), raw)
    assert refused.value.code is Code.CARD_LIED


@pytest.mark.parametrize(
    "public_key", [b"", b"\x30\x03\x02\x01\x00", spki(ec_key())[:-1]], ids=["nothing", "other", "cut"]
)
async def test_a_broken_public_key_is_a_lie(public_key: bytes) -> None:
    with pytest.raises(Refusal) as refused:
        await build_request(SUBJECT, public_key, signer(ec_key()))
    assert refused.value.code is Code.CARD_LIED
    assert refused.value.facts == {"reason": "public_key"}


async def test_a_request_is_read_from_der_pem_and_text_around_pem() -> None:
    key = rsa_key()
    der = await build_request(SUBJECT, spki(key), signer(key))
    text = openssl("req", "-text", stdin=pem(LABEL, der)).stdout
    for data in (der, pem(LABEL, der), pem("NEW CERTIFICATE REQUEST", der), text, text.replace(b"\n", b"\r\n")):
        request = read_request(data)
        assert request.der == der
        assert request.public_key == spki(key)
        assert subject_of(request.subject) == SUBJECT


async def test_a_request_of_openssl_is_read(tmp_path: Path) -> None:
    made = openssl("req", "-new", "-newkey", "rsa:2048", "-nodes", "-keyout", tmp_path / "k", "-subj", "/C=JP/CN=x")
    assert subject_of(read_request(made.stdout).subject) == (("C", "JP"), ("CN", "x"))


async def test_a_changed_request_does_not_pass() -> None:
    key = ec_key()
    der = bytearray(await build_request(SUBJECT, spki(key), signer(key)))
    der[der.index("高島市長".encode()) + 2] ^= 0x01
    with pytest.raises(Refusal) as refused:
        read_request(bytes(der))
    assert refused.value.code is Code.REQUEST_SIGNATURE
    assert openssl("req", "-inform", "DER", "-verify", "-noout", stdin=bytes(der)).stderr.count(b"failure")


async def test_what_is_no_request_is_refused() -> None:
    key = ec_key()
    der = await build_request(SUBJECT, spki(key), signer(key))
    cases = {
        "certificate": make("x").pem,
        "text": "申請書です".encode(),
        "empty": b"\n",
        "csr": der[:-1],
        "unknown": b"\x30\x80\x00",
    }
    for looks_like, data in {**cases, "truncated": pem(LABEL, der)[:-30]}.items():
        with pytest.raises(Refusal) as refused:
            read_request(data)
        assert refused.value.code is Code.REQUEST_UNREADABLE
        assert looks_like in refused.value.facts.values()
    with pytest.raises(Refusal) as refused:
        read_request(der + b"\x00")
    assert refused.value.facts["reason"] == "trailing_bytes"
    with pytest.raises(Refusal) as refused:
        read_request(b"x" * 10_000_000)
    assert refused.value.facts["reason"] == "too_large"


def test_pki_loads_neither_card_nor_screen_nor_network() -> None:
    code = (
        "import sys, lgpki_tui.pki.checks, lgpki_tui.pki.files, lgpki_tui.pki.possession, lgpki_tui.pki.receipt,"
        " lgpki_tui.pki.request;"
        "print([m for m in sys.modules if m.split('.')[0] in"
        " ('oscrypto','aiohttp','requests','textual','pkcs11','smartcard','pyhanko_certvalidator')])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, timeout=60)
    assert ran.stdout.strip() == b"[]"
