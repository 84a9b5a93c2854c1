"""Asks every probe and makes one report of the answers ("doctor"). A probe that fails or hangs stops no other."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterable, Sequence
from inspect import isawaitable, iscoroutine

from lgpki_tui.ground.codes import Code, Exit
from lgpki_tui.ground.findings import Finding, Refusal, Result
from lgpki_tui.ground.frozen import dataclass

Answer = Sequence[Finding]
# A card that answers slowly still gets its word in; a probe that hangs is told as unknown.
PROBE_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Probe:
    """A question of one room. `look` may block: it is called in a thread; what it returns may have to be awaited."""

    room: str
    look: Callable[[], Answer | Awaitable[Answer]]


async def collect(probes: Sequence[Probe], deadline: float) -> tuple[Finding, ...]:
    """Ask all probes at once and return their findings in the order of the probes; never raises for a probe.

    `deadline` is in seconds for each probe. A Refusal becomes a failed finding of its code; any other exception and a
    missed deadline become `internal_error`, unknown, with `room` and `reason` (the exception's type, or deadline).
    """
    answers = await asyncio.gather(*(_answer(probe, deadline) for probe in probes))
    return tuple(finding for answer in answers for finding in answer)


def exit_status(findings: Iterable[Finding]) -> Exit:
    """The exit status of a report: 3 when a finding failed, else 0 (docs/contract.md, Commands)."""
    return Exit.PLACE if any(finding.result is Result.FAIL for finding in findings) else Exit.DONE


async def _answer(probe: Probe, deadline: float) -> Answer:
    try:
        async with asyncio.timeout(deadline):
            found = await _in_thread(probe.look)
            return tuple(await found if isawaitable(found) else found)
    except Refusal as refusal:
        return (Finding(refusal.code, Result.FAIL, facts=refusal.facts),)
    except TimeoutError:
        return (_unknown(probe, "deadline"),)
    except Exception as error:
        return (_unknown(probe, type(error).__name__),)


def _unknown(probe: Probe, reason: str) -> Finding:
    return Finding(Code.INTERNAL_ERROR, Result.UNKNOWN, facts={"room": probe.room, "reason": reason})


async def _in_thread(look: Callable[[], Answer | Awaitable[Answer]]) -> Answer | Awaitable[Answer]:
    """Like asyncio.to_thread, but in a daemon thread: one that hangs in a driver must not hold up the program's end."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[Answer | Awaitable[Answer]] = loop.create_future()

    def settle(setter: Callable[..., None], value: object) -> None:
        if future.done():
            _forget(value)
        else:
            setter(value)

    def tell(setter: Callable[..., None], value: object) -> None:
        try:
            loop.call_soon_threadsafe(settle, setter, value)
        except RuntimeError:  # too late: the loop is closed
            _forget(value)

    def run() -> None:
        try:
            found = look()
        except Exception as error:
            tell(future.set_exception, error)
        else:
            tell(future.set_result, found)

    threading.Thread(target=run, name="probe", daemon=True).start()
    try:
        return await future
    except asyncio.CancelledError:
        if future.done() and not future.cancelled() and future.exception() is None:
            _forget(future.result())
        raise


def _forget(answer: object) -> None:
    """Nobody waits for it any more. A coroutine that is never awaited is ended, so that Python need not complain."""
    if iscoroutine(answer):
        answer.close()
