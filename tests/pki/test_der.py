"""The tree of BER elements, and wherein bytes are not DER."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgpki_tui.pki.der import MOST_DEPTH, NotBer, dotted, parse
from tests.pki.makers import openssl


def faults(text: str) -> list[tuple[str, int]]:
    return [(one.what, one.offset) for one in parse(bytes.fromhex(text)).every_fault()]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("3003020100", []),
        ("308103020100", [("long_length", 0)]),
        ("30820003020100", [("long_length", 0)]),
        ("30800201000000", [("indefinite_length", 0)]),
        ("300402020001", [("integer", 2)]),
        ("30040202ff80", [("integer", 2)]),
        ("30020200", [("integer", 2)]),
        ("3003010101", [("boolean", 2)]),
        ("30060101ff0101ff", []),
        ("3004030207ff", [("bit_string", 2)]),
        ("3004030208ff", [("bit_string", 2)]),
        ("300403020780", []),
        ("3003030100", []),
        ("300424020400", [("constructed_string", 2)]),
        ("3106020101020100", [("set_order", 0)]),
        ("3106020100020101", []),
        ("3003050100", [("null", 2)]),
        ("3004060280 01".replace(" ", ""), [("oid", 2)]),
        ("30031f0100", [("long_tag", 2)]),
        ("30037f2000", []),
    ],
)
def test_what_is_not_der_is_told_with_its_place(text: str, told: list[tuple[str, int]]) -> None:
    assert faults(text) == told


@pytest.mark.parametrize(
    "text", ["", "30", "3001", "300502010", "30050201", "3084", "30ff", "0480", "308002", "3003020200", "1000", "3f"]
)
def test_what_is_not_even_ber_is_refused(text: str) -> None:
    with pytest.raises(NotBer):
        parse(bytes.fromhex(text + "0" * (len(text) % 2)))


def test_what_is_nested_too_deep_or_has_more_behind_it_is_refused() -> None:
    nested = b""
    for _ in range(MOST_DEPTH + 2):
        nested = bytes([0x30, len(nested)]) + nested if len(nested) < 0x80 else nested
    with pytest.raises(NotBer):
        parse(nested)
    with pytest.raises(NotBer):
        parse(b"\x30\x80" * 30_000)
    with pytest.raises(NotBer):
        parse(b"\x05\x00\x00")


@given(st.binary(max_size=300))
def test_no_bytes_stop_it(data: bytes) -> None:
    try:
        list(parse(data).every_fault())
    except NotBer:
        return


@pytest.mark.parametrize("oid", ["1.2.840.113549.1.9.14", "2.5.29.17", "0.9.2342", "2.999.1", "1.39.1"])
def test_object_identifiers_are_read_as_openssl_writes_them(oid: str) -> None:
    made = openssl("asn1parse", "-genstr", f"OID:{oid}", "-noout", "-out", "/dev/stdout").stdout
    assert dotted(parse(made).content) == oid


def test_an_object_identifier_without_end_or_limit_is_refused() -> None:
    for content in (b"", b"\x80", b"\x2a\x81", b"\x2a" + b"\xff" * 100 + b"\x01"):
        with pytest.raises(NotBer):
            dotted(content)
