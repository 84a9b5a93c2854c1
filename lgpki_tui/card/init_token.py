"""Wipes a token and gives it its label, SO PIN and PIN by C_InitToken and C_InitPIN (PKCS#11 v2.40 base, 5.5, 5.6)."""

from __future__ import annotations

from dataclasses import field

from lgpki_tui.card.address import Address
from lgpki_tui.card.errors import ReturnValue, refusal_of
from lgpki_tui.card.looking import pin_state, token_of
from lgpki_tui.card.module import Module
from lgpki_tui.card.port import PinState
from lgpki_tui.card.raw import RawModule, RawToken
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.ground.frozen import dataclass
from lgpki_tui.procedure.identity import Token

_CKF_TOKEN_INITIALIZED, _CKF_SO_PIN_TO_BE_CHANGED = 0x400, 0x800000


@dataclass(frozen=True, slots=True)
class FormatPins:
    """The PINs that a token is given; never shown. `initial`: the SO PIN that blank tokens of its model come with,
    None where there is no such PIN."""

    so_pin: bytes = field(repr=False)
    pin: bytes = field(repr=False)
    initial: bytes | None = field(default=None, repr=False)


def format_card(module: Module, wanted: Address, label: str, pins: FormatPins) -> Token:
    """Wipe this card; tell what it is called afterwards.

    A blank token of some models takes only its initial SO PIN for C_InitToken (opencryptoki, measured), which is then
    changed to the one that was asked for.

    Raises ReturnValue, Refusal: card_absent, card_ambiguous, pin_wrong (which so_pin), card_lied (reasons).
    """
    module.finalize()
    with module.raw.initialised():
        slot = wanted.slot_of(module.raw)
        present = _present_so_pin(module.raw, slot, pins)
        try:
            module.raw.init_token(slot, present, label.encode())
        except ReturnValue as error:
            raise so_refusal(error, wanted.token, given=present == pins.so_pin) from None
        try:
            module.raw.init_pins(slot, present, pins.so_pin, pins.pin)
            return checked(module.raw.token(slot), label)
        except ReturnValue as error:  # whatever the code says, what was on the card is gone
            named = {"serial": wanted.token.serial, "label": wanted.token.label}
            raise refusal_of(error, which="pin", wiped=True, **named) from None


def unblock(module: Module, wanted: Address, so_pin: bytes, pin: bytes) -> None:
    """Give a new PIN to a card whose PIN is locked, as the SO (C_Login, C_InitPIN).

    Raises ReturnValue, Refusal: card_absent, card_ambiguous, pin_wrong, pin_locked (which so_pin), pin_format.
    """
    module.finalize()
    with module.raw.initialised():
        slot = wanted.slot_of(module.raw)
        try:
            module.raw.check_so_pin(slot, so_pin)
        except ReturnValue as error:
            raise so_refusal(error, wanted.token) from None
        module.raw.init_pins(slot, so_pin, so_pin, pin)


def _present_so_pin(raw: RawModule, slot: int, pins: FormatPins) -> bytes:
    """The SO PIN that the token has now. One whose format was cut off says that it still has its initial one."""
    if pins.initial is None:
        return pins.so_pin
    flags = raw.token(slot).flags
    at_first = not flags & _CKF_TOKEN_INITIALIZED or flags & _CKF_SO_PIN_TO_BE_CHANGED
    return pins.initial if at_first else pins.so_pin


def so_refusal(error: ReturnValue, wanted: Token, *, given: bool = True) -> Refusal:
    """What the card said to an SO PIN; `given`: it was the one that a person gave, not the model's initial one. A wrong
    one of a person carries the fact `refused`, so that it is not sent again."""
    refusal = refusal_of(error, which="so_pin", serial=wanted.serial, label=wanted.label)
    if refusal.code is Code.PIN_WRONG:
        refusal.facts["refused"] = given
    return refusal


def checked(found: RawToken, label: str) -> Token:
    """What the token says of itself now must be what was asked of it. Raises Refusal: card_lied (reasons)."""
    told = {
        "initialised": bool(found.flags & _CKF_TOKEN_INITIALIZED),
        "pin": pin_state(found.flags) is not PinState.NOT_SET,
        "label": found.label == label,
    }
    reasons = [name for name, as_asked in told.items() if not as_asked]
    if reasons:
        raise Refusal(Code.CARD_LIED, serial=found.serial, label=found.label, reasons=reasons)
    return token_of(found)
