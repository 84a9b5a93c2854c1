"""What can be applied for with an enrolment: the first is what a person most likely wants."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from lgpki_tui.ground.clock import tokyo
from lgpki_tui.ground.frozen import dataclass
from lgpki_tui.paper.sheet import Action, has_certificate
from lgpki_tui.procedure.calendar import renewal_opens
from lgpki_tui.procedure.enrolment import Enrolment, State


@dataclass(frozen=True, slots=True)
class Application:
    """An action, and for 更新 the enrolment whose certificate is renewed; empty: it is not known here, and its serial
    number and validity are written by hand."""

    action: Action
    renewed: str = ""


def applications(enrolment: Enrolment, all_enrolments: Iterable[Enrolment], now: datetime) -> tuple[Application, ...]:
    """With a certificate, its revocation. Else issue and renewal: of each stored certificate of the same kind and name
    that is still valid, and of one that is not known here.

    A renewal stands first only where the purpose is the same too and its time has come: one post may hold several
    certificates of one name (facts of local rules: 用途), and no form shall call a first request a renewal unasked.
    """
    if has_certificate(enrolment):
        return (Application(Action.REVOCATION),)
    older = sorted(
        (each for each in all_enrolments if _is_older(enrolment, each, now)),
        key=lambda each: (_not_after(each), each.number),
    )
    due = [each for each in older if each.purpose == enrolment.purpose and _is_due(each, now)]
    others = [each for each in older if each not in due]
    return (
        *(Application(Action.RENEWAL, each.number) for each in due),
        Application(Action.ISSUE),
        *(Application(Action.RENEWAL, each.number) for each in others),
        Application(Action.RENEWAL),
    )


def _is_older(enrolment: Enrolment, other: Enrolment, now: datetime) -> bool:
    return (
        other.number != enrolment.number
        and other.state is State.STORED
        and has_certificate(other)
        and _not_after(other) > now
        and (other.certificate_kind, other.subject) == (enrolment.certificate_kind, enrolment.subject)
    )


def _is_due(enrolment: Enrolment, now: datetime) -> bool:
    return tokyo(now).date() >= renewal_opens(_not_after(enrolment))


def _not_after(enrolment: Enrolment) -> datetime:
    if enrolment.certificate is None:
        raise ValueError("no certificate")
    return enrolment.certificate.not_after
