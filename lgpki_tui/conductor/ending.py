"""`abandon`: give an enrolment up, with a reason, so that a rejected form never blocks a card."""

from __future__ import annotations

from lgpki_tui.conductor.ports import Ports
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.procedure import events
from lgpki_tui.procedure.enrolment import Enrolment


def abandon(ports: Ports, number: str, reason: str) -> Enrolment:
    """Record that the enrolment is given up. Touches no card: what the card holds stays on it.

    Allowed on any PC and login, for it is the way out when they have changed. Raises Refusal: enrolment_unknown,
    enrolment_state, reason_missing.
    """
    with ports.ledger.acting():
        enrolment = ports.ledger.enrolment(number)
        if enrolment is None:
            raise Refusal(Code.ENROLMENT_UNKNOWN, enrolment=number)
        after, _ = ports.ledger.append(number, events.Abandoned(at=ports.clock.now(), reason=reason.strip()))
        return after
