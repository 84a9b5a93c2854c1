"""Which card is meant, and which of our enrolments live on it."""

from __future__ import annotations

from hashlib import sha256

from lgpki_tui.card.choice import choose, refuse_unread
from lgpki_tui.card.port import CardSeen, PinState
from lgpki_tui.conductor.ports import PinSource, Ports, Progress
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Fact, Refusal
from lgpki_tui.ground.secret import Secret
from lgpki_tui.procedure import events
from lgpki_tui.procedure.commands import Command
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


def holding(ports: Ports, card: CardSeen) -> tuple[Enrolment, ...]:
    """Our enrolments whose public key is seen on this card."""
    return tuple(each for each in ports.ledger.enrolments if not each.key_destroyed and holds(card, each))


def on_card(ports: Ports, card: CardSeen) -> tuple[Enrolment, ...]:
    """Our enrolments whose key is on this card, or may be: whoever asks wants to be careful.

    The public key decides. Where it is not seen, the names of the card do: an intended key has not been seen yet, a
    driver may show no public key before somebody logs in, and a public key object may be lost while its key lives.
    """
    return tuple(
        each
        for each in ports.ledger.enrolments
        if not each.key_destroyed and (holds(card, each) or (card.initialised and _may_hold(card, each)))
    )


def _may_hold(card: CardSeen, enrolment: Enrolment) -> bool:
    if enrolment.token is None or enrolment.token.serial != card.token.serial:
        return False
    if enrolment.open_act is OpenAct.KEY:
        return True
    return bool(enrolment.public_key_sha256) and (hides_keys(card) or enrolment.token == card.token)


def hides_keys(card: CardSeen) -> bool:
    """Whether there may be a key on the card that nobody could read: it shows none before a login, or not which."""
    return not card.keys or any(not key.public_key_sha256 for key in card.keys)


async def card_of(ports: Ports, enrolment: Enrolment, wanted: str | None) -> CardSeen:
    """The card that holds this enrolment's key; while no key was seen yet, the card it was to be made on.

    Raises Refusal: card_absent, wrong_card (naming the card that is needed), card_error (it may be one that cannot be
    read), card_ambiguous, card_blank, pin_not_set, pin_locked.
    """
    seen = await look(ports)
    cards = tuple(card for card in seen if card.initialised)
    if wanted is not None:
        cards = (choose(seen, wanted),)
    if not cards:
        refuse_unread(seen)
        raise Refusal(Code.CARD_ABSENT, **_needed(enrolment))
    by_key = [card for card in cards if holds(card, enrolment)]
    candidates = by_key or [card for card in cards if _may_be(card, enrolment)]
    if not candidates:
        refuse_unread(seen)
        found = [{"serial": card.token.serial, "label": card.token.label} for card in cards]
        raise Refusal(Code.WRONG_CARD, **_needed(enrolment), found=found)
    if len(candidates) > 1:
        listed = [{"serial": card.token.serial, "label": card.token.label} for card in candidates]
        raise Refusal(Code.CARD_AMBIGUOUS, cards=listed)
    refuse_unready(candidates[0])
    return candidates[0]


def _may_be(card: CardSeen, enrolment: Enrolment) -> bool:
    """Where no public key tells: a card of the same serial that hides its keys until somebody logs in. While no key was
    ever seen, all its names must be the same: some drivers give every card one serial (measured), and what is not on
    the wrong card must not be called absent."""
    if enrolment.token is None:
        return False
    if not enrolment.public_key_sha256:
        return card.token == enrolment.token
    return card.token.serial == enrolment.token.serial and hides_keys(card)


def holds(card: CardSeen, enrolment: Enrolment) -> bool:
    """Whether this enrolment's public key is seen on the card."""
    return any(key.public_key_sha256 == enrolment.public_key_sha256 != "" for key in card.keys)


def _needed(enrolment: Enrolment) -> dict[str, Fact]:
    token = enrolment.token or Token("", "", "")
    return {"enrolment": enrolment.number, "serial": token.serial, "label": token.label}


