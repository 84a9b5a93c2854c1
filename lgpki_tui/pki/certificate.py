"""Certificates as they come back from outside: found in whatever file holds them, read, never believed here."""

from __future__ import annotations

import warnings
from datetime import datetime

from asn1crypto import cms
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.ground.frozen import dataclass
from lgpki_tui.pki.armour import Block, Kind, blocks, length_problem, looks_like, plain
from lgpki_tui.pki.names import Name, read_name
from lgpki_tui.pki.signatures import digest, usual_form

# A certificate with its chain is a few kilobytes; anything larger is another file by mistake or on purpose.
MOST_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Certificate:
    """One X.509 certificate. `public_key` is its DER SubjectPublicKeyInfo in the usual form, so that its digest is that
    of the same key in a card; `ca` is what its basicConstraints say (RFC 5280, 4.2.1.9)."""

    der: bytes
    subject: Name
    subject_der: bytes
    issuer: Name
    issuer_der: bytes
    serial: int
    not_before: datetime
    not_after: datetime
    public_key: bytes
    ca: bool

    @property
    def sha256(self) -> str:
        """Lower-case hex SHA-256 of the DER."""
        return digest(self.der)

    @property
    def public_key_sha256(self) -> str:
        """Lower-case hex SHA-256 of the DER SubjectPublicKeyInfo."""
        return digest(self.public_key)

    @property
    def alternative_names(self) -> tuple[str, ...]:
        """The host names and mail addresses of its subjectAltName (RFC 5280, 4.2.1.6), as their octets say."""
        names = asn1.Certificate.load(self.der).subject_alt_name_value or ()
        known = [each.chosen.contents for each in names if each.name in ("dns_name", "rfc822_name")]
        return tuple(each.decode("ascii", "backslashreplace") for each in known)

    @property
    def self_issued(self) -> bool:
        """Whether subject and issuer are the same bytes."""
        return self.subject_der == self.issuer_der


@dataclass(frozen=True, slots=True)
class ReadCertificate:
    """The certificates of one file, in its order, and those of FILE.chain.pem; both are only candidates for the path.

    `chain_problem`: why FILE.chain.pem could not be used, empty when it could or is absent.
    """

    certificates: tuple[Certificate, ...]
    chain: tuple[Certificate, ...] = ()
    chain_problem: str = ""

    def leaf(self, public_key_sha256: str | None = None) -> Certificate:
        """The one that is meant: of the expected key if any is, else an end entity that issued none of the others."""
        expected = [one for one in self.certificates if one.public_key_sha256 == public_key_sha256]
        issuers = {one.issuer_der for one in self.certificates if not one.self_issued}
        candidates = expected or [one for one in self.certificates if not one.ca and one.subject_der not in issuers]
        # One key may have been certified twice: by itself and by a CA, or again later.
        return max(
            candidates or self.certificates[:1], key=lambda one: (not one.self_issued, one.not_before, one.sha256)
        )


def read_certificate(data: bytes) -> ReadCertificate:
    """Find the certificates in DER, PEM, text around PEM, or PKCS#7 certs-only (RFC 5652, DER or PEM).

    Raises Refusal: not_a_certificate (`looks_like`: csr, private_key, text, empty, ...), certificate_damaged (`reason`:
    truncated, trailing_bytes, base64, encoding), certificate_file (`reason` too_large, `size`, `limit`).
    """
    if len(data) > MOST_BYTES:
        raise Refusal(Code.CERTIFICATE_FILE, reason="too_large", size=len(data), limit=MOST_BYTES)
    return ReadCertificate(find_certificates(data))


def find_certificates(data: bytes) -> tuple[Certificate, ...]:
    """The same without a limit of size: at least one certificate, in the order of the file."""
    data = plain(data)
    armoured = blocks(data)
    if not armoured:
        return _in_der(data)
    holding = [block for block in armoured if block.kind in (Kind.CERTIFICATE, Kind.PKCS7)]
    if not holding:
        known = (block.kind for block in armoured if block.kind is not Kind.UNKNOWN)
        raise Refusal(Code.NOT_A_CERTIFICATE, looks_like=next(known, Kind.UNKNOWN).value)
    return tuple(certificate for block in holding for certificate in _in_block(block))


def parse(der: bytes) -> Certificate:
    """Read the DER of one certificate. Raises Refusal(certificate_damaged, `reason`)."""
    problem = length_problem(der)
    if problem:
        raise Refusal(Code.CERTIFICATE_DAMAGED, reason=problem)
    try:
        seen = loaded(der)
        inner = asn1.Certificate.load(der, strict=True)["tbs_certificate"]
        subject, issuer = inner["subject"].dump(), inner["issuer"].dump()
        return Certificate(
            der=der,
            subject=read_name(subject),
            subject_der=subject,
            issuer=read_name(issuer),
            issuer_der=issuer,
            serial=inner["serial_number"].native,
            not_before=seen.not_valid_before_utc,
            not_after=seen.not_valid_after_utc,
            public_key=usual_form(inner["subject_public_key_info"].dump()),
            ca=_is_ca(der),
        )
    except (ValueError, TypeError, KeyError, UnsupportedAlgorithm, x509.InvalidVersion):
        raise Refusal(Code.CERTIFICATE_DAMAGED, reason="encoding") from None


def loaded(der: bytes) -> x509.Certificate:
    """cryptography's view of a certificate, for what it judges best. Raises ValueError and others when it reads none.

    It warns on stderr of serial number 0, which roots made by hand do have; a terminal program must stay silent.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return x509.load_der_x509_certificate(der)


def _is_ca(der: bytes) -> bool:
    constraints = asn1.Certificate.load(der).basic_constraints_value
    return constraints is not None and bool(constraints["ca"].native)


def _in_block(block: Block) -> tuple[Certificate, ...]:
    if block.der is None:
        raise Refusal(Code.CERTIFICATE_DAMAGED, reason=block.damage)
    # The label is not trusted: some tools write PKCS#7 under CERTIFICATE.
    if looks_like(block.der) is Kind.PKCS7:
        return _in_pkcs7(block.der)
    return (parse(block.der),)


def _in_der(data: bytes) -> tuple[Certificate, ...]:
    kind = looks_like(data)
    if kind is Kind.CERTIFICATE:
        return (parse(data),)
    if kind is Kind.PKCS7:
        return _in_pkcs7(data)
    raise Refusal(Code.NOT_A_CERTIFICATE, looks_like=kind.value)


def _in_pkcs7(der: bytes) -> tuple[Certificate, ...]:
    problem = length_problem(der)
    if problem:
        raise Refusal(Code.CERTIFICATE_DAMAGED, reason=problem)
    try:
        held = cms.ContentInfo.load(der, strict=True)["content"]["certificates"]
        ders = [choice.chosen.dump() for choice in held if choice.name == "certificate"]
    except (ValueError, TypeError, KeyError):
        raise Refusal(Code.CERTIFICATE_DAMAGED, reason="encoding") from None
    if not ders:
        raise Refusal(Code.NOT_A_CERTIFICATE, looks_like=Kind.PKCS7.value)
    return tuple(parse(one) for one in ders)
