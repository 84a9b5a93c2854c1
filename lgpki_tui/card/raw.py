"""A PKCS#11 module straight through C_GetFunctionList: what python-pkcs11 has not (C_InitToken), and what a look at
the cards needs, which so takes 50 ms less (the time to import python-pkcs11: measured).

With its own C_Initialize: beside python-pkcs11's a forwarding module answers CKR_CRYPTOKI_NOT_INITIALIZED (measured).
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import IntEnum

from lgpki_tui.card.errors import ReturnValue
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.ground.frozen import dataclass

LABEL_BYTES = 32
_ULONG = ctypes.c_ulong
_CKU_SO = 0
_CKF_RW_SERIAL = 0x02 | 0x04
_CKF_SERIAL = 0x04
_CKS_USER = (1, 3)  # CKS_RO_USER_FUNCTIONS, CKS_RW_USER_FUNCTIONS
_CKR_FUNCTION_NOT_SUPPORTED = 0x54
_CKR_CRYPTOKI_NOT_INITIALIZED, _CKR_CRYPTOKI_ALREADY_INITIALIZED = 0x190, 0x191
_CKR_TOKEN_NOT_RECOGNIZED = 0xE1
_CKA_CLASS = 0x00
# CK_INFO has 76 to 96 bytes, as it is packed or not (PKCS#11 v2.40 base, 3.1).
_MOST_INFO_BYTES = 128
_UNAVAILABLE = _ULONG(-1).value
# Longer than any attribute of a key or certificate; a module that announces more is not believed.
_MOST_BYTES = 1 << 20


class _Function(IntEnum):
    """Places in CK_FUNCTION_LIST (PKCS#11 v2.40 base, 3.6), after the version."""

    C_Initialize = 0
    C_Finalize = 1
    C_GetInfo = 2
    C_GetSlotList = 4
    C_GetSlotInfo = 5
    C_GetTokenInfo = 6
    C_InitToken = 9
    C_InitPIN = 10
    C_SetPIN = 11
    C_OpenSession = 12
    C_CloseSession = 13
    C_CloseAllSessions = 14
    C_GetSessionInfo = 15
    C_Login = 18
    C_Logout = 19
    C_GetAttributeValue = 24
    C_FindObjectsInit = 26
    C_FindObjects = 27
    C_FindObjectsFinal = 28


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


class _SlotInfo(ctypes.Structure):
    """CK_SLOT_INFO (PKCS#11 v2.40 base, 3.2)."""

    _fields_ = [
        ("description", ctypes.c_char * 64),
        ("manufacturer", ctypes.c_char * 32),
        ("flags", _ULONG),
        ("versions", ctypes.c_ubyte * 4),
    ]


class _Attribute(ctypes.Structure):
    """CK_ATTRIBUTE (PKCS#11 v2.40 base, 3.4)."""

    _fields_ = [("type", _ULONG), ("value", ctypes.c_void_p), ("length", _ULONG)]


@dataclass(frozen=True, slots=True)
class RawToken:
    """One token as C_GetTokenInfo tells it. `flags` are CKF_*; texts are decoded and without padding."""

    slot: int
    label: str
    manufacturer: str
    model: str
    serial: str
    flags: int


@dataclass(frozen=True, slots=True)
class RawSlot:
    """One slot as C_GetSlotInfo tells it. `flags` are CKF_*; the description is decoded and without padding."""

    description: str
    flags: int


class RawModule:
    """A module by its absolute path, loaded and not initialised."""

    def __init__(self, path: str) -> None:
        """Load it. Raises Refusal: module_missing, module_broken (facts module, reason)."""
        self.path = path
        if not os.path.isabs(path):  # noqa: PTH117  # pathlib takes 3 ms to import
            raise Refusal(Code.MODULE_MISSING, module=path, reason="not_absolute")
        if not os.path.isfile(path):  # noqa: PTH113  # the same
            raise Refusal(Code.MODULE_MISSING, module=path, reason="no_file")
        try:
            get_list = ctypes.CDLL(path).C_GetFunctionList
        except (OSError, AttributeError) as error:
            raise Refusal(Code.MODULE_BROKEN, module=path, reason=type(error).__name__) from None
        found = ctypes.POINTER(_FunctionList)()
        number = int(get_list(ctypes.byref(found)))
        if number:
            raise Refusal(Code.MODULE_BROKEN, module=path, reason="C_GetFunctionList", ckr=f"0x{number:x}")
        self._list = found.contents

    @contextmanager
    def initialised(self) -> Iterator[None]:
        """C_Initialize, then C_Finalize whatever happens; neither where python-pkcs11 has initialised it already.

        Raises Refusal(module_broken), reason C_Initialize.
        """
        try:
            self._call(_Function.C_Initialize, None)
        except ReturnValue as error:
            if error.number != _CKR_CRYPTOKI_ALREADY_INITIALIZED:
                facts = {"reason": error.function, "ckr": f"0x{error.number:x}"}
                raise Refusal(Code.MODULE_BROKEN, module=self.path, **facts) from None
            yield
            return
        try:
            yield
        finally:
            self._call(_Function.C_Finalize, None)

    @contextmanager
    def in_session(self) -> Iterator[None]:
        """While somebody is logged in by python-pkcs11: the module is not initialised once more, since some would take
        that, and our end of it would end the session. p11-kit-client.so needs it all the same: see is_user."""
        try:
            self._call(_Function.C_GetInfo, ctypes.create_string_buffer(_MOST_INFO_BYTES))
        except ReturnValue as error:
            if error.number != _CKR_CRYPTOKI_NOT_INITIALIZED:
                raise
            with self.initialised():
                yield
            return
        yield

    def slots(self) -> tuple[int, ...]:
        """The slots that hold a card now. Asking for present ones is what makes a driver notice a pulled card; a blank
        card is not among them, in OpenSC's eyes, and its slot says that it knows no such token (measured)."""
        present = self._slots(present=True)
        return (
            *present,
            *(slot for slot in self._slots(present=False) if slot not in present and self._is_blank(slot)),
        )

    def every_slot(self) -> tuple[int, ...]:
        """All slots, with or without a card."""
        return self._slots(present=False)

    def _slots(self, *, present: bool) -> tuple[int, ...]:
        asked, count = ctypes.c_ubyte(present), _ULONG()
        self._call(_Function.C_GetSlotList, asked, None, ctypes.byref(count))
        if not count.value:
            return ()
        slots = (_ULONG * count.value)()
        self._call(_Function.C_GetSlotList, asked, slots, ctypes.byref(count))
        return tuple(slots[: count.value])

    def _is_blank(self, slot: int) -> bool:
        try:
            self.token(slot)
        except ReturnValue as error:
            return error.number == _CKR_TOKEN_NOT_RECOGNIZED
        return False

    def reader(self, slot: int) -> str:
        """What the slot is called: with a reader, its name."""
        return self.slot(slot).description

    def slot(self, slot: int) -> RawSlot:
        """What the module tells of a slot."""
        info = _SlotInfo()
        self._call(_Function.C_GetSlotInfo, _ULONG(slot), ctypes.byref(info))
        return RawSlot(_text(info, "description"), int(info.flags))

    def token(self, slot: int) -> RawToken:
        """The token in this slot."""
        info = _TokenInfo()
        self._call(_Function.C_GetTokenInfo, _ULONG(slot), ctypes.byref(info))
        texts = {name: _text(info, name) for name in ("label", "manufacturer", "model", "serial")}
        return RawToken(slot, flags=int(info.flags), **texts)

    @contextmanager
    def session(self, slot: int) -> Iterator[int]:
        """A session that only reads."""
        session = _ULONG()
        self._call(_Function.C_OpenSession, _ULONG(slot), _ULONG(_CKF_SERIAL), None, None, ctypes.byref(session))
        try:
            yield session.value
        finally:
            self._call(_Function.C_CloseSession, session)

    def is_user(self, session: int) -> bool:
        """Whether the user is logged in, by CK_SESSION_INFO (PKCS#11 v2.40 base, 3.3). A module that does not tell is
        believed: one without that function, and p11-kit-client.so, whose every function list is a connection of its own
        and knows only its own sessions (measured). Raises ReturnValue."""
        info = (_ULONG * 4)()  # slot, state, flags, device error
        try:
            self._call(_Function.C_GetSessionInfo, _ULONG(session), info)
        except ReturnValue as error:
            if error.number not in (_CKR_FUNCTION_NOT_SUPPORTED, _CKR_CRYPTOKI_NOT_INITIALIZED):
                raise
            return True
        return int(info[1]) in _CKS_USER

    def objects(self, session: int, kind: int) -> list[int]:
        """Handles of every object of a class (CKO_*)."""
        wanted = _ULONG(kind)
        template = _Attribute(_CKA_CLASS, ctypes.cast(ctypes.byref(wanted), ctypes.c_void_p), ctypes.sizeof(wanted))
        self._call(_Function.C_FindObjectsInit, _ULONG(session), ctypes.byref(template), _ULONG(1))
        try:
            return list(self._found(session))
        finally:
            self._call(_Function.C_FindObjectsFinal, _ULONG(session))

    def attribute(self, session: int, handle: int, kind: int) -> bytes:
        """One attribute (CKA_*) of an object; empty when it has none or does not give it."""
        asked = _Attribute(kind, None, 0)
        arguments = (_ULONG(session), _ULONG(handle), ctypes.byref(asked), _ULONG(1))
        try:
            self._call(_Function.C_GetAttributeValue, *arguments)
            if asked.length == _UNAVAILABLE or not 0 < asked.length <= _MOST_BYTES:
                return b""
            room = ctypes.create_string_buffer(asked.length)
            asked.value = ctypes.cast(room, ctypes.c_void_p)
            self._call(_Function.C_GetAttributeValue, *arguments)
        except ReturnValue:
            return b""
        return room.raw[: asked.length] if asked.length != _UNAVAILABLE else b""

    def init_token(self, slot: int, so_pin: bytes, label: bytes) -> None:
        """Wipe the token and give it this SO PIN and label (at most LABEL_BYTES bytes of UTF-8).

        On an initialised token the SO PIN must be the present one (PKCS#11 v2.40 base, 5.5).
        """
        self._call(_Function.C_CloseAllSessions, _ULONG(slot))
        padded = label.ljust(LABEL_BYTES, b" ")
        self._call(_Function.C_InitToken, _ULONG(slot), so_pin, _ULONG(len(so_pin)), padded)

    def check_so_pin(self, slot: int, so_pin: bytes) -> None:
        """Log in as the SO and out again: a wrong SO PIN costs a try (PKCS#11 v2.40 base, 5.6). Raises ReturnValue."""
        with self._as_so(slot, so_pin):
            pass

    def init_pins(self, slot: int, present: bytes, so_pin: bytes, pin: bytes) -> None:
        """As the SO with the present SO PIN: change that where another is wanted, and set the user PIN. Raises
        ReturnValue."""
        with self._as_so(slot, present) as session:
            if present != so_pin:
                self._call(_Function.C_SetPIN, session, present, _ULONG(len(present)), so_pin, _ULONG(len(so_pin)))
            self._call(_Function.C_InitPIN, session, pin, _ULONG(len(pin)))

    @contextmanager
    def _as_so(self, slot: int, so_pin: bytes) -> Iterator[ctypes.c_ulong]:
        session = _ULONG()
        self._call(_Function.C_OpenSession, _ULONG(slot), _ULONG(_CKF_RW_SERIAL), None, None, ctypes.byref(session))
        try:
            self._call(_Function.C_Login, session, _ULONG(_CKU_SO), so_pin, _ULONG(len(so_pin)))
            yield session
            self._call(_Function.C_Logout, session)
        finally:
            self._call(_Function.C_CloseAllSessions, _ULONG(slot))

    def _found(self, session: int) -> Iterator[int]:
        batch, count = (_ULONG * 32)(), _ULONG()
        while True:
            self._call(_Function.C_FindObjects, _ULONG(session), batch, _ULONG(len(batch)), ctypes.byref(count))
            if not count.value:
                return
            yield from batch[: count.value]

    def _call(self, function: _Function, *arguments: object) -> None:
        address = self._list.functions[function]
        if not address:
            raise ReturnValue(function.name, _CKR_FUNCTION_NOT_SUPPORTED)
        call: Callable[..., int] = ctypes.CFUNCTYPE(_ULONG)(address)
        number = call(*arguments)
        if number:
            raise ReturnValue(function.name, number)


def _text(info: ctypes.Structure, field: str) -> str:
    # c_char arrays end at the first NUL, as some drivers pad; the standard's padding is blanks.
    raw: bytes = getattr(info, field)
    return raw.decode(errors="replace").rstrip()
