"""The public half of a key pair on a card, as DER SubjectPublicKeyInfo (RFC 5280, 4.1.2.7)."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from asn1crypto.algos import DSASignature
from asn1crypto.keys import PublicKeyInfo
from pkcs11 import Attribute, KeyType, PKCS11Error

from lgpki_tui.card import spki
from lgpki_tui.subject.algorithm import Algorithm

_P256 = bytes.fromhex("06082a8648ce3d030107")  # DER OBJECT IDENTIFIER 1.2.840.10045.3.1.7


def subject_public_key_info(key: Any) -> bytes | None:
    """DER SubjectPublicKeyInfo of an RSA or EC key object; None when it is of another kind or does not tell."""
    try:
        kind = key[Attribute.KEY_TYPE]
        if kind == KeyType.RSA:
            return spki.rsa(key[Attribute.MODULUS], key[Attribute.PUBLIC_EXPONENT])
        if kind == KeyType.EC:
            return spki.ec(key[Attribute.EC_PARAMS], key[Attribute.EC_POINT])
    except PKCS11Error:
        return None
    return None


def digest(key: Any) -> str:
    """SHA-256 over the DER SubjectPublicKeyInfo in lower-case hex; empty when it is not known."""
    info = subject_public_key_info(key)
    return "" if info is None else sha256(info).hexdigest()


def is_of(info: bytes, algorithm: Algorithm) -> bool:
    """Whether a SubjectPublicKeyInfo is of the kind and size that was asked for."""
    key = PublicKeyInfo.load(info)
    if algorithm is Algorithm.EC_P256:
        return bool(key.algorithm == "ec" and key["algorithm"]["parameters"].dump() == _P256)
    return bool(key.algorithm == "rsa" and key.bit_size == algorithm.rsa_bits)


def signature_bytes(info: bytes) -> int:
    """How long a raw signature by this key is: the modulus for RSA, r and s for EC (PKCS#11 v2.40 curr., 2.3.1)."""
    key = PublicKeyInfo.load(info)
    width = (int(key.bit_size) + 7) // 8
    return 2 * width if key.algorithm == "ec" else width


def ecdsa_der(raw: bytes) -> bytes:
    """DER ECDSA-Sig-Value (RFC 3279, 2.2.3) of the r and s that a card gives side by side."""
    return bytes(DSASignature.from_p1363(raw).dump())
