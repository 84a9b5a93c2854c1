"""Requests with one thing wrong each, by the check that tells it and the reasons that it gives."""

from __future__ import annotations

from lgpki_tui.ground.codes import Code
from tests.pki.makers import ec_key, rsa_key
from tests.pki.makers_request import asking, der, extension, handmade, long, password

KEY, RSA = ec_key(), rsa_key()
TRUE, FALSE = b"\x01\x01\xff", b"\x01\x01\x00"
BASIC, USAGE, ALTERNATIVE, OTHER = "0603551d13", "0603551d0f", "0603551d11", "06022a03"
HOST = der(0x30, der(0x82, b"a.lg.jp"))
ADDRESS = der(0x30, der(0x87, b"\x7f\0\0\x01"))
_C, _CN, _MAIL = "0603550406", "0603550403", "06092a864886f70d010901"
_NO_NULL = bytes.fromhex("300b06092a864886f70d01010b")
_NO_VALUE = der(0x30, bytes.fromhex("06092a864886f70d010907"), der(0x31))
_FOREIGN = der(0x30, bytes.fromhex(OTHER), der(0x31, b"\x05\0"))


def rdn(oid: str, tag: int, text: str | bytes) -> bytes:
    """One step of a name with one attribute."""
    content = text.encode() if isinstance(text, str) else text
    return der(0x31, der(0x30, bytes.fromhex(oid), der(tag, content)))


COUNTRY, COMMON = rdn(_C, 0x13, "JP"), rdn(_CN, 0x0C, "高島市長")


def named(*rdns: bytes) -> bytes:
    """A request of this name."""
    return handmade(KEY, subject=der(0x30, *rdns))


def wanting(oid: str, value: bytes, critical: bytes = b"") -> bytes:
    """A request that asks for one extension."""
    return handmade(KEY, asking(extension(oid, value, critical=critical)))


BAD: dict[Code, dict[str, tuple[bytes, str]]] = {
    Code.REQUEST_VERSION: {"one": (handmade(KEY, version=b"\x02\x01\x01"), "version")},
    Code.REQUEST_ENCODING: {
        "length": (handmade(KEY, field=long(0xA0)), "long_length"),
        "indefinite": (handmade(KEY, field=b"\xa0\x80\0\0"), "indefinite_length"),
        "integer": (handmade(KEY, version=b"\x02\x02\x00\x00"), "integer"),
        "order": (named(der(0x31, COMMON[2:], COUNTRY[2:])), "set_order"),
        "default": (wanting(ALTERNATIVE, HOST, FALSE), "default_written"),
        "in an extension": (wanting(ALTERNATIVE, long(0x30, der(0x82, b"a"))), "long_length"),
    },
    Code.REQUEST_ALGORITHM: {"no NULL": (handmade(RSA, algorithm=_NO_NULL), "parameters_absent")},
    Code.REQUEST_SIGNATURE: {
        "another": (handmade(KEY, signature=b"\x30\x06\x02\x01\x01\x02\x01\x01"), "signature"),
        "none": (handmade(KEY, signature=b""), "signature"),
    },
    Code.REQUEST_ATTRIBUTES: {
        "no field": (handmade(KEY, field=b""), "missing"),
        "no value": (handmade(KEY, _NO_VALUE), "damaged"),
        "a number": (handmade(KEY, password(b"\x02\x01\x01")), "damaged challenge_password"),
        "twice": (handmade(KEY, password(), password()), "duplicate challenge_password"),
        "two values": (
            handmade(KEY, password(der(0x0C, b"a"), der(0x0C, b"b"))),
            "several_values challenge_password",
        ),
        "a password": (handmade(KEY, password()), "challenge_password"),
        "of another program": (handmade(KEY, _FOREIGN), "unknown"),
    },
    Code.REQUEST_EXTENSIONS: {
        "a CA": (wanting(BASIC, der(0x30, TRUE), TRUE), "ca"),
        "twice": (handmade(KEY, asking(*[extension(BASIC, der(0x30))] * 2)), "duplicate"),
        "no bit": (wanting(USAGE, b"\x03\x01\x00", TRUE), "damaged"),
        "no DER": (wanting(ALTERNATIVE, b"a.lg.jp"), "damaged"),
        "none": (handmade(KEY, asking()), "damaged"),
        "an address": (wanting(ALTERNATIVE, ADDRESS), "other_names"),
        "unknown": (wanting(OTHER, b"?"), "unknown"),
        "critical": (wanting(OTHER, b"?", TRUE), "unknown unknown_critical"),
    },
    Code.REQUEST_SUBJECT: {
        "empty": (named(), "empty"),
        "no UTF-8": (named(rdn(_CN, 0x0C, b"\xff")), "unreadable"),
        "no text": (named(COUNTRY, rdn(_CN, 0x0C, "")), "empty_value"),
        "bidi": (named(rdn(_CN, 0x0C, "a\u202eb")), "characters"),
        "65 characters": (named(COUNTRY, rdn(_CN, 0x0C, "長" * 65)), "too_long"),
        "country in UTF-8": (named(rdn(_C, 0x0C, "JP"), COMMON), "country"),
        "BMPString": (named(rdn(_CN, 0x1E, "高島市長".encode("utf-16-be"))), "string_type"),
        "mail": (named(COMMON, rdn(_MAIL, 0x16, "a@b")), "unknown_attribute"),
        "twice": (named(COMMON, COMMON), "repeated"),
        "two in one": (named(der(0x31, COUNTRY[2:], COMMON[2:])), "multi_valued"),
    },
}
# Which of them only want attention.
ATTENTION = frozenset(
    {"parameters_absent", "challenge_password", "unknown", "other_names"}
    | {"characters", "string_type", "unknown_attribute", "repeated", "multi_valued"}
)
EVERY = [(code, name) for code, cases in BAD.items() for name in cases]
