"""The certificate signing request (CSR, PKCS#10): built for a key in a card, and read again without trust."""

from __future__ import annotations

from asn1crypto import csr, keys, x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.x509 import CertificateSigningRequest, InvalidVersion, load_der_x509_csr

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.ground.frozen import dataclass
from lgpki_tui.pki.armour import Kind, blocks, length_problem, looks_like, plain
from lgpki_tui.pki.armour import pem as pem
from lgpki_tui.pki.names import Likeness, Name, Subject, build_name, compare, read_name
from lgpki_tui.pki.signatures import RSA_SHA256, WEAK_DIGESTS, Sign, digest, signature_algorithm

LABEL = "CERTIFICATE REQUEST"
MOST_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Request:
    """A CSR whose signature holds. `subject_der` and `public_key` are the bytes as they stand in it."""

    der: bytes
    subject_der: bytes
    subject: Name
    public_key: bytes

    @property
    def sha256(self) -> str:
        """Lower-case hex SHA-256 of the DER."""
        return digest(self.der)

    @property
    def public_key_sha256(self) -> str:
        """Lower-case hex SHA-256 of the DER SubjectPublicKeyInfo."""
        return digest(self.public_key)


async def build_request(subject: Subject, public_key_der: bytes, sign: Sign) -> bytes:
    """A DER PKCS#10 request, judged before it is returned.

    RFC 2986: version 0, the attributes field present and empty. `subject`: (short name, text) pairs in the order of
    the RDNs; `public_key_der`: DER SubjectPublicKeyInfo, taken over byte for byte. Raises Refusal: those of
    `build_name`, before anything is signed; card_lied with `reason` = public_key, signature, key or subject when what
    came back is not what was asked for.
    """
    name = build_name(subject)
    info = _info(name, public_key_der)
    algorithm = _algorithm(public_key_der)
    signature = await sign(info.dump())
    der = bytes(
        csr.CertificationRequest(
            {"certification_request_info": info, "signature_algorithm": algorithm, "signature": signature}
        ).dump()
    )
    _judge(der, subject, public_key_der)
    return der


def read_request(data: bytes) -> Request:
    """Read a CSR, PEM (first one in the file) or DER, and verify its signature.

    Raises Refusal: request_unreadable (`looks_like`, `reason`), request_signature (`reason`: signature, algorithm).
    """
    der = _der_of(data)
    try:
        seen = load_der_x509_csr(der)
        info = csr.CertificationRequest.load(der, strict=True)["certification_request_info"]
        request = Request(
            der, info["subject"].dump(), read_name(info["subject"].dump()), info["subject_pk_info"].dump()
        )
    except (ValueError, TypeError, KeyError, UnsupportedAlgorithm, InvalidVersion):
        raise Refusal(Code.REQUEST_UNREADABLE, looks_like=Kind.REQUEST.value, reason="encoding") from None
    _verify(seen)
    return request


def _verify(seen: CertificateSigningRequest) -> None:
    try:
        digest_name = getattr(seen.signature_hash_algorithm, "name", "")
        valid = seen.is_signature_valid
    except (ValueError, UnsupportedAlgorithm):
        raise Refusal(Code.REQUEST_SIGNATURE, reason="algorithm") from None
    if not valid:  # cryptography holds no signature over SHA-1 for valid, whether it verifies or not
        raise Refusal(Code.REQUEST_SIGNATURE, reason="algorithm" if digest_name in WEAK_DIGESTS else "signature")


def _info(name: bytes, public_key: bytes) -> csr.CertificationRequestInfo:
    try:
        key = keys.PublicKeyInfo.load(public_key, strict=True)
    except (ValueError, TypeError):
        raise Refusal(Code.CARD_LIED, reason="public_key") from None
    return csr.CertificationRequestInfo(
        {
            "version": 0,
            "subject": x509.Name(name="", value=x509.RDNSequence.load(name)),
            "subject_pk_info": key,
            "attributes": csr.CRIAttributes([]),
        }
    )


def _algorithm(public_key: bytes) -> dict[str, object]:
    """The AlgorithmIdentifier: NULL parameters for RSA (RFC 4055, 5), none for ECDSA (RFC 5758, 3.2)."""
    try:
        rsa = signature_algorithm(public_key) == RSA_SHA256
    except ValueError:
        raise Refusal(Code.CARD_LIED, reason="public_key") from None
    return {"algorithm": "sha256_rsa"} if rsa else {"algorithm": "sha256_ecdsa"}


def _judge(der: bytes, subject: Subject, public_key: bytes) -> None:
    """Read back what was built, with other eyes: cryptography verifies, and key and subject must be those asked for."""
    try:
        request = read_request(der)
    except Refusal as refusal:
        raise Refusal(Code.CARD_LIED, reason="signature", found=refusal.code.value) from None
    if request.public_key != public_key:
        raise Refusal(Code.CARD_LIED, reason="key")
    if compare(subject, request.subject) is not Likeness.SAME:
        raise Refusal(Code.CARD_LIED, reason="subject")


def _der_of(data: bytes) -> bytes:
    if len(data) > MOST_BYTES:
        raise Refusal(Code.REQUEST_UNREADABLE, looks_like=Kind.UNKNOWN.value, reason="too_large")
    data = plain(data)
    armoured = blocks(data)
    if armoured:
        block = next((one for one in armoured if one.kind is Kind.REQUEST), armoured[0])
        if block.kind is not Kind.REQUEST or block.der is None:
            raise Refusal(Code.REQUEST_UNREADABLE, looks_like=block.kind.value, reason=block.damage or "kind")
        return block.der
    kind = looks_like(data)
    if kind is not Kind.REQUEST:
        raise Refusal(Code.REQUEST_UNREADABLE, looks_like=kind.value, reason="kind")
    problem = length_problem(data)
    if problem:
        raise Refusal(Code.REQUEST_UNREADABLE, looks_like=kind.value, reason=problem)
    return data
