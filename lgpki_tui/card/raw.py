"""What python-pkcs11 has not: C_InitToken. Straight through C_GetFunctionList of the same module, with its own
C_Initialize (beside python-pkcs11's a forwarding module answers CKR_CRYPTOKI_NOT_INITIALIZED: measured)."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import IntEnum

from lgpki_tui.card.errors import ReturnValue

LABEL_BYTES = 32
_ULONG = ctypes.c_ulong
_CKU_SO = 0
_CKF_RW_SERIAL = 0x02 | 0x04
_CKR_FUNCTION_NOT_SUPPORTED = 0x54


class _Function(IntEnum):
    """Places in CK_FUNCTION_LIST (PKCS#11 v2.40 base, 3.6), after the version."""

    C_Initialize = 0
    C_Finalize = 1
    C_GetSlotList = 4
    C_GetTokenInfo = 6
    C_InitToken = 9
    C_InitPIN = 10
    C_OpenSession = 12
    C_CloseAllSessions = 14
    C_Login = 18
    C_Logout = 19


class _FunctionList(ctypes.Structure):
    _fields_ = [("version", ctypes.c_ubyte * 2), ("functions", ctypes.c_void_p * 68)]


class _TokenInfo(ctypes.Structure):
    """CK_TOKEN_INFO (PKCS#11 v2.40 base, 3.2)."""

    _fields_ = [
        ("label", ctypes.c_char * 32),
        ("manufacturer", ctypes.c_char * 32),
        ("model", ctypes.c_char * 16),
        ("serial", ctypes.c_char * 16),
        ("flags", _ULONG),
        ("counts", _ULONG * 10),
        ("versions", ctypes.c_ubyte * 4),
        ("time", ctypes.c_char * 16),
    ]


@dataclass(frozen=True, slots=True)
class RawToken:
    """One token as C_GetTokenInfo tells it. `flags` are CKF_*; texts are decoded and without padding."""

    slot: int
    label: str
    model: str
    serial: str
    flags: int


class RawModule:
    """A module that is loaded and not initialised. Raises OSError when it cannot be loaded, ReturnValue later."""

    def __init__(self, path: str) -> None:
        library = ctypes.CDLL(path)
        try:
            get_list = library.C_GetFunctionList
        except AttributeError:
            raise OSError("no C_GetFunctionList") from None
        found = ctypes.POINTER(_FunctionList)()
        number = int(get_list(ctypes.byref(found)))
        if number:
            raise ReturnValue("C_GetFunctionList", number)
        self._list = found.contents

    @contextmanager
    def initialised(self) -> Iterator[None]:
        """C_Initialize, then C_Finalize whatever happens. Nobody else may have the module initialised meanwhile."""
        self._call(_Function.C_Initialize, None)
        try:
            yield
        finally:
            self._call(_Function.C_Finalize, None)

    def tokens(self) -> tuple[RawToken, ...]:
        """Every token that is present now."""
        present, count = ctypes.c_ubyte(1), _ULONG()
        self._call(_Function.C_GetSlotList, present, None, ctypes.byref(count))
        slots = (_ULONG * count.value)()
        self._call(_Function.C_GetSlotList, present, slots, ctypes.byref(count))
        return tuple(self.token(slot) for slot in slots[: count.value])

    def token(self, slot: int) -> RawToken:
        """The token in this slot."""
        info = _TokenInfo()
        self._call(_Function.C_GetTokenInfo, _ULONG(slot), ctypes.byref(info))
        return RawToken(slot, _text(info, "label"), _text(info, "model"), _text(info, "serial"), int(info.flags))

    def init_token(self, slot: int, so_pin: bytes, label: bytes) -> None:
        """Wipe the token and give it this SO PIN and label (at most LABEL_BYTES bytes of UTF-8).

        On an initialised token the SO PIN must be the present one (PKCS#11 v2.40 base, 5.5).
        """
        self._call(_Function.C_CloseAllSessions, _ULONG(slot))
        padded = label.ljust(LABEL_BYTES, b" ")
        self._call(_Function.C_InitToken, _ULONG(slot), so_pin, _ULONG(len(so_pin)), padded)

    def init_pin(self, slot: int, so_pin: bytes, pin: bytes) -> None:
        """Set the user PIN as the SO."""
        session = _ULONG()
        self._call(_Function.C_OpenSession, _ULONG(slot), _ULONG(_CKF_RW_SERIAL), None, None, ctypes.byref(session))
        try:
            self._call(_Function.C_Login, session, _ULONG(_CKU_SO), so_pin, _ULONG(len(so_pin)))
            self._call(_Function.C_InitPIN, session, pin, _ULONG(len(pin)))
            self._call(_Function.C_Logout, session)
        finally:
            self._call(_Function.C_CloseAllSessions, _ULONG(slot))

    def _call(self, function: _Function, *arguments: object) -> None:
        address = self._list.functions[function]
        if not address:
            raise ReturnValue(function.name, _CKR_FUNCTION_NOT_SUPPORTED)
        call: Callable[..., int] = ctypes.CFUNCTYPE(_ULONG)(address)
        number = call(*arguments)
        if number:
            raise ReturnValue(function.name, number)


def _text(info: _TokenInfo, field: str) -> str:
    # c_char arrays end at the first NUL, as some drivers pad; the standard's padding is blanks.
    raw: bytes = getattr(info, field)
    return raw.decode(errors="replace").rstrip()
