"""Access conditions hold against raw commands once the card is activated, and not before."""

from __future__ import annotations

import pytest

from lgpki_tui.rehearsal.virtual_card.files import PKCS15_AID
from tests.rehearsal.virtual_card.cards import (
    OK,
    PIN,
    PUK,
    SO,
    SO_PIN,
    USER_READS_AND_WRITES,
    USERS_KEY,
    Bench,
    formatted,
)

DENIED = 0x6982
EF, EC_KEY = 0x01, 0x22
DIGEST = bytes(range(32))


@pytest.fixture
def bench() -> Bench:
    """The user has a private file and a key, and is logged out."""
    bench = formatted()
    bench.verify()
    bench.enter()
    assert bench.create(0x4401, EF, 16, USER_READS_AND_WRITES) == OK
    assert bench.status("00D60000", b"secret") == OK
    bench.generate(0x4B01, EC_KEY, 256)
    bench.again()
    return bench


def _select(bench: Bench, number: int) -> None:
    assert bench.status("00A40800", bytes.fromhex("5015") + number.to_bytes(2, "big")) == OK


def test_the_creation_state_knows_no_conditions() -> None:
    bench = Bench()
    bench.initialise()
    bench.set_pins()
    bench.enter()
    assert bench.create(0x4401, EF, 16, USER_READS_AND_WRITES) == OK
    assert bench.status("00D60000", b"secret") == OK
    assert bench.send("00A40000", bytes.fromhex("3F00"))[0].endswith(bytes.fromhex("8A0101"))
    bench.activate()
    assert bench.send("00A40000", bytes.fromhex("3F00"))[0].endswith(bytes.fromhex("8A0107"))
    _select(bench, 0x4401)
    assert bench.status("00D60000", b"secret") == DENIED


def test_activating_needs_the_name_of_the_application() -> None:
    bench = Bench()
    assert bench.status("00440000", PKCS15_AID[:-1]) == 0x6A82
    assert bench.status("00440000") == 0x6A82


def test_a_private_file_is_for_the_user(bench: Bench) -> None:
    _select(bench, 0x4401)
    assert bench.status("00B00000", expected=0) == DENIED
    assert bench.status("00D60000", b"x") == DENIED
    assert bench.status("000E0000") == DENIED
    assert bench.status("00E40000") == DENIED
    bench.verify(SO_PIN, SO)
    assert bench.status("00B00000", expected=0) == DENIED
    bench.verify()
    assert bench.send("00B00000", expected=6) == (b"secret", OK)


def test_a_key_is_for_the_user(bench: Bench) -> None:
    bench.use(0x4B01, 4)
    assert bench.status("002A9E9A", DIGEST) == DENIED
    _select(bench, 0x4B01)
    assert bench.status("00460000") == DENIED
    assert bench.status("00E40000") == DENIED
    bench.verify()
    assert bench.status("002A9E9A", DIGEST) == OK


def test_files_are_made_by_the_user_only(bench: Bench) -> None:
    bench.enter()
    assert bench.create(0x4402, EF, 16, USER_READS_AND_WRITES) == DENIED
    assert bench.create(0x4B02, EC_KEY, 256, USERS_KEY) == DENIED
    bench.verify()
    assert bench.create(0x4402, EF, 16, USER_READS_AND_WRITES) == OK


def test_erasing_everything_is_for_the_so(bench: Bench) -> None:
    before = bench.memory.state
    erase = b"\xff\xff" + bytes.fromhex("000FFF000FFF")
    assert bench.status("00DA01E0", erase) == DENIED
    bench.verify()
    assert bench.status("00DA01E0", erase) == DENIED
    assert bench.memory.state == before
    bench.verify(SO_PIN, SO)
    assert bench.status("00DA01E0", erase) == OK
    assert bench.tries() == bench.tries(SO) == 0x6A88
    assert bench.status("00A40800", bytes.fromhex("50154B01")) == 0x6A82


def test_pins_are_made_by_the_so_and_never_anew(bench: Bench) -> None:
    data = PIN + PUK + bytes([3, 10])
    assert bench.status("00DA0102", data) == DENIED
    bench.verify(SO_PIN, SO)
    assert bench.status("00DA0102", data) == OK
    assert bench.status("00DA0101", data) == 0x6985


def test_never_means_nobody(bench: Bench) -> None:
    bench.verify()
    bench.verify(SO_PIN, SO)
    bench.enter()
    assert bench.create(0x4403, EF, 16, bytes.fromhex("FFFFFF")) == OK
    assert bench.status("00B00000", expected=0) == DENIED
    assert bench.status("00D60000", b"x") == DENIED


def test_the_master_file_stays(bench: Bench) -> None:
    bench.verify(SO_PIN, SO)
    bench.status("00A40000", bytes.fromhex("3F00"))
    assert bench.status("00E40000") == 0x6985
