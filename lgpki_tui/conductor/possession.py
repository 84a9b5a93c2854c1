"""Does the card hold the key of this certificate? Asked of the key itself, with three distinct answers."""

from __future__ import annotations

from hashlib import sha256

from lgpki_tui.conductor.ports import Ports, Progress
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.pki.possession import challenge, verify

CHALLENGE_BYTES = 32
# The card is gone, its module died or we were stopped: nobody can ask it any more, and nothing is concluded from that.
UNASKED = {Code.CARD_REMOVED, Code.CARD_ABSENT, Code.MODULE_CRASHED, Code.MODULE_HUNG, Code.INTERRUPTED}


async def prove_possession(ports: Ports, number: str, cka_id: bytes, certificate: bytes) -> None:
    """Have the card sign a fresh challenge and verify it with the certificate's key.

    Returns when they fit. Raises Refusal: possession_failed (they do not fit), possession_impossible (the card
    could not sign; fact `cause`), or what became of the card.
    """
    ports.narrate(Progress.CHALLENGING_KEY)
    message = challenge(number, sha256(certificate).hexdigest(), ports.entropy(CHALLENGE_BYTES))
    try:
        signature = await ports.card.sign(cka_id, message)
    except Refusal as refusal:
        if refusal.code in UNASKED:
            raise
        raise Refusal(Code.POSSESSION_IMPOSSIBLE, enrolment=number, cause=refusal.code.value) from refusal
    if not verify(certificate, message, signature):
        raise Refusal(Code.POSSESSION_FAILED, enrolment=number)
