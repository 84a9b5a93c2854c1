"""Stores a certificate beside its key so that every other program finds it, and leaves no half of one behind."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from asn1crypto.x509 import Certificate
from pkcs11 import (
    Attribute,
    AttributeReadOnly,
    AttributeTypeInvalid,
    AttributeValueInvalid,
    CertificateType,
    ObjectClass,
    PKCS11Error,
    TemplateInconsistent,
)
from pkcs11.types import Session

from lgpki_tui.card.module import Module, bytes_of
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal

# CK_CERTIFICATE_CATEGORY_TOKEN_USER (PKCS#11 v2.40 base, 4.6.2): of the one who holds the card.
_TOKEN_USER = 1
_NOT_THIS_ATTRIBUTE = (AttributeReadOnly, AttributeTypeInvalid, AttributeValueInvalid, TemplateInconsistent)


def store(module: Module, cka_id: bytes, der: bytes, label: str) -> None:
    """Store a certificate under the CKA_ID of its key; nothing is done when this very one is there already.

    After a failure what it left is destroyed, so that it breaks no other program (measured: SoftHSM keeps an object
    without a value). Raises PKCS11Error, Refusal: certificate_damaged, card_lied (facts certificate_sha256, found).
    """
    session = module.session
    template = _template(cka_id, der, label)
    _destroy_halves(session, cka_id)
    if any(bytes_of(one, Attribute.VALUE) == der for one in _under(session, cka_id)):
        return
    before = _handles(session)
    try:
        _create(session, cka_id, template, before)
        _read_back(session, cka_id, der)
    except (PKCS11Error, Refusal):
        # Some cards store and then fail at a last step (a full directory, measured): what counts is what is there.
        if any(bytes_of(one, Attribute.VALUE) == der for one in _under(session, cka_id)):
            return
        _destroy_new(session, cka_id, before)
        raise


def _create(session: Session, cka_id: bytes, template: dict[Attribute, Any], before: set[int]) -> None:
    """Create the object; once more without its category where the driver does not take one."""
    try:
        session.create_object({**template, Attribute.CERTIFICATE_CATEGORY: _TOKEN_USER})
    except _NOT_THIS_ATTRIBUTE:
        _destroy_new(session, cka_id, before)
        session.create_object(template)


def _template(cka_id: bytes, der: bytes, label: str) -> dict[Attribute, Any]:
    """Every attribute that some client looks for: NSS the issuer and serial number, ssh-keygen the subject. Never
    CKA_TRUSTED, which only the SO may set (PKCS#11 v2.40 base, 4.6.3)."""
    try:
        certificate = Certificate.load(der, strict=True)
        inner = certificate["tbs_certificate"]
        named = {
            Attribute.SUBJECT: inner["subject"].dump(),
            Attribute.ISSUER: inner["issuer"].dump(),
            Attribute.SERIAL_NUMBER: inner["serial_number"].dump(),
        }
    except (ValueError, TypeError):
        raise Refusal(Code.CERTIFICATE_DAMAGED, certificate_sha256=sha256(der).hexdigest()) from None
    return {
        Attribute.CLASS: ObjectClass.CERTIFICATE,
        Attribute.CERTIFICATE_TYPE: CertificateType.X_509,
        Attribute.TOKEN: True,
        Attribute.PRIVATE: False,
        Attribute.ID: cka_id,
        Attribute.LABEL: label,
        Attribute.VALUE: der,
        **named,
    }


def _read_back(session: Session, cka_id: bytes, der: bytes) -> None:
    found = [bytes_of(one, Attribute.VALUE) for one in _under(session, cka_id)]
    if der not in found:
        digests = [sha256(one).hexdigest() for one in found]
        raise Refusal(Code.CARD_LIED, certificate_sha256=sha256(der).hexdigest(), found=digests)


def _under(session: Session, cka_id: bytes) -> list[Any]:
    return [one for one in _all(session) if bytes_of(one, Attribute.ID) == cka_id]


def _all(session: Session) -> list[Any]:
    return list(session.get_objects({Attribute.CLASS: ObjectClass.CERTIFICATE}))


def _handles(session: Session) -> set[int]:
    return {one.handle for one in _all(session)}


def _destroy_new(session: Session, cka_id: bytes, before: set[int]) -> None:
    """Destroy what was not there before under our CKA_ID, or under none: another program may have stored another
    certificate meanwhile. A card that does not even do that has said enough with the first error."""
    for one in _all(session):
        if one.handle not in before and bytes_of(one, Attribute.ID) in (cka_id, b""):
            _destroy(one)


def _destroy_halves(session: Session, cka_id: bytes) -> None:
    """Destroy what a store that was cut off left: under this CKA_ID (or none), with neither value nor URL."""
    for one in _all(session):
        ours = bytes_of(one, Attribute.ID) in (cka_id, b"")
        if ours and not bytes_of(one, Attribute.VALUE) and not _url(one):
            _destroy(one)


def _url(one: Any) -> str:
    try:
        return str(one[Attribute.URL])
    except PKCS11Error:
        return ""


def _destroy(one: Any) -> None:
    try:
        one.destroy()
    except PKCS11Error:
        return
