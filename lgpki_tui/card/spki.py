"""Writes DER SubjectPublicKeyInfo (RFC 5280, 4.1.2.7) of what a card tells of a public key. Imports nothing."""

from __future__ import annotations

_SEQUENCE, _INTEGER, _BIT_STRING, _OCTET_STRING = 0x30, 0x02, 0x03, 0x04
# AlgorithmIdentifier of rsaEncryption with NULL (RFC 3279, 2.3.1), and the OID id-ecPublicKey (RFC 5480, 2.1.1).
_RSA = bytes.fromhex("300d06092a864886f70d0101010500")
_EC = bytes.fromhex("06072a8648ce3d0201")
# Lengths of points on the curves of 256, 384 and 521 bits, compressed or not (SEC 1, 2.3.3).
_POINT_BYTES = (33, 65, 49, 97, 67, 133)


def rsa(modulus: bytes, exponent: bytes) -> bytes | None:
    """From CKA_MODULUS and CKA_PUBLIC_EXPONENT (big-endian); None when one of them is not told."""
    if not (modulus and exponent):
        return None
    key = _der(_SEQUENCE, _integer(modulus) + _integer(exponent))
    return _der(_SEQUENCE, _RSA + _der(_BIT_STRING, b"\0" + key))


def ec(parameters: bytes, point: bytes) -> bytes | None:
    """From CKA_EC_PARAMS (DER) and CKA_EC_POINT; None when one of them is not told or is no point."""
    bare = _point(point)
    if not parameters or bare is None:
        return None
    return _der(_SEQUENCE, _der(_SEQUENCE, _EC + parameters) + _der(_BIT_STRING, b"\0" + bare))


def _point(told: bytes) -> bytes | None:
    """CKA_EC_POINT is a DER OCTET STRING (PKCS#11 v2.40 curr., 2.3.3); some drivers give its content bare. Both may
    begin with 04: the length decides."""
    inner = told[3 if told[1:2] == b"\x81" else 2 :]
    if told == _der(_OCTET_STRING, inner) and len(inner) in _POINT_BYTES:
        return inner
    return told if len(told) in _POINT_BYTES else None


def _integer(big_endian: bytes) -> bytes:
    content = big_endian.lstrip(b"\0") or b"\0"
    return _der(_INTEGER, content if content[0] < 0x80 else b"\0" + content)


def _der(tag: int, content: bytes) -> bytes:
    length = len(content)
    if length < 0x80:
        return bytes([tag, length]) + content
    counted = length.to_bytes((length.bit_length() + 7) // 8)
    return bytes([tag, 0x80 | len(counted)]) + counted + content
