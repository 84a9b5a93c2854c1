"""Wipes a token and gives it its label, SO PIN and PIN, by C_InitToken and C_InitPIN (PKCS#11 v2.40 base, 5.5)."""

from __future__ import annotations

from lgpki_tui.card.errors import ReturnValue, refusal_of
from lgpki_tui.card.looking import pin_state, token_at, token_of
from lgpki_tui.card.module import Module
from lgpki_tui.card.port import PinState
from lgpki_tui.card.raw import RawModule, RawToken
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.procedure.identity import Token

_CKF_TOKEN_INITIALIZED = 0x400


def format_token(module: Module, wanted: Token, label: str, so_pin: bytes, pin: bytes) -> Token:
    """Wipe this token; tell what it is called afterwards.

    Raises ReturnValue, Refusal: card_absent, card_ambiguous, pin_wrong (which so_pin), card_lied (reasons).
    """
    module.finalize()
    with module.raw.initialised():
        slot = _slot(module.raw, wanted)
        try:
            module.raw.init_token(slot, so_pin, label.encode())
        except ReturnValue as error:
            raise _so_refusal(error, wanted) from None
        try:
            module.raw.init_pin(slot, so_pin, pin)
            return _checked(module.raw.token(slot), label)
        except ReturnValue as error:  # whatever the code says, what was on the card is gone
            raise refusal_of(error, which="pin", wiped=True, serial=wanted.serial, label=wanted.label) from None


def _slot(raw: RawModule, wanted: Token) -> int:
    found = [slot for slot in raw.slots() if token_at(raw, slot) == wanted]
    if len(found) == 1:
        return found[0]
    code = Code.CARD_AMBIGUOUS if found else Code.CARD_ABSENT
    raise Refusal(code, serial=wanted.serial, label=wanted.label)


def _so_refusal(error: ReturnValue, wanted: Token) -> Refusal:
    refusal = refusal_of(error, which="so_pin", serial=wanted.serial, label=wanted.label)
    if refusal.code is Code.PIN_WRONG:
        refusal.facts["refused"] = True
    return refusal


def _checked(found: RawToken, label: str) -> Token:
    """What the token says of itself now must be what was asked of it."""
    told = {
        "initialised": bool(found.flags & _CKF_TOKEN_INITIALIZED),
        "pin": pin_state(found.flags) is not PinState.NOT_SET,
        "label": found.label == label,
    }
    reasons = [name for name, as_asked in told.items() if not as_asked]
    if reasons:
        raise Refusal(Code.CARD_LIED, serial=found.serial, label=found.label, reasons=reasons)
    return token_of(found)
