"""The practice CA: a root, an intermediate and the certificates they issue, right ones and, on request, wrong ones.

Everything is named as practice. The DER is built with asn1crypto, so that a subject is copied from the CSR byte for
byte (cryptography's builder would count its characters in bytes) and SHA-1 can be had for the fault that needs it.
"""

from __future__ import annotations

import os
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path

from asn1crypto import core, keys, x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_public_key,
    load_pem_private_key,
    pkcs7,
)
from cryptography.x509 import load_der_x509_certificate

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.ground.frozen import dataclass
from lgpki_tui.pki.armour import pem
from lgpki_tui.pki.certificate import Certificate, read_certificate
from lgpki_tui.pki.extension_request import extension_attributes
from lgpki_tui.pki.names import Subject, build_name, subject_of
from lgpki_tui.pki.request import Request, read_request
from lgpki_tui.subject.extensions import Extensions

VALIDITY_YEARS = 3
ROOT_NAME: Subject = (("C", "JP"), ("O", "PRACTICE"), ("CN", "練習用 ルート認証局"))
INTERMEDIATE_NAME: Subject = (("C", "JP"), ("O", "PRACTICE"), ("CN", "練習用 組織認証局"))
OTHER_NAME: Subject = (("C", "JP"), ("O", "PRACTICE"), ("CN", "練習用 よその認証局"))
# `[pretend] now` may stand years before or after the day of `rehearse init`; the CA is there on all of them.
_YEARS_BACK, _YEARS_ON = 10, 40
_CA_USAGE = {"key_cert_sign", "crl_sign"}
_LEAF_USAGE = {"digital_signature", "non_repudiation"}


class Fault(StrEnum):
    """What a practice certificate can have wrong. `pkcs7` is none: the same certificate in another wrapping."""

    WRONG_KEY = "wrong-key"
    WRONG_SUBJECT = "wrong-subject"
    EXPIRED = "expired"
    NOT_YET_VALID = "not-yet-valid"
    OTHER_ISSUER = "other-issuer"
    SHA1 = "sha1"
    PKCS7 = "pkcs7"


@dataclass(frozen=True, slots=True)
class Issued:
    """An issued certificate (PEM), and intermediates and root for CERT.chain.pem beside it."""

    pem: bytes
    chain_pem: bytes


@dataclass(frozen=True, slots=True)
class _Authority:
    """A CA: its certificate, its key and the certificates above it."""

    certificate: Certificate
    key: rsa.RSAPrivateKey
    above: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class _Content:
    """What a certificate shall say."""

    subject: bytes
    public_key: bytes
    not_before: datetime
    not_after: datetime
    usage: set[str]
    path_length: int | None = None
    granted: Extensions = Extensions()


