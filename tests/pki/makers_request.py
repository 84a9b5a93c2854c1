"""Requests that no good program makes: written element by element, and signed so that only what is meant is wrong."""

from __future__ import annotations

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from lgpki_tui.pki.algorithms import PSS_SHA256
from lgpki_tui.pki.names import Subject, build_name
from lgpki_tui.pki.signatures import Sign
from tests.pki.makers import SUBJECT, Key, spki

RSA_SHA256 = bytes.fromhex("300d06092a864886f70d01010b0500")
ECDSA_SHA256 = bytes.fromhex("300a06082a8648ce3d040302")
EXTENSION_REQUEST, CHALLENGE = bytes.fromhex("06092a864886f70d01090e"), bytes.fromhex("06092a864886f70d010907")
PSS = padding.PSS(padding.MGF1(hashes.SHA256()), 32)


def der(tag: int, *parts: bytes) -> bytes:
    """One element."""
    content = b"".join(parts)
    length = len(content)
    octets = length.to_bytes((length.bit_length() + 7) // 8)
    return bytes([tag]) + (bytes([length]) if length < 0x80 else bytes([0x80 | len(octets)]) + octets) + content


def long(tag: int, *parts: bytes) -> bytes:
    """The same with a length longer than it need be."""
    content = b"".join(parts)
    return bytes([tag, 0x84]) + len(content).to_bytes(4) + content


def extension(oid: str, value: bytes, *, critical: bytes = b"") -> bytes:
    """One Extension; `critical`: the BOOLEAN as it is to stand there."""
    return der(0x30, bytes.fromhex(oid), critical, der(0x04, value))


def asking(*extensions: bytes) -> bytes:
    """An attribute extensionRequest."""
    return der(0x30, EXTENSION_REQUEST, der(0x31, der(0x30, *extensions)))


def password(*values: bytes) -> bytes:
    """An attribute challengePassword."""
    return der(0x30, CHALLENGE, der(0x31, *(values or (der(0x0C, b"secret"),))))


def handmade(
    key: Key,
    *attributes: bytes,
    subject: bytes | Subject = SUBJECT,
    version: bytes = b"\x02\x01\x00",
    field: bytes | None = None,
    algorithm: bytes | None = None,
    signature: bytes | None = None,
    public_key: bytes | None = None,
) -> bytes:
    """A request with a right signature of exactly these parts. `field`: the whole attributes field, perhaps empty."""
    name = subject if isinstance(subject, bytes) else build_name(subject)
    info = der(0x30, version, name, public_key or spki(key), der(0xA0, *attributes) if field is None else field)
    identifier = algorithm or (RSA_SHA256 if isinstance(key, rsa.RSAPrivateKey) else ECDSA_SHA256)
    signed = signature if signature is not None else _sign(key, info, pss=identifier == PSS_SHA256)
    return der(0x30, info, identifier, der(0x03, b"\0" + signed))


def pss_signer(key: rsa.RSAPrivateKey) -> Sign:
    """A card that signs by RSASSA-PSS."""

    async def sign(message: bytes) -> bytes:
        return key.sign(message, PSS, hashes.SHA256())

    return sign


def _sign(key: Key, message: bytes, *, pss: bool) -> bytes:
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return key.sign(message, ec.ECDSA(hashes.SHA256()))
    return key.sign(message, PSS if pss else padding.PKCS1v15(), hashes.SHA256())
