"""Which card is meant, and which of our enrolments live on it."""

from __future__ import annotations

from lgpki_tui.card.choice import choose
from lgpki_tui.card.port import CardSeen, PinState
from lgpki_tui.conductor.ports import PinSource, Ports, Progress
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Fact, Refusal
from lgpki_tui.procedure.enrolment import Enrolment, OpenAct
from lgpki_tui.procedure.identity import Token
from lgpki_tui.procedure.transition import is_open


async def look(ports: Ports) -> tuple[CardSeen, ...]:
    """Every card that can be reached now, after what an earlier program of ours had begun has ended."""
    ports.narrate(Progress.LOOKING_AT_CARD)
    await ports.card.claim()
    return await ports.card.look()


async def card_for_key(ports: Ports, wanted: str | None) -> CardSeen:
    """The one card that a key pair may be made on.

    Raises Refusal: card_absent, card_ambiguous, card_blank, pin_not_set, pin_locked, enrolment_open.
    """
    card = choose(await look(ports), wanted)
    refuse_unready(card)
    refuse_open(ports, card)
    return card


def refuse_unready(card: CardSeen) -> None:
    """Refuse a card that nobody can log in to yet, or any more."""
    facts = {"serial": card.token.serial, "label": card.token.label}
    if not card.initialised:
        raise Refusal(Code.CARD_BLANK, **facts)
    if card.pin is PinState.NOT_SET:
        raise Refusal(Code.PIN_NOT_SET, **facts)
    if card.pin is PinState.LOCKED:
        raise Refusal(Code.PIN_LOCKED, **facts)


def refuse_open(ports: Ports, card: CardSeen) -> None:
    """Refuse a second key on a card while an act on it is open (docs/contract.md, `request`)."""
    for enrolment in on_card(ports, card):
        if is_open(enrolment):
            raise Refusal(Code.ENROLMENT_OPEN, enrolment=enrolment.number, state=enrolment.state.value)


def on_card(ports: Ports, card: CardSeen) -> tuple[Enrolment, ...]:
    """Our enrolments whose key is on this card, or may be. The public key decides; the serial is a witness, and
    all there is while an intended key has not been seen yet."""
    digests = {key.public_key_sha256 for key in card.keys} - {""}
    return tuple(
        enrolment
        for enrolment in ports.ledger.enrolments
        if not enrolment.key_destroyed
        and (
            (enrolment.public_key_sha256 in digests)
            or (
                _may_be_there(enrolment) and enrolment.token is not None and enrolment.token.serial == card.token.serial
            )
        )
    )


def _may_be_there(enrolment: Enrolment) -> bool:
    return bool(enrolment.public_key_sha256) or enrolment.open_act is OpenAct.KEY


async def card_of(ports: Ports, enrolment: Enrolment, wanted: str | None) -> CardSeen:
    """The card that holds this enrolment's key; while no key was seen yet, the card it was to be made on.

    Raises Refusal: card_absent, wrong_card (naming the card that is needed), card_blank, pin_not_set, pin_locked.
    """
    seen = await look(ports)
    cards = tuple(card for card in seen if card.initialised)
    if wanted is not None:
        cards = (choose(seen, wanted),)
    if not cards:
        raise Refusal(Code.CARD_ABSENT, **_needed(enrolment))
    by_key = [card for card in cards if _holds(card, enrolment)]
    # A driver may hide public keys until somebody logs in: then the serial has to do, and the key is looked for later.
    by_serial = [card for card in cards if enrolment.token is not None and card.token.serial == enrolment.token.serial]
    for card in (*by_key, *by_serial):
        refuse_unready(card)
        return card
    found = [{"serial": card.token.serial, "label": card.token.label} for card in cards]
    raise Refusal(Code.WRONG_CARD, **_needed(enrolment), found=found)


def _holds(card: CardSeen, enrolment: Enrolment) -> bool:
    return any(key.public_key_sha256 == enrolment.public_key_sha256 != "" for key in card.keys)


def _needed(enrolment: Enrolment) -> dict[str, Fact]:
    token = enrolment.token or Token("", "", "")
    return {"enrolment": enrolment.number, "serial": token.serial, "label": token.label}


async def log_in(ports: Ports, card: CardSeen, pin: PinSource) -> None:
    """Ask for the PIN, hold it against the card model's rule, give it to the card and forget it."""
    with await pin() as secret:
        ports.models.model_of(card.token).check_pin(secret)
        await ports.card.open(card.token, secret)