def create(folder: Path, now: datetime) -> None:
    """Make the practice CA in a folder (made if absent): root.pem, intermediate.pem, and their keys, 0600.

    RSA 2048 like the real one. Raises FileExistsError when there is a CA already, OSError when the disk says no.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    root = _self_signed(ROOT_NAME, now)
    intermediate = _below(root, INTERMEDIATE_NAME, now)
    for stem, authority in (("root", root), ("intermediate", intermediate)):
        _write(folder / f"{stem}.pem", pem("CERTIFICATE", authority.certificate.der), 0o644)
        key = authority.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        _write(folder / f"{stem}.key.pem", key, 0o600)


def issue(folder: Path, csr_bytes: bytes, faults: Collection[Fault], now: datetime) -> Issued:
    """Issue a certificate for a CSR (PEM or DER): subject and key as in it, valid for 3 calendar years from now (UTC;
    29 February ends on the 28th), keyUsage digitalSignature and nonRepudiation; host names, mail addresses and purposes
    (extendedKeyUsage) as they are asked for.

    Raises Refusal: request_unreadable, request_signature (nothing is issued), sandbox_missing (`file`).
    """
    request = read_request(csr_bytes)
    issuer = _self_signed(OTHER_NAME, now) if Fault.OTHER_ISSUER in faults else _load(folder)
    digest = hashes.SHA1() if Fault.SHA1 in faults else hashes.SHA256()  # noqa: S303  # the fault that is asked for
    der = _certificate(_content(request, faults, now), issuer, digest)
    chain = b"".join(pem("CERTIFICATE", one) for one in (issuer.certificate.der, *issuer.above))
    return Issued(_wrapped(der) if Fault.PKCS7 in faults else pem("CERTIFICATE", der), chain)


def add_years(moment: datetime, years: int) -> datetime:
    """The same day and time that many calendar years on; 29 February becomes the 28th where there is none."""
    try:
        return moment.replace(year=moment.year + years)
    except ValueError:
        return moment.replace(year=moment.year + years, day=28)


def _content(request: Request, faults: Collection[Fault], now: datetime) -> _Content:
    subject, public_key = request.subject_der, request.public_key
    begins = now.astimezone(UTC)
    if Fault.WRONG_SUBJECT in faults:
        others = [(kind, text) for kind, text in subject_of(request.subject) if kind in ("C", "O", "OU")]
        subject = build_name((*others, ("CN", "練習用 別の名義")))
    if Fault.WRONG_KEY in faults:
        public_key = _another_key(public_key)
    if Fault.EXPIRED in faults:
        begins = add_years(begins, -VALIDITY_YEARS) - timedelta(days=1)
    if Fault.NOT_YET_VALID in faults:
        begins += timedelta(days=30)
    asked = request.extensions
    granted = Extensions(asked.host_names, asked.mail_addresses, (), asked.extended_key_usage)
    return _Content(subject, public_key, begins, add_years(begins, VALIDITY_YEARS), _LEAF_USAGE, granted=granted)


def _another_key(public_key: bytes) -> bytes:
    """A key of the same kind and size that is not this one."""
    key = load_der_public_key(public_key)
    if isinstance(key, ec.EllipticCurvePublicKey):
        return _spki(ec.generate_private_key(key.curve))
    return _spki(rsa.generate_private_key(65537, key.key_size if isinstance(key, rsa.RSAPublicKey) else 2048))


def _self_signed(name: Subject, now: datetime) -> _Authority:
    key = rsa.generate_private_key(65537, 2048)
    content = _ca_content(name, key, now, None)
    der = _signed(content, content.subject, _key_id(content.public_key), key, hashes.SHA256())
    return _Authority(_read(der), key)


def _below(root: _Authority, name: Subject, now: datetime) -> _Authority:
    key = rsa.generate_private_key(65537, 2048)
    der = _certificate(_ca_content(name, key, now, 0), root, hashes.SHA256())
    return _Authority(_read(der), key, (root.certificate.der,))


def _ca_content(name: Subject, key: rsa.RSAPrivateKey, now: datetime, path_length: int | None) -> _Content:
    begins, ends = add_years(now.astimezone(UTC), -_YEARS_BACK), add_years(now.astimezone(UTC), _YEARS_ON)
    return _Content(build_name(name), _spki(key), begins, ends, _CA_USAGE, path_length)


def _certificate(content: _Content, issuer: _Authority, digest: hashes.HashAlgorithm) -> bytes:
    key_id = _key_id(issuer.certificate.public_key)
    return _signed(content, issuer.certificate.subject_der, key_id, issuer.key, digest)


def _signed(
    content: _Content, issuer: bytes, issuer_key_id: bytes, key: rsa.RSAPrivateKey, digest: hashes.HashAlgorithm
) -> bytes:
    algorithm = {"algorithm": f"{digest.name}_rsa"}
    body = x509.TbsCertificate(
        {
            "version": "v3",
            # Positive, at most 20 octets, not to be guessed (RFC 5280, 4.1.2.2).
            "serial_number": (int.from_bytes(os.urandom(20), "big") >> 1) | 1,
            "signature": algorithm,
            "issuer": _name(issuer),
            "validity": {"not_before": _time(content.not_before), "not_after": _time(content.not_after)},
            "subject": _name(content.subject),
            "subject_public_key_info": keys.PublicKeyInfo.load(content.public_key),
            "extensions": _extensions(content, issuer_key_id),
        }
    )
    signature = key.sign(body.dump(), padding.PKCS1v15(), digest)
    whole = {"tbs_certificate": body, "signature_algorithm": algorithm, "signature_value": signature}
    return bytes(x509.Certificate(whole).dump())


def _extensions(content: _Content, issuer_key_id: bytes) -> list[dict[str, object]]:
    found: list[dict[str, object]] = [
        _extension("authority_key_identifier", x509.AuthorityKeyIdentifier({"key_identifier": issuer_key_id})),
        _extension("key_identifier", core.OctetString(_key_id(content.public_key))),
        _extension("key_usage", x509.KeyUsage(content.usage), critical=True),
    ]
    if content.usage >= _CA_USAGE:
        limits = x509.BasicConstraints({"ca": True, "path_len_constraint": content.path_length})
        found.append(_extension("basic_constraints", limits, critical=True))
    asked = [each for one in extension_attributes(content.granted) for each in one["values"][0]]
    return [*found, *asked]


def _extension(kind: str, value: object, *, critical: bool = False) -> dict[str, object]:
    return {"extn_id": kind, "critical": critical, "extn_value": value}


def _name(der: bytes) -> x509.Name:
    return x509.Name(name="", value=x509.RDNSequence.load(der))


def _time(moment: datetime) -> x509.Time:
    """UTCTime until 2049, GeneralizedTime from then on, whole seconds (RFC 5280, 4.1.2.5)."""
    whole = moment.astimezone(UTC).replace(microsecond=0)
    kind, value = ("utc_time", core.UTCTime) if whole.year < 2050 else ("general_time", core.GeneralizedTime)
    return x509.Time(name=kind, value=value(whole))


def _key_id(public_key: bytes) -> bytes:
    """RFC 5280, 4.2.1.2, method 1."""
    return bytes(keys.PublicKeyInfo.load(public_key).sha1)


def _spki(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _wrapped(der: bytes) -> bytes:
    return pkcs7.serialize_certificates([load_der_x509_certificate(der)], Encoding.PEM)


def _read(data: bytes) -> Certificate:
    return read_certificate(data).certificates[0]


def _load(folder: Path) -> _Authority:
    """The intermediate, which is what issues."""
    try:
        certificate, root = (_read((folder / name).read_bytes()) for name in ("intermediate.pem", "root.pem"))
        key = load_pem_private_key((folder / "intermediate.key.pem").read_bytes(), None)
    except OSError as error:
        raise Refusal(Code.SANDBOX_MISSING, file=str(error.filename), reason="ca") from None
    except (ValueError, Refusal):
        raise Refusal(Code.SANDBOX_MISSING, file=str(folder.absolute()), reason="ca_damaged") from None
    if not isinstance(key, rsa.RSAPrivateKey):
        raise Refusal(Code.SANDBOX_MISSING, file=str(folder.absolute()), reason="ca_damaged")
    return _Authority(certificate, key, (root.der,))


def _write(path: Path, data: bytes, mode: int) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
