"""Frames over non-blocking pipes in an event loop. Keeps nothing: who is interrupted in a frame ends the process."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from typing import Any

from lgpki_tui.card import wire

_CHUNK = 65536


async def send(fd: int, frame: bytearray) -> None:
    """Write all of a frame. Raises OSError (BrokenPipeError when the reader has gone)."""
    loop = asyncio.get_running_loop()
    with memoryview(frame) as view:
        done = 0
        while done < len(view):
            try:
                done += os.write(fd, view[done : done + _CHUNK])
            except BlockingIOError:
                await _until(fd, loop.add_writer, loop.remove_writer)


async def receive(fd: int) -> dict[str, object]:
    """Read one message. Raises EOFError when the writer has gone, wire.Garbled when it is none."""
    kind, length = wire.parse_header(await _read(fd, wire.HEADER.size))
    body = await _read(fd, length)
    if kind is not wire.Kind.JSON:
        raise wire.Garbled
    return wire.unpack_json(body)


async def _read(fd: int, count: int) -> bytes:
    loop = asyncio.get_running_loop()
    body = bytearray()
    while len(body) < count:
        try:
            chunk = os.read(fd, min(count - len(body), _CHUNK))
        except BlockingIOError:
            await _until(fd, loop.add_reader, loop.remove_reader)
            continue
        if not chunk:
            raise EOFError
        body += chunk
    return bytes(body)


async def _until(fd: int, add: Callable[..., Any], remove: Callable[[int], Any]) -> None:
    """Wait until the descriptor can be used."""
    usable = asyncio.get_running_loop().create_future()
    add(fd, _mark, usable)
    try:
        await usable
    finally:
        remove(fd)


def _mark(usable: asyncio.Future[None]) -> None:
    if not usable.done():
        usable.set_result(None)
