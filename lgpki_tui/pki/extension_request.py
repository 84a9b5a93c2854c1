"""The attribute extensionRequest (RFC 2985, 5.4.2): written for what a profile asks, and read from any request.

asn1crypto writes, the tree of der.py is read: what one of them gets wrong the other does not repeat.
"""

from __future__ import annotations

from asn1crypto import core, csr, x509

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.ground.frozen import dataclass
from lgpki_tui.pki.der import BIT_STRING, BOOLEAN, OCTET_STRING, OID, SEQUENCE, Element, NotBer, dotted, parse
from lgpki_tui.subject.extensions import Extensions

EXTENSION_REQUEST = "1.2.840.113549.1.9.14"
SUBJECT_ALT_NAME, KEY_USAGE, EXTENDED_KEY_USAGE, BASIC_CONSTRAINTS = "2.5.29.17", "2.5.29.15", "2.5.29.37", "2.5.29.19"
# Whose values are read here; none but the first three is ever asked for by this program.
KNOWN_EXTENSIONS = (SUBJECT_ALT_NAME, KEY_USAGE, EXTENDED_KEY_USAGE, BASIC_CONSTRAINTS)
# In the order of the bits (RFC 5280, 4.2.1.3).
KEY_USAGES = (
    "digitalSignature",
    "nonRepudiation",
    "keyEncipherment",
    "dataEncipherment",
    "keyAgreement",
    "keyCertSign",
    "cRLSign",
    "encipherOnly",
    "decipherOnly",
)
# RFC 5280, 4.2.1.12. Others are written and told by their OID.
EXTENDED_KEY_USAGES = {
    "serverAuth": "1.3.6.1.5.5.7.3.1",
    "clientAuth": "1.3.6.1.5.5.7.3.2",
    "codeSigning": "1.3.6.1.5.5.7.3.3",
    "emailProtection": "1.3.6.1.5.5.7.3.4",
    "timeStamping": "1.3.6.1.5.5.7.3.8",
    "OCSPSigning": "1.3.6.1.5.5.7.3.9",
}
_PURPOSES = {oid: name for name, oid in EXTENDED_KEY_USAGES.items()}
# Implicit tags of GeneralName (RFC 5280, 4.2.1.6).
_RFC822_NAME, _DNS_NAME = 0x81, 0x82


@dataclass(frozen=True, slots=True)
class ExtensionSeen:
    """One extension that is asked for. `value` is what its OCTET STRING holds, None when that is not BER;
    `critical_told`: whether `critical` was written, which DER allows only when it is true."""

    oid: str
    critical: bool
    critical_told: bool
    value: Element | None


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request asks for, as far as it is understood. `others`: OIDs of what is not; `damaged`: OIDs of known
    extensions whose value cannot be read; `other_names`: how many names in subjectAltName are of another kind;
    `is_ca`: basicConstraints with cA TRUE."""

    extensions: Extensions
    others: tuple[str, ...] = ()
    damaged: tuple[str, ...] = ()
    other_names: int = 0
    is_ca: bool = False


def extension_attributes(extensions: Extensions, *, subject_is_empty: bool = False) -> csr.CRIAttributes:
    """The attributes of a request that asks for these; none when nothing is asked for.

    keyUsage is critical (RFC 5280, 4.2.1.3), subjectAltName where the subject is empty (4.2.1.6). Raises Refusal:
    text_empty, text_forbidden (`field` rfc822Name or dNSName, `characters`). ValueError: a usage of an unknown name.
    """
    asked = []
    names = [
        *(_general_name("dNSName", "dns_name", text) for text in extensions.host_names),
        *(_general_name("rfc822Name", "rfc822_name", text) for text in extensions.mail_addresses),
    ]
    if names:
        asked.append(_extension(SUBJECT_ALT_NAME, x509.GeneralNames(names).dump(), critical=subject_is_empty))
    if extensions.key_usage:
        asked.append(_extension(KEY_USAGE, _usage_der(extensions.key_usage), critical=True))
    if extensions.extended_key_usage:
        purposes = core.SequenceOf([_purpose(one) for one in extensions.extended_key_usage], spec=core.ObjectIdentifier)
        asked.append(_extension(EXTENDED_KEY_USAGE, purposes.dump(), critical=False))
    if not asked:
        return csr.CRIAttributes([])
    return csr.CRIAttributes([csr.CRIAttribute({"type": EXTENSION_REQUEST, "values": [x509.Extensions(asked)]})])


def extensions_in(value: Element) -> tuple[ExtensionSeen, ...]:
    """The extensions that stand in one value of the attribute, in order. Raises NotBer when it is no Extensions."""
    if value.tag != SEQUENCE or not value.children:
        raise NotBer("extensions")
    return tuple(_seen(one) for one in value.children)


def understood(seen: tuple[ExtensionSeen, ...]) -> Asked:
    """What the extensions ask for. Of one that stands there twice the first counts."""
    found: dict[str, tuple[str, ...]] = {}
    others, damaged, other_names, is_ca = [], [], 0, False
    for one in seen:
        if one.oid not in KNOWN_EXTENSIONS:
            others.append(one.oid)
            continue
        try:
            if one.value is None:
                raise NotBer("value")
            if one.oid == SUBJECT_ALT_NAME:
                hosts, mails, rest = _names(one.value)
                found.setdefault("host_names", hosts)
                found.setdefault("mail_addresses", mails)
                other_names += rest
            elif one.oid == KEY_USAGE:
                found.setdefault("key_usage", _usages(one.value))
            elif one.oid == EXTENDED_KEY_USAGE:
                found.setdefault("extended_key_usage", _purposes(one.value))
            else:
                is_ca = is_ca or _is_ca(one.value)
                others.append(one.oid)
        except NotBer:
            damaged.append(one.oid)
    return Asked(Extensions(**found), _once(others), _once(damaged), other_names, is_ca)


def _general_name(field: str, name: str, text: str) -> x509.GeneralName:
    """A name of an IA5String. asn1crypto's own types for it would write an international name in another form."""
    if not text:
        raise Refusal(Code.TEXT_EMPTY, field=field)
    wrong = list(dict.fromkeys(f"U+{ord(char):04X}" for char in text if not "!" <= char <= "~"))
    if wrong:
        raise Refusal(Code.TEXT_FORBIDDEN, field=field, characters=wrong)
    made = x509.GeneralName(name=name, value=text)
    made.chosen.contents = text.encode("ascii")
    return made


