"""Commands: read strictly, answered whatever comes, and written to the log without PINs."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lgpki_tui.rehearsal.virtual_card.apdu import CardError, Command, read_command, shown
from lgpki_tui.rehearsal.virtual_card.operating_system import HANDLERS
from tests.rehearsal.virtual_card.cards import OK, PIN, PUK, Bench, formatted


@pytest.mark.parametrize(
    ("raw", "data", "expected"),
    [
        ("00840000", "", 256),
        ("0084000008", "", 8),
        ("0084000000", "", 256),
        ("00A4000C023F00", "3F00", 256),
        ("00A40000023F0010", "3F00", 16),
    ],
)
def test_the_four_cases(raw: str, data: str, expected: int) -> None:
    cla, ins, p1, p2 = bytes.fromhex(raw)[:4]
    assert read_command(bytes.fromhex(raw)) == Command(cla, ins, p1, p2, bytes.fromhex(data), expected)


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        ("", 0x6700),
        ("00A400", 0x6700),
        ("00A40000033F00", 0x6700),
        ("00A40000013F0000", 0x6700),
        ("00A400000000023F00", 0x6700),
        ("80A40000", 0x6E00),
        ("0CA40000", 0x6E00),
    ],
)
def test_what_is_no_short_command_is_refused(raw: str, status: int) -> None:
    with pytest.raises(CardError) as caught:
        read_command(bytes.fromhex(raw))
    assert caught.value.status == status


def test_an_instruction_that_is_not_known() -> None:
    assert Bench().status("00FF0000") == 0x6D00


def test_a_long_answer_is_fetched_and_then_gone() -> None:
    bench = formatted()
    bench.enter()
    bench.verify()
    bench.create(0x4401, 0x01, 600, bytes(3))
    answer = bench.card.respond(bytes.fromhex("00B0000000"))
    assert len(answer) == 258
    challenge = bench.card.respond(bytes.fromhex("0084000010"))
    assert len(challenge) == 18
    assert bench.card.respond(bytes.fromhex("00C0000000")) == b"\x69\x85"


def test_a_chain_that_never_ends_is_cut() -> None:
    bench = Bench()
    told = {bench.status("102A9E9A", bytes(255)) for _ in range(17)}
    assert told == {OK, 0x6700}


@pytest.mark.parametrize("raw", [b"\0\x20\0\1\x08" + PIN, b"\0\x24\0\1\x10" + PIN + PUK, b"\0\xda\1\1\x12" + PIN + PUK])
def test_the_log_leaves_pins_out(raw: bytes) -> None:
    assert shown(raw) == f"{raw[:5].hex()} ({len(raw) - 5} bytes left out)"
    assert shown(b"\0\xa4\0\0\2\x3f\0") == "00a40000023f00"


# Without key generation, which takes its time.
_INSTRUCTIONS = st.one_of(
    st.sampled_from(sorted(set(HANDLERS) - {0x46})), st.integers(0, 255).filter(lambda n: n != 0x46)
)
_COMMANDS = st.builds(
    lambda cla, ins, p1, p2, data, tail: (
        bytes([cla, ins, p1, p2]) + (bytes([len(data)]) + data if data else b"") + tail
    ),
    st.sampled_from([0x00, 0x10, 0xA0, 0xFF]),
    _INSTRUCTIONS,
    st.sampled_from([0, 1, 2, 3, 4, 8, 9, 0x41, 0x80, 0x9E, 0xFF]),
    st.sampled_from([0, 1, 2, 3, 0x86, 0x9A, 0xA0, 0xA1, 0xAA, 0xB6, 0xB8, 0xE0, 0xFF]),
    st.one_of(
        st.binary(max_size=40),
        st.sampled_from([bytes.fromhex(x) for x in ("3F00", "5015", "50154401", "8001048102 4401", "621582010180")]),
    ),
    st.binary(max_size=2),
)


@settings(max_examples=200, deadline=None)
@given(st.lists(_COMMANDS, max_size=25))
def test_whatever_comes_there_is_an_answer_and_the_state_stays_readable(commands: list[bytes]) -> None:
    bench = formatted()
    bench.verify()
    bench.enter()
    bench.create(0x4401, 0x01, 8, bytes(3))
    for command in commands:
        answer = bench.card.respond(command)
        assert len(answer) >= 2
        assert answer[-2:] != b"\x6f\0"
    held = bench.card.chip.contents
    kept = bench.memory.contents()
    assert {pin: (one.pin.left, one.puk.left) for pin, one in kept.pins.items()} == {
        pin: (one.pin.left, one.puk.left) for pin, one in held.pins.items()
    }
    assert [file.number for file in kept.mf.walk()] == [file.number for file in held.mf.walk()]
