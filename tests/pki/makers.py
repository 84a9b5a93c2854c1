"""Keys, certificates and outside judges for the tests of pki: cryptography's own builder, openssl, certtool."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

from lgpki_tui.pki.certificate import Certificate, parse
from lgpki_tui.pki.signatures import Sign

Digest = hashes.SHA256 | hashes.SHA384 | hashes.SHA512
Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
DAY = timedelta(days=1)
SUBJECT = (("C", "JP"), ("O", "高島市"), ("OU", "総務部情報政策課"), ("CN", "高島市長"))


def ec_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def rsa_key(bits: int = 2048) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, bits)


def spki(key: Key) -> bytes:
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def signer(key: Key) -> Sign:
    async def sign(message: bytes) -> bytes:
        if isinstance(key, rsa.RSAPrivateKey):
            return key.sign(message, padding.PKCS1v15(), hashes.SHA256())
        return key.sign(message, ec.ECDSA(hashes.SHA256()))

    return sign


@dataclass(frozen=True)
class Made:
    """A certificate that cryptography made, with its key."""

    made: x509.Certificate
    key: Key

    @property
    def der(self) -> bytes:
        return self.made.public_bytes(Encoding.DER)

    @property
    def pem(self) -> bytes:
        return self.made.public_bytes(Encoding.PEM)

    @property
    def read(self) -> Certificate:
        return parse(self.der)


def name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, "JP"), x509.NameAttribute(NameOID.COMMON_NAME, common)])


def make(
    common: str,
    issuer: Made | None = None,
    *,
    ca: bool = False,
    path_length: int | None = None,
    key: Key | None = None,
    begins: datetime = NOW - 30 * DAY,
    ends: datetime = NOW + 300 * DAY,
    digest: Digest | None = None,
    extensions: tuple[tuple[x509.ExtensionType, bool], ...] = (),
) -> Made:
    """A certificate, self-signed without an issuer."""
    key = key or ec_key()
    builder = (
        x509.CertificateBuilder()
        .subject_name(name(common))
        .issuer_name(issuer.made.subject if issuer else name(common))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(ends)
        .add_extension(x509.BasicConstraints(ca, path_length), critical=True)
    )
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical)
    return Made(builder.sign(issuer.key if issuer else key, digest or hashes.SHA256()), key)


def openssl(*args: str | Path, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["openssl", *map(str, args)], input=stdin, capture_output=True, check=False, timeout=60)


def certtool(*args: str, stdin: bytes) -> bytes:
    """What GnuTLS says. Skips the test when it is not installed."""
    program = shutil.which("certtool")
    if program is None:
        pytest.skip("certtool (gnutls-bin) is not installed")
    return subprocess.run([program, *args], input=stdin, capture_output=True, check=True, timeout=60).stdout


def openssl_verifies(folder: Path, anchor: Made, between: tuple[Made, ...], leaf: Made, at: datetime = NOW) -> bool:
    """What `openssl verify` says of the same path at the same moment."""
    (folder / "anchor.pem").write_bytes(anchor.pem)
    (folder / "between.pem").write_bytes(b"".join(one.pem for one in between) or anchor.pem)
    (folder / "leaf.pem").write_bytes(leaf.pem)
    moment = ("-attime", str(int(at.timestamp())))
    files = ("-CAfile", folder / "anchor.pem", "-untrusted", folder / "between.pem", folder / "leaf.pem")
    return openssl("verify", "-no-CApath", "-no-CAstore", *moment, *files).returncode == 0
