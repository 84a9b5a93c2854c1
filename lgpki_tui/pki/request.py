"""The certificate signing request (CSR, PKCS#10): built for a key in a card, and read again without trust."""

from __future__ import annotations

from dataclasses import replace

from asn1crypto import algos, csr, keys, x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.x509 import CertificateSigningRequest, InvalidVersion, load_der_x509_csr

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.ground.frozen import dataclass
from lgpki_tui.pki.algorithms import PSS_SHA256, SignatureAlgorithm
from lgpki_tui.pki.armour import Kind, blocks, length_problem, looks_like, plain
from lgpki_tui.pki.armour import pem as pem
from lgpki_tui.pki.extension_request import EXTENSION_REQUEST, KEY_USAGES, Told, extension_attributes, understood
from lgpki_tui.pki.judging import requested
from lgpki_tui.pki.names import Likeness, Name, Subject, build_name, compare, read_name
from lgpki_tui.pki.request_parts import Parts, take_apart
from lgpki_tui.pki.signatures import RSA_SHA256, Sign, digest, key_kind, signature_algorithm
from lgpki_tui.pki.strength import WEAK_DIGESTS
from lgpki_tui.subject.algorithm import Scheme
from lgpki_tui.subject.extensions import Extensions

LABEL = "CERTIFICATE REQUEST"
MOST_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Request:
    """A CSR whose signature holds. `subject_der` and `public_key` are the bytes as they stand in it.

    `key`: `rsa-2048`, `ec-secp256r1`; `algorithm`: how it is signed; `extensions`: what it asks for, as far as that is
    understood, `other_extensions` the OIDs of the rest; `asked`: all of them for people, in the order of the file;
    `attributes`: OIDs of attributes besides extensionRequest.
    """

    der: bytes
    subject_der: bytes
    subject: Name
    public_key: bytes
    key: str
    algorithm: SignatureAlgorithm
    extensions: Extensions = Extensions()
    other_extensions: tuple[str, ...] = ()
    attributes: tuple[str, ...] = ()
    asked: tuple[Told, ...] = ()

    @property
    def sha256(self) -> str:
        """Lower-case hex SHA-256 of the DER."""
        return digest(self.der)

    @property
    def public_key_sha256(self) -> str:
        """Lower-case hex SHA-256 of the DER SubjectPublicKeyInfo."""
        return digest(self.public_key)

    @property
    def scheme(self) -> Scheme | None:
        """How an RSA key signed it; None for keys of other kinds."""
        return self.algorithm.scheme


async def build_request(
    subject: Subject,
    public_key_der: bytes,
    sign: Sign,
    extensions: Extensions = Extensions(),  # noqa: B008  # frozen
    scheme: Scheme = Scheme.PKCS1_V15,
) -> bytes:
    """A DER PKCS#10 request, judged before it is returned.

    RFC 2986: version 0, the attributes field present, and empty when no extension is asked for. `subject`: (short name,
    text) pairs in the order of the RDNs; `public_key_der`: DER SubjectPublicKeyInfo, taken over byte for byte; `sign`
    signs by `scheme` when the key is RSA. Raises Refusal: those of `build_name` and `extension_attributes`, before
    anything is signed; card_lied with `reason` = public_key, signature, key, subject, extensions or scheme when what
    came back is not what was asked for.
    """
    attributes = extension_attributes(extensions, subject_is_empty=not subject)
    info = _info(build_name(subject), public_key_der, attributes)
    algorithm = _algorithm(public_key_der, scheme)
    signature = await sign(info.dump())
    der = bytes(
        csr.CertificationRequest(
            {"certification_request_info": info, "signature_algorithm": algorithm, "signature": signature}
        ).dump()
    )
    _judge(der, subject, public_key_der, extensions, scheme)
    return der


def read_request(data: bytes) -> Request:
    """Read a CSR, PEM (first one in the file) or DER, and verify its signature.

    Raises Refusal: request_unreadable (`looks_like`, `reason`), request_signature (`reason`: signature, algorithm).
    """
    der = request_der(data)
    try:
        seen = load_der_x509_csr(der)
        request = _request(der, take_apart(der))
    except (ValueError, TypeError, KeyError, UnsupportedAlgorithm, InvalidVersion):
        raise Refusal(Code.REQUEST_UNREADABLE, looks_like=Kind.REQUEST.value, reason="encoding") from None
    _verify(seen)
    return request


