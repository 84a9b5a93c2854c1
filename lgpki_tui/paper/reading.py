"""Makes a sheet from the bytes of a CSR: what the certificate shall say is read there and nowhere else."""

from __future__ import annotations

from asn1crypto import keys

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.paper.sheet import About, NamePart, PublicKey, Sheet
from lgpki_tui.pki.names import subject_of
from lgpki_tui.pki.request import read_request

# Names of FIPS 186-5 for the curves of SEC 2.
_CURVES = {"secp256r1": "P-256", "secp384r1": "P-384", "secp521r1": "P-521"}


def sheet_of(csr: bytes, about: About) -> Sheet:
    """The sheet for a CSR (PEM or DER); its signature is verified first.

    Raises Refusal: request_unreadable, request_signature (`read_request`), file_differs (`file`) when it is not the CSR
    that `about` was recorded for.
    """
    request = read_request(csr)
    if request.sha256 != about.csr_sha256:
        raise Refusal(Code.FILE_DIFFERS, file=about.csr_files[0] if about.csr_files else "")
    return Sheet(
        about=about,
        subject=tuple(NamePart(kind, text) for kind, text in subject_of(request.subject)),
        key=_key(request.public_key),
        csr_sha256=request.sha256,
        public_key_sha256=request.public_key_sha256,
    )


def _key(public_key: bytes) -> PublicKey:
    """Algorithm and size of a DER SubjectPublicKeyInfo (RFC 3279, 2.3) whose signature has been verified."""
    info = keys.PublicKeyInfo.load(public_key)
    algorithm = str(info.algorithm)
    if algorithm == "ec":
        form, curve = info.curve
        name = _CURVES.get(curve, curve) if form == "named" else form
        return PublicKey(f"EC {name}", int(info.bit_size))
    return PublicKey(algorithm.upper(), int(info.bit_size))
