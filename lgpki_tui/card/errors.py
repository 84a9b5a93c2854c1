"""The one table from what PKCS#11 returns (v2.40 base, 5.1 and appendix) to our codes."""

from __future__ import annotations

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Fact, Refusal
from lgpki_tui.ground.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One return value: its number and name in the standard, python-pkcs11's exception for it, our code."""

    number: int
    name: str
    exception: str
    code: Code


# Everything that is not listed is card_error and carries the number or the name of the exception.
ROWS = (
    Row(0x03, "CKR_SLOT_ID_INVALID", "SlotIDInvalid", Code.CARD_REMOVED),
    Row(0x31, "CKR_DEVICE_MEMORY", "DeviceMemory", Code.CARD_FULL),
    Row(0x32, "CKR_DEVICE_REMOVED", "DeviceRemoved", Code.CARD_REMOVED),
    Row(0x54, "CKR_FUNCTION_NOT_SUPPORTED", "FunctionNotSupported", Code.CARD_UNSUPPORTED),
    Row(0x62, "CKR_KEY_SIZE_RANGE", "KeySizeRange", Code.CARD_UNSUPPORTED),
    Row(0x70, "CKR_MECHANISM_INVALID", "MechanismInvalid", Code.CARD_UNSUPPORTED),
    Row(0x71, "CKR_MECHANISM_PARAM_INVALID", "MechanismParamInvalid", Code.CARD_UNSUPPORTED),
    Row(0xA0, "CKR_PIN_INCORRECT", "PinIncorrect", Code.PIN_WRONG),
    Row(0xA1, "CKR_PIN_INVALID", "PinInvalid", Code.PIN_FORMAT),
    Row(0xA2, "CKR_PIN_LEN_RANGE", "PinLenRange", Code.PIN_FORMAT),
    Row(0xA4, "CKR_PIN_LOCKED", "PinLocked", Code.PIN_LOCKED),
    Row(0xB1, "CKR_SESSION_COUNT", "SessionCount", Code.CARD_IN_USE),
    # A session that was open and is not known any more: the card was pulled, perhaps put back since.
    Row(0xB0, "CKR_SESSION_CLOSED", "SessionClosed", Code.CARD_REMOVED),
    Row(0xB3, "CKR_SESSION_HANDLE_INVALID", "SessionHandleInvalid", Code.CARD_REMOVED),
    Row(0xB6, "CKR_SESSION_EXISTS", "SessionExists", Code.CARD_IN_USE),
    Row(0xB7, "CKR_SESSION_READ_ONLY_EXISTS", "SessionReadOnlyExists", Code.CARD_IN_USE),
    Row(0xB8, "CKR_SESSION_READ_WRITE_SO_EXISTS", "SessionReadWriteSOExists", Code.CARD_IN_USE),
    Row(0xE0, "CKR_TOKEN_NOT_PRESENT", "TokenNotPresent", Code.CARD_REMOVED),
    Row(0xE1, "CKR_TOKEN_NOT_RECOGNIZED", "TokenNotRecognised", Code.CARD_UNSUPPORTED),
    Row(0xE2, "CKR_TOKEN_WRITE_PROTECTED", "TokenWriteProtected", Code.CARD_UNSUPPORTED),
    Row(0x100, "CKR_USER_ALREADY_LOGGED_IN", "UserAlreadyLoggedIn", Code.CARD_IN_USE),
    Row(0x102, "CKR_USER_PIN_NOT_INITIALIZED", "UserPinNotInitialized", Code.PIN_NOT_SET),
    Row(0x104, "CKR_USER_ANOTHER_ALREADY_LOGGED_IN", "AnotherUserAlreadyLoggedIn", Code.CARD_IN_USE),
    Row(0x1B8, "CKR_PIN_TOO_WEAK", "PinTooWeak", Code.PIN_FORMAT),
)


class ReturnValue(Exception):
    """A PKCS#11 function that was called without python-pkcs11 returned something else than CKR_OK."""

    def __init__(self, function: str, number: int) -> None:
        super().__init__(function)
        self.function = function
        self.number = number


def refusal_of(error: Exception, **facts: Fact) -> Refusal:
    """The refusal that an error of the module amounts to. Facts: `ckr`, and those given. Never its text."""
    if isinstance(error, Refusal):
        return error
    row = _row(error)
    if row is None:
        return Refusal(Code.CARD_ERROR, ckr=_unlisted(error), **facts)
    if row.code is Code.PIN_FORMAT:
        facts.setdefault("reason", "card_refused")
    return Refusal(row.code, ckr=row.name, **facts)


def _row(error: Exception) -> Row | None:
    if isinstance(error, ReturnValue):
        return next((row for row in ROWS if row.number == error.number), None)
    return next((row for row in ROWS if row.exception == type(error).__name__), None)


def _unlisted(error: Exception) -> str:
    return f"0x{error.number:x} {error.function}" if isinstance(error, ReturnValue) else type(error).__name__