def _request(der: bytes, parts: Parts) -> Request:
    """Raises ValueError when a part cannot be read, or an extension that is known here."""
    asked = understood(parts.extensions())
    if asked.damaged or parts.damaged:
        raise ValueError("damaged extension or attribute")
    return Request(
        der=der,
        subject_der=parts.subject.raw,
        subject=read_name(parts.subject.raw),
        public_key=parts.public_key.raw,
        key=key_kind(parts.public_key.raw),
        algorithm=parts.algorithm,
        extensions=asked.extensions,
        other_extensions=asked.others,
        attributes=tuple(one.oid for one in parts.attributes or () if one.oid != EXTENSION_REQUEST),
        asked=asked.told,
    )


def _verify(seen: CertificateSigningRequest) -> None:
    try:
        digest_name = getattr(seen.signature_hash_algorithm, "name", "")
        valid = seen.is_signature_valid
    except (ValueError, UnsupportedAlgorithm):
        raise Refusal(Code.REQUEST_SIGNATURE, reason="algorithm") from None
    if not valid:  # cryptography holds no signature over SHA-1 for valid, whether it verifies or not
        raise Refusal(Code.REQUEST_SIGNATURE, reason="algorithm" if digest_name in WEAK_DIGESTS else "signature")


def _info(name: bytes, public_key: bytes, attributes: csr.CRIAttributes) -> csr.CertificationRequestInfo:
    try:
        key = keys.PublicKeyInfo.load(public_key, strict=True)
    except (ValueError, TypeError):
        raise Refusal(Code.CARD_LIED, reason="public_key") from None
    return csr.CertificationRequestInfo(
        {
            "version": 0,
            "subject": x509.Name(name="", value=x509.RDNSequence.load(name)),
            "subject_pk_info": key,
            "attributes": attributes,
        }
    )


def _algorithm(public_key: bytes, scheme: Scheme) -> algos.SignedDigestAlgorithm:
    """The AlgorithmIdentifier: NULL parameters for RSA (RFC 4055, 5), those of RSASSA-PSS (RFC 4055, 3.1), none for
    ECDSA (RFC 5758, 3.2)."""
    try:
        rsa = signature_algorithm(public_key) == RSA_SHA256
    except ValueError:
        raise Refusal(Code.CARD_LIED, reason="public_key") from None
    if rsa and scheme is Scheme.PSS:
        return algos.SignedDigestAlgorithm.load(PSS_SHA256, strict=True)
    return algos.SignedDigestAlgorithm({"algorithm": "sha256_rsa" if rsa else "sha256_ecdsa"})


def _judge(der: bytes, subject: Subject, public_key: bytes, extensions: Extensions, scheme: Scheme) -> None:
    """Read back what was built, with other eyes: cryptography verifies, and key, subject, extensions and scheme must be
    those asked for."""
    try:
        request = read_request(der)
    except Refusal as refusal:
        raise Refusal(Code.CARD_LIED, reason="signature", found=refusal.code.value) from None
    if request.public_key != public_key:
        raise Refusal(Code.CARD_LIED, reason="key")
    if compare(subject, request.subject) is not Likeness.SAME:
        raise Refusal(Code.CARD_LIED, reason="subject")
    asked = replace(extensions, key_usage=tuple(one for one in KEY_USAGES if one in extensions.key_usage))
    others = request.attributes or request.other_extensions
    if others or not asked == request.extensions == requested(load_der_x509_csr(der), subject_is_empty=not subject):
        raise Refusal(Code.CARD_LIED, reason="extensions")
    if not request.algorithm.is_made_here(scheme):
        raise Refusal(Code.CARD_LIED, reason="scheme")


def request_der(data: bytes) -> bytes:
    """The bytes of the request that a file holds, PEM (the first one) or as it is. Raises Refusal(request_unreadable)
    with `looks_like` and `reason`."""
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
