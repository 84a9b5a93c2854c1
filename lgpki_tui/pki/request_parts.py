"""A certification request (RFC 2986, 4) taken apart, whoever made it: nothing is verified, and nothing is believed."""

from __future__ import annotations

from lgpki_tui.ground.frozen import dataclass
from lgpki_tui.pki.algorithms import SignatureAlgorithm, read_algorithm
from lgpki_tui.pki.der import BIT_STRING, INTEGER, OID, SEQUENCE, SET, Element, NotBer, dotted, parse
from lgpki_tui.pki.extension_request import EXTENSION_REQUEST, ExtensionSeen, extensions_in

# The field `attributes [0] IMPLICIT SET OF Attribute` (RFC 2986, 4.1).
ATTRIBUTES = 0xA0
CHALLENGE_PASSWORD = "1.2.840.113549.1.9.7"  # noqa: S105  # an OID (RFC 2985, 5.4.1)
# Longer versions than this are no numbers that anybody meant.
_MOST_VERSION_BYTES = 8


@dataclass(frozen=True, slots=True)
class AttributeSeen:
    """One attribute of a request and its values, in order."""

    oid: str
    values: tuple[Element, ...]


@dataclass(frozen=True, slots=True)
class Parts:
    """A request taken apart. `attributes` is None when the field is not there; `signed` the bytes that the signature is
    of, `signature` what its BIT STRING holds; `damaged`: attributes that are of no readable form."""

    whole: Element
    version: int
    subject: Element
    public_key: Element
    attributes: tuple[AttributeSeen, ...] | None
    damaged: int
    algorithm: SignatureAlgorithm
    signed: bytes
    signature: bytes

    @property
    def extension_values(self) -> tuple[Element, ...]:
        """The values of all attributes extensionRequest: one, in a request that is as it should be."""
        found = (one for one in self.attributes or () if one.oid == EXTENSION_REQUEST)
        return tuple(value for one in found for value in one.values)

    def extensions(self) -> tuple[ExtensionSeen, ...]:
        """Every extension that is asked for, in order. Raises NotBer when a value of the attribute is none."""
        return tuple(one for value in self.extension_values for one in extensions_in(value))


def take_apart(data: bytes) -> Parts:
    """The parts of a request in BER or DER. Raises NotBer when it is none."""
    whole = parse(data)
    if whole.tag != SEQUENCE or not whole.is_(SEQUENCE, SEQUENCE, BIT_STRING):
        raise NotBer("request")
    info, identifier, signature = whole.children
    if not (info.is_(INTEGER, SEQUENCE, SEQUENCE, ATTRIBUTES) or info.is_(INTEGER, SEQUENCE, SEQUENCE)):
        raise NotBer("request info")
    field = info.children[3].children if len(info.children) == 4 else None
    seen = None if field is None else tuple(_attribute(one) for one in field)
    return Parts(
        whole=whole,
        version=_number(info.children[0].content),
        subject=info.children[1],
        public_key=info.children[2],
        attributes=None if seen is None else tuple(one for one in seen if one is not None),
        damaged=sum(one is None for one in seen or ()),
        algorithm=read_algorithm(identifier),
        signed=info.raw,
        signature=signature.content[1:],
    )


def _attribute(one: Element) -> AttributeSeen | None:
    """None when it is no Attribute of this form (RFC 2986, 4.1: at least one value)."""
    if one.tag != SEQUENCE or not one.is_(OID, SET) or not one.children[1].children:
        return None
    try:
        return AttributeSeen(dotted(one.children[0].content), one.children[1].children)
    except NotBer:
        return None


def _number(content: bytes) -> int:
    if not 0 < len(content) <= _MOST_VERSION_BYTES:
        raise NotBer("version")
    return int.from_bytes(content, "big", signed=True)
