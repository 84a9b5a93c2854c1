"""Key pairs and what is done with them: RSA (RFC 8017) and ECDSA (FIPS 186-4) on the NIST curves."""

from __future__ import annotations

from functools import lru_cache

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

from lgpki_tui.rehearsal.virtual_card.apdu import CardError, StatusWord
from lgpki_tui.rehearsal.virtual_card.files import Kind

CURVES: dict[int, ec.EllipticCurve] = {256: ec.SECP256R1(), 384: ec.SECP384R1(), 521: ec.SECP521R1()}
_DIGESTS: dict[int, hashes.HashAlgorithm] = {256: hashes.SHA256(), 384: hashes.SHA384(), 521: hashes.SHA512()}
_LEAST_RSA = 1024
_RSA_STEP = 128
_EXPONENT = 65537
# Leading zero, block type, eight bytes of filling at least, and a zero (RFC 8017, 7.2 and 9.2).
_LEAST_PADDING = 11

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


def may_be(kind: Kind, bits: int, most_rsa: int, most_ec: int) -> bool:
    """Whether a card with these limits makes such keys."""
    if kind is Kind.RSA_KEY:
        return _LEAST_RSA <= bits <= most_rsa and bits % _RSA_STEP == 0
    return bits in CURVES and bits <= most_ec


def generate(kind: Kind, bits: int) -> bytes:
    """A new key pair, PKCS #8 DER."""
    key: PrivateKey = (
        rsa.generate_private_key(_EXPONENT, bits) if kind is Kind.RSA_KEY else ec.generate_private_key(CURVES[bits])
    )
    return key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


@lru_cache(maxsize=32)
def _loaded(key: bytes) -> PrivateKey:
    # We made it ourselves; checking an RSA key would cost more than using it.
    loaded = serialization.load_der_private_key(key, None, unsafe_skip_rsa_key_validation=True)
    if not isinstance(loaded, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise CardError(StatusWord.FAULT)
    return loaded


def _rsa(key: bytes) -> rsa.RSAPrivateKey:
    loaded = _loaded(key)
    if not isinstance(loaded, rsa.RSAPrivateKey):
        raise CardError(StatusWord.CONDITIONS)
    return loaded


def modulus(key: bytes) -> bytes:
    """Big endian, as long as the key. Raises CardError when it is no RSA key."""
    loaded = _rsa(key)
    return loaded.public_key().public_numbers().n.to_bytes(loaded.key_size // 8, "big")


def exponent(key: bytes) -> bytes:
    """Big endian, three bytes. Raises CardError when it is no RSA key."""
    return _rsa(key).public_key().public_numbers().e.to_bytes(3, "big")


def point(key: bytes) -> bytes:
    """The public point, uncompressed (SEC 1, 2.3.3). Raises CardError when it is no EC key."""
    loaded = _loaded(key)
    if not isinstance(loaded, ec.EllipticCurvePrivateKey):
        raise CardError(StatusWord.CONDITIONS)
    return loaded.public_key().public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)


def sign(key: bytes, data: bytes, *, pad: bool) -> bytes:
    """ECDSA over a digest, DER; or RSA over a padded block, or over data that the card pads as PKCS #1 v1.5 type 1.

    Raises CardError: wrong length.
    """
    loaded = _loaded(key)
    if isinstance(loaded, ec.EllipticCurvePrivateKey):
        return _ecdsa(loaded, data)
    return _private(loaded, _padded(data, loaded.key_size // 8) if pad else data)


def decipher(key: bytes, data: bytes, *, pad: bool) -> bytes:
    """RSA; with `pad` the PKCS #1 v1.5 type 2 filling is taken off. Raises CardError: wrong length, wrong data."""
    plain = _private(_rsa(key), data)
    if not pad:
        return plain
    end = plain.find(b"\0", 2)
    if plain[:2] != b"\0\2" or end < _LEAST_PADDING - 1:
        raise CardError(StatusWord.WRONG_DATA)
    return plain[end + 1 :]


def _ecdsa(key: ec.EllipticCurvePrivateKey, data: bytes) -> bytes:
    """The leftmost bits that fit count (FIPS 186-4, 6.4); shorter data is the same number with zeros before it."""
    size, digest = (key.key_size + 7) // 8, _DIGESTS[key.key_size]
    number = data[:size].rjust(size, b"\0")[-digest.digest_size :]
    return key.sign(number, ec.ECDSA(Prehashed(digest)))


def _padded(data: bytes, size: int) -> bytes:
    if len(data) > size - _LEAST_PADDING:
        raise CardError(StatusWord.WRONG_LENGTH)
    return b"\0\1" + b"\xff" * (size - 3 - len(data)) + b"\0" + data


def _private(key: rsa.RSAPrivateKey, block: bytes) -> bytes:
    """RSADP by the Chinese remainder theorem (RFC 8017, 5.1.2): `cryptography` offers no RSA without padding."""
    size, numbers = key.key_size // 8, key.private_numbers()
    message = int.from_bytes(block, "big")
    if len(block) != size or message >= numbers.public_numbers.n:
        raise CardError(StatusWord.WRONG_LENGTH if len(block) != size else StatusWord.WRONG_DATA)
    first = pow(message, numbers.dmp1, numbers.p)
    second = pow(message, numbers.dmq1, numbers.q)
    return (second + numbers.q * ((first - second) * numbers.iqmp % numbers.p)).to_bytes(size, "big")
