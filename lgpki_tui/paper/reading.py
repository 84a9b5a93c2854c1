"""Makes a sheet from the bytes of a CSR or a certificate: what they say is read there and nowhere else."""

from __future__ import annotations

from asn1crypto import keys

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.paper.asked import asked_by, held_by
from lgpki_tui.paper.sheet import About, AskedFor, Contents, Issued, NamePart, PublicKey, Sheet
from lgpki_tui.pki.certificate import Certificate
from lgpki_tui.pki.names import Name, shown, subject_of
from lgpki_tui.pki.request import read_request
from lgpki_tui.pki.signatures import digest

# Names of FIPS 186-5 for the curves of SEC 2.
_CURVES = {"secp256r1": "P-256", "secp384r1": "P-384", "secp521r1": "P-521"}


def sheet_of(csr: bytes, about: About, renewed: Certificate | None = None) -> Sheet:
    """The sheet for a CSR (PEM or DER), whose signature is verified first. `renewed`: the certificate that the new one
    shall follow.

    Raises Refusal: request_unreadable, request_signature (`read_request`), file_differs (`file`) when it is not the CSR
    that `about` was recorded for.
    """
    request = read_request(csr)
    if request.sha256 != about.csr_sha256:
        raise Refusal(Code.FILE_DIFFERS, file=about.csr_files[0] if about.csr_files else "")
    contents = _contents(request.subject, asked_by(request), request.public_key)
    return Sheet(about, contents, request.sha256, _issued(renewed) if renewed is not None else None)


def revocation_of(certificate: Certificate, about: About) -> Sheet:
    """The sheet that asks for the revocation of a certificate. Raises Refusal: certificate_damaged (`reason`)."""
    try:
        held = held_by(certificate)
    except ValueError:
        raise Refusal(Code.CERTIFICATE_DAMAGED, reason="encoding") from None
    contents = _contents(certificate.subject, held, certificate.public_key)
    return Sheet(about, contents, certificate.sha256, _issued(certificate))


def _contents(subject: Name, asked: tuple[AskedFor, ...], public_key: bytes) -> Contents:
    return Contents(tuple(NamePart(kind, text) for kind, text in subject_of(subject)), asked, _key(public_key))


def _issued(certificate: Certificate) -> Issued:
    return Issued(
        serial=certificate.serial,
        name=shown(certificate.subject),
        issuer=shown(certificate.issuer),
        not_before=certificate.not_before,
        not_after=certificate.not_after,
        sha256=certificate.sha256,
    )


def _key(public_key: bytes) -> PublicKey:
    """Algorithm, size and digest of a DER SubjectPublicKeyInfo (RFC 3279, 2.3)."""
    info = keys.PublicKeyInfo.load(public_key)
    algorithm = str(info.algorithm)
    if algorithm == "ec":
        form, curve = info.curve
        name = _CURVES.get(curve, curve) if form == "named" else form
        algorithm = f"EC {name}"
    return PublicKey(
        algorithm if algorithm.startswith("EC ") else algorithm.upper(), int(info.bit_size), digest(public_key)
    )
