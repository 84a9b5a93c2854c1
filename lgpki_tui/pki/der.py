"""A tree of BER or DER elements (X.690) as they stand in a file, and wherein the bytes are not DER.

asn1crypto and cryptography either refuse what is not DER or read over it; a judge of foreign files has to tell what
was wrong and go on. Nothing is decoded here but tags and lengths.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field
from itertools import pairwise

from lgpki_tui.ground.frozen import dataclass

BOOLEAN, INTEGER, BIT_STRING, OCTET_STRING, NULL, OID, UTF8_STRING = 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0C
SEQUENCE, SET = 0x30, 0x31
# Deeper than anything that is signed with a request; what is deeper was made to exhaust us.
MOST_DEPTH = 32
# Longer than any that is registered; one of 64 KB would be a number of 18 000 digits.
MOST_OID_BYTES = 64
_CONSTRUCTED, _LONG_TAG, _END = 0x20, 0x1F, b"\0\0"
# Universal types that DER has in primitive form only (X.690, 10.2), and those that are constructed only.
_NEVER_CONSTRUCTED = frozenset({1, 2, 3, 4, 5, 6, 10, 12, 18, 19, 20, 22, 23, 24, 26, 27, 28, 30})
_ALWAYS_CONSTRUCTED = frozenset({16, 17})


class NotBer(ValueError):
    """The bytes are not even BER: an element is cut short, too long for what holds it, or nested too deep."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One place that is not DER. `what`: indefinite_length, long_length, long_tag, constructed_string, boolean,
    integer, bit_string, oid, set_order, null. `offset`: in bytes from the beginning of what was parsed."""

    what: str
    offset: int


@dataclass(frozen=True, slots=True)
class Element:
    """One element. `tag` is its first identifier octet; `raw` the whole of it, `content` without its head (and without
    the end-of-contents octets); `children` those of a constructed one."""

    tag: int
    offset: int
    raw: bytes
    content: bytes
    children: tuple[Element, ...] = ()
    faults: tuple[Fault, ...] = field(default=())

    def every_fault(self) -> Iterator[Fault]:
        """What is not DER in it and below it, in order of place."""
        yield from self.faults
        for child in self.children:
            yield from child.every_fault()

    def is_(self, *tags: int) -> bool:
        """Whether the children have exactly these tags."""
        return tuple(child.tag for child in self.children) == tags


def parse(data: bytes, offset: int = 0) -> Element:
    """The one element that the data is. `offset`: where the data stands in the file, for the faults. Raises NotBer."""
    element, after = _element(data, 0, len(data), offset, 0)
    if after != len(data):
        raise NotBer("trailing bytes")
    return element


def dotted(content: bytes) -> str:
    """The content of an OBJECT IDENTIFIER in dotted form (X.690, 8.19). Raises NotBer."""
    if not content or content[-1] & 0x80 or len(content) > MOST_OID_BYTES:
        raise NotBer("object identifier")
    arcs, value = [], 0
    for octet in content:
        value = value << 7 | octet & 0x7F
        if not octet & 0x80:
            arcs.append(value)
            value = 0
    first = min(arcs[0] // 40, 2)
    return ".".join(map(str, (first, arcs[0] - 40 * first, *arcs[1:])))


def set_is_ordered(elements: tuple[Element, ...]) -> bool:
    """Whether the elements stand in the order that DER has for a SET OF (X.690, 11.6): by their bytes."""
    return all(one.raw <= other.raw for one, other in pairwise(elements))


def _element(data: bytes, at: int, end: int, base: int, depth: int) -> tuple[Element, int]:
    """The element at a place and where the next one begins."""
    if depth > MOST_DEPTH:
        raise NotBer("nested too deep")
    start, faults = at, []
    tag, at, fault = _tag(data, at, end)
    faults += [fault] if fault else []
    length, at, fault = _length(data, at, end)
    faults += [fault] if fault else []
    constructed = bool(tag & _CONSTRUCTED)
    if length is None:
        if not constructed:
            raise NotBer("indefinite length of a primitive element")
        children, content_end = _until_end(data, at, end, base, depth)
        after = content_end + len(_END)
    else:
        content_end = after = at + length
        if content_end > end:
            raise NotBer("cut short")
        children = _inside(data, at, content_end, base, depth) if constructed else ()
    content = data[at:content_end]
    faults += _form_faults(tag, content, children)
    told = tuple(Fault(what, base + start) for what in faults)
    return Element(tag, base + start, data[start:after], content, children, told), after


def _tag(data: bytes, at: int, end: int) -> tuple[int, int, str]:
    if at >= end:
        raise NotBer("cut short")
    tag = data[at]
    at += 1
    if tag & _LONG_TAG != _LONG_TAG:
        return tag, at, ""
    # X.690, 8.1.2.4: none of the types here has so high a number.
    first, number = at, 0
    while True:
        if at >= end or at - first > 4:
            raise NotBer("tag")
        number = number << 7 | data[at] & 0x7F
        at += 1
        if not data[at - 1] & 0x80:
            return tag, at, "long_tag" if number < _LONG_TAG or data[first] == 0x80 else ""


def _length(data: bytes, at: int, end: int) -> tuple[int | None, int, str]:
    """The length (None: indefinite, X.690, 8.1.3.6), where the content begins, and what is wrong with the form."""
    if at >= end:
        raise NotBer("cut short")
    first = data[at]
    at += 1
    if first < 0x80:
        return first, at, ""
    if first == 0x80:
        return None, at, "indefinite_length"
    octets = first & 0x7F
    if first == 0xFF or at + octets > end:
        raise NotBer("length")
    length = int.from_bytes(data[at : at + octets], "big")
    shortest = 0 if length < 0x80 else (length.bit_length() + 7) // 8
    return length, at + octets, "long_length" if octets != shortest else ""


def _inside(data: bytes, at: int, end: int, base: int, depth: int) -> tuple[Element, ...]:
    found = []
    while at < end:
        element, at = _element(data, at, end, base, depth + 1)
        found.append(element)
    return tuple(found)


def _until_end(data: bytes, at: int, end: int, base: int, depth: int) -> tuple[tuple[Element, ...], int]:
    found = []
    while data[at : at + 2] != _END:
        element, at = _element(data, at, end, base, depth + 1)
        found.append(element)
    if at + 2 > end:
        raise NotBer("cut short")
    return tuple(found), at


def _form_faults(tag: int, content: bytes, children: tuple[Element, ...]) -> list[str]:
    """What DER forbids of one element of a universal type (X.690, 8.3.2, 8.19.2, 10, 11)."""
    if tag & 0xC0:
        return []
    number, constructed = tag & _LONG_TAG, bool(tag & _CONSTRUCTED)
    if constructed and number in _NEVER_CONSTRUCTED:
        return ["constructed_string"]
    if not constructed and number in _ALWAYS_CONSTRUCTED:
        raise NotBer("primitive sequence")
    wrong = {
        BOOLEAN: content not in (b"\0", b"\xff"),
        INTEGER: not content or (len(content) > 1 and (content[0], content[1] >> 7) in ((0, 0), (0xFF, 1))),
        BIT_STRING: not _is_der_bits(content),
        NULL: bool(content),
        OID: not _is_shortest_oid(content),
        SET: not set_is_ordered(children),
    }.get(tag, False)
    names = {BOOLEAN: "boolean", INTEGER: "integer", BIT_STRING: "bit_string", NULL: "null", OID: "oid"}
    return [names.get(tag, "set_order")] if wrong else []


def _is_der_bits(content: bytes) -> bool:
    """The bits that are not used are at most seven and zero (X.690, 11.2.1)."""
    if not content or content[0] > 7 or (len(content) == 1 and content[0]):
        return False
    return not content[-1] & (1 << content[0]) - 1 if len(content) > 1 else True


def _is_shortest_oid(content: bytes) -> bool:
    """No arc begins with 0x80 (X.690, 8.19.2), and the last one ends."""
    begins = [0] + [at + 1 for at, octet in enumerate(content[:-1]) if not octet & 0x80]
    return bool(content) and not content[-1] & 0x80 and all(content[at] != 0x80 for at in begins)
