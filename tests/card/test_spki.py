"""SubjectPublicKeyInfo as we write it, against what cryptography writes."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from lgpki_tui.card import spki

CURVES = {
    "06082a8648ce3d030107": ec.SECP256R1(),
    "06052b81040022": ec.SECP384R1(),
    "06052b81040023": ec.SECP521R1(),
}


def octet_string(content: bytes) -> bytes:
    long = len(content) > 127
    return b"\x04" + (b"\x81" if long else b"") + bytes([len(content)]) + content


@given(st.integers(2**1023, 2**1024 - 1), st.sampled_from([3, 17, 65537, 2**31 + 11]), st.integers(0, 3))
def test_rsa(half: int, exponent: int, padding: int) -> None:
    modulus = half * half | 1
    expected = rsa.RSAPublicNumbers(exponent, modulus).public_key()
    told = bytes(padding) + modulus.to_bytes((modulus.bit_length() + 7) // 8)
    exponent_told = exponent.to_bytes((exponent.bit_length() + 7) // 8)
    assert spki.rsa(told, exponent_told) == expected.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


@pytest.mark.parametrize("curve", list(CURVES))
@pytest.mark.parametrize("form", [PublicFormat.UncompressedPoint, PublicFormat.CompressedPoint])
def test_ec_with_its_point_wrapped_or_bare(curve: str, form: PublicFormat) -> None:
    for _ in range(50):
        key = ec.generate_private_key(CURVES[curve]).public_key()
        point = key.public_bytes(Encoding.X962, form)
        made = spki.ec(bytes.fromhex(curve), octet_string(point))
        assert made == spki.ec(bytes.fromhex(curve), point)
        if form is PublicFormat.UncompressedPoint:
            assert made == key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def test_a_bare_point_that_looks_wrapped() -> None:
    """Its second byte is what the length of an OCTET STRING around 63 bytes would be."""
    point = b"\x04\x3f" + bytes(63)
    made = spki.ec(bytes.fromhex("06082a8648ce3d030107"), point)
    assert made is not None
    assert made.endswith(b"\0" + point)


@pytest.mark.parametrize("point", [b"", b"\x04", b"\x04\x01\x04", bytes(64), octet_string(bytes(64)), bytes(66)])
def test_what_is_no_point(point: bytes) -> None:
    assert spki.ec(b"\x06\x00", point) is None
    assert spki.ec(b"", bytes(65)) is None
    assert spki.rsa(b"", b"\x03") is None
