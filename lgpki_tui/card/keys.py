"""Key pairs on a card: made so that they cannot leave it, and found by their CKA_ID alone."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from pkcs11 import (
    Attribute,
    AttributeTypeInvalid,
    AttributeValueInvalid,
    GeneralError,
    KeyType,
    MechanismFlag,
    ObjectClass,
    PKCS11Error,
    TemplateInconsistent,
)
from pkcs11.constants import DEFAULT
from pkcs11.types import Session
from pkcs11.util.ec import encode_named_curve_parameters

from lgpki_tui.card.module import Module, bytes_of
from lgpki_tui.card.port import KeyFound
from lgpki_tui.card.public import digest, is_of, subject_public_key_info
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.subject.algorithm import Algorithm

# A key that cannot leave the card, and can do nothing but sign.
_PRIVATE = {
    Attribute.PRIVATE: True,
    Attribute.SENSITIVE: True,
    Attribute.EXTRACTABLE: False,
}
# What the public half is for has no weight, and tpm2-pkcs11 makes no pair of which it is told (GeneralError: measured).
_PUBLIC_USES = (Attribute.ENCRYPT, Attribute.VERIFY, Attribute.WRAP)
_NOT_THIS_TEMPLATE = (AttributeTypeInvalid, AttributeValueInvalid, GeneralError, TemplateInconsistent)
# What must be read back of it (PKCS#11 v2.40 base, 4.9). The first two by every driver; the others where it tells.
_TOLD = {Attribute.SENSITIVE: True, Attribute.EXTRACTABLE: False}
_TOLD_PERHAPS = {Attribute.ALWAYS_SENSITIVE: True, Attribute.NEVER_EXTRACTABLE: True, Attribute.LOCAL: True}


def find(module: Module, cka_id: bytes, *, by_trial: bool = False) -> KeyFound:
    """What is under this CKA_ID. The public half is None when there is none, or more than one. `by_trial`: whether a
    key stays inside is tried and not asked (`_readable`). Raises PKCS11Error."""
    session = module.session
    private = objects(session, ObjectClass.PRIVATE_KEY, cka_id)
    found = KeyFound(
        private_keys=len(private),
        public_key=public_key(session, cka_id),
        reasons=tuple(reason for key in private for reason in _told_lies(key, by_trial)),
        certificates=tuple(bytes_of(one, Attribute.VALUE) for one in objects(session, ObjectClass.CERTIFICATE, cka_id)),
    )
    module.refuse_logged_out()
    return found


def make_key(module: Module, cka_id: bytes, algorithm: Algorithm, label: str, *, by_trial: bool = False) -> bytes:
    """Make a key pair under a CKA_ID that no key has; its public half as DER SubjectPublicKeyInfo.

    Everything is read back through a search of its own. Raises PKCS11Error, Refusal: card_key_ambiguous, card_lied
    (facts cka_id, label, public_key_sha256: what was made; reasons: what is not as it was asked for).
    """
    session = module.session
    if _halves(session, cka_id):
        raise Refusal(Code.CARD_KEY_AMBIGUOUS, cka_id=cka_id.hex())
    try:
        made = _generate(session, cka_id, algorithm, label, {Attribute.PRIVATE: False})
    except _NOT_THIS_TEMPLATE:
        if _halves(session, cka_id):
            raise
        untold = dict.fromkeys(_PUBLIC_USES, DEFAULT)
        made = _generate(session, cka_id, algorithm, label, {Attribute.PRIVATE: False, **untold})
    private = objects(session, ObjectClass.PRIVATE_KEY, cka_id)
    public = objects(session, ObjectClass.PUBLIC_KEY, cka_id)
    module.refuse_logged_out()
    if len(private) > 1 or len(public) > 1:
        raise Refusal(Code.CARD_KEY_AMBIGUOUS, cka_id=cka_id.hex())
    info = subject_public_key_info(public[0]) if public else None
    reasons = _lies(private, info, algorithm, by_trial)
    if reasons or info is None:
        seen = sha256(info).hexdigest() if info else digest(made)
        raise Refusal(Code.CARD_LIED, cka_id=cka_id.hex(), label=label, public_key_sha256=seen, reasons=reasons)
    return info


def destroy_leftover(module: Module, cka_id: bytes) -> None:
    """Remove a public key alone or a private key alone, with which nothing can have been requested.

    Raises PKCS11Error, Refusal: card_error (reason pair_whole or certificate_present), card_key_ambiguous.
    """
    session = module.session
    private = objects(session, ObjectClass.PRIVATE_KEY, cka_id)
    public = objects(session, ObjectClass.PUBLIC_KEY, cka_id)
    module.refuse_logged_out()
    if len(private) > 1 or len(public) > 1:
        raise Refusal(Code.CARD_KEY_AMBIGUOUS, cka_id=cka_id.hex())
    if private and public:
        raise Refusal(Code.CARD_ERROR, cka_id=cka_id.hex(), reason="pair_whole")
    if private and objects(session, ObjectClass.CERTIFICATE, cka_id):
        raise Refusal(Code.CARD_ERROR, cka_id=cka_id.hex(), reason="certificate_present")
    for half in (*private, *public):
        half.destroy()


def _generate(
    session: Session, cka_id: bytes, algorithm: Algorithm, label: str, public: Mapping[Attribute, Any]
) -> Any:
    asked: dict[str, Any] = {
        "id": cka_id,
        "label": label,
        "store": True,
        "capabilities": MechanismFlag.SIGN | MechanismFlag.VERIFY,
        "public_template": public,
        "private_template": _PRIVATE,
    }
    if algorithm is Algorithm.EC_P256:
        curve = {Attribute.EC_PARAMS: encode_named_curve_parameters("secp256r1")}
        domain = session.create_domain_parameters(KeyType.EC, curve, local=True)
        return domain.generate_keypair(**asked)[0]
    return session.generate_keypair(KeyType.RSA, algorithm.rsa_bits, **asked)[0]


def _halves(session: Session, cka_id: bytes) -> list[Any]:
    """Every half of a pair under a CKA_ID."""
    kinds = (ObjectClass.PRIVATE_KEY, ObjectClass.PUBLIC_KEY)
    return [one for kind in kinds for one in objects(session, kind, cka_id)]


def _lies(private: list[Any], info: bytes | None, algorithm: Algorithm, by_trial: bool) -> list[str]:
    """In what the pair under the CKA_ID is not the one that was asked for."""
    reasons = [] if private else ["private_key_not_found"]
    for key in private:
        reasons += _told_lies(key, by_trial)
    if info is None:
        return [*reasons, "public_key_not_found"]
    return reasons if is_of(info, algorithm) else [*reasons, "algorithm"]


def _told_lies(key: Any, by_trial: bool) -> list[str]:
    """What a private key says of itself that one made inside would not say."""
    if by_trial:
        extractable = ["extractable"] if _told(key, Attribute.EXTRACTABLE) is not False else []
        return extractable + (["readable"] if _readable(key) else [])
    sure = [name.name.lower() for name, wanted in _TOLD.items() if _told(key, name) is not wanted]
    return sure + [name.name.lower() for name, wanted in _TOLD_PERHAPS.items() if _told(key, name) is (not wanted)]


def _readable(key: Any) -> bool:
    """Whether any secret part of a private key can be read: for cards whose driver tells nothing of how a key was made
    (PKCS#11 v2.40 base, 4.9: CKR_ATTRIBUTE_SENSITIVE)."""
    return any(bytes_of(key, part) for part in (Attribute.PRIVATE_EXPONENT, Attribute.PRIME_1, Attribute.VALUE))


def public_key(session: Session, cka_id: bytes) -> bytes | None:
    """The public half under a CKA_ID as DER SubjectPublicKeyInfo; None when there is none, or more than one."""
    public = objects(session, ObjectClass.PUBLIC_KEY, cka_id)
    return subject_public_key_info(public[0]) if len(public) == 1 else None


def _told(key: Any, name: Attribute) -> bool | None:
    try:
        return bool(key[name])
    except PKCS11Error:
        return None


def objects(session: Session, kind: ObjectClass, cka_id: bytes) -> list[Any]:
    """The objects of a class under a CKA_ID, compared once more here: a driver may relabel keys (OpenSC does when a
    certificate is stored), and one that filters by nothing must not hand us another's key."""
    found = session.get_objects({Attribute.CLASS: kind, Attribute.ID: cka_id})
    return [one for one in found if bytes_of(one, Attribute.ID) == cka_id]
