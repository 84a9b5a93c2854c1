"""Proof of possession: the card signs a challenge that could be nothing else, and the certificate's key verifies it."""

from __future__ import annotations

from asn1crypto import x509

from lgpki_tui.pki.armour import Kind, looks_like
from lgpki_tui.pki.signatures import verifies
from lgpki_tui.procedure.number import is_enrolment_number

PREFIX = b"LGPKI-TUI POSSESSION v1\n"
RANDOM_BYTES = 32


def challenge(enrolment: str, certificate_sha256: str, random32: bytes) -> bytes:
    """The message that the card signs (docs/contract.md, Possession challenge): 100 bytes in all.

    The prefix line (24 bytes), the enrolment number in ASCII (12), the certificate's SHA-256 as its 32 raw bytes and
    32 fresh random bytes, one after the other without separators: every part has a fixed length, so no two challenges
    are the same bytes. `certificate_sha256` is lower-case hex. Raises ValueError when a part is not of its form.
    """
    certificate = bytes.fromhex(certificate_sha256)
    if not is_enrolment_number(enrolment) or len(certificate) != 32 or len(random32) != RANDOM_BYTES:
        raise ValueError("not an enrolment number, a SHA-256 and 32 random bytes")
    return PREFIX + enrolment.encode("ascii") + certificate + random32


def verify(certificate_or_spki_der: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the key of a certificate, or a bare SubjectPublicKeyInfo (both DER), signed the message with SHA-256
    (PKCS#1 v1.5 or ECDSA). False, too, when the DER is neither or the key is of another kind."""
    if looks_like(certificate_or_spki_der) is not Kind.CERTIFICATE:
        return verifies(certificate_or_spki_der, message, signature)
    try:
        certificate = x509.Certificate.load(certificate_or_spki_der, strict=True)
        public_key = bytes(certificate["tbs_certificate"]["subject_public_key_info"].dump())
    except (ValueError, TypeError):
        return False
    return verifies(public_key, message, signature)
