"""What a file holds, told by its armour (RFC 7468) or by the head of its DER (X.690), before anything is trusted."""

from __future__ import annotations

from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from enum import StrEnum
from textwrap import wrap

from lgpki_tui.ground.frozen import dataclass

_BEGIN, _END, _DASHES = b"-----BEGIN ", b"-----END ", b"-----"


class Kind(StrEnum):
    """What a piece of data looks like. The value is the fact `looks_like`."""

    CERTIFICATE = "certificate"
    PKCS7 = "pkcs7"
    REQUEST = "csr"
    CRL = "crl"
    PRIVATE_KEY = "private_key"
    PUBLIC_KEY = "public_key"
    PKCS12 = "pkcs12"
    TEXT = "text"
    EMPTY = "empty"
    UNKNOWN = "unknown"


_LABELS = {
    b"CERTIFICATE": Kind.CERTIFICATE,
    b"X509 CERTIFICATE": Kind.CERTIFICATE,
    b"X.509 CERTIFICATE": Kind.CERTIFICATE,
    b"PKCS7": Kind.PKCS7,
    b"PKCS #7 SIGNED DATA": Kind.PKCS7,
    b"CMS": Kind.PKCS7,
    b"CERTIFICATE REQUEST": Kind.REQUEST,
    b"NEW CERTIFICATE REQUEST": Kind.REQUEST,
    b"X509 CRL": Kind.CRL,
    b"PUBLIC KEY": Kind.PUBLIC_KEY,
    b"RSA PUBLIC KEY": Kind.PUBLIC_KEY,
}


@dataclass(frozen=True, slots=True)
class Block:
    """One armoured piece. `der` is None when its end or its base64 is damaged; `damage` says which."""

    kind: Kind
    der: bytes | None
    damage: str = ""


