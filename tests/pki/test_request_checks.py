"""Every reason for which a CSR is judged, one at a time: what is wrong is told, and nothing else."""

from __future__ import annotations

import tomllib

import pytest
from cryptography.hazmat.primitives.asymmetric import dsa, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Result
from lgpki_tui.ground.shipped import shipped
from lgpki_tui.pki.algorithms import PSS_SHA256
from lgpki_tui.pki.request import LABEL, pem
from lgpki_tui.pki.request_checks import REQUEST_CHECKS, check_request
from lgpki_tui.pki.strength import is_roca
from tests.pki.bad_requests import ALTERNATIVE, ATTENTION, BAD, EVERY, HOST, KEY, RSA, TRUE, USAGE
from tests.pki.makers import Key, certtool, openssl, rsa_key
from tests.pki.makers_request import ECDSA_SHA256, asking, der, extension, handmade


def reasons(data: bytes) -> dict[str, list[str]]:
    """What every check found to be wrong."""
    told = ((one.code, one.facts.get("reasons")) for one in check_request(data).findings)
    return {code: list(why) for code, why in told if isinstance(why, list) and why}


@pytest.mark.parametrize(("code", "case"), EVERY)
def test_what_is_wrong_is_told_and_nothing_else(code: Code, case: str) -> None:
    data, why = BAD[code][case]
    checked = check_request(data)
    assert tuple(one.code for one in checked.findings) == REQUEST_CHECKS
    found = next(one for one in checked.findings if one.code is code)
    assert found.facts["reasons"] == why.split()
    assert found.result is (Result.FAIL if set(why.split()) - ATTENTION else Result.ATTENTION)
    aside = {Code.REQUEST_SUBJECT} if case == "order" else set()  # two attributes in one step
    assert reasons(data).keys() == {code, *aside}


@pytest.mark.parametrize("key", [KEY, RSA], ids=["ec", "rsa"])
def test_a_good_one_passes_in_every_form(key: Key) -> None:
    made = handmade(key, asking(extension(ALTERNATIVE, HOST), extension(USAGE, b"\x03\x02\x06\xc0", critical=TRUE)))
    for data in (made, pem(LABEL, made), b"text\r\n" + pem("NEW CERTIFICATE REQUEST", made)):
        assert {one.result for one in check_request(data).findings} == {Result.OK}
    assert b"verify OK" in openssl("req", "-inform", "DER", "-verify", "-noout", stdin=made).stderr
    assert b"Self signature: verified" in certtool("--crq-info", "--inder", stdin=made)


def test_two_in_one_file_are_pointed_out() -> None:
    made = pem(LABEL, handmade(KEY))
    assert reasons(made * 2) == {Code.REQUEST_UNREADABLE: ["several"]}
    assert check_request(made * 2).findings[0].result is Result.ATTENTION


@pytest.mark.parametrize("bits", [1024, 2048])
def test_small_keys_and_small_exponents(bits: int) -> None:
    key = rsa.generate_private_key(3, bits)
    found = next(one for one in check_request(handmade(key)).findings if one.code is Code.REQUEST_KEY)
    assert found.facts["reasons"] == (["weak", "exponent_small"] if bits < 2048 else ["exponent_small"])
    assert found.result is (Result.FAIL if bits < 2048 else Result.ATTENTION)
    assert found.found == f"rsa-{bits} e=3"


def test_keys_of_the_chip_cards_that_make_weak_ones_are_known() -> None:
    # Primes of the form k * M + 65537^a mod M (Nemec et al., 2.1), with the M of 512-bit keys: the product of the
    # first 39 primes.
    primes = [one for one in range(2, 168) if all(one % two for two in range(2, one))]
    product = 1
    for prime in primes:
        product *= prime
    modulus = 1
    for exponent in (1234567, 7654321):
        begin = pow(65537, exponent, product)
        modulus *= next(k * product + begin for k in range(2**40, 2**41) if _is_prime(k * product + begin))
    assert is_roca(modulus)
    assert not any(is_roca(one.public_key().public_numbers().n) for one in (RSA, rsa_key()))


def _is_prime(number: int) -> bool:
    return all(pow(base, number - 1, number) == 1 for base in (2, 3, 5, 7))


def test_a_dsa_key_is_judged_by_its_kind() -> None:
    key = dsa.generate_private_key(2048)
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    told = reasons(handmade(KEY, public_key=public))
    assert told == {Code.REQUEST_SIGNATURE: ["signature"], Code.REQUEST_KEY: ["kind"]}


def test_a_key_that_cannot_be_read_leaves_the_signature_open() -> None:
    public = der(0x30, der(0x30, bytes.fromhex("06022a03")), b"\x03\x02\x00\x01")
    checked = check_request(handmade(KEY, public_key=public))
    told = {one.code: one.result for one in checked.findings}
    assert (told[Code.REQUEST_KEY], told[Code.REQUEST_SIGNATURE]) == (Result.FAIL, Result.UNKNOWN)


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        ((b"", b""), {}),
        ((b"\x03\x02\x01\x20", b"\x03\x02\x01\x14"), {Code.REQUEST_SIGNATURE: ["signature"]}),
        ((b"\x65\x03\x04\x02\x01", b"\x65\x03\x04\x02\x7f"), {Code.REQUEST_ALGORITHM: ["not_known", "parameters"]}),
    ],
    ids=["as it is", "another salt", "another digest"],
)
def test_the_parameters_of_pss_are_read(change: tuple[bytes, bytes], wanted: dict[Code, list[str]]) -> None:
    made = handmade(RSA, algorithm=PSS_SHA256)
    at = made.index(PSS_SHA256)
    changed = made[:at] + PSS_SHA256.replace(*change) + made[at + len(PSS_SHA256) :] if change[0] else made
    told = reasons(changed)
    assert {code: why for code, why in told.items() if why != ["not_verifiable"]} == wanted


def test_the_defaults_of_pss_are_sha1_and_so_weak() -> None:
    bare = der(0x30, bytes.fromhex("06092a864886f70d01010a"), der(0x30))
    assert reasons(handmade(RSA, algorithm=bare))[Code.REQUEST_ALGORITHM] == ["digest"]
    assert reasons(handmade(KEY, algorithm=ECDSA_SHA256)) == {}


@pytest.mark.parametrize(
    "data", [b"", b"\x30", b"text", b"\x30\x80" * 40, pem("CERTIFICATE", b"\x30\0"), b"0" * 70_000]
)
def test_what_is_no_request_leaves_everything_else_open(data: bytes) -> None:
    first, *rest = check_request(data).findings
    assert (first.code, first.result) == (Code.REQUEST_UNREADABLE, Result.FAIL)
    assert [one.code for one in rest] == list(REQUEST_CHECKS[1:])
    assert {one.result for one in rest} == {Result.UNKNOWN}


def test_every_reason_has_words() -> None:
    words = tomllib.loads(shipped("screens", "commands.toml").read_text("utf-8"))["because"]
    for code, case in EVERY:
        assert set(BAD[code][case][1].split()) <= words[code].keys(), (code, case)
