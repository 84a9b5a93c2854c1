"""The frames: round trips, bounds, and what is no frame."""

from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgpki_tui.card import wire

TEXTS = st.dictionaries(st.text(max_size=20), st.text(max_size=200), max_size=5)


def through_a_pipe(raw: bytes | bytearray) -> tuple[wire.Kind, bytes] | None:
    reading, writing = os.pipe()
    try:
        wire.write_frame(writing, raw)
        os.close(writing)
        return wire.read_frame(reading)
    finally:
        os.close(reading)


@given(TEXTS)
def test_a_message_comes_back(message: dict[str, str]) -> None:
    found = through_a_pipe(wire.pack_json(message))
    assert found is not None
    assert (found[0], wire.unpack_json(found[1])) == (wire.Kind.JSON, message)


@given(st.binary(max_size=wire.MOST_SECRET))
def test_a_secret_comes_back(secret: bytes) -> None:
    assert through_a_pipe(wire.pack_secret(secret)) == (wire.Kind.SECRET, secret)


def test_the_layout_is_length_kind_body() -> None:
    assert bytes(wire.pack_secret(b"abc")) == b"\0\0\0\x03\x02abc"
    assert bytes(wire.pack_json({})) == b"\0\0\0\x02\x01{}"


@given(st.integers(0, 4), st.integers(0, 8))
def test_a_frame_that_ends_early_is_the_end(header: int, body: int) -> None:
    assert through_a_pipe(bytes(wire.pack_secret(b"123456789"))[: header + body]) is None


@pytest.mark.parametrize("header", ["00000001ff", "0000000100", "0000040102", "0040000101", "ffffffff01"])
def test_a_header_out_of_bounds(header: str) -> None:
    with pytest.raises(wire.Garbled):
        wire.parse_header(bytes.fromhex(header))


def test_too_large_is_refused_before_it_is_sent() -> None:
    with pytest.raises(wire.Garbled):
        wire.pack_secret(bytes(wire.MOST_SECRET + 1))
    with pytest.raises(wire.Garbled):
        wire.pack_json({"a": "x" * wire.MOST_JSON})


@pytest.mark.parametrize("body", [b"", b"[]", b"1", b"{", b"\xff", b'"x"'])
def test_a_body_that_is_no_message(body: bytes) -> None:
    with pytest.raises(wire.Garbled):
        wire.unpack_json(body)
