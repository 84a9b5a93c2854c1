"""The attribute extensionRequest (RFC 2985, 5.4.2): written for what a profile asks, and read from any request.

asn1crypto writes, the tree of der.py is read: what one of them gets wrong the other does not repeat. The
extensions of a certificate are told in the same way.
"""

from __future__ import annotations

from contextlib import suppress
from ipaddress import ip_address

from asn1crypto import core, csr, x509

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.ground.frozen import dataclass
from lgpki_tui.pki.der import BIT_STRING, BOOLEAN, OCTET_STRING, OID, SEQUENCE, Element, NotBer, dotted, parse
from lgpki_tui.pki.names import read_name, shown
from lgpki_tui.subject.extensions import Extensions, Telling

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
# Tags of GeneralName, and the names of those that this program never asks for (RFC 5280, 4.2.1.6).
_RFC822_NAME, _DNS_NAME, _DIRECTORY_NAME, _URI, _ADDRESS, _REGISTERED = 0x81, 0x82, 0xA4, 0x86, 0x87, 0x88
_OTHER_NAMES = {
    0xA0: "otherName",
    0xA3: "x400Address",
    _DIRECTORY_NAME: "directoryName",
    0xA5: "ediPartyName",
    _URI: "uniformResourceIdentifier",
    _ADDRESS: "iPAddress",
    _REGISTERED: "registeredID",
}
# The field `extensions [3] EXPLICIT` of a certificate (RFC 5280, 4.1).
_CERTIFICATE_EXTENSIONS = 0xA3


@dataclass(frozen=True, slots=True)
class ExtensionSeen:
    """One extension that is asked for. `value` is what its OCTET STRING holds, None when that is not BER;
    `critical_told`: whether `critical` was written, which DER allows only when it is true."""

    oid: str
    critical: bool
    critical_told: bool
    value: Element | None


@dataclass(frozen=True, slots=True)
class Told:
    """A name of subjectAltName, all usages of a key, or the OID of an extension that is not read here. A name of a kind
    that is never asked for by this program begins with the kind (RFC 5280, 4.2.1.6): ``iPAddress: 192.0.2.7``."""

    what: Telling
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request asks for, as far as it is understood. `told`: everything, in its order; `others`: OIDs of what is
    not understood; `damaged`: OIDs of known extensions whose value cannot be read; `other_names`: how many names in
    subjectAltName are of another kind; `is_ca`: basicConstraints with cA TRUE."""

    extensions: Extensions
    told: tuple[Told, ...] = ()
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


def certificate_extensions(der: bytes) -> tuple[ExtensionSeen, ...]:
    """The extensions of a certificate, in order. Raises NotBer when it is none."""
    whole = parse(der)
    field = [one for one in whole.children[0].children if one.tag == _CERTIFICATE_EXTENSIONS] if whole.children else []
    return tuple(seen for one in field for value in one.children for seen in extensions_in(value))


def understood(seen: tuple[ExtensionSeen, ...]) -> Asked:
    """What the extensions ask for. Of one that stands there twice the first counts, and both are told."""
    found: dict[str, tuple[str, ...]] = {}
    told: list[Told] = []
    damaged, is_ca = [], False
    for one in seen:
        try:
            said = _told(one)
            is_ca = is_ca or (one.oid == BASIC_CONSTRAINTS and one.value is not None and _is_ca(one.value))
        except NotBer:
            damaged.append(one.oid)
            said = [_unread(one)]
        else:
            for what, field in _FIELDS.get(one.oid, {}).items():
                found.setdefault(field, tuple(text for each in said if each.what is what for text in each.texts))
        told += said
    rest = [one for each in told if each.what is Telling.OTHER_EXTENSION for one in each.texts]
    others = _once([oid for oid in rest if oid not in damaged])
    other_names = sum(each.what is Telling.OTHER_NAME for each in told)
    return Asked(Extensions(**found), tuple(told), others, _once(damaged), other_names, is_ca)


# Which field of Extensions has which texts of an extension.
_FIELDS = {
    SUBJECT_ALT_NAME: {Telling.HOST_NAME: "host_names", Telling.MAIL_ADDRESS: "mail_addresses"},
    KEY_USAGE: {Telling.KEY_USAGE: "key_usage"},
    EXTENDED_KEY_USAGE: {Telling.EXTENDED_KEY_USAGE: "extended_key_usage"},
}


def _told(one: ExtensionSeen) -> list[Told]:
    if one.oid not in KNOWN_EXTENSIONS:
        return [_unread(one)]
    if one.value is None:
        raise NotBer("value")
    if one.oid == SUBJECT_ALT_NAME:
        return _names(one.value)
    if one.oid == KEY_USAGE:
        return [Told(Telling.KEY_USAGE, _usages(one.value))]
    if one.oid == EXTENDED_KEY_USAGE:
        return [Told(Telling.EXTENDED_KEY_USAGE, _purposes(one.value))]
    return [_unread(one)]


def _unread(one: ExtensionSeen) -> Told:
    return Told(Telling.OTHER_EXTENSION, (one.oid,))


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


def _names(value: Element) -> list[Told]:
    if value.tag != SEQUENCE or not value.children:
        raise NotBer("names")
    return [_name(one) for one in value.children]


def _name(one: Element) -> Told:
    if one.tag == _DNS_NAME:
        return Told(Telling.HOST_NAME, (_ascii(one.content),))
    if one.tag == _RFC822_NAME:
        return Told(Telling.MAIL_ADDRESS, (_ascii(one.content),))
    return Told(Telling.OTHER_NAME, (f"{_OTHER_NAMES.get(one.tag, f'[{one.tag:02X}]')}: {_other_name(one)}",))


def _other_name(one: Element) -> str:
    """For people, as far as it can be read; else its octets in hex."""
    with suppress(ValueError, TypeError, KeyError, IndexError, OverflowError):
        if one.tag == _URI:
            return _ascii(one.content)
        if one.tag == _ADDRESS:
            return str(ip_address(one.content))
        if one.tag == _REGISTERED:
            return dotted(one.content)
        if one.tag == _DIRECTORY_NAME:
            return shown(read_name(one.children[0].raw))
    return one.content.hex()


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
