"""`card set-pin` and `card unblock`: another PIN for a card whose keys and certificates stay as they are."""

from __future__ import annotations

from lgpki_tui.card.choice import choose
from lgpki_tui.card.port import CardSeen, PinState
from lgpki_tui.conductor.cards import look, refuse_unready
from lgpki_tui.conductor.ports import PinSource, Ports, Progress
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.procedure.identity import Token


async def set_pin(ports: Ports, wanted: str | None, old: PinSource, new: PinSource) -> Token:
    """Change the user PIN. Raises Refusal: card_*, pin_format (before the card is asked), pin_wrong, pin_locked."""
    with ports.ledger.acting():
        card = choose(await look(ports), wanted)
        refuse_unready(card)
        model = ports.models.model_of(card)
        with await old() as old_secret, await new() as new_secret:
            model.check_pin(old_secret)
            model.check_pin(new_secret)
            ports.narrate(Progress.CHANGING_PIN)
            await ports.card.set_pin(card, old_secret, new_secret)
        return card.token


async def unblock(ports: Ports, wanted: str | None, so_pin: PinSource, new: PinSource) -> Token:
    """Give a card whose PIN is locked, or forgotten, another one by its SO PIN (its PUK, where it has one).

    Raises Refusal: card_*, pin_not_set, card_unsupported (before anything is typed), pin_format (before the card is
    asked), pin_wrong, pin_locked (which so_pin or puk).
    """
    with ports.ledger.acting():
        card = choose(await look(ports), wanted)
        _refuse_without_pin(card)
        model = ports.models.model_of(card)
        model.refuse_unformattable(card)
        with await so_pin() as so_secret, await new() as new_secret:
            model.check_so_pin(so_secret)
            model.check_pin(new_secret)
            ports.narrate(Progress.UNBLOCKING)
            await ports.card.unblock(card, so_secret, new_secret)
        return card.token


def _refuse_without_pin(card: CardSeen) -> None:
    """A locked PIN is what this is for; one that was never set is not."""
    if card.pin is not PinState.LOCKED:
        refuse_unready(card)
    elif not card.initialised:
        raise Refusal(Code.CARD_BLANK, serial=card.token.serial, label=card.token.label)
