"""What anyone may read of the cards that are there, without a PIN and without python-pkcs11."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from hashlib import sha256

from lgpki_tui.card import pcsc, spki
from lgpki_tui.card.errors import ReturnValue, refusal_of
from lgpki_tui.card.port import CardSeen, CertificateSeen, KeySeen, PinState
from lgpki_tui.card.raw import RawModule, RawToken
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.procedure.identity import Token

_CKO_CERTIFICATE, _CKO_PUBLIC_KEY = 1, 2
_CKA_LABEL, _CKA_VALUE, _CKA_KEY_TYPE, _CKA_ID = 0x03, 0x11, 0x100, 0x102
_CKA_MODULUS, _CKA_PUBLIC_EXPONENT, _CKA_EC_PARAMS, _CKA_EC_POINT = 0x120, 0x122, 0x180, 0x181
_CKK_RSA, _CKK_EC = 0, 3
_CKF_HW_SLOT = 0x04
_CKF_TOKEN_INITIALIZED, _CKF_USER_PIN_INITIALIZED, _CKF_PROTECTED_AUTHENTICATION_PATH = 0x400, 0x08, 0x100
_CKF_COUNT_LOW, _CKF_FINAL_TRY, _CKF_LOCKED = 0x10000, 0x20000, 0x40000
_CKR_TOKEN_NOT_PRESENT, _CKR_TOKEN_NOT_RECOGNIZED = 0xE0, 0xE1
_BLANK = Token("", "", "")


def look(raw: RawModule, *, in_session: bool = False, staged: Collection[str] = ()) -> tuple[CardSeen, ...]:
    """Every card that is there now; one that cannot be read hides no other. Raises ReturnValue when none can be read,
    Refusal(module_broken). `in_session`: somebody is logged in (RawModule.in_session). `staged`: the ATRs of cards
    whose files must be put in operation after they are made; such a card is asked whether they are."""
    seen, errors, hardware = [], [], False
    with raw.in_session() if in_session else raw.initialised():
        for slot in raw.slots():
            try:
                hardware = hardware or bool(raw.slot(slot).flags & _CKF_HW_SLOT)
                seen.append(_card(raw, slot))
            except ReturnValue as error:
                if error.number != _CKR_TOKEN_NOT_PRESENT:  # else pulled just now
                    errors.append(error)
                    seen.append(_unreadable(raw, slot, error))
    if errors and len(errors) == len(seen):
        raise errors[0]
    if not hardware:  # no reader, and PC/SC takes 20 ms to import (measured)
        return tuple(seen)
    names = pcsc.readers()
    return tuple(_with_reader(card, names, () if in_session else staged) for card in seen)


def _with_reader(card: CardSeen, names: dict[str, str], staged: Collection[str]) -> CardSeen:
    """With what PC/SC tells beside the module."""
    reader = pcsc.reader_of(card.reader, names)
    if reader is None:
        return card
    card = replace(card, atr=names[reader])
    if card.atr in staged and card.initialised and not pcsc.is_activated(reader):
        return replace(card, unfinished=True, pin=PinState.NOT_SET)
    return card


def token_at(raw: RawModule, slot: int) -> Token | None:
    """What the card in this slot is called; all empty for one that the driver does not know (a blank one, in OpenSC's
    eyes: measured), None when it cannot be read."""
    try:
        return token_of(raw.token(slot))
    except ReturnValue as error:
        return _BLANK if error.number == _CKR_TOKEN_NOT_RECOGNIZED else None


def is_gone(raw: RawModule, wanted: Token) -> bool:
    """Whether the card that somebody is logged in to has been pulled, as far as the module tells."""
    try:
        with raw.in_session():
            return all(token_at(raw, slot) not in (wanted, None) for slot in raw.slots())
    except (ReturnValue, Refusal):
        return False


def has_reader(raw: RawModule) -> bool:
    """Whether any slot is a reader's (CKF_HW_SLOT), with or without a card. False where the module does not tell."""
    try:
        with raw.in_session():
            return any(raw.slot(slot).flags & _CKF_HW_SLOT for slot in raw.every_slot())
    except (ReturnValue, Refusal):
        return False


def pin_state(flags: int) -> PinState:
    """What a token's flags tell of the user PIN (PKCS#11 v2.40 base, 3.2, CKF_USER_PIN_*)."""
    if not flags & _CKF_USER_PIN_INITIALIZED:
        return PinState.NOT_SET
    if flags & _CKF_LOCKED:
        return PinState.LOCKED
    if flags & _CKF_FINAL_TRY:
        return PinState.FINAL_TRY
    return PinState.COUNT_LOW if flags & _CKF_COUNT_LOW else PinState.OK


def token_of(found: RawToken) -> Token:
    """The witnesses of a token."""
    return Token(found.serial, found.label, found.model)


def _card(raw: RawModule, slot: int) -> CardSeen:
    reader = raw.reader(slot)
    try:
        token = raw.token(slot)
    except ReturnValue as error:
        if error.number != _CKR_TOKEN_NOT_RECOGNIZED:
            raise
        return CardSeen(_BLANK, "", reader, initialised=False, pin=PinState.NOT_SET)
    initialised = bool(token.flags & _CKF_TOKEN_INITIALIZED)
    keys, certificates = _objects(raw, slot) if initialised else ((), ())
    return CardSeen(
        token=token_of(token),
        manufacturer=token.manufacturer,
        reader=reader,
        initialised=initialised,
        pin=pin_state(token.flags),
        keys=keys,
        certificates=certificates,
        pin_pad=bool(token.flags & _CKF_PROTECTED_AUTHENTICATION_PATH),
    )


def _unreadable(raw: RawModule, slot: int, error: ReturnValue) -> CardSeen:
    try:
        reader = raw.reader(slot)
    except ReturnValue:
        reader = ""
    fault = str(refusal_of(error).facts["ckr"])
    return CardSeen(_BLANK, "", reader, initialised=False, pin=PinState.NOT_SET, fault=fault)


def _objects(raw: RawModule, slot: int) -> tuple[tuple[KeySeen, ...], tuple[CertificateSeen, ...]]:
    with raw.session(slot) as session:
        keys = tuple(_key(raw, session, one) for one in raw.objects(session, _CKO_PUBLIC_KEY))
        return keys, tuple(_certificate(raw, session, one) for one in raw.objects(session, _CKO_CERTIFICATE))


def _key(raw: RawModule, session: int, handle: int) -> KeySeen:
    def told(kind: int) -> bytes:
        return raw.attribute(session, handle, kind)

    kind, info = int.from_bytes(told(_CKA_KEY_TYPE) or b"\xff", "little"), None
    if kind == _CKK_RSA:
        info = spki.rsa(told(_CKA_MODULUS), told(_CKA_PUBLIC_EXPONENT))
    elif kind == _CKK_EC:
        info = spki.ec(told(_CKA_EC_PARAMS), told(_CKA_EC_POINT))
    digest = sha256(info).hexdigest() if info else ""
    return KeySeen(told(_CKA_ID).hex(), told(_CKA_LABEL).decode(errors="replace"), digest)


def _certificate(raw: RawModule, session: int, handle: int) -> CertificateSeen:
    cka_id, label, der = (raw.attribute(session, handle, kind) for kind in (_CKA_ID, _CKA_LABEL, _CKA_VALUE))
    return CertificateSeen(cka_id.hex(), label.decode(errors="replace"), der)