def _extension(oid: str, value: bytes, *, critical: bool) -> x509.Extension:
    return x509.Extension({"extn_id": oid, "critical": critical, "extn_value": core.ParsableOctetString(value)})


def _usage_der(names: tuple[str, ...]) -> bytes:
    """A named bit list: the zeros at its end are left out (X.690, 11.2.2)."""
    if unknown := set(names) - set(KEY_USAGES):
        raise ValueError(f"no such usage: {sorted(unknown)}")
    bits = sorted(KEY_USAGES.index(name) for name in names)
    octets = bytearray(bits[-1] // 8 + 1)
    for bit in bits:
        octets[bit // 8] |= 0x80 >> bit % 8
    return bytes([BIT_STRING, len(octets) + 1, 7 - bits[-1] % 8]) + bytes(octets)


def _purpose(name: str) -> str:
    oid = EXTENDED_KEY_USAGES.get(name, name)
    if not oid.replace(".", "").isdigit():
        raise ValueError(f"no such purpose: {name}")
    return oid


def _seen(one: Element) -> ExtensionSeen:
    tags = tuple(child.tag for child in one.children)
    if tags not in ((OID, OCTET_STRING), (OID, BOOLEAN, OCTET_STRING)):
        raise NotBer("extension")
    critical = len(tags) == 3 and one.children[1].content != b"\0"
    inside = one.children[-1]
    try:
        value = parse(inside.content, inside.offset + len(inside.raw) - len(inside.content))
    except NotBer:
        value = None
    return ExtensionSeen(dotted(one.children[0].content), critical, len(tags) == 3, value)


def _names(value: Element) -> tuple[tuple[str, ...], tuple[str, ...], int]:
    if value.tag != SEQUENCE or not value.children:
        raise NotBer("names")
    hosts = tuple(_ascii(one.content) for one in value.children if one.tag == _DNS_NAME)
    mails = tuple(_ascii(one.content) for one in value.children if one.tag == _RFC822_NAME)
    return hosts, mails, len(value.children) - len(hosts) - len(mails)


def _ascii(content: bytes) -> str:
    try:
        return content.decode("ascii")
    except UnicodeDecodeError:
        raise NotBer("IA5String") from None


def _usages(value: Element) -> tuple[str, ...]:
    if value.tag != BIT_STRING or not value.content:
        raise NotBer("bits")
    octets = value.content[1:]
    told = [
        name for bit, name in enumerate(KEY_USAGES) if bit // 8 < len(octets) and octets[bit // 8] << bit % 8 & 0x80
    ]
    if not told:  # RFC 5280, 4.2.1.3: at least one bit
        raise NotBer("no bit")
    return tuple(told)


def _purposes(value: Element) -> tuple[str, ...]:
    if value.tag != SEQUENCE or not value.children or any(one.tag != OID for one in value.children):
        raise NotBer("purposes")
    oids = (dotted(one.content) for one in value.children)
    return tuple(_PURPOSES.get(oid, oid) for oid in oids)


def _is_ca(value: Element) -> bool:
    if value.tag != SEQUENCE:
        raise NotBer("constraints")
    return any(one.tag == BOOLEAN and one.content != b"\0" for one in value.children)


def _once(oids: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(oids))
