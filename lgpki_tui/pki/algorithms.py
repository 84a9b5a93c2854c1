"""The AlgorithmIdentifiers of signatures (RFC 3279, 4055, 5758, 8410): written, told apart, and verified by."""

from __future__ import annotations

from enum import StrEnum

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, padding, rsa

from lgpki_tui.ground.frozen import dataclass
from lgpki_tui.pki.der import INTEGER, NULL, OID, SEQUENCE, Element, NotBer, dotted
from lgpki_tui.subject.algorithm import Scheme

# RSASSA-PSS with SHA-256, MGF1 with SHA-256 and a salt of 32 bytes; trailerField is the default and so left out, the
# parameters of SHA-256 are NULL (RFC 4055, 2.1 and 3.1).
PSS_SHA256 = bytes.fromhex(
    "304106092a864886f70d01010a3034a00f300d06096086480165030402010500a11c301a06092a864886f70d010108"
    "300d06096086480165030402010500a203020120"
)
PSS_SALT_BYTES = 32
_PSS, _MGF1 = "1.2.840.113549.1.1.10", "1.2.840.113549.1.1.8"
# Families: how the key of a signature algorithm is called.
_RSA, _EC, _DSA, _ED = "rsa", "ec", "dsa", "eddsa"
# OID: name in its RFC, kind of key, digest.
_KNOWN = {
    "1.2.840.113549.1.1.2": ("md2WithRSAEncryption", _RSA, "md2"),
    "1.2.840.113549.1.1.3": ("md4WithRSAEncryption", _RSA, "md4"),
    "1.2.840.113549.1.1.4": ("md5WithRSAEncryption", _RSA, "md5"),
    "1.2.840.113549.1.1.5": ("sha1WithRSAEncryption", _RSA, "sha1"),
    "1.3.14.3.2.29": ("sha1WithRSASignature", _RSA, "sha1"),
    "1.2.840.113549.1.1.14": ("sha224WithRSAEncryption", _RSA, "sha224"),
    "1.2.840.113549.1.1.11": ("sha256WithRSAEncryption", _RSA, "sha256"),
    "1.2.840.113549.1.1.12": ("sha384WithRSAEncryption", _RSA, "sha384"),
    "1.2.840.113549.1.1.13": ("sha512WithRSAEncryption", _RSA, "sha512"),
    "1.2.840.10045.4.1": ("ecdsa-with-SHA1", _EC, "sha1"),
    "1.2.840.10045.4.3.1": ("ecdsa-with-SHA224", _EC, "sha224"),
    "1.2.840.10045.4.3.2": ("ecdsa-with-SHA256", _EC, "sha256"),
    "1.2.840.10045.4.3.3": ("ecdsa-with-SHA384", _EC, "sha384"),
    "1.2.840.10045.4.3.4": ("ecdsa-with-SHA512", _EC, "sha512"),
    "1.2.840.10040.4.3": ("dsa-with-sha1", _DSA, "sha1"),
    "2.16.840.1.101.3.4.3.1": ("dsa-with-sha224", _DSA, "sha224"),
    "2.16.840.1.101.3.4.3.2": ("dsa-with-sha256", _DSA, "sha256"),
    "1.3.101.112": ("Ed25519", _ED, ""),
    "1.3.101.113": ("Ed448", _ED, ""),
}
_DIGESTS = {
    "1.2.840.113549.2.5": "md5",
    "1.3.14.3.2.26": "sha1",
    "2.16.840.1.101.3.4.2.4": "sha224",
    "2.16.840.1.101.3.4.2.1": "sha256",
    "2.16.840.1.101.3.4.2.2": "sha384",
    "2.16.840.1.101.3.4.2.3": "sha512",
}
_HASHES: dict[str, type[hashes.HashAlgorithm]] = {
    "md5": hashes.MD5,
    "sha1": hashes.SHA1,
    "sha224": hashes.SHA224,
    "sha256": hashes.SHA256,
    "sha384": hashes.SHA384,
    "sha512": hashes.SHA512,
}


class Verdict(StrEnum):
    """What is known of a signature. `unknown`: it cannot be verified here."""

    HOLDS = "holds"
    BROKEN = "broken"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class SignatureAlgorithm:
    """A signature's algorithm as its AlgorithmIdentifier tells it.

    `name`: as its RFC has it, a dotted OID when it is unknown here; `digest` empty when it brings its own or is
    unknown; `scheme`: of an RSA signature; `mask_digest` and `salt_bytes`: of RSASSA-PSS; `form`: what of the
    parameters is not as its RFC has it (`parameters_absent`, `parameters`), else empty.
    """

    oid: str
    name: str
    family: str
    digest: str
    scheme: Scheme | None = None
    mask_digest: str = ""
    salt_bytes: int = 0
    form: str = ""

    @property
    def is_known(self) -> bool:
        """Whether it is one that is known here, with all its parameters."""
        return bool(self.family) and (self.family == _ED or bool(self.digest))

    def is_made_here(self, scheme: Scheme) -> bool:
        """Whether it is what this program signs with: SHA-256, and with an RSA key by this scheme (PSS: MGF1 with
        SHA-256, a salt of 32 bytes)."""
        if self.digest != "sha256" or self.form or self.family not in (_RSA, _EC):
            return False
        pss = (self.mask_digest, self.salt_bytes) == ("sha256", PSS_SALT_BYTES)
        return self.scheme in (None, scheme) and (self.scheme is not Scheme.PSS or pss)

    @property
    def shown(self) -> str:
        """The name for people: RSASSA-PSS with its digests and salt."""
        if self.scheme is not Scheme.PSS:
            return self.name
        return f"{self.name} ({self.digest or '?'}, MGF1 {self.mask_digest or '?'}, salt {self.salt_bytes})"


