"""What is offered: a first request, a renewal of what is there, a revocation of what is stored."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.paper.applications import Application, applications
from lgpki_tui.paper.sheet import Action, about_enrolment
from lgpki_tui.procedure.enrolment import Enrolment, OpenAct, State
from lgpki_tui.settings.profiles import load_profile, profile_folders
from tests.paper.test_reading import enrolment
from tests.samples import NOT_AFTER, NOW

OLD = "231201-9TRX2"
ISSUE, BY_HAND = Application(Action.ISSUE), Application(Action.RENEWAL)
RENEWAL = Application(Action.RENEWAL, OLD)
DUE = datetime(2029, 6, 1, tzinfo=UTC)


@pytest.fixture
def waiting() -> Enrolment:
    """One whose request is written."""
    return enrolment(5)


@pytest.fixture
def old() -> Enrolment:
    """Another one of the same name, stored."""
    return replace(enrolment(7), number=OLD)


def test_a_first_request_is_one(waiting: Enrolment) -> None:
    assert applications(waiting, (waiting,), NOW) == (ISSUE, BY_HAND)


def test_a_renewal_is_first_where_its_time_has_come(waiting: Enrolment, old: Enrolment) -> None:
    assert applications(waiting, (waiting, old), NOW) == (ISSUE, RENEWAL, BY_HAND)
    assert applications(waiting, (waiting, old), DUE) == (RENEWAL, ISSUE, BY_HAND)
    assert applications(waiting, (waiting, replace(old, purpose="電子入札用")), DUE) == (ISSUE, RENEWAL, BY_HAND)


@pytest.mark.parametrize(
    "changed",
    [
        {"certificate_kind": "riyosha"},
        {"subject": (("C", "JP"), ("CN", "副市長"))},
        {"state": State.ABANDONED},
        {"open_act": OpenAct.STORE},
        {"certificate": None, "state": State.AWAITING_CERTIFICATE},
    ],
)
def test_what_is_another_certificate_or_none_is_not_renewed(
    waiting: Enrolment, old: Enrolment, changed: dict[str, object]
) -> None:
    assert RENEWAL not in applications(waiting, (replace(old, **changed),), DUE)  # type: ignore[arg-type]  # by name


def test_what_has_run_out_is_not_renewed(waiting: Enrolment, old: Enrolment) -> None:
    assert RENEWAL not in applications(waiting, (old,), NOT_AFTER)


def test_what_is_stored_can_be_revoked_and_nothing_else_can(waiting: Enrolment, old: Enrolment) -> None:
    profile = load_profile("shokuseki", profile_folders())
    assert profile
    assert applications(old, (old,), NOW) == (Application(Action.REVOCATION),)
    wiped = replace(old, state=State.ABANDONED, key_destroyed=True)
    assert applications(wiped, (wiped,), NOW) == (Application(Action.REVOCATION),)
    about = about_enrolment(wiped, profile, NOW, practice=False, action=Action.REVOCATION)
    assert (about.csr_files, about.csr_sha256, about.name_assumed) == ((), "", False)
    with pytest.raises(Refusal) as refused:
        about_enrolment(waiting, profile, NOW, practice=False, action=Action.REVOCATION)
    assert refused.value.code is Code.ENROLMENT_STATE
