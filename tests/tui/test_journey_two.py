"""Two wizards at once in one workplace, and a command beside a wizard: acts wait or are refused, nothing is lost."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

from lgpki_tui.ledger.lock import PATIENCE_SECONDS
from tests.card.shim import Order, build_shim
from tests.crash.judge import judge, settled
from tests.practice import Practice
from tests.tui.journeys import Person, at_terminal

pytestmark = pytest.mark.slow


def both_at_review(seats: ExitStack, practice: Practice, *options: str | Path) -> tuple[Person, Person]:
    """Two persons with the same answers. The second sits down once there are some: the first page reads them once."""
    first, _ = seats.enter_context(at_terminal(practice, *options))
    first.begin()
    first.choose_card(blank=False)
    first.fill()
    first.reach("review")
    second, _ = seats.enter_context(at_terminal(practice, *options, language="ja"))
    second.reach("home", "> ")
    second.press("enter")
    second.reach("review")
    return first, second


def waiting_enrolments(practice: Practice) -> int:
    enrolments = practice.enrolments()
    assert {each["state"] for each in enrolments} == {"awaiting_certificate"}
    assert len({each["public_key_sha256"] for each in enrolments}) == len(enrolments)
    return len(enrolments)


def test_the_second_waits_for_the_first(formatted: Practice, tmp_path: Path) -> None:
    shim = build_shim(tmp_path / "shim")
    shim.order(Order("C_GenerateKeyPair", "before", "sleep", "0.5"))
    options = ("--module", shim.module)
    with ExitStack() as seats:
        first, second = both_at_review(seats, formatted, *options)
        first.make_key()
        first.until(lambda rows: shim.calls()["C_GenerateKeyPair"], "a key is being made")
        second.make_key()
        first.reach("export")
        second.reach("export")
        # One goes on to the end while the other looks on.
        first.hand_over()
        first.write_sheet()
        first.file()
        first.have_issued()
        first.receive()
        first.store()
        second.hand_over()
        second.write_sheet()
        second.reach("waiting")
        first.reach("done")
    states = [each["state"] for each in formatted.enrolments()]
    assert sorted(states) == ["awaiting_certificate", "stored"]
    judge(formatted)
    settled(formatted)


def test_who_waits_too_long_is_told_and_loses_nothing(formatted: Practice, tmp_path: Path) -> None:
    shim = build_shim(tmp_path / "shim")
    options = ("--module", shim.module)
    with ExitStack() as seats:
        first, second = both_at_review(seats, formatted, *options)
        shim.order(Order("C_GenerateKeyPair", "before", "sleep", str(PATIENCE_SECONDS + 2)))
        first.make_key()
        first.until(lambda rows: shim.calls()["C_GenerateKeyPair"], "a key is being made")
        with ThreadPoolExecutor() as others:
            command = others.submit(formatted.run, "request", "--answers", formatted.answers, *formatted.pin)
            second.make_key()
            second.reach("verdict", "もう1つのプログラム", "ledger_busy")
            answer = command.result()
        assert (answer.status, answer.code) == (3, "ledger_busy")
        assert first.page == "progress", "it was told before the other had finished"
        shim.clear()
        second.press("escape")
        second.reach("review")
        first.reach("export")
        assert waiting_enrolments(formatted) == 1
        second.make_key()
        second.reach("export")
    assert waiting_enrolments(formatted) == 2
    judge(formatted)
    settled(formatted)
