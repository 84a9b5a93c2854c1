"""Holds the one module and the one session of the card's process: finds tokens anew, logs in, changes a PIN.

All calls come from one thread: python-pkcs11 initialises a module without CKF_OS_LOCKING_OK (measured).
"""

from __future__ import annotations

from time import monotonic, sleep
from typing import TYPE_CHECKING, Any, cast

from pkcs11 import PROTECTED_AUTH, Attribute, PinIncorrect, PKCS11Error, TokenNotRecognised
from pkcs11.attributes import AttributeMapper, handle_ulong

from lgpki_tui.card.address import Address
from lgpki_tui.card.errors import refusal_of
from lgpki_tui.card.looking import has_reader, is_gone, pin_state
from lgpki_tui.card.port import PinState
from lgpki_tui.card.raw import RawModule
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.procedure.identity import Token

# A PC/SC service may ask its reader only every 0.4 s whether the card is there (pcscd 1.9.9, measured).
_NOTICED_SECONDS = 1.0
_NOTICED_STEP = 0.1

if TYPE_CHECKING:
    from pkcs11._pkcs11 import lib as Library
    from pkcs11.types import Session, Slot


class Module:
    """A loaded module that python-pkcs11 initialises, and the session on its card."""

    def __init__(self, raw: RawModule) -> None:
        self.raw = raw
        self._library: Library | None = None
        self._session: Session | None = None
        self._token: Token | None = None
        self._mapper = _mapper()

    @property
    def in_session(self) -> bool:
        """Whether somebody is logged in."""
        return self._session is not None

    @property
    def pulled(self) -> bool:
        """Whether the card of the session is not there any more. Some modules tell nothing but an error of the device
        (p11-kit-client.so: measured)."""
        if self._session is None or self._token is None:
            return False
        until = monotonic() + _NOTICED_SECONDS
        while not (gone := is_gone(self.raw, self._token)) and monotonic() < until and has_reader(self.raw):
            sleep(_NOTICED_STEP)
        return gone

    def fresh(self) -> Library:
        """The initialised module, seeing what there is now. Without a session it is initialised anew: a token that
        another process made stays invisible otherwise (SoftHSM, measured). Raises Refusal: module_broken."""
        if self._session is None:
            self.finalize()
        return self._library or self._initialise()

    def slots(self) -> list[Slot]:
        """The slots that hold a card now. Asking for present ones is what makes a driver notice a pulled card."""
        return list(self.fresh().get_slots(token_present=True))

    def slot_of(self, wanted: Address) -> Slot:
        """The slot with this card. Raises Refusal: card_absent, card_ambiguous (facts serial, label)."""
        return wanted.pick((slot, token_in(slot), slot.slot_description) for slot in self.slots())

    def open_session(self, slot: Slot, *, rw: bool = False, pin: str | object | None = None) -> Session:
        """A session on the card in this slot, logged in when there is a PIN. Raises PKCS11Error."""
        token = slot.get_token()
        return token.open(rw=rw, user_pin=pin, attribute_mapper=self._mapper)

    def login(self, wanted: Address, pin: bytes | None) -> None:
        """Log in and keep the session; without a PIN it is typed at the reader.

        Raises Refusal: card_absent, card_ambiguous, pin_wrong, pin_locked, and what else a card says to a PIN.
        """
        self.logout()
        slot = self.slot_of(wanted)
        try:
            given = PROTECTED_AUTH if pin is None else pin.decode()
            self._session, self._token = self.open_session(slot, rw=True, pin=given), wanted.token
        except PKCS11Error as error:
            raise self._pin_refusal(error, wanted, given=pin is not None) from None

    def set_pin(self, wanted: Address, old: bytes, new: bytes) -> None:
        """Change the user PIN, without a login: the old PIN is tried once. Raises what login raises, and card_lied
        (reasons pin) when the card says that it did and does not take the new one."""
        self.logout()
        session = self.open_session(self.slot_of(wanted), rw=True)
        try:
            session.set_pin(old.decode(), new.decode())
            session.close()
        except PKCS11Error as error:
            raise self._pin_refusal(error, wanted) from None
        self._prove(wanted, new)

    @property
    def session(self) -> Session:
        """The session that is logged in. Raises Refusal: card_error (reason not_logged_in), card_removed (reason
        logged_out): after a reset private objects are unseen without an error, and nothing may be concluded."""
        if self._session is None:
            raise Refusal(Code.CARD_ERROR, reason="not_logged_in")
        self.refuse_logged_out()
        return self._session

    def refuse_logged_out(self) -> None:
        """Raise Refusal(card_removed), reason logged_out, when the card has ended the login: say so after a search too,
        before anything is called absent."""
        if self._session is None or not self.raw.is_user(cast(Any, self._session).handle):
            raise Refusal(Code.CARD_REMOVED, reason="logged_out")

    def logout(self) -> None:
        """End the session, whatever the card says to it."""
        session, self._session = self._session, None
        if session is not None:
            try:
                session.close()
            except PKCS11Error:
                self.finalize()

    def finalize(self) -> None:
        """C_Finalize: ends every session, also one that python-pkcs11 lost when a login failed (measured)."""
        library, self._library, self._session = self._library, None, None
        if library is not None and library.initialized:
            try:
                library.finalize()
            except PKCS11Error:
                return

    def _prove(self, wanted: Address, pin: bytes) -> None:
        """Log in and out with a PIN that the card says it has now: tpm2-pkcs11 says so to a wrong old PIN too, and
        changes nothing (measured). Any other error leaves the card's word as it is."""
        try:
            self.open_session(self.slot_of(wanted), pin=pin.decode()).close()
        except PinIncorrect:
            self.finalize()
            named = {"serial": wanted.token.serial, "label": wanted.token.label}
            raise Refusal(Code.CARD_LIED, **named, reasons=["pin"]) from None
        except (PKCS11Error, Refusal):
            self.finalize()

    def _initialise(self) -> Library:
        import pkcs11

        try:
            self._library = pkcs11.lib(self.raw.path)
        except PKCS11Error as error:
            facts = refusal_of(error).facts
            raise Refusal(Code.MODULE_BROKEN, module=self.raw.path, reason="C_Initialize", **facts) from None
        return self._library

    def _pin_refusal(self, error: Exception, wanted: Address, *, given: bool = True) -> Refusal:
        """What the card said to a PIN, and says of its tries now. Ends the session that the failed login left. A wrong
        one that was given here, and not typed at a pad, carries the fact `refused`, so that it is not sent again."""
        refusal = refusal_of(error, which="pin", serial=wanted.token.serial, label=wanted.token.label)
        self.finalize()
        if refusal.code is not Code.PIN_WRONG:
            return refusal
        state = self._pin_state(wanted)
        refusal.facts["pin"] = state.value
        if given:
            refusal.facts["refused"] = True
        return Refusal(Code.PIN_LOCKED, **refusal.facts) if state is PinState.LOCKED else refusal

    def _pin_state(self, wanted: Address) -> PinState:
        try:
            return pin_state(int(self.slot_of(wanted).get_token().flags))
        except (PKCS11Error, Refusal):
            return PinState.OK


def token_in(slot: Slot) -> Token | None:
    """What the card in this slot is called; all empty when the driver does not know the card (a blank one), None when
    it cannot be read: that one must not hide the others."""
    try:
        token = slot.get_token()
    except TokenNotRecognised:
        return Token("", "", "")
    except PKCS11Error:
        return None
    # As raw.py reads it: a serial that is padded on the left keeps its blanks, or the acts would not find the card.
    return Token(token.serial.partition(b"\0")[0].decode(errors="replace").rstrip(), token.label, token.model)


def bytes_of(thing: Any, attribute: Attribute) -> bytes:
    """A byte attribute of an object; empty when it has none."""
    try:
        return bytes(thing[attribute])
    except PKCS11Error:
        return b""


def _mapper() -> AttributeMapper:
    """python-pkcs11 knows no CKA_CERTIFICATE_CATEGORY, and stops at a label that is not UTF-8."""
    mapper = AttributeMapper()
    mapper.register_handler(Attribute.CERTIFICATE_CATEGORY, *handle_ulong)
    mapper.register_handler(Attribute.LABEL, str.encode, lambda raw: raw.decode(errors="replace"))
    return mapper
