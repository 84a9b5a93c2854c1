"""Requests that were damaged at random: refused or judged, never an error, never long."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lgpki_tui.ground.findings import Refusal
from lgpki_tui.pki.algorithms import PSS_SHA256
from lgpki_tui.pki.preview import preview
from lgpki_tui.pki.profile_checks import check_profile
from lgpki_tui.pki.request import LABEL, pem, read_request
from lgpki_tui.pki.request_checks import REQUEST_CHECKS, check_request
from tests.pki.bad_requests import ALTERNATIVE, COMMON, HOST, KEY, RSA, TRUE, USAGE, named, rdn, wanting
from tests.pki.makers_request import asking, der, extension, handmade, password
from tests.pki.test_profile_checks import WANTED

_ASKING = asking(extension(ALTERNATIVE, HOST), extension(USAGE, b"\x03\x02\x06\xc0", critical=TRUE))
SEEDS = (
    handmade(KEY, _ASKING, password()),
    handmade(RSA),
    handmade(RSA, _ASKING, algorithm=PSS_SHA256),
)
_MOST_SECONDS = 2.0
Changes = list[tuple[int, int]]


def changed(seed: bytes, changes: Changes, begin: int, end: int) -> bytes:
    """Some bytes of it replaced, and something cut off at both ends."""
    data = bytearray(seed)
    for at, value in changes:
        data[at % len(data)] = value
    return bytes(data[begin : len(data) - end])


def survives(data: bytes) -> None:
    """Every way in which a file from outside is looked at."""
    begun = time.process_time()
    checked = check_request(data)
    assert tuple(one.code for one in checked.findings) == REQUEST_CHECKS
    check_profile(checked.parts, WANTED)
    with suppress(Refusal):
        preview(read_request(data))
    assert time.process_time() - begun < _MOST_SECONDS


_PLACES = st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 255)), max_size=6)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(SEEDS), _PLACES, st.sampled_from((0, 0, 0, 1, 7)), st.sampled_from((0, 0, 0, 1, 40)))
def test_bytes_changed_and_cut_off(seed: bytes, changes: Changes, begin: int, end: int) -> None:
    survives(changed(seed, changes, begin, end))


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(SEEDS), _PLACES, st.integers(0, 30))
def test_armour_changed(seed: bytes, changes: Changes, end: int) -> None:
    survives(changed(pem(LABEL, seed), changes, 0, end))


_LARGE = {
    "names": named(*[COMMON] * 2200),
    "attributes": handmade(KEY, *[password()] * 2200),
    "alternative names": wanting(ALTERNATIVE, der(0x30, *[der(0x82, b"a")] * 18_000)),
    "marks": named(rdn("0603550403", 0x0C, "か\u3099" * 10_000)),
    "depth": handmade(KEY, field=b"\xa0\x80" * 20_000),
    "an arc": handmade(KEY, der(0x30, der(0x06, b"\x81" * 60_000 + b"\1"), der(0x31, b"\5\0"))),
}


@pytest.mark.parametrize("case", _LARGE)
def test_as_large_as_a_file_may_be(case: str) -> None:
    survives(_LARGE[case])


def test_every_bit_of_the_head_and_every_place_to_cut() -> None:
    """All of the bytes before the signature, one after the other; a change there is never taken for a good request."""
    seed = SEEDS[0]
    for at in range(0, len(seed) - 80, 3):
        data = changed(seed, [(at, seed[at] ^ 1 << at % 8)], 0, 0)
        survives(data)
        survives(seed[:at])
        try:
            read_request(data)
        except Refusal:
            continue
        raise AssertionError(f"byte {at}")
