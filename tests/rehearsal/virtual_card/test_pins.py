"""PINs and PUKs: counted apart, locked apart, unblocked, and remembered without power."""

from __future__ import annotations

import pytest

from tests.rehearsal.virtual_card.cards import OK, PIN, PUK, SO, SO_PIN, SO_PUK, USER, WRONG, Bench, formatted

NEW = b"135791\xff\xff"


def test_a_wrong_pin_costs_a_try_and_the_right_one_gives_all_back() -> None:
    bench = formatted()
    assert bench.tries() == 0x63C3
    assert bench.verify(WRONG) == 0x63C2
    assert bench.verify(WRONG) == 0x63C1
    assert bench.verify() == OK
    assert bench.tries() == OK
    bench.again()
    assert bench.tries() == 0x63C3


def test_the_third_wrong_pin_locks_it_for_the_right_one_too() -> None:
    bench = formatted()
    assert [bench.verify(WRONG) for _ in range(3)] == [0x63C2, 0x63C1, 0x6983]
    assert bench.verify() == 0x6983
    bench.again()
    assert bench.verify() == 0x6983
    assert bench.tries() == 0x6983
    assert bench.verify(SO_PIN, SO) == OK


def test_asking_how_many_tries_are_left_costs_none() -> None:
    bench = formatted()
    bench.verify(WRONG)
    assert [bench.tries() for _ in range(5)] == [0x63C2] * 5


def test_a_wrong_pin_logs_out() -> None:
    bench = formatted()
    bench.verify()
    bench.verify(WRONG)
    assert bench.tries() == 0x63C2


def test_the_count_is_saved_before_the_answer() -> None:
    bench = formatted()
    bench.verify(WRONG)
    bench.again()
    assert bench.tries() == 0x63C2


def test_where_the_count_cannot_be_saved_nobody_learns_whether_the_pin_was_right() -> None:
    bench = formatted()
    bench.verify(WRONG)
    bench.memory.full = True
    assert bench.verify(WRONG) == bench.verify() == 0x6581
    assert bench.tries() == 0x63C2


@pytest.mark.parametrize(("reference", "puk"), [(USER, PUK), (SO, SO_PUK)])
def test_the_puk_unblocks_and_sets_a_new_pin(reference: int, puk: bytes) -> None:
    bench = formatted()
    for _ in range(3):
        bench.verify(WRONG, reference)
    assert bench.status(f"002C00{reference:02X}", puk + NEW) == OK
    assert bench.tries(reference) == 0x63C3
    assert bench.verify(NEW, reference) == OK
    bench.again()
    assert bench.verify(PIN if reference == USER else SO_PIN, reference) == 0x63C2


def test_the_puk_is_counted_apart_and_lets_the_pin_live_when_it_locks() -> None:
    bench = formatted()
    told = [bench.status("002C0001", WRONG + NEW) for _ in range(10)]
    assert told == [*(0x63C0 + left for left in range(9, 0, -1)), 0x6983]
    assert bench.status("002C0001", PUK + NEW) == 0x6983
    assert bench.verify() == OK


def test_the_puk_of_another_pin_does_not_unblock() -> None:
    bench = formatted()
    assert bench.status("002C0001", SO_PUK + NEW) == 0x63C9
    assert bench.verify() == OK


def test_a_pin_is_changed_with_the_old_one_only() -> None:
    bench = formatted()
    assert bench.status("00240001", WRONG + NEW) == 0x63C2
    assert bench.status("00240001", PIN + NEW) == OK
    bench.again()
    assert bench.verify(PIN) == 0x63C2
    assert bench.verify(NEW) == OK


def test_the_so_pin_sets_a_user_pin_but_not_itself() -> None:
    bench = formatted()
    assert bench.status("002C0201", b"975310") == 0x6982
    assert bench.verify(SO_PIN, SO) == OK
    assert bench.status("002C0203", b"975310") == 0x6982
    assert bench.status("002C0201", b"123") == 0x6A80
    assert bench.status("002C0201", b"975310") == OK
    assert bench.verify(b"975310\xff\xff") == OK


def test_logging_out_of_one_and_of_all() -> None:
    bench = formatted()
    bench.verify()
    bench.verify(SO_PIN, SO)
    assert bench.status("002E0001") == OK
    assert (bench.tries(USER), bench.tries(SO)) == (0x63C3, OK)
    assert bench.status("002E0000") == OK
    assert bench.tries(SO) == 0x63C3


def test_a_reset_logs_out() -> None:
    bench = formatted()
    bench.verify()
    bench.card.reset()
    assert bench.tries() == 0x63C3


def test_a_pin_that_is_not_there_is_told_apart() -> None:
    assert formatted().verify(reference=5) == 0x6A88


def test_tries_of_a_new_pin_are_between_1_and_15() -> None:
    bench = Bench()
    for tries, puk_tries in ((0, 10), (3, 0), (16, 10), (3, 16)):
        assert bench.status("00DA0101", PIN + PUK + bytes([tries, puk_tries])) == 0x6A80
    assert bench.status("00DA0101", PIN + PUK) == 0x6A80
    assert bench.tries() == 0x6A88


def test_no_pin_stands_in_the_state() -> None:
    state = formatted().memory.state
    for secret in (PIN, PUK, SO_PIN, SO_PUK):
        text = secret.rstrip(b"\xff")
        assert text not in state
        assert text.hex().encode() not in state
