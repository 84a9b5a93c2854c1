"""Numbers, days and bindings."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgpki_tui.ground.findings import Result
from lgpki_tui.procedure.binding import login_finding, machine_finding
from lgpki_tui.procedure.calendar import days_left, renewal_opens
from lgpki_tui.procedure.identity import LoginSource
from lgpki_tui.procedure.number import ALPHABET, check_character, enrolment_number, is_enrolment_number, typed_number
from tests.samples import LOGIN, MACHINE, NOW


def test_the_check_character_is_the_one_of_the_contract() -> None:
    # 2*1+6*2+1*3+1*4+2*5+4*6 + 7*7+K(19)*8+3*9+Q(23)*10 = 513; 513 mod 31 = 17 = H
    assert check_character("2611247K3Q") == "H"


@given(st.binary(min_size=4, max_size=8), st.datetimes(datetime(2000, 1, 1), datetime(2099, 1, 1)))
def test_a_number_that_was_made_is_a_number(random: bytes, now: datetime) -> None:
    number = enrolment_number(now.replace(tzinfo=UTC), random)
    assert is_enrolment_number(number)
    assert typed_number(f" {number.lower()} ") == number


@given(st.binary(min_size=4, max_size=4), st.integers(0, 9), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_noticed(random: bytes, place: int, other: str) -> None:
    number = enrolment_number(NOW, random)
    plain = number.replace("-", "")
    # 32 characters modulo 31: 0 and Z weigh the same, the one slip this check cannot see.
    if {plain[place], other} == {"0", "Z"} or plain[place] == other:
        return
    slipped = plain[:place] + other + plain[place + 1 :]
    assert not is_enrolment_number(f"{slipped[:6]}-{slipped[6:]}")


def test_the_day_of_a_number_is_the_day_in_japan() -> None:
    assert enrolment_number(datetime(2026, 11, 23, 15, 0, tzinfo=UTC), bytes(4)).startswith("261124-")


@pytest.mark.parametrize("text", ["", "261124", "261124-7K3Q", "261124-7K3QI", "２６１１２４-7K3QH", "261124-7K3QHH"])
def test_what_is_no_number(text: str) -> None:
    assert not is_enrolment_number(text)


@pytest.mark.parametrize(
    ("not_after", "opens"),
    [
        (datetime(2029, 11, 24, 14, 59, 59, tzinfo=UTC), date(2029, 5, 24)),
        (datetime(2029, 11, 24, 15, 0, 0, tzinfo=UTC), date(2029, 5, 25)),  # midnight of the 25th in Japan
        (datetime(2029, 8, 31, 3, tzinfo=UTC), date(2029, 2, 28)),
        (datetime(2028, 8, 31, 3, tzinfo=UTC), date(2028, 2, 29)),
        (datetime(2029, 3, 31, 3, tzinfo=UTC), date(2028, 9, 30)),
        (datetime(2029, 6, 30, 3, tzinfo=UTC), date(2028, 12, 30)),
    ],
)
def test_renewal_opens_six_calendar_months_before(not_after: datetime, opens: date) -> None:
    assert renewal_opens(not_after) == opens


def test_days_are_counted_in_japan() -> None:
    assert days_left(datetime(2026, 11, 25, 14, 59, 59, tzinfo=UTC), datetime(2026, 11, 24, 15, 1, tzinfo=UTC)) == 0
    assert days_left(datetime(2026, 11, 24, 14, 0, tzinfo=UTC), datetime(2026, 11, 24, 15, 1, tzinfo=UTC)) == -1


def test_the_machine_id_decides_and_the_host_name_is_a_witness() -> None:
    assert machine_finding(MACHINE, MACHINE).result is Result.OK
    assert machine_finding(MACHINE, replace(MACHINE, host_name="renamed")).result is Result.ATTENTION
    assert machine_finding(MACHINE, replace(MACHINE, id_sha256="00" * 32)).result is Result.FAIL


def test_uid_and_name_decide_and_the_source_is_a_witness() -> None:
    assert login_finding(LOGIN, LOGIN).result is Result.OK
    assert login_finding(LOGIN, replace(LOGIN, source=LoginSource.REAL_UID)).result is Result.ATTENTION
    assert login_finding(LOGIN, replace(LOGIN, uid=1002)).result is Result.FAIL
    assert login_finding(LOGIN, replace(LOGIN, name="other")).result is Result.FAIL


def test_a_login_is_named_as_people_call_it() -> None:
    other = login_finding(LOGIN, replace(LOGIN, name="j-soumu", uid=LOGIN.uid + 1)).facts
    assert (other["login_begun"], other["login_now"]) == (LOGIN.name, "j-soumu")
    again = login_finding(LOGIN, replace(LOGIN, uid=LOGIN.uid + 1)).facts  # made anew under the same name
    assert again["login_begun"] == f"{LOGIN.name} (uid {LOGIN.uid})"
    assert again["login_now"] == f"{LOGIN.name} (uid {LOGIN.uid + 1})"
    assert LOGIN.source.value in str(again["expected"])
