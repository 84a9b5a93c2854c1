"""`card format` and `card set-pin`. What a wipe would destroy is said first, and refused by default."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lgpki_tui.card.choice import choose
from lgpki_tui.card.port import CardSeen, PinState
from lgpki_tui.conductor.cards import look, on_card, refuse_unready
from lgpki_tui.conductor.ports import PinSource, Ports, Progress
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Fact, Refusal
from lgpki_tui.procedure import events
from lgpki_tui.procedure.guard import Need, need_of_key
from lgpki_tui.procedure.identity import Token

_PIN_REFUSED = {Code.PIN_WRONG, Code.PIN_LOCKED, Code.PIN_ALREADY_REFUSED}


@dataclass(frozen=True, slots=True)
class FormatWish:
    """What the person said: the label, which card may be wiped, and which live keys may die, each with a reason."""

    label: str
    erase: str | None
    destroys: Mapping[str, str]


async def format_card(ports: Ports, wish: FormatWish, wanted: str | None, so_pin: PinSource, pin: PinSource) -> Token:
    """Give a card its label, SO PIN and PIN. Returns what the card is called afterwards.

    Raises Refusal: card_absent, card_ambiguous, card_label, pin_format, card_not_blank, card_key_live,
    enrolment_unknown, reason_missing, and what the card raises.
    """
    with ports.ledger.acting():
        await settle_format(ports)
        seen = await look(ports)
        card = choose(seen, wanted if wanted is not None or wish.erase is None else wish.erase)
        _refuse_unnamed(ports, card, wish)
        model = ports.models.model_of(card.token)
        model.check_label(wish.label)
        with await so_pin() as so_secret, await pin() as secret:
            model.check_so_pin(so_secret)
            model.check_pin(secret)
            ports.narrate(Progress.FORMATTING, label=wish.label)
            intended = events.FormatIntended(
                at=ports.clock.now(), token=card.token, label=wish.label, destroys=tuple(wish.destroys.items())
            )
            ports.ledger.append_card(intended)
            try:
                token = await ports.card.format(card.token, wish.label, so_secret, secret)
            except Refusal as failure:
                await settle_format(ports, failure)
                raise
        _record_destroyed(ports, intended, frozenset())
        ports.ledger.append_card(events.FormatDone(at=ports.clock.now(), token=token))
        return token


async def settle_format(ports: Ports, failure: Refusal | None = None) -> None:
    """After a format of which no end is recorded: look which keys are still there, and record what was seen.

    `failure` is what the card has just refused it with: a card that was called the same before looks like a done one.
    """
    intended = ports.ledger.open_format
    if intended is None:
        return
    card = _formatted_card(await look(ports), intended)
    if card is None:  # lost, perhaps: nobody is held up, and no key is called dead that was not seen to be
        ports.ledger.append_card(events.FormatUndone(at=ports.clock.now(), reason="card_not_seen"))
        return
    _record_destroyed(ports, intended, frozenset(key.public_key_sha256 for key in card.keys))
    refused = failure is not None and failure.code in _PIN_REFUSED
    if card.token.label == intended.label and card.pin is not PinState.NOT_SET and not refused:
        ports.ledger.append_card(events.FormatDone(at=ports.clock.now(), token=card.token))
    else:
        reason = failure.code.value if failure is not None else "not_finished"
        ports.ledger.append_card(events.FormatUndone(at=ports.clock.now(), reason=reason))


def _formatted_card(seen: tuple[CardSeen, ...], intended: events.FormatIntended) -> CardSeen | None:
    serial, label = intended.token.serial, intended.label
    known = [card for card in seen if serial and card.token.serial == serial]
    named = [card for card in seen if card.initialised and card.token.label == label]
    # A wipe that was cut short may leave a card that has forgotten its own name (measured on SoftHSM).
    blank = [card for card in seen if not card.initialised]
    return next(iter((*known, *named, *blank)), None)


def _record_destroyed(ports: Ports, intended: events.FormatIntended, still_there: frozenset[str]) -> None:
    """Every key of ours that was on this card and is not there any more has died with the format.

    One that an enrolment still waits for was never named here: somebody else wiped it, and only `abandon` ends that.
    """
    reasons = dict(intended.destroys)
    for enrolment in ports.ledger.enrolments:
        token, digest = enrolment.token, enrolment.public_key_sha256
        if token is None or not intended.token.serial or token.serial != intended.token.serial:
            continue
        waited_for = need_of_key(enrolment, ports.clock.now()) is Need.HARD
        if digest and digest not in still_there and not enrolment.key_destroyed and not waited_for:
            reason = reasons.get(enrolment.number, "card_formatted")
            ports.ledger.append(enrolment.number, events.KeyDestroyed(at=ports.clock.now(), reason=reason))


def _refuse_unnamed(ports: Ports, card: CardSeen, wish: FormatWish) -> None:
    """Hard stop first: a key that an enrolment waits for is never destroyed, whatever was typed."""
    for number, reason in wish.destroys.items():
        if ports.ledger.enrolment(number) is None:
            raise Refusal(Code.ENROLMENT_UNKNOWN, enrolment=number)
        if not reason.strip():
            raise Refusal(Code.REASON_MISSING, enrolment=number)
    if not card.initialised or _half_formatted(card):
        return
    if wish.erase != card.token.serial:
        raise Refusal(Code.CARD_NOT_BLANK, **_what_dies(ports, card))
    for enrolment in on_card(ports, card):
        need = need_of_key(enrolment, ports.clock.now())
        if need is Need.HARD or (need is Need.WORD and enrolment.number not in wish.destroys):
            facts = {**_what_dies(ports, card), "enrolment": enrolment.number, "state": enrolment.state.value}
            raise Refusal(Code.CARD_KEY_LIVE, **facts)


def _half_formatted(card: CardSeen) -> bool:
    """A format that broke off before the PIN was set: nobody can have used this card yet."""
    return card.pin is PinState.NOT_SET and not card.keys and not card.certificates


def _what_dies(ports: Ports, card: CardSeen) -> dict[str, Fact]:
    return {
        "serial": card.token.serial,
        "label": card.token.label,
        "keys": len(card.keys),
        "certificates": len(card.certificates),
        "enrolments": [enrolment.number for enrolment in on_card(ports, card)],
    }


async def set_pin(ports: Ports, wanted: str | None, old: PinSource, new: PinSource) -> Token:
    """Change the user PIN. Raises Refusal: card_*, pin_format (before the card is asked), pin_wrong, pin_locked."""
    with ports.ledger.acting():
        card = choose(await look(ports), wanted)
        refuse_unready(card)
        model = ports.models.model_of(card.token)
        with await old() as old_secret, await new() as new_secret:
            model.check_pin(old_secret)
            model.check_pin(new_secret)
            ports.narrate(Progress.CHANGING_PIN)
            await ports.card.set_pin(card.token, old_secret, new_secret)
        return card.token
