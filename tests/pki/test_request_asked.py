"""What a request asks for beside the subject, and how it is signed: judged by openssl, GnuTLS and ourselves."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from asn1crypto import algos
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal, Result
from lgpki_tui.pki.algorithms import PSS_SHA256
from lgpki_tui.pki.extension_request import extension_attributes
from lgpki_tui.pki.preview import preview
from lgpki_tui.pki.request import LABEL, build_request, pem, read_request
from lgpki_tui.pki.request_checks import check_request
from lgpki_tui.pki.signatures import Sign
from lgpki_tui.subject.algorithm import Scheme
from lgpki_tui.subject.extensions import Extensions
from tests.pki.makers import SUBJECT, Key, certtool, ec_key, openssl, rsa_key, signer, spki
from tests.pki.makers_request import asking, der, extension, handmade, password, pss_signer

SERVER = Extensions(("www.city.takashima.lg.jp", "www.city.takashima.shiga.jp"), extended_key_usage=("serverAuth",))
MAIL = Extensions(
    mail_addresses=("johoseisaku@city.takashima.lg.jp",),
    key_usage=("digitalSignature", "nonRepudiation"),
    extended_key_usage=("emailProtection", "1.3.6.1.4.1.311.10.3.12"),
)
ALL = Extensions(("a.lg.jp",), ("b@a.lg.jp",), ("digitalSignature", "keyAgreement", "decipherOnly"), ("codeSigning",))
ASKED = {"nothing": Extensions(), "server": SERVER, "mail": MAIL, "all": ALL}


def ways() -> dict[str, tuple[Key, Sign, Scheme]]:
    rsa_one, ec_one = rsa_key(), ec_key()
    return {
        "pkcs1": (rsa_one, signer(rsa_one), Scheme.PKCS1_V15),
        "pss": (rsa_one, pss_signer(rsa_one), Scheme.PSS),
        "ecdsa": (ec_one, signer(ec_one), Scheme.PSS),
    }


WAYS = ways()


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest) -> tuple[Key, Sign, Scheme]:
    return WAYS[request.param]


@pytest.mark.parametrize("asked", ASKED.values(), ids=ASKED)
async def test_openssl_gnutls_and_our_own_check_take_it(way: tuple[Key, Sign, Scheme], asked: Extensions) -> None:
    key, sign, scheme = way
    der = await build_request(SUBJECT, spki(key), sign, asked, scheme)
    shown = openssl("req", "-inform", "DER", "-verify", "-noout", "-text", stdin=der)
    assert b"self-signature verify OK" in shown.stderr
    gnutls = certtool("--crq-info", stdin=pem(LABEL, der)).decode()
    assert "Self signature: verified" in gnutls
    for one in asked.host_names:
        assert f"DNS:{one}" in shown.stdout.decode()
        assert f"DNSname: {one}" in gnutls
    for one in asked.mail_addresses:
        assert f"email:{one}" in shown.stdout.decode()
        assert f"RFC822Name: {one}" in gnutls
    assert ("X509v3 Key Usage: critical" in shown.stdout.decode()) is bool(asked.key_usage)
    assert {one.result for one in check_request(der).findings} == {Result.OK}
    request = read_request(der)
    assert (request.extensions, request.other_extensions, request.attributes) == (asked, (), ())
    assert request.public_key == spki(key)
    assert request.key in ("rsa-2048", "ec-secp256r1")
    assert request.scheme is (scheme if isinstance(key, rsa.RSAPrivateKey) else None)


async def test_without_a_wish_the_attributes_field_is_there_and_empty(way: tuple[Key, Sign, Scheme]) -> None:
    key, sign, scheme = way
    der = await build_request(SUBJECT, spki(key), sign, scheme=scheme)
    lines = openssl("asn1parse", "-inform", "DER", stdin=der).stdout.decode().splitlines()
    assert [one for one in lines if "cont [ 0 ]" in one and "d=2" in one and "l=   0" in one]
    assert not any("Extension Request" in one for one in lines)


async def test_the_parameters_of_pss_are_those_of_openssl() -> None:
    key, sign, scheme = WAYS["pss"]
    der = await build_request(SUBJECT, spki(key), sign, scheme=scheme)
    assert PSS_SHA256 in der
    options = ("-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:32", "-sha256")
    made = openssl("req", "-new", "-newkey", "rsa:2048", "-nodes", "-keyout", "-", "-subj", "/CN=x", *options)
    assert PSS_SHA256 in read_request(made.stdout).der
    shown = openssl("req", "-inform", "DER", "-noout", "-text", stdin=der).stdout.decode()
    assert re.search(r"Signature Algorithm: rsassaPss", shown)
    assert re.search(r"Salt Length: 0x20", shown)
    assert read_request(der).algorithm.shown == "RSASSA-PSS (sha256, MGF1 sha256, salt 32)"


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (Extensions(host_names=("高島市.lg.jp",)), Code.TEXT_FORBIDDEN),
        (Extensions(host_names=("a b",)), Code.TEXT_FORBIDDEN),
        (Extensions(mail_addresses=("a@b\n",)), Code.TEXT_FORBIDDEN),
        (Extensions(mail_addresses=("",)), Code.TEXT_EMPTY),
    ],
)
async def test_names_that_no_ia5string_holds_are_refused_before_signing(asked: Extensions, code: Code) -> None:
    async def never(message: bytes) -> bytes:
        raise AssertionError("signed")

    with pytest.raises(Refusal) as refused:
        await build_request(SUBJECT, spki(ec_key()), never, asked)
    assert refused.value.code is code


async def test_usages_may_be_named_in_any_order_and_unknown_ones_are_our_own_fault() -> None:
    key = ec_key()
    asked = Extensions(key_usage=("nonRepudiation", "digitalSignature"))
    request = read_request(await build_request(SUBJECT, spki(key), signer(key), asked))
    assert request.extensions.key_usage == ("digitalSignature", "nonRepudiation")
    for wrong in (Extensions(key_usage=("sign",)), Extensions(extended_key_usage=("mail",))):
        with pytest.raises(ValueError, match="no such"):
            await build_request(SUBJECT, spki(key), signer(key), wrong)


@pytest.mark.parametrize("salt", [20, 32])
async def test_a_card_that_signs_by_another_scheme_is_a_lie(salt: int) -> None:
    key = rsa_key()

    async def pss(message: bytes) -> bytes:
        return key.sign(message, padding.PSS(padding.MGF1(hashes.SHA256()), salt), hashes.SHA256())

    for sign, scheme in (
        (signer(key), Scheme.PSS),
        (pss, Scheme.PKCS1_V15),
        *([(pss, Scheme.PSS)] if salt == 20 else []),
    ):
        with pytest.raises(Refusal) as refused:
            await build_request(SUBJECT, spki(key), sign, scheme=scheme)
        assert (refused.value.code, refused.value.facts["reason"]) == (Code.CARD_LIED, "signature")


@pytest.mark.parametrize(
    ("name", "made", "reason"),
    [
        ("extension_attributes", extension_attributes(replace(MAIL, mail_addresses=())), "extensions"),
        ("_algorithm", algos.SignedDigestAlgorithm.load(PSS_SHA256), "scheme"),
    ],
)
async def test_what_was_built_wrongly_is_not_handed_out(
    monkeypatch: pytest.MonkeyPatch, name: str, made: object, reason: str
) -> None:
    """As if asn1crypto wrote something else than it was told: the eyes that read it back are others."""
    key = rsa_key()
    monkeypatch.setattr(f"lgpki_tui.pki.request.{name}", lambda *given, **more: made)
    sign = pss_signer(key) if reason == "scheme" else signer(key)
    with pytest.raises(Refusal) as refused:
        await build_request(SUBJECT, spki(key), sign, MAIL, Scheme.PKCS1_V15)
    assert (refused.value.code, refused.value.facts["reason"]) == (Code.CARD_LIED, reason)


def test_what_another_program_asked_for_is_told_by_its_oid() -> None:
    key = ec_key()
    policy = extension("0603551d20", der(0x30))
    request = read_request(handmade(key, password(), asking(policy, extension("06022a03", b"?"))))
    assert request.extensions.is_empty
    assert request.other_extensions == ("2.5.29.32", "1.2.3")
    assert request.attributes == ("1.2.840.113549.1.9.7",)


async def test_the_preview_says_what_the_file_says() -> None:
    key, sign, scheme = WAYS["pss"]
    request = read_request(await build_request(SUBJECT, spki(key), sign, ALL, scheme))
    assert preview(request) == (
        ("preview.subject", "C=JP"),
        ("preview.subject", "O=高島市"),
        ("preview.subject", "OU=総務部情報政策課"),
        ("preview.subject", "CN=高島市長"),
        ("preview.key", "rsa-2048"),
        ("preview.host-name", "a.lg.jp"),
        ("preview.mail-address", "b@a.lg.jp"),
        ("preview.key-usage", "digitalSignature"),
        ("preview.key-usage", "keyAgreement"),
        ("preview.key-usage", "decipherOnly"),
        ("preview.purpose", "codeSigning"),
        ("preview.algorithm", "RSASSA-PSS (sha256, MGF1 sha256, salt 32)"),
        ("preview.csr-sha256", request.sha256),
        ("preview.public-key-sha256", request.public_key_sha256),
    )
