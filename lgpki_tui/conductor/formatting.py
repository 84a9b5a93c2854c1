"""`card format`. What a wipe would destroy is said first, and refused by default."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import datetime

from lgpki_tui.card.choice import choose
from lgpki_tui.card.models import PinLayout
from lgpki_tui.card.port import CardSeen, PinState
from lgpki_tui.conductor.cards import holding, look, on_card, refuse_as_reason, the_same
from lgpki_tui.conductor.ports import PinSource, Ports, Progress
from lgpki_tui.ground.clock import rfc3339
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Fact, Refusal
from lgpki_tui.ground.frozen import dataclass
from lgpki_tui.ground.secret import Secret
from lgpki_tui.pki.certificate import parse
from lgpki_tui.pki.names import shown
from lgpki_tui.procedure import events
from lgpki_tui.procedure.guard import Need, need_of_key
from lgpki_tui.procedure.identity import Token

# What a card is refused with before C_InitToken. A refused PIN counts only when it was the SO PIN: the user PIN is set
# after the wipe.
_NOT_TOUCHED = {Code.PIN_ALREADY_REFUSED, Code.CARD_UNSUPPORTED, Code.CARD_ABSENT, Code.CARD_AMBIGUOUS, Code.CARD_LABEL}
_PIN_REFUSED = {Code.PIN_WRONG, Code.PIN_LOCKED}


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
        card = choose_card(seen, wanted, wish.erase)
        refuse_unnamed(ports, card, wish)
        model = ports.models.model_of(card)
        model.refuse_unformattable(card)
        model.check_label(wish.label)
        reasons = tuple(wish.destroys.values())
        so_pin, pin = refuse_as_reason(so_pin, *reasons), refuse_as_reason(pin, *reasons)
        one = model.pins is PinLayout.ONE  # it is asked for once, and is both
        with (
            await (pin if one else so_pin)() as so_secret,
            Secret(so_secret.reveal()) if one else await pin() as secret,
        ):
            model.check_so_pin(so_secret)
            model.check_pin(secret)
            card = the_same(await ports.card.look(), card)
            refuse_unnamed(ports, card, wish)
            ports.narrate(Progress.FORMATTING, label=wish.label)
            intended = _intended(ports, card, wish)
            ports.ledger.append_card(intended)
            try:
                token = await ports.card.format(card, wish.label, so_secret, secret)
            except Refusal as failure:
                await settle_format(ports, failure)
                raise
        record_destroyed(ports, intended.destroys, {number for number, _ in intended.destroys})
        ports.ledger.append_card(events.FormatDone(at=ports.clock.now(), token=token))
        return token


def choose_card(seen: tuple[CardSeen, ...], wanted: str | None, erase: str | None) -> CardSeen:
    """The card that is meant, by its own name or by the serial that may be erased. Raises what choose raises."""
    if wanted is not None or erase is None:
        return choose(seen, wanted)
    try:
        return choose(seen, erase)
    except Refusal as refusal:
        refusal.facts["reason"] = "erase"
        raise


def _intended(ports: Ports, card: CardSeen, wish: FormatWish) -> events.FormatIntended:
    """Which of our keys die. A key is on this card when it is seen there; one that a driver hides, when it was made on
    a card of exactly these names and the person has named it too. A serial alone is not enough: some are all alike."""
    seen = holding(ports, card)
    hidden = [each for each in on_card(ports, card) if each.token == card.token and each.number in wish.destroys]
    numbers = dict.fromkeys(each.number for each in (*seen, *hidden))
    return events.FormatIntended(
        at=ports.clock.now(),
        token=card.token,
        label=wish.label,
        destroys=tuple((number, wish.destroys.get(number, "card_formatted")) for number in numbers),
        keys_seen=tuple((each.number, each.public_key_sha256) for each in seen),
    )


async def settle_format(ports: Ports, failure: Refusal | None = None) -> None:
    """After a format of which no end is recorded: look at the same card, and record what was seen.

    `failure` is what the card has just refused it with. Nothing is concluded from another card, and a key that nobody
    saw before is not called gone because nobody sees it now.
    """
    intended = ports.ledger.open_format
    if intended is None:
        return
    if failure is not None and _before_the_wipe(failure):
        ports.ledger.append_card(events.FormatUndone(at=ports.clock.now(), reason=failure.code.value))
        return
    card = _same_card(await look(ports), intended)
    if card is None:  # lost, perhaps: nobody is held up by it
        ports.ledger.append_card(events.FormatUndone(at=ports.clock.now(), reason="card_not_seen"))
        return
    there = {key.public_key_sha256 for key in card.keys}
    # An empty digest is a key that could not be read this time: it may be any of them.
    gone = {number for number, digest in intended.keys_seen if digest not in there and "" not in there}
    record_destroyed(ports, intended.destroys, gone)
    # Without a key to miss, only another label tells that the card was wiped.
    wiped = len(gone) == len(intended.keys_seen) and bool(gone or intended.label != intended.token.label)
    if failure is None and wiped and card.token.label == intended.label and card.pin is not PinState.NOT_SET:
        ports.ledger.append_card(events.FormatDone(at=ports.clock.now(), token=card.token))
    else:
        reason = failure.code.value if failure is not None else "not_finished"
        ports.ledger.append_card(events.FormatUndone(at=ports.clock.now(), reason=reason))


async def settle_seen_format(ports: Ports) -> None:
    """The same, when that card is there. Otherwise it stays open: the keys that were on it are not recorded yet."""
    intended = ports.ledger.open_format
    if intended is not None and _same_card(await look(ports), intended) is not None:
        await settle_format(ports)


def _before_the_wipe(failure: Refusal) -> bool:
    """Whether the card was refused before anything on it was touched."""
    if failure.facts.get("wiped"):
        return False
    return failure.code in _NOT_TOUCHED or (failure.code in _PIN_REFUSED and failure.facts.get("which") == "so_pin")


def _same_card(seen: tuple[CardSeen, ...], intended: events.FormatIntended) -> CardSeen | None:
    """The card that was about to be wiped: of its serial and model, under its old label or the new one, and the only
    such one. A blank one, which has no serial, is known by the new label."""
    token = intended.token
    if token.serial:
        labels = (token.label, intended.label)
        found = [
            card
            for card in seen
            if (card.token.serial, card.token.model) == (token.serial, token.model) and card.token.label in labels
        ]
    else:
        found = [card for card in seen if card.initialised and card.token.label == intended.label]
    return found[0] if len(found) == 1 else None


def record_destroyed(ports: Ports, destroys: Iterable[tuple[str, str]], numbers: set[str]) -> None:
    """Of the enrolments that were named, each with its reason, these have lost their keys with the format.

    One that an enrolment still waits for was never among them: somebody else wiped it, and only `abandon` ends that.
    """
    for number, reason in destroys:
        enrolment = ports.ledger.enrolment(number)
        if number not in numbers or enrolment is None or enrolment.key_destroyed:
            continue
        if need_of_key(enrolment, ports.clock.now()) is not Need.HARD:
            ports.ledger.append(number, events.KeyDestroyed(at=ports.clock.now(), reason=reason))


def refuse_unnamed(ports: Ports, card: CardSeen, wish: FormatWish) -> None:
    """Hard stop first: a key that an enrolment waits for is never destroyed, whatever was typed."""
    for number, reason in wish.destroys.items():
        if ports.ledger.enrolment(number) is None:
            raise Refusal(Code.ENROLMENT_UNKNOWN, enrolment=number)
        if not reason.strip():
            raise Refusal(Code.REASON_MISSING, enrolment=number)
    if not card.initialised:
        return
    mine = on_card(ports, card)
    needed = [each for each in mine if need_of_key(each, ports.clock.now()) is not Need.NONE]
    if _half_formatted(card) and not needed:
        return
    if wish.erase != card.token.serial:
        raise Refusal(Code.CARD_NOT_BLANK, **_what_dies(ports, card))
    for enrolment in needed:
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
        "valid_certificates": _valid(card, ports.clock.now()),
        "enrolments": [enrolment.number for enrolment in on_card(ports, card)],
    }


def _valid(card: CardSeen, now: datetime) -> list[Fact]:
    """The certificates on the card that still have their time, whoever stored them: the person shall know each."""
    valid: list[Fact] = []
    for one in card.certificates:
        with suppress(Refusal):  # what cannot be read as a certificate is none that anybody uses
            certificate = parse(one.der)
            if now <= certificate.not_after:
                valid.append({"subject": shown(certificate.subject), "not_after": rfc3339(certificate.not_after)})
    return valid
