"""Which keys a card may not lose, and what a person must say before it does (MISSION rule 3)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from lgpki_tui.procedure.enrolment import Enrolment, OpenAct, State


class Need(StrEnum):
    """How much an enrolment needs the key on its card."""

    NONE = "none"
    WORD = "word"
    HARD = "hard"


def need_of_key(enrolment: Enrolment, now: datetime) -> Need:
    """HARD: stop until the enrolment is abandoned. WORD: its number and a reason must be given. NONE: free to go.

    An open key act counts as HARD: the key may be on the card though no record says so yet.
    """
    if enrolment.key_destroyed:
        return Need.NONE
    if enrolment.open_act in (OpenAct.KEY, OpenAct.STORE):
        return Need.HARD
    if enrolment.state in (State.KEY_MADE, State.AWAITING_CERTIFICATE):
        return Need.HARD
    valid = enrolment.certificate is not None and now <= enrolment.certificate.not_after
    # One that was given up while its certificate was being stored may have that certificate on its card.
    return Need.WORD if enrolment.state in (State.STORED, State.ABANDONED) and valid else Need.NONE
