"""How an enrolment stands today: who acts next, and whether somebody should look at it now."""

from __future__ import annotations

from datetime import datetime

from lgpki_tui.ground.clock import tokyo
from lgpki_tui.procedure.calendar import renewal_opens
from lgpki_tui.procedure.enrolment import Enrolment, State
from lgpki_tui.procedure.transition import is_open


def waits_for(enrolment: Enrolment, now: datetime) -> str | None:
    """Who or what acts next: `applicant` (resume), `registration_branch` (the certificate), `renewal`, or nobody."""
    if is_open(enrolment) or enrolment.state is State.DRAFT:
        return "applicant"
    if enrolment.state is State.AWAITING_CERTIFICATE:
        return "registration_branch"
    return "renewal" if _renewal_open(enrolment, now) and attention(enrolment, now) != "expired" else None


def attention(enrolment: Enrolment, now: datetime) -> str | None:
    """Why a person should look at it now: `open`, `expired`, `renewal_open`; None when nothing is due."""
    if is_open(enrolment):
        return "open"
    certificate = enrolment.certificate
    if enrolment.state is State.STORED and certificate is not None and now > certificate.not_after:
        return "expired"
    return "renewal_open" if _renewal_open(enrolment, now) else None


def _renewal_open(enrolment: Enrolment, now: datetime) -> bool:
    if enrolment.state is not State.STORED or enrolment.certificate is None:
        return False
    return tokyo(now).date() >= renewal_opens(enrolment.certificate.not_after)
