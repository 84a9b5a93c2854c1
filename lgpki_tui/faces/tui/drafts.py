"""The draft that answers mean."""

from __future__ import annotations

from lgpki_tui.ledger.unfinished import Unfinished
from lgpki_tui.subject.draft import Draft


def draft_of(answers: Unfinished) -> Draft:
    """What the answers so far want the certificate to say."""
    return Draft(
        answers.certificate_kind,
        answers.organization,
        answers.name,
        answers.municipality_code or None,
        answers.mail_address,
    )
