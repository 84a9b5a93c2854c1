"""Files: found, read, written, deleted; the memory is finite; what was not saved did not happen."""

from __future__ import annotations

import pytest

from lgpki_tui.rehearsal.virtual_card.chip import PowerLost
from lgpki_tui.rehearsal.virtual_card.contents import Make
from tests.rehearsal.virtual_card.cards import OK, USERS_KEY, Bench

EF, RSA_KEY, EC_KEY = 0x01, 0x11, 0x22
FREE = bytes(3)


@pytest.fixture
def bench() -> Bench:
    """A blank card in its application's folder."""
    bench = Bench()
    bench.enter()
    return bench


def test_a_file_is_read_and_written_in_parts(bench: Bench) -> None:
    assert bench.create(0x4401, EF, 600, FREE) == OK
    assert bench.status("00D60000", bytes(range(200))) == OK
    assert bench.status("00D600C8", bytes(range(200))) == OK
    assert bench.send("00B00000", expected=0) == (bytes([*range(200), *range(56)]), OK)
    assert bench.send("00B00250", expected=100) == (bytes(8), OK)
    assert bench.status("000E0010") == OK
    assert bench.send("00B0000E", expected=4) == (b"\x0e\x0f\0\0", OK)


def test_nothing_is_written_beyond_the_end(bench: Bench) -> None:
    bench.create(0x4401, EF, 16, FREE)
    assert bench.status("00D6000F", b"xy") == 0x6B00
    assert bench.status("00B00011", expected=1) == 0x6B00
    assert bench.send("00B00000", expected=16) == (bytes(16), OK)


def test_a_file_is_found_by_number_path_and_parent(bench: Bench) -> None:
    bench.create(0x4401, EF, 16, FREE)
    for header, data in (
        ("00A40800", "50154401"),
        ("00A40000", "3F00"),
        ("00A40900", "50154401"),
        ("00A40300", ""),
        ("00A40000", "5015"),
        ("00A40000", "4401"),
        ("00A4000C", "4401"),
    ):
        assert bench.status(header, bytes.fromhex(data)) == OK, header
    assert bench.send("00A40000", bytes.fromhex("4401")) == (
        bytes.fromhex("6F178102001082010183024401860300000085020000 8A0101"),
        OK,
    )
    assert bench.status("00A40000", bytes.fromhex("4402")) == 0x6A82
    assert bench.status("00A40800", bytes.fromhex("501544")) == 0x6A82
    assert bench.status("00A40200", bytes.fromhex("4401")) == 0x6A86


def test_what_is_no_working_file_is_told_apart(bench: Bench) -> None:
    assert bench.status("00B00000", expected=0) == 0x6986
    bench.create(0x4B01, EC_KEY, 256, USERS_KEY)
    assert bench.status("00B00000", expected=0) == 0x6981
    assert bench.status("00B08100", expected=0) == 0x6981
    bench.enter()
    bench.create(0x4401, EF, 1, FREE)
    assert bench.status("00B08100", expected=0) == 0x6A86
    assert bench.status("00460000") == 0x6981


def test_a_deleted_file_is_gone_and_its_number_and_memory_are_free(bench: Bench) -> None:
    before = bench.card.chip.contents.free
    bench.create(0x4401, EF, 1000, FREE)
    assert bench.create(0x4401, EF, 1, FREE) == 0x6A89
    assert bench.card.chip.contents.free == before - 1032
    assert bench.status("00A40000", bytes.fromhex("4401")) == OK
    assert bench.status("00E40000") == OK
    assert bench.card.chip.contents.free == before
    bench.again()
    bench.enter()
    assert bench.status("00A40000", bytes.fromhex("4401")) == 0x6A82
    assert bench.create(0x4401, EF, 1000, FREE) == OK


def test_the_memory_is_finite_to_the_byte() -> None:
    bench = Bench(Make(memory=2000))
    free = bench.card.chip.contents.free
    bench.enter()
    assert bench.create(0x4401, EF, free - 31, FREE) == 0x6A84
    assert bench.create(0x4401, EF, free - 32, FREE) == OK
    bench.enter()
    assert bench.create(0x4402, EF, 0, FREE) == 0x6A84
    assert bench.create(0x4B01, RSA_KEY, 2048, USERS_KEY) == 0x6A84


@pytest.mark.parametrize(
    ("kind", "size"), [(RSA_KEY, 512), (RSA_KEY, 1025), (RSA_KEY, 8192), (EC_KEY, 255), (EC_KEY, 0), (0x33, 256)]
)
def test_keys_of_other_sizes_are_not_made(bench: Bench, kind: int, size: int) -> None:
    assert bench.create(0x4B01, kind, size, USERS_KEY) == 0x6A80


def test_a_smaller_make_makes_smaller_keys() -> None:
    bench = Bench(Make(most_rsa=2048, most_ec=256))
    bench.enter()
    assert bench.create(0x4B01, RSA_KEY, 3072, USERS_KEY) == 0x6A80
    assert bench.create(0x4B01, EC_KEY, 384, USERS_KEY) == 0x6A80
    assert bench.send("00CA01AA", expected=0) == (bytes.fromhex("0100090800000000000100"), OK)


@pytest.mark.parametrize("template", ["", "6200", "620282", "62068202", "6203820101", "62038203FF", "6205820101830244"])
def test_a_broken_template_is_wrong_data(bench: Bench, template: str) -> None:
    before = bench.memory.state
    assert bench.status("00E00000", bytes.fromhex(template)) == 0x6A80
    assert bench.memory.state == before


def test_a_card_pulled_while_it_works_is_as_it_was(bench: Bench) -> None:
    bench.create(0x4401, EF, 4, FREE)
    bench.status("00D60000", b"abcd")
    bench.card.chip.cut.set()
    with pytest.raises(PowerLost):
        bench.status("00D60000", b"wxyz")
    bench.card.power_on()
    bench.enter()
    bench.status("00A40000", bytes.fromhex("4401"))
    assert bench.send("00B00000", expected=4) == (b"abcd", OK)


def test_a_disk_that_is_full_changes_nothing(bench: Bench) -> None:
    bench.create(0x4401, EF, 4, FREE)
    bench.memory.full = True
    assert bench.status("00D60000", b"wxyz") == 0x6581
    bench.memory.full = False
    bench.enter()
    assert bench.status("00A40000", bytes.fromhex("4401")) == OK
    assert bench.send("00B00000", expected=4) == (bytes(4), OK)


def test_the_card_tells_its_make() -> None:
    bench = Bench(Make(serial=bytes.fromhex("4C470011223344556677")))
    assert bench.send("00CA01A0", expected=0x14) == (b"MyEID\4\5\5LG\0\x11\x22\x33\x44\x55\x66\x77\0\0", OK)
    assert Make().atr.hex().upper() == "3BF51800008131FE454F7345494492"
    assert Make(name="MyEID").atr.hex().upper() == "3BF51800008131FE454D794549449A"
    assert len({Make().serial[2:] for _ in range(5)}) == 5
    bench.enter()
    bench.create(0x4401, EF, 4, FREE)
    assert bench.send("00CA01A1", expected=0) == (bytes.fromhex("4401"), OK)