def read_algorithm(identifier: Element) -> SignatureAlgorithm:
    """What an AlgorithmIdentifier says. Raises NotBer when it is none."""
    if identifier.tag != SEQUENCE or not identifier.children or identifier.children[0].tag != OID:
        raise NotBer("algorithm")
    oid, parameters = dotted(identifier.children[0].content), identifier.children[1:]
    if oid == _PSS:
        return _read_pss(parameters)
    name, family, digest = _KNOWN.get(oid, (oid, "", ""))
    scheme = Scheme.PKCS1_V15 if family == _RSA else None
    return SignatureAlgorithm(oid, name, family, digest, scheme, form=_form(family, parameters))


def verify(key: object, signed: bytes, algorithm: SignatureAlgorithm, signature: bytes) -> Verdict:
    """Whether the signature is of these bytes, this algorithm and this key (as cryptography loaded it)."""
    try:
        return Verdict.HOLDS if _verified(key, signed, algorithm, signature) else Verdict.UNKNOWN
    except (InvalidSignature, ValueError):
        return Verdict.BROKEN
    except UnsupportedAlgorithm:
        return Verdict.UNKNOWN


def _verified(key: object, signed: bytes, algorithm: SignatureAlgorithm, signature: bytes) -> bool:
    """False when nothing here can say; raises when it does not hold."""
    digest = _HASHES.get(algorithm.digest)
    if isinstance(key, ed25519.Ed25519PublicKey | ed448.Ed448PublicKey) and algorithm.family == _ED:
        key.verify(signature, signed)
    elif digest is None:
        return False
    elif isinstance(key, rsa.RSAPublicKey) and algorithm.family == _RSA:
        padded = _padding(algorithm)
        if padded is None:
            return False
        key.verify(signature, signed, padded, digest())
    elif isinstance(key, ec.EllipticCurvePublicKey) and algorithm.family == _EC:
        key.verify(signature, signed, ec.ECDSA(digest()))
    elif isinstance(key, dsa.DSAPublicKey) and algorithm.family == _DSA:
        key.verify(signature, signed, digest())
    else:
        raise InvalidSignature  # a key of another kind made none of these
    return True


def _padding(algorithm: SignatureAlgorithm) -> padding.PSS | padding.PKCS1v15 | None:
    if algorithm.scheme is not Scheme.PSS:
        return padding.PKCS1v15()
    mask = _HASHES.get(algorithm.mask_digest)
    return None if mask is None else padding.PSS(padding.MGF1(mask()), algorithm.salt_bytes)


def _form(family: str, parameters: tuple[Element, ...]) -> str:
    """RFC 4055, 5: NULL for RSA, and absent is to be accepted; RFC 5758, 3.1 and 3.2, RFC 8410, 3: absent."""
    if family == _RSA:
        return (
            "parameters_absent" if not parameters else "" if [one.tag for one in parameters] == [NULL] else "parameters"
        )
    return "parameters" if family and parameters else ""


def _read_pss(parameters: tuple[Element, ...]) -> SignatureAlgorithm:
    """RSASSA-PSS-params (RFC 4055, 3.1); what is left out is SHA-1 and a salt of 20 bytes."""
    found: dict[str, str | int] = {"digest": "sha1", "mask_digest": "sha1", "salt_bytes": 20, "trailer": 1}
    form = "" if len(parameters) == 1 and parameters[0].tag == SEQUENCE else "parameters"
    try:
        for one in parameters[0].children if parameters else ():
            (inner,) = one.children
            found |= _pss_field(one.tag, inner)
    except (ValueError, LookupError):
        return SignatureAlgorithm(_PSS, "RSASSA-PSS", _RSA, "", Scheme.PSS, form="parameters")
    if found["trailer"] != 1:
        form = "parameters"
    digest, mask = str(found["digest"]), str(found["mask_digest"])
    return SignatureAlgorithm(_PSS, "RSASSA-PSS", _RSA, digest, Scheme.PSS, mask, int(found["salt_bytes"]), form)


def _pss_field(tag: int, inner: Element) -> dict[str, str | int]:
    if tag == 0xA0:
        return {"digest": _DIGESTS[dotted(inner.children[0].content)]}
    if tag == 0xA1:
        oid, digest = inner.children
        if dotted(oid.content) != _MGF1:
            raise NotBer("mask generation")
        return {"mask_digest": _DIGESTS[dotted(digest.children[0].content)]}
    if inner.tag != INTEGER or len(inner.content) > 2:
        raise NotBer("number")
    return {{0xA2: "salt_bytes", 0xA3: "trailer"}[tag]: int.from_bytes(inner.content, "big", signed=True)}
