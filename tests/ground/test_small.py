"""Secrets stay secret, the clock says UTC, codes have their exit status, and shipped files are found."""

from __future__ import annotations

import copy
import logging
import pickle
import traceback
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgpki_tui.ground.clock import TOKYO, PretendClock, SystemClock, from_rfc3339, rfc3339
from lgpki_tui.ground.codes import Code, Exit
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.ground.points import Phase, Point, unwatched
from lgpki_tui.ground.secret import Secret
from lgpki_tui.ground.shipped import shipped

CANARY = "canary-4711"


def test_a_secret_shows_itself_only_when_asked() -> None:
    secret = Secret(CANARY)
    assert (secret.reveal(), secret.text()) == (CANARY.encode(), CANARY)
    for shown in (repr(secret), str(secret), f"{secret}", f"{[secret]}", f"{secret!r}"):
        assert CANARY not in shown


def test_a_secret_is_in_no_log_and_no_traceback(caplog: pytest.LogCaptureFixture) -> None:
    secret = Secret(CANARY)
    with pytest.raises(ValueError, match="Secret") as caught:
        raise ValueError(secret)
    logging.getLogger("test").error("with %s", secret, exc_info=caught.value)
    told = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    assert "Secret(***)" in "".join(told.format())
    assert CANARY not in "".join(told.format()) + caplog.text


def test_a_secret_is_not_written_copied_or_found() -> None:
    secret = Secret(CANARY)
    for act in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError):
            act(secret)
    with pytest.raises(TypeError):
        hash(secret)


def test_equal_secrets_are_equal_and_nothing_else_is() -> None:
    assert Secret("1234") == Secret(b"1234")
    assert Secret("1234") != Secret("1235")
    assert Secret("1234") != "1234"
    assert Secret("1234").digest(b"salt") == Secret("1234").digest(b"salt") != Secret("1234").digest(b"other")


def test_a_wiped_secret_is_gone_and_its_source_is_its_owners() -> None:
    source = bytearray(b"1234")
    with Secret(source) as secret:
        assert secret.reveal() == b"1234"
    assert secret.reveal() == b""
    assert source == bytearray(b"1234")


@given(st.datetimes(timezones=st.just(TOKYO), min_value=datetime(1951, 1, 1), max_value=datetime(9000, 1, 1)))
def test_a_moment_survives_being_written(moment: datetime) -> None:
    assert from_rfc3339(rfc3339(moment)) == moment.replace(microsecond=0)
    assert rfc3339(moment).endswith("Z")


@pytest.mark.parametrize("text", ["2026-11-24T00:00:00", "2026-11-24", "", "now", "2026-13-01T00:00:00Z"])
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # whatever its text
        from_rfc3339(text)


def test_clocks_say_utc() -> None:
    assert PretendClock(datetime(2026, 11, 24, 9, tzinfo=TOKYO)).now() == datetime(2026, 11, 24, tzinfo=UTC)
    assert PretendClock(datetime(2026, 11, 24, 9, tzinfo=TOKYO)).now().tzinfo is UTC
    assert abs(SystemClock().now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_a_code_is_its_word_and_has_an_exit_status() -> None:
    assert (str(Code.PIN_WRONG), Code.PIN_WRONG.value, Code.PIN_WRONG.exit) == ("pin_wrong", "pin_wrong", Exit.PLACE)
    assert all(code.exit in Exit and code.exit is not Exit.DONE for code in Code)
    assert len({code.value for code in Code}) == len(Code)


def test_a_refusal_is_its_code_and_facts() -> None:
    refusal = Refusal(Code.CARD_AMBIGUOUS, cards=["a", "b"])
    assert (str(refusal), refusal.code, refusal.facts) == (
        "card_ambiguous",
        Code.CARD_AMBIGUOUS,
        {"cards": ["a", "b"]},
    )


def test_the_program_watches_nothing() -> None:
    for point in Point:
        for phase in Phase:
            unwatched(point, phase)


def test_shipped_files_are_found() -> None:
    assert shipped("config", "defaults.toml").is_file()
    assert shipped("screens").is_dir()
