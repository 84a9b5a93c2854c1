"""The rules of the road: what may follow what, for every order of events."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lgpki_tui.ground.codes import Code
from lgpki_tui.procedure import events
from lgpki_tui.procedure.commands import (
    LookForCertificate,
    LookForKey,
    MakeKey,
    SignRequest,
    StoreCertificate,
    WriteRequest,
)
from lgpki_tui.procedure.enrolment import Enrolment, State
from lgpki_tui.procedure.guard import Need, need_of_key
from lgpki_tui.procedure.transition import Refused, Step, is_open, transition, unfinished
from tests import samples


def _walk(happened: Sequence[events.EnrolmentEvent]) -> list[tuple[Enrolment | None, events.Event, Enrolment | None]]:
    """(before, event, after) for each event that was allowed."""
    enrolment: Enrolment | None = None
    steps: list[tuple[Enrolment | None, events.Event, Enrolment | None]] = []
    for event in happened:
        outcome = transition(enrolment, event)
        if isinstance(outcome, Step):
            steps.append((enrolment, event, outcome.enrolment))
            enrolment = outcome.enrolment
    return steps


ORDERS = st.lists(st.sampled_from(samples.EVERY), max_size=25)


def test_the_road_from_the_wish_to_the_stored_certificate() -> None:
    enrolment: Enrolment | None = None
    states = []
    for event in samples.ROAD:
        step = transition(enrolment, event)
        assert isinstance(step, Step)
        enrolment = step.enrolment
        states.append((enrolment.state, is_open(enrolment), step.commands))
    assert states == [
        (State.DRAFT, False, ()),
        (State.DRAFT, True, (MakeKey(samples.CKA_ID, "rsa-2048"),)),
        (State.KEY_MADE, True, (SignRequest(samples.CKA_ID),)),
        (State.KEY_MADE, True, (WriteRequest(),)),
        (State.AWAITING_CERTIFICATE, False, ()),
        (State.AWAITING_CERTIFICATE, True, (StoreCertificate(samples.CKA_ID),)),
        (State.STORED, False, ()),
    ]


@pytest.mark.parametrize(
    ("happened", "commands"),
    [
        (samples.ROAD[:1], ()),
        (samples.ROAD[:2], (LookForKey(samples.CKA_ID),)),
        (samples.ROAD[:3], (SignRequest(samples.CKA_ID),)),
        (samples.ROAD[:4], (WriteRequest(),)),
        (samples.ROAD[:5], ()),
        (samples.ROAD[:6], (LookForCertificate(samples.CKA_ID),)),
        (samples.ROAD, ()),
    ],
)
def test_after_a_crash_the_card_is_asked_before_anything_is_made(
    happened: Sequence[events.EnrolmentEvent], commands: tuple[object, ...]
) -> None:
    enrolment = _walk(happened)[-1][2]
    assert enrolment is not None
    assert unfinished(enrolment) == commands


@settings(max_examples=2000)
@given(ORDERS)
def test_no_order_of_events_makes_a_second_key(happened: list[events.EnrolmentEvent]) -> None:
    made = [event for _, event, _ in _walk(happened) if isinstance(event, events.KeyMade)]
    assert len(made) <= 1


@settings(max_examples=2000)
@given(ORDERS)
def test_no_order_of_events_loses_a_key(happened: list[events.EnrolmentEvent]) -> None:
    for before, event, after in _walk(happened):
        if before is None or not before.public_key_sha256:
            continue
        assert after is not None
        assert after.public_key_sha256 == before.public_key_sha256
        assert after.cka_id == before.cka_id or isinstance(event, events.KeyMoved)
        if after.key_destroyed and not before.key_destroyed:
            assert isinstance(event, events.KeyDestroyed)
            assert event.reason.strip()
            assert need_of_key(before, samples.NOW) is not Need.HARD


@settings(max_examples=2000)
@given(ORDERS)
def test_nothing_steps_back_over_the_point_of_no_return_silently(happened: list[events.EnrolmentEvent]) -> None:
    for before, event, after in _walk(happened):
        assert after is not None
        if before is not None and before.state is not State.DRAFT:
            assert after.state is not State.DRAFT
        if after.state is State.ABANDONED and (before is None or before.state is not State.ABANDONED):
            assert isinstance(event, events.Abandoned | events.KeyDestroyed)
            assert after.reason.strip()


@settings(max_examples=1000)
@given(ORDERS)
def test_a_key_is_only_made_after_it_was_announced(happened: list[events.EnrolmentEvent]) -> None:
    announced: str | None = None
    for _, event, _ in _walk(happened):
        if isinstance(event, events.KeyIntended):
            assert announced is None
            announced = event.cka_id
        elif isinstance(event, events.KeyAbsent | events.KeyMade):
            assert event.cka_id == announced
            announced = None
        elif isinstance(event, events.Abandoned):
            announced = None


@settings(max_examples=1000)
@given(ORDERS)
def test_the_guard_holds_whenever_a_key_may_still_be_needed(happened: list[events.EnrolmentEvent]) -> None:
    for _, _, after in _walk(happened):
        assert after is not None
        need = need_of_key(after, samples.NOW)
        if is_open(after) or after.state in (State.KEY_MADE, State.AWAITING_CERTIFICATE):
            assert need is Need.HARD
        elif after.state is State.STORED:
            assert need is Need.WORD


def test_another_folder_holds_up_no_certificate() -> None:
    """Ledgers were written in which one was chosen, and the copy failed, before the certificate was stored."""
    written = [*samples.ROAD[:5], samples.FOLDER_CHOSEN, *samples.ROAD[5:]]
    assert len(_walk(written)) == len(written)
    enrolment = _walk(samples.ROAD[:5])[-1][2]
    assert enrolment is not None
    assert isinstance(transition(enrolment, samples.REQUEST_WRITTEN), Step)


def test_a_certificate_that_has_expired_frees_its_key() -> None:
    enrolment = _walk(samples.ROAD)[-1][2]
    assert enrolment is not None
    assert need_of_key(enrolment, samples.NOT_AFTER) is Need.WORD
    assert need_of_key(enrolment, samples.NOT_AFTER.replace(year=2030)) is Need.NONE


@given(st.sampled_from(samples.EVERY), ORDERS)
def test_every_state_answers_every_event(event: events.EnrolmentEvent, happened: list[events.EnrolmentEvent]) -> None:
    steps = _walk(happened)
    enrolment = steps[-1][2] if steps else None
    outcome = transition(enrolment, event)
    assert isinstance(outcome, Step | Refused)
    assert outcome == transition(enrolment, event)


def test_a_reason_must_say_something() -> None:
    enrolment = _walk(samples.ROAD[:5])[-1][2]
    outcome = transition(enrolment, events.Abandoned(at=samples.NOW, reason="\u3000 "))
    assert isinstance(outcome, Refused)
    assert outcome.code is Code.REASON_MISSING
