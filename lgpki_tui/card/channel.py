"""Frames over non-blocking pipes, in an event loop or without one. Keeps nothing: who is interrupted in a frame ends
the process.

A command that asks the card one thing needs no event loop, and asyncio takes 40 ms to import (measured): where no loop
runs, these coroutines wait by poll(2) and never yield, and `coroutine.send(None)` runs them to their end.
"""

from __future__ import annotations

import os
import select
import sys
import time
from typing import TYPE_CHECKING

from lgpki_tui.card import wire

if TYPE_CHECKING:
    import asyncio

_CHUNK = 65536


def running_loop() -> asyncio.AbstractEventLoop | None:
    """The event loop that this code runs in, if it runs in one. Imports nothing."""
    if "asyncio" not in sys.modules:
        return None
    import asyncio

    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def deadline(seconds: float) -> float:
    """The moment (of the monotonic clock) that is so many seconds ahead."""
    return time.monotonic() + seconds


async def send(fd: int, frame: bytearray, until: float) -> None:
    """Write all of a frame. Raises TimeoutError, OSError (BrokenPipeError when the reader has gone)."""
    with memoryview(frame) as view:
        done = 0
        while done < len(view):
            try:
                done += os.write(fd, view[done : done + _CHUNK])
            except BlockingIOError:
                await _usable(fd, until, writing=True)


async def receive(fd: int, until: float) -> dict[str, object]:
    """Read one message. Raises TimeoutError, EOFError when the writer has gone, wire.Garbled when it is none."""
    kind, length = wire.parse_header(await _read(fd, wire.HEADER.size, until))
    body = await _read(fd, length, until)
    if kind is not wire.Kind.JSON:
        raise wire.Garbled
    return wire.unpack_json(body)


async def _read(fd: int, count: int, until: float) -> bytes:
    body = bytearray()
    while len(body) < count:
        try:
            chunk = os.read(fd, min(count - len(body), _CHUNK))
        except BlockingIOError:
            await _usable(fd, until, writing=False)
            continue
        if not chunk:
            raise EOFError
        body += chunk
    return bytes(body)


async def _usable(fd: int, until: float, *, writing: bool) -> None:
    """Wait until the descriptor can be used. Raises TimeoutError."""
    loop = running_loop()
    if loop is None:
        return _poll(fd, until, writing=writing)
    usable: asyncio.Future[None] = loop.create_future()
    alarm = loop.call_later(max(0.0, until - time.monotonic()), _fail, usable)
    add, remove = (loop.add_writer, loop.remove_writer) if writing else (loop.add_reader, loop.remove_reader)
    add(fd, _settle, usable)
    try:
        await usable
    finally:
        alarm.cancel()
        remove(fd)
    return None


def _poll(fd: int, until: float, *, writing: bool) -> None:
    waiting = select.poll()
    waiting.register(fd, select.POLLOUT if writing else select.POLLIN)
    if not waiting.poll(max(0.0, until - time.monotonic()) * 1000):
        raise TimeoutError


def _settle(usable: asyncio.Future[None]) -> None:
    if not usable.done():
        usable.set_result(None)


def _fail(usable: asyncio.Future[None]) -> None:
    if not usable.done():
        usable.set_exception(TimeoutError())
