"""Signatures by callback, and their judgement by `cryptography`: nothing that a card signed is believed unread."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from hashlib import sha256

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

from lgpki_tui.pki.strength import strength
from lgpki_tui.subject.algorithm import Algorithm

# Signs a message with SHA-256: for RSA PKCS#1 v1.5 (RFC 8017, 8.2) wherever no other scheme is named, DER
# ECDSA-Sig-Value for EC (RFC 3279, 2.2.3).
Sign = Callable[[bytes], Awaitable[bytes]]

# The names of RFC 3279, 2.2.3 and RFC 5758, 3.2 for what `Sign` makes, by kind of key.
RSA_SHA256 = "sha256WithRSAEncryption"
ECDSA_SHA256 = "ecdsa-with-SHA256"


def signature_algorithm(public_key: bytes) -> str:
    """The name of the signature algorithm that a key (DER SubjectPublicKeyInfo) signs with here.

    Raises ValueError when the key cannot be read or is neither RSA nor EC.
    """
    key = _load(public_key)
    if isinstance(key, rsa.RSAPublicKey):
        return RSA_SHA256
    if isinstance(key, ec.EllipticCurvePublicKey):
        return ECDSA_SHA256
    raise ValueError("neither RSA nor EC")


def verifies(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the signature is of this message, SHA-256 and this key (DER SubjectPublicKeyInfo, RSA or EC)."""
    try:
        key = _load(public_key)
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, message, padding.PKCS1v15(), hashes.SHA256())
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, message, ec.ECDSA(hashes.SHA256()))
        else:
            return False
    except (InvalidSignature, ValueError):
        return False
    return True


def is_of(public_key: bytes, algorithm: Algorithm) -> bool:
    """Whether a key (DER SubjectPublicKeyInfo) is of the kind and size that was asked for."""
    try:
        key = _load(public_key)
    except ValueError:
        return False
    if isinstance(key, rsa.RSAPublicKey):
        return key.key_size == algorithm.rsa_bits
    return isinstance(key, ec.EllipticCurvePublicKey) and (algorithm, key.curve.name) == (
        Algorithm.EC_P256,
        "secp256r1",
    )


def key_kind(public_key: bytes) -> str:
    """What kind of key a DER SubjectPublicKeyInfo holds: `rsa-2048`, `ec-secp256r1`. Raises ValueError."""
    return strength(_load(public_key))[0]


def usual_form(public_key: bytes) -> bytes:
    """The same key in its usual DER SubjectPublicKeyInfo (named curve, NULL parameters for RSA: RFC 3279, 2.3), so that
    two spellings of one key are one digest. A key that cannot be read here stays as it is."""
    try:
        return _load(public_key).public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    except ValueError:
        return public_key


def digest(der: bytes) -> str:
    """Lower-case hex SHA-256, as every digest in the contract."""
    return sha256(der).hexdigest()


def _load(public_key: bytes) -> PublicKeyTypes:
    try:
        return load_der_public_key(public_key)
    except (UnsupportedAlgorithm, TypeError) as error:
        raise ValueError("key of an unknown kind") from error
