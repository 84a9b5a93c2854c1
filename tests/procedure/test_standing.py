"""Who acts next and what needs attention, on the days on which that changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from lgpki_tui.procedure.enrolment import Enrolment, State
from lgpki_tui.procedure.events import EnrolmentEvent
from lgpki_tui.procedure.standing import attention, waits_for
from lgpki_tui.procedure.transition import Step, transition
from tests import samples

NOT_AFTER = datetime(2029, 8, 31, 3, 0, tzinfo=UTC)
# Six months before is 28 February, the last day of that month; in Japan it begins at 15:00 UTC of the day before.
OPENS = datetime(2029, 2, 27, 15, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def after(*happened: EnrolmentEvent) -> Enrolment:
    enrolment: Enrolment | None = None
    for event in happened:
        step = transition(enrolment, event)
        assert isinstance(step, Step), step
        enrolment = step.enrolment
    assert enrolment is not None
    return enrolment


ROAD = (samples.BEGUN, samples.KEY_INTENDED, samples.KEY_MADE, samples.REQUEST_SIGNED, samples.REQUEST_WRITTEN)
INTENDED = replace(samples.STORE_INTENDED, not_after=NOT_AFTER)


@pytest.mark.parametrize(
    ("events", "due"),
    [(1, None), (2, "open"), (3, "open"), (4, "open")],
    ids=["draft", "key intended", "key made", "request signed"],
)
def test_until_the_request_is_written_the_applicant_acts(events: int, due: str | None) -> None:
    enrolment = after(*ROAD[:events])
    assert (waits_for(enrolment, samples.NOW), attention(enrolment, samples.NOW)) == ("applicant", due)


def test_then_the_branch_acts_until_the_certificate_is_about_to_be_stored() -> None:
    waiting = after(*ROAD)
    assert (waits_for(waiting, NOT_AFTER), attention(waiting, NOT_AFTER)) == ("registration_branch", None)
    storing = after(*ROAD, INTENDED)
    assert (waits_for(storing, samples.NOW), attention(storing, samples.NOW)) == ("applicant", "open")


@pytest.mark.parametrize(
    ("now", "waits", "due"),
    [
        (OPENS - SECOND, None, None),
        (OPENS, "renewal", "renewal_open"),
        (NOT_AFTER, "renewal", "renewal_open"),
        (NOT_AFTER + SECOND, None, "expired"),
    ],
)
def test_a_stored_certificate_is_renewed_in_its_last_half_year(
    now: datetime, waits: str | None, due: str | None
) -> None:
    stored = after(*ROAD, INTENDED, samples.STORED)
    assert (waits_for(stored, now), attention(stored, now)) == (waits, due)


def test_what_was_given_up_waits_for_nobody() -> None:
    ended = after(*ROAD, samples.ABANDONED)
    assert ended.state is State.ABANDONED
    assert (waits_for(ended, samples.NOW), attention(ended, samples.NOW)) == (None, None)
