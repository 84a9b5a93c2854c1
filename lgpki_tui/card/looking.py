"""What anyone may read of the cards that are there, without a PIN."""

from __future__ import annotations

from pkcs11 import Attribute, ObjectClass, TokenFlag, TokenNotRecognised
from pkcs11.types import Session, Slot

from lgpki_tui.card.module import Module, bytes_of, pin_state, text_of, token_in
from lgpki_tui.card.port import CardSeen, CertificateSeen, KeySeen, PinState
from lgpki_tui.card.public import digest
from lgpki_tui.procedure.identity import Token


def look(module: Module) -> tuple[CardSeen, ...]:
    """Every card that is there now. Raises PKCS11Error, Refusal(module_broken)."""
    return tuple(_card(module, slot) for slot in module.slots())


def _card(module: Module, slot: Slot) -> CardSeen:
    try:
        token = slot.get_token()
    except TokenNotRecognised:  # a blank card, in OpenSC's eyes (measured)
        return CardSeen(Token("", "", ""), "", slot.slot_description, initialised=False, pin=PinState.NOT_SET)
    initialised = bool(token.flags & TokenFlag.TOKEN_INITIALIZED)
    keys, certificates = _objects(module, slot) if initialised else ((), ())
    return CardSeen(
        token=token_in(slot),
        manufacturer=token.manufacturer_id,
        reader=slot.slot_description,
        initialised=initialised,
        pin=pin_state(token),
        keys=keys,
        certificates=certificates,
    )


def _objects(module: Module, slot: Slot) -> tuple[tuple[KeySeen, ...], tuple[CertificateSeen, ...]]:
    session = module.open_session(slot)
    try:
        return _keys(session), _certificates(session)
    finally:
        session.close()


def _keys(session: Session) -> tuple[KeySeen, ...]:
    found = session.get_objects({Attribute.CLASS: ObjectClass.PUBLIC_KEY})
    return tuple(
        KeySeen(bytes_of(key, Attribute.ID).hex(), text_of(key, Attribute.LABEL), digest(key)) for key in found
    )


def _certificates(session: Session) -> tuple[CertificateSeen, ...]:
    found = session.get_objects({Attribute.CLASS: ObjectClass.CERTIFICATE})
    return tuple(
        CertificateSeen(
            bytes_of(one, Attribute.ID).hex(), text_of(one, Attribute.LABEL), bytes_of(one, Attribute.VALUE)
        )
        for one in found
    )
