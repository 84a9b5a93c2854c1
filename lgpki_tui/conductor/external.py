"""A card that its maker's own formatter formats: what may die is guarded before, and the card looked at afterwards."""

from __future__ import annotations

from lgpki_tui.card.port import CardSeen
from lgpki_tui.conductor.cards import look, refuse_unready
from lgpki_tui.conductor.formatting import FormatWish, choose_card, record_destroyed, refuse_unnamed
from lgpki_tui.conductor.ports import Ports
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.procedure.identity import Token


async def before_external(ports: Ports, wish: FormatWish, wanted: str | None) -> CardSeen:
    """The card that may be given to the formatter: nothing that an enrolment needs is wiped without its number, by
    whatever program. Raises what format_card raises before it asks for a PIN."""
    with ports.ledger.acting():
        card = choose_card(await look(ports), wanted, wish.erase)
        refuse_unnamed(ports, card, wish)
        return card


async def after_external(ports: Ports, before: CardSeen, wish: FormatWish) -> Token:
    """What the card is called now; the keys that were to die and are gone are recorded.

    Raises Refusal: card_absent (the reader is empty), card_blank, pin_not_set, pin_locked, card_not_blank (reason
    unchanged: what was on it is there still).
    """
    with ports.ledger.acting():
        found = [card for card in await look(ports) if card.reader == before.reader and not card.fault]
        if len(found) != 1:
            raise Refusal(Code.CARD_ABSENT, reader=before.reader)
        card = found[0]
        refuse_unready(card)
        gone = {key.public_key_sha256 for key in before.keys} - {key.public_key_sha256 for key in card.keys}
        if before.keys and not gone:
            raise Refusal(Code.CARD_NOT_BLANK, reason="unchanged", serial=card.token.serial, label=card.token.label)
        dead = {each.number for each in ports.ledger.enrolments if each.public_key_sha256 in gone}
        record_destroyed(ports, wish.destroys.items(), dead)
        return card.token