def pem(label: str, der: bytes) -> bytes:
    """Armour DER as RFC 7468, section 3: lines of 64 characters, each ended by a line feed."""
    lines = wrap(b64encode(der).decode(), 64)
    return "\n".join([f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", ""]).encode()


def blocks(data: bytes) -> tuple[Block, ...]:
    """Every armoured piece in a file, whatever text stands around them. Time grows with the length only."""
    found = []
    at = data.find(_BEGIN)
    while at >= 0:
        block, after = _block(data, at + len(_BEGIN))
        if block is not None:
            found.append(block)
        at = data.find(_BEGIN, after)
    return tuple(found)


def plain(data: bytes) -> bytes:
    """A file that an editor saved as UTF-16 or with a byte order mark, as the ASCII it stands for; others unchanged."""
    for mark, encoding in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"), (b"\xef\xbb\xbf", "utf-8")):
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace").encode("ascii", "replace")
    return data


def looks_like(data: bytes) -> Kind:
    """What unarmoured data looks like, by the first tags of its DER; good also for a file cut short."""
    if not data.strip():
        return Kind.EMPTY
    outer = _head(data, 0)
    if outer is None or outer[0] != 0x30:
        return Kind.TEXT if _is_text(data) else Kind.UNKNOWN
    return _shape(data, outer[1])


def length_problem(data: bytes) -> str:
    """`truncated` or `trailing_bytes` when the outer DER element does not end where the data does, else empty."""
    head = _head(data, 0)
    if head is None or head[1] + head[2] > len(data):
        return "truncated"
    return "trailing_bytes" if head[1] + head[2] < len(data) else ""


def _block(data: bytes, at: int) -> tuple[Block | None, int]:
    """The piece whose label starts here, and where to look on."""
    line_end = data.find(b"\n", at, at + 200)
    label_end = data.find(_DASHES, at, line_end if line_end >= 0 else at + 200)
    if label_end < 0:
        return None, at
    label = data[at:label_end]
    start = label_end + len(_DASHES)
    kind = Kind.PRIVATE_KEY if label.endswith(b"PRIVATE KEY") else _LABELS.get(label, Kind.UNKNOWN)
    end = data.find(b"-----", start)
    if end < 0 or not data.startswith(_END + label + _DASHES, end):
        return Block(kind, None, "truncated"), start
    try:
        return Block(kind, b64decode(b"".join(data[start:end].split()), validate=True)), end + len(_END)
    except NotBase64:
        return Block(kind, None, "base64"), end + len(_END)


def _shape(data: bytes, at: int) -> Kind:
    """The kind of a SEQUENCE by what stands in it; `at` is where its content begins."""
    first = _head(data, at)
    if first is None:
        return Kind.UNKNOWN
    tag, content, length = first
    if tag == 0x06:  # ContentInfo; id-signedData is 1.2.840.113549.1.7.2 (RFC 5652, 5.1)
        return Kind.PKCS7 if data[content : content + length] == bytes.fromhex("2a864886f70d010702") else Kind.UNKNOWN
    if tag == 0x02:  # a version: PKCS#12 (3), else a private key (PKCS#1, PKCS#8, SEC 1)
        return Kind.PKCS12 if data[content : content + length] == b"\x03" else Kind.PRIVATE_KEY
    if tag != 0x30:
        return Kind.UNKNOWN
    return _signed_shape(data, content, content + length)


def _signed_shape(data: bytes, inner: int, after: int) -> Kind:
    """A SEQUENCE in a SEQUENCE: something signed (certificate, CSR, CRL), or an algorithm and a key."""
    one = _head(data, inner)
    if one is None:
        return Kind.UNKNOWN
    if one[0] == 0x06:  # AlgorithmIdentifier: SubjectPublicKeyInfo, or EncryptedPrivateKeyInfo
        return {0x03: Kind.PUBLIC_KEY, 0x04: Kind.PRIVATE_KEY}.get(_tag(data, after) or 0, Kind.UNKNOWN)
    if one[0] == 0xA0:  # TBSCertificate with an explicit version (RFC 5280, 4.1)
        return Kind.CERTIFICATE
    if one[0] != 0x02:
        return Kind.CRL if one[0] == 0x30 else Kind.UNKNOWN
    # An INTEGER first: version 1 certificate (serial, AlgorithmIdentifier), CSR (version, Name) or CRL (version, alg).
    second = _head(data, one[1] + one[2])
    if second is None or _tag(data, second[1]) != 0x06:
        return Kind.REQUEST if second is not None else Kind.UNKNOWN
    issuer = _head(data, second[1] + second[2])
    after_issuer = _tag(data, issuer[1] + issuer[2]) if issuer else None
    return Kind.CRL if after_issuer in (0x17, 0x18) else Kind.CERTIFICATE


def _head(data: bytes, at: int) -> tuple[int, int, int] | None:
    """Tag, start and length of the content of the DER element at a place; None when its head is not there.

    An indefinite length (BER, as some PKCS#7 writers use) reaches to the end of the data.
    """
    if at + 2 > len(data):
        return None
    first = data[at + 1]
    if first <= 0x80:
        return data[at], at + 2, first if first < 0x80 else len(data) - at - 2
    octets = first & 0x7F
    if not 1 <= octets <= 4 or at + 2 + octets > len(data):
        return None
    return data[at], at + 2 + octets, int.from_bytes(data[at + 2 : at + 2 + octets], "big")


def _tag(data: bytes, at: int) -> int | None:
    return data[at] if 0 <= at < len(data) else None


def _is_text(data: bytes) -> bool:
    """Whether a person would call it a text: no control characters, in UTF-8 or one of Japan's encodings."""
    sample = data[:4096]
    if any(byte < 0x20 and byte not in b"\t\n\r\x0c\x1b" for byte in sample):
        return False
    for encoding in ("utf-8", "cp932", "euc-jp", "iso2022_jp"):
        try:
            sample[:-4].decode(encoding) if len(data) > len(sample) else sample.decode(encoding)
        except UnicodeDecodeError:
            continue
        return True
    return False
