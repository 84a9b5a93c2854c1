"""Handed in, and come back (差戻し): what may follow what, and what stays as it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lgpki_tui.ground.codes import Code
from lgpki_tui.procedure import events
from lgpki_tui.procedure.commands import SignRequest
from lgpki_tui.procedure.enrolment import Enrolment, State
from lgpki_tui.procedure.guard import Need, need_of_key
from lgpki_tui.procedure.transition import Refused, Step, is_open, transition, unfinished
from tests import samples

WAITING = samples.ROAD[:5]
ORDERS = st.lists(st.sampled_from(samples.EVERY), max_size=25)


def fold(happened: Sequence[events.EnrolmentEvent]) -> Enrolment:
    """The enrolment after events that all are allowed."""
    enrolment: Enrolment | None = None
    for event in happened:
        step = transition(enrolment, event)
        assert isinstance(step, Step), (event, step)
        enrolment = step.enrolment
    assert enrolment is not None
    return enrolment


def test_handing_in_notes_the_day_and_nothing_else() -> None:
    before, after = fold(WAITING), fold([*WAITING, samples.FILED])
    assert after == replace(before, filed=samples.NOW)
    later = replace(samples.FILED, at=samples.NOW + timedelta(days=9))
    assert fold([*WAITING, samples.FILED, later]).filed == later.at


def test_a_correction_keeps_the_key_and_asks_for_another_request() -> None:
    before = fold([*WAITING, samples.FILED])
    step = transition(before, samples.CORRECTED)
    assert isinstance(step, Step)
    after = step.enrolment
    assert step.commands == unfinished(after) == (SignRequest(samples.CKA_ID),)
    assert (after.state, after.request, after.filed) == (State.KEY_MADE, None, None)
    assert (after.public_key, after.cka_id, after.token) == (before.public_key, before.cka_id, before.token)
    assert (after.machine, after.login, after.output_folder) == (before.machine, before.login, before.output_folder)
    assert (after.organization, after.subject) == ("総務部総務課", samples.CORRECTED.subject)
    assert after.file_stem == samples.CORRECTED.file_stem
    assert is_open(after)
    assert need_of_key(after, samples.NOW) is Need.HARD


def test_after_it_the_road_goes_on_to_the_end() -> None:
    end = fold([*WAITING, samples.CORRECTED, *samples.ROAD[3:5], samples.FILED, *samples.ROAD[5:]])
    assert (end.state, end.organization) == (State.STORED, "総務部総務課")


@pytest.mark.parametrize("length", [0, 1, 2, 3, 4, 6, 7])
@pytest.mark.parametrize("event", [samples.FILED, samples.CORRECTED])
def test_neither_is_for_what_does_not_wait(length: int, event: events.EnrolmentEvent) -> None:
    outcome = transition(fold(samples.ROAD[:length]) if length else None, event)
    assert isinstance(outcome, Refused)
    assert outcome.code in (Code.ENROLMENT_STATE, Code.ENROLMENT_OPEN, Code.ENROLMENT_UNKNOWN)


def test_a_correction_says_why() -> None:
    outcome = transition(fold(WAITING), replace(samples.CORRECTED, reason="\u3000 "))
    assert isinstance(outcome, Refused)
    assert outcome.code is Code.REASON_MISSING


@settings(max_examples=1000)
@given(ORDERS)
def test_no_request_outlives_a_correction(happened: list[events.EnrolmentEvent]) -> None:
    """What is stored was asked for by the words that stand in the record then."""
    enrolment: Enrolment | None = None
    signed = False
    for event in happened:
        outcome = transition(enrolment, event)
        if isinstance(outcome, Step):
            enrolment = outcome.enrolment
            signed = not isinstance(event, events.Corrected) and (signed or isinstance(event, events.RequestSigned))
            assert (enrolment.request is not None) == signed
            if isinstance(event, events.StoreIntended):
                assert signed
