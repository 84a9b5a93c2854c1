"""Signatures by the keys on a card: always over SHA-256, by what the module offers for that."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from pkcs11 import MGF, Attribute, KeyType, Mechanism, ObjectClass
from pkcs11.types import Session

from lgpki_tui.card.keys import objects, public_key
from lgpki_tui.card.module import Module
from lgpki_tui.card.public import ecdsa_der, signature_bytes
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.subject.algorithm import Scheme

# DigestInfo for SHA-256 up to the digest (RFC 8017, 9.2, note 1), for cards without CKM_SHA256_RSA_PKCS.
_SHA256_INFO = bytes.fromhex("3031300d060960864801650304020105000420")
# CK_RSA_PKCS_PSS_PARAMS (PKCS#11 v2.40 curr., 2.1.8): SHA-256, MGF1 with SHA-256, the salt as long as the digest.
_PSS = (Mechanism.SHA256, MGF.SHA256, 32)
# By scheme: the mechanism that takes the message, and the one that takes its digest.
_MECHANISMS = {
    Scheme.PKCS1_V15: (Mechanism.SHA256_RSA_PKCS, Mechanism.RSA_PKCS),
    Scheme.PSS: (Mechanism.SHA256_RSA_PKCS_PSS, Mechanism.RSA_PKCS_PSS),
}


def check_scheme(module: Module, scheme: Scheme) -> None:
    """Whether RSA keys of the card that is logged in to can sign by this scheme. Raises PKCS11Error, Refusal:
    card_scheme (`scheme`, `mechanisms`)."""
    _mechanism(module.session, scheme)


def sign(module: Module, cka_id: bytes, message: bytes, scheme: Scheme = Scheme.PKCS1_V15) -> bytes:
    """Sign with SHA-256: by this scheme for RSA, DER ECDSA-Sig-Value for EC.

    Raises PKCS11Error, Refusal: card_error (reason key_missing), card_key_ambiguous, card_unsupported, card_scheme,
    card_lied (the signature is not as long as one by this key is).
    """
    key = _one_private(module.session, cka_id)
    kind = key[Attribute.KEY_TYPE]
    if kind == KeyType.RSA:
        raw = _sign_rsa(module.session, key, message, scheme)
    elif kind == KeyType.EC:
        raw = bytes(key.sign(sha256(message).digest(), mechanism=Mechanism.ECDSA))
    else:
        raise Refusal(Code.CARD_UNSUPPORTED, cka_id=cka_id.hex(), reason="key_type")
    info = public_key(module.session, cka_id)
    if not raw or (info is not None and len(raw) != signature_bytes(info)):
        raise Refusal(Code.CARD_LIED, cka_id=cka_id.hex(), reasons=["signature_length"])
    return raw if kind == KeyType.RSA else ecdsa_der(raw)


def _one_private(session: Session, cka_id: bytes) -> Any:
    found = objects(session, ObjectClass.PRIVATE_KEY, cka_id)
    if not found:
        raise Refusal(Code.CARD_ERROR, cka_id=cka_id.hex(), reason="key_missing")
    if len(found) > 1:
        raise Refusal(Code.CARD_KEY_AMBIGUOUS, cka_id=cka_id.hex())
    return found[0]


def _sign_rsa(session: Session, key: Any, message: bytes, scheme: Scheme) -> bytes:
    mechanism = _mechanism(session, scheme)
    if mechanism is Mechanism.RSA_PKCS:
        message = _SHA256_INFO + sha256(message).digest()
    elif mechanism is Mechanism.RSA_PKCS_PSS:
        message = sha256(message).digest()
    return bytes(key.sign(message, mechanism=mechanism, mechanism_param=_PSS if scheme is Scheme.PSS else None))


def _mechanism(session: Session, scheme: Scheme) -> Mechanism:
    """What to sign with: PKCS#1 v1.5 is tried also where the module does not name it."""
    offered = session.token.slot.get_mechanisms()
    whole, digested = _MECHANISMS[scheme]
    if whole in offered:
        return whole
    if scheme is Scheme.PSS and digested not in offered:
        names = (getattr(one, "name", "") for one in offered)  # a mechanism that has no name there is a bare number
        named = sorted(f"CKM_{name}" for name in names if "RSA" in name)
        raise Refusal(Code.CARD_SCHEME, scheme=scheme.value, mechanisms=named)
    return digested