async def follow_key(
    ports: Ports, enrolment: Enrolment, card: CardSeen, commands: tuple[Command, ...] = ()
) -> tuple[Enrolment, tuple[Command, ...]]:
    """The enrolment with the CKA_ID that its private key has on this card now, recorded when it is another one than
    before; and what is to be done then. Needs the login. The public key decides; ids are changed by other programs, and
    by drivers (measured), sometimes of one half only: then the recorded one stays."""
    digest = enrolment.public_key_sha256
    if not digest or await _has_key(ports, enrolment.cka_id, digest):
        return enrolment, commands
    ids = {key.cka_id for key in card.keys if key.public_key_sha256 == digest and key.cka_id} - {enrolment.cka_id}
    found = [cka_id for cka_id in sorted(ids) if await _has_key(ports, cka_id, digest)]
    if len(found) != 1:
        return enrolment, commands
    return ports.ledger.append(enrolment.number, events.KeyMoved(at=ports.clock.now(), cka_id=found[0]))


async def _has_key(ports: Ports, cka_id: str, digest: str) -> bool:
    """Whether a private key is under this id, and no public key that is another one's."""
    found = await ports.card.find(bytes.fromhex(cka_id))
    return found.private_keys == 1 and (found.public_key is None or sha256(found.public_key).hexdigest() == digest)


async def refuse_lost_key(ports: Ports, enrolment: Enrolment, card: CardSeen) -> None:
    """A card that was wiped keeps its serial: what counts is that the key is there and is the one. While its public
    half is seen, nobody is told that it is lost."""
    found = await ports.card.find(bytes.fromhex(enrolment.cka_id))
    if found.private_keys == 0 and holds(card, enrolment):
        raise Refusal(Code.POSSESSION_IMPOSSIBLE, enrolment=enrolment.number, cause="key_missing")
    if found.private_keys == 0 or not _is_key(found.public_key, enrolment.public_key_sha256):
        token = enrolment.token
        facts = {"serial": token.serial, "label": token.label} if token is not None else {}
        raise Refusal(Code.WRONG_CARD, enrolment=enrolment.number, reason="key_not_on_card", **facts)


def _is_key(public_key: bytes | None, expected: str) -> bool:
    return public_key is None or sha256(public_key).hexdigest() == expected


def the_same(seen: tuple[CardSeen, ...], card: CardSeen) -> CardSeen:
    """The card that was looked at before a person typed a PIN, as it is now: another one of its names may have been put
    in its place meanwhile. Raises Refusal: card_absent, card_ambiguous."""
    found = [one for one in seen if one.token == card.token and one.initialised == card.initialised and not one.fault]
    if len(found) == 1:
        return found[0]
    code = Code.CARD_AMBIGUOUS if found else Code.CARD_ABSENT
    raise Refusal(code, serial=card.token.serial, label=card.token.label)


async def log_in(ports: Ports, card: CardSeen, pin: PinSource) -> None:
    """Ask for the PIN, hold it against the card model's rule, give it to the card and forget it."""
    if card.pin_pad:  # it is typed at the reader, and no program ever sees it
        ports.narrate(Progress.PIN_AT_READER, reader=card.reader)
        await ports.card.open(card, None)
        return
    with await pin() as secret:
        ports.models.model_of(card).check_pin(secret)
        await ports.card.open(card, secret)


def refuse_as_reason(pin: PinSource, *reasons: str) -> PinSource:
    """A PIN source that refuses a PIN which was also typed as a reason: the record would keep it for ever (MISSION rule
    4). Raises Refusal(reason_missing, reason is_pin), before the PIN reaches a card."""

    async def guarded() -> Secret:
        secret = await pin()
        if any(secret == Secret(reason.strip()) for reason in reasons if reason.strip()):
            secret.wipe()
            raise Refusal(Code.REASON_MISSING, reason="is_pin")
        return secret

    return guarded
