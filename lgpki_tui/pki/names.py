"""The distinguished name: built, read, shown and compared, with lengths counted in characters.

asn1crypto builds and reads; its own comparison (and cryptography's `.subject`) is not used: the first refuses every
character newer than Unicode 3.2 (measured: U+9FC0), the second counts the upper bounds in UTF-8 bytes and warns.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum

from asn1crypto import core, x509

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.ground.frozen import dataclass
from lgpki_tui.ground.inert import inert

Subject = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class AttributeType:
    """One kind of attribute: its OID, upper bound in characters and string type (RFC 5280, appendix A.1)."""

    oid: str
    upper_bound: int
    printable: bool
    too_long: Code


# Short names as RFC 4514 section 3 and RFC 5280 appendix A.1 give them.
ATTRIBUTES = {
    "C": AttributeType("2.5.4.6", 2, True, Code.TEXT_FORBIDDEN),
    "ST": AttributeType("2.5.4.8", 128, False, Code.TEXT_FORBIDDEN),
    "L": AttributeType("2.5.4.7", 128, False, Code.TEXT_FORBIDDEN),
    "O": AttributeType("2.5.4.10", 64, False, Code.ORGANIZATION_TOO_LONG),
    "OU": AttributeType("2.5.4.11", 64, False, Code.ORGANIZATION_TOO_LONG),
    "CN": AttributeType("2.5.4.3", 64, False, Code.NAME_TOO_LONG),
    "T": AttributeType("2.5.4.12", 64, False, Code.NAME_TOO_LONG),
    "serialNumber": AttributeType("2.5.4.5", 64, True, Code.NAME_TOO_LONG),
}
_SHORT = {kind.oid: short for short, kind in ATTRIBUTES.items()}
# X.680, 41.4: neither @ nor & nor * nor underscore.
_PRINTABLE = re.compile(r"[A-Za-z0-9 '()+,\-./:=?]*")


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute as it stands in a name. `kind` is a short name, or a dotted OID that has none here; `string_type`
    is asn1crypto's name of the ASN.1 type (`utf8_string`, `printable_string`, ...)."""

    kind: str
    text: str
    string_type: str


Name = tuple[tuple[Attribute, ...], ...]


class Likeness(StrEnum):
    """How alike two names are."""

    SAME = "same"
    EQUAL_BY_RULE = "equal_by_rule"
    DIFFERENT = "different"


def build_name(subject: Subject) -> bytes:
    """The DER of a name with one attribute per RDN in the order given; C and serialNumber PrintableString, the others
    UTF8String (RFC 5280, 4.1.2.4).

    Raises Refusal: text_empty, text_forbidden (characters), organization_too_long, name_too_long (length and limit in
    characters), each with `field`, the short name. ValueError when a short name is unknown.
    """
    for short, text in subject:
        _check(short, text)
    return bytes(x509.RDNSequence([_rdn(short, text) for short, text in subject]).dump())


def read_name(der: bytes) -> Name:
    """Read the DER of a name. Raises ValueError (or TypeError) when it is none."""
    try:
        return tuple(tuple(_attribute(pair) for pair in rdn) for rdn in x509.RDNSequence.load(der, strict=True))
    except AttributeError as error:  # asn1crypto, of a value that is damaged (found by fuzzing)
        raise ValueError("damaged name") from error


def subject_of(name: Name) -> Subject:
    """The name as (short name, text) pairs in order; a multi-valued RDN is written out one after the other."""
    return tuple((attribute.kind, attribute.text) for rdn in name for attribute in rdn)


def shown(name: Name) -> str:
    """The name for people: `C=JP, O=..., CN=...`, inert; a multi-valued RDN joined by `+`. Not for parsing."""
    return ", ".join("+".join(f"{a.kind}={inert(a.text)}" for a in rdn) for rdn in name)


def shown_subject(subject: Subject) -> str:
    """The same for a subject that was asked for."""
    return ", ".join(f"{kind}={inert(text)}" for kind, text in subject)


def compare(asked: Subject, found: Name) -> Likeness:
    """Compare a certificate's name with what was asked for.

    SAME: the same sequence of RDNs with the same characters, whatever the string types. EQUAL_BY_RULE: equal only when
    case, white space and compatibility forms are folded (RFC 5280, 7.1; RFC 4518).
    """
    if len(asked) != len(found) or any(len(rdn) != 1 for rdn in found):
        return Likeness.DIFFERENT
    pairs = [(kind, text, rdn[0]) for (kind, text), rdn in zip(asked, found, strict=True)]
    if all(kind == there.kind and text == there.text for kind, text, there in pairs):
        return Likeness.SAME
    if all(kind == there.kind and _fold(text) == _fold(there.text) for kind, text, there in pairs):
        return Likeness.EQUAL_BY_RULE
    return Likeness.DIFFERENT


def folded(name: Name) -> tuple[tuple[tuple[str, str], ...], ...]:
    """A name as it is compared by rule (RFC 5280, 7.1): equal values of this are equal names."""
    return tuple(tuple(sorted((one.kind, _fold(one.text)) for one in rdn)) for rdn in name)


def _check(short: str, text: str) -> None:
    kind = ATTRIBUTES.get(short)
    if kind is None:
        raise ValueError(f"no such attribute: {short}")
    if not text.strip():
        raise Refusal(Code.TEXT_EMPTY, field=short)
    forbidden = _forbidden(text, kind.printable)
    if forbidden:
        raise Refusal(Code.TEXT_FORBIDDEN, field=short, characters=[f"U+{ord(one):04X}" for one in forbidden])
    if len(text) > kind.upper_bound or (short == "C" and len(text) != kind.upper_bound):
        raise Refusal(kind.too_long, field=short, length=len(text), limit=kind.upper_bound)


def _forbidden(text: str, printable: bool) -> list[str]:
    """What would act on a terminal or split a line, lone surrogates, and what a PrintableString cannot hold."""
    wrong = (one for one in text if inert(one) != one or (printable and not _PRINTABLE.fullmatch(one)))
    return list(dict.fromkeys(wrong))


def _rdn(short: str, text: str) -> x509.RelativeDistinguishedName:
    kind = ATTRIBUTES[short]
    value = (
        x509.DirectoryString(name="printable_string", value=core.PrintableString(text))
        if kind.printable
        else x509.DirectoryString(name="utf8_string", value=core.UTF8String(text))
    )
    return x509.RelativeDistinguishedName([x509.NameTypeAndValue({"type": kind.oid, "value": value})])


def _attribute(pair: x509.NameTypeAndValue) -> Attribute:
    value, oid = pair["value"], pair["type"].dotted
    if isinstance(value, core.Any):  # a type unknown to asn1crypto
        value = value.parse()
    string_type = value.name if isinstance(value, core.Choice) else type(value).__name__
    value = value.chosen if isinstance(value, core.Choice) else value
    text = value.native if isinstance(value.native, str) else value.contents.hex()
    return Attribute(_SHORT.get(oid, oid), text, string_type)


# RFC 4518, 2.2: mapped to nothing. Here only what can stand in a Japanese name unseen.
_UNSEEN = dict.fromkeys(map(ord, "\u00ad\u034f\u200b\u200c\u200d\u2060\ufeff"))
_UNSEEN.update(dict.fromkeys(range(0xFE00, 0xFE10)))


def _fold(text: str) -> str:
    """Case, compatibility forms and white space folded (RFC 4518, 2.2 to 2.6.1), with today's Unicode tables."""
    folded = unicodedata.normalize("NFKC", text.translate(_UNSEEN)).casefold()
    return " ".join(unicodedata.normalize("NFKC", folded).split())
