"""Wiping a card, as a fold of its own: it belongs to no single enrolment."""

from __future__ import annotations

from lgpki_tui.ground.codes import Code
from lgpki_tui.procedure import events
from lgpki_tui.procedure.transition import Refused

Open = events.FormatIntended | None


def format_transition(open_format: Open, event: events.CardEvent) -> Open | Refused:
    """Apply one card event to the format that may be under way. Pure and total."""
    if isinstance(event, events.FormatIntended):
        return event if open_format is None else Refused(Code.ENROLMENT_OPEN, "format_open")
    return None if open_format is not None else Refused(Code.ENROLMENT_STATE, "no_format")
