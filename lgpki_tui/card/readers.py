"""What the PC/SC service says of readers: no service, no permission, no reader and no card never share one message."""

from __future__ import annotations

import asyncio
import os
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Fact, Facts, Finding, Result

DEADLINE_SECONDS = 5.0
# pcsclite.h. The library gives them as signed or unsigned, by its build.
_NO_ACCESS = (0x8010006A, 0x80100027)  # SCARD_W_SECURITY_VIOLATION, SCARD_E_NO_ACCESS
_NO_READERS = 0x8010002E
_SOCKET = "/run/pcscd/pcscd.comm"
_SOCKET_VARIABLE = "PCSCLITE_CSOCK_NAME"
_ORDER = (Code.PCSC_SERVICE, Code.PCSC_PERMISSION, Code.READER_MISSING)
_Findings = tuple[Finding, ...]


async def reader_findings(seconds: float = DEADLINE_SECONDS) -> _Findings:
    """`pcsc_service`, `pcsc_permission`, `reader_missing`, in this order: ok, fail, or unknown after a failure.

    Never hangs: a service that does not answer in time fails with reason no_answer. When there are readers, `found` of
    reader_missing lists them: reader (its name), card (whether one is in it). Facts of a failure: reason (no_library,
    no_answer), error (the PC/SC return code).
    """
    loop = asyncio.get_running_loop()
    found: asyncio.Future[_Findings] = loop.create_future()

    def settle(findings: _Findings) -> None:
        if not found.done():
            found.set_result(findings)

    # A daemon thread and not the loop's pool: one that never comes back would keep the program from ending.
    threading.Thread(target=_report, args=(loop, settle), name="pcsc", daemon=True).start()
    try:
        return await asyncio.wait_for(found, seconds)
    except TimeoutError:
        return _failed(Code.PCSC_SERVICE, {"reason": "no_answer"})


def _report(loop: asyncio.AbstractEventLoop, settle: Callable[[_Findings], None]) -> None:
    findings = _look()
    with suppress(RuntimeError):  # the deadline has passed and the loop is closed
        loop.call_soon_threadsafe(settle, findings)


def _look() -> _Findings:
    try:
        from smartcard import scard
    except ImportError:  # libpcsclite.so.1 is not there
        return _failed(Code.PCSC_SERVICE, {"reason": "no_library"})
    number, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
    if number != scard.SCARD_S_SUCCESS:
        return _without_context(number)
    try:
        number, names = scard.SCardListReaders(context, [])
        if number != scard.SCARD_S_SUCCESS:
            return _refused(number)
        readers = [{"reader": str(name), "card": _has_card(context, name)} for name in names]
    finally:
        scard.SCardReleaseContext(context)
    if not readers:
        return _failed(Code.READER_MISSING, {})
    return (*_passed(2), Finding(Code.READER_MISSING, Result.OK, found=readers))


def _has_card(context: object, name: str) -> bool | None:
    from smartcard import scard

    number, states = scard.SCardGetStatusChange(context, 0, [(name, scard.SCARD_STATE_UNAWARE)])
    return bool(states[0][1] & scard.SCARD_STATE_PRESENT) if number == scard.SCARD_S_SUCCESS else None


def _without_context(number: int) -> _Findings:
    """libpcsclite says "no service" also where its socket is closed to this user (measured): ask the socket itself."""
    if _socket_is_closed_to_us():
        return _failed(Code.PCSC_PERMISSION, {"error": _shown(number)})
    return _refused(number)


def _socket_is_closed_to_us() -> bool:
    path = os.environ.get(_SOCKET_VARIABLE, _SOCKET)
    try:
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(1.0)
            probe.connect(str(Path(path)))
    except PermissionError:
        return True
    except OSError:
        return False
    return False


def _refused(number: int) -> _Findings:
    number &= 0xFFFFFFFF
    if number == _NO_READERS:
        return _failed(Code.READER_MISSING, {})
    code = Code.PCSC_PERMISSION if number in _NO_ACCESS else Code.PCSC_SERVICE
    return _failed(code, {"error": _shown(number)})


def _shown(number: int) -> str:
    """The name of a PC/SC return value, as pcsclite.h and pyscard have it; a number that they do not name as it is."""
    from smartcard import scard

    number &= 0xFFFFFFFF
    errors = (name for name in dir(scard) if name.startswith(("SCARD_E_", "SCARD_F_", "SCARD_W_")))
    return next((name for name in errors if getattr(scard, name) & 0xFFFFFFFF == number), f"0x{number:08X}")


def _failed(code: Code, facts: Facts) -> _Findings:
    place = _ORDER.index(code)
    after = tuple(Finding(one, Result.UNKNOWN) for one in _ORDER[place + 1 :])
    return (*_passed(place), Finding(code, Result.FAIL, found=_found(facts), facts=facts), *after)


def _found(facts: Facts) -> Fact:
    return facts.get("reason") or facts.get("error")


def _passed(count: int) -> _Findings:
    return tuple(Finding(one, Result.OK) for one in _ORDER[:count])
