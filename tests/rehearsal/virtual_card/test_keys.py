"""Keys: what the card makes is used by it and judged by `cryptography`."""

from __future__ import annotations

import hashlib

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

from lgpki_tui.rehearsal.virtual_card.keys import CURVES
from tests.rehearsal.virtual_card.cards import OK, Bench, formatted

RSA_KEY, EC_KEY = 0x11, 0x22
MESSAGE = "高島市長".encode()
# DigestInfo of SHA-256 (RFC 8017, 9.2).
SHA256 = bytes.fromhex("3031300d060960864801650304020105000420") + hashlib.sha256(MESSAGE).digest()


@pytest.fixture
def bench() -> Bench:
    bench = formatted()
    bench.verify()
    return bench


def _rsa(bench: Bench) -> rsa.RSAPublicKey:
    modulus, status = bench.send("00CA0101", expected=0)
    exponent, also = bench.send("00CA0102", expected=0)
    assert (status, also) == (OK, OK)
    return rsa.RSAPublicNumbers(int.from_bytes(exponent, "big"), int.from_bytes(modulus, "big")).public_key()


@pytest.mark.parametrize("bits", [1024, 2048, pytest.param(4096, marks=pytest.mark.slow)])
def test_rsa_signs_with_and_without_padding(bench: Bench, bits: int) -> None:
    bench.generate(0x4B01, RSA_KEY, bits)
    key = _rsa(bench)
    assert key.key_size == bits
    bench.use(0x4B01, 2)
    signature, status = bench.send("002A9E9A", SHA256)
    assert status == OK
    key.verify(signature, MESSAGE, padding.PKCS1v15(), hashes.SHA256())
    bench.use(0x4B01, 0)
    block = b"\0\1" + b"\xff" * (bits // 8 - 3 - len(SHA256)) + b"\0" + SHA256
    assert bench.chained("002A9E9A", block) == (signature, OK)
    assert bench.status("002A9E9A", b"too short") == 0x6700
    assert bench.chained("002A9E9A", b"\xff" * (bits // 8))[1] == 0x6A80


def test_rsa_deciphers(bench: Bench) -> None:
    bench.generate(0x4B01, RSA_KEY, 2048)
    secret = _rsa(bench).encrypt(b"session key", padding.PKCS1v15())
    bench.use(0x4B01, 2, 0xB8)
    assert bench.chained("002A8086", b"\0" + secret) == (b"session key", OK)
    assert bench.chained("002A8086", b"\0" + bytes(255) + b"\1")[1] == 0x6A80
    bench.use(0x4B01, 0, 0xB8)
    plain, status = bench.chained("002A8086", b"\0" + secret)
    assert (plain[:2], plain[-12:], status) == (b"\0\2", b"\0session key", OK)


@pytest.mark.parametrize("bits", CURVES)
@pytest.mark.parametrize("digest", [hashes.SHA256(), hashes.SHA512()])
def test_ec_signs_digests_shorter_and_longer_than_the_curve(
    bench: Bench, bits: int, digest: hashes.HashAlgorithm
) -> None:
    bench.generate(0x4B01, EC_KEY, bits)
    point, status = bench.send("00CA0186", expected=0)
    assert status == OK
    key = ec.EllipticCurvePublicKey.from_encoded_point(CURVES[bits], point[point.index(b"\x04") :])
    bench.use(0x4B01, 4)
    value = hashlib.new(digest.name, MESSAGE).digest()
    signature, status = bench.send("002A9E9A", value)
    assert status == OK
    key.verify(signature, value, ec.ECDSA(Prehashed(digest)))


def test_a_key_survives_without_power(bench: Bench) -> None:
    bench.generate(0x4B01, RSA_KEY, 1024)
    key = _rsa(bench)
    bench.again()
    bench.verify()
    bench.use(0x4B01, 2)
    key.verify(bench.send("002A9E9A", SHA256)[0], MESSAGE, padding.PKCS1v15(), hashes.SHA256())


def test_a_key_file_without_a_key_does_nothing(bench: Bench) -> None:
    bench.enter()
    assert bench.create(0x4B01, EC_KEY, 256, bytes.fromhex("1111FF")) == OK
    assert bench.status("00CA0186", expected=0) == 0x6A88
    bench.use(0x4B01, 4)
    assert bench.status("002A9E9A", bytes(32)) == 0x6985


def test_without_an_environment_nothing_is_signed(bench: Bench) -> None:
    bench.generate(0x4B01, EC_KEY, 256)
    assert bench.status("002A9E9A", bytes(32)) == 0x6985
    assert bench.status("002241B6", bytes.fromhex("81024B02")) == 0x6A88


def test_a_key_may_want_its_pin_before_every_use(bench: Bench) -> None:
    bench.enter()
    template = bytes.fromhex("80020100 820122 83024B01 86031111FF 85021000")
    assert bench.status("00E00000", b"\x62" + bytes([len(template)]) + template) == OK
    assert bench.status("00460000") == OK
    bench.use(0x4B01, 4)
    assert bench.status("002A9E9A", bytes(32)) == OK
    assert bench.status("002A9E9A", bytes(32)) == 0x6982
    bench.verify()
    assert bench.status("002A9E9A", bytes(32)) == OK


def test_a_challenge_is_as_long_as_wanted_and_new() -> None:
    bench = Bench()
    first, second = bench.send("00840000", expected=8), bench.send("00840000", expected=8)
    assert first[1] == second[1] == OK
    assert len(first[0]) == len(second[0]) == 8
    assert first != second
