"""The line between a card and vpcd, the driver of the virtual reader.

The card connects over TCP. A message is its length in two bytes, big endian, and the body. A body of one byte is the
reader's: power off, power on, reset, and asking for the answer to reset, by which vpcd also finds out whether a card is
there. Any other body is a command APDU. Source: virtualsmartcard, vpcd.
"""

from __future__ import annotations

import socket
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from enum import IntEnum
from threading import Event, Thread
from typing import IO

from lgpki_tui.rehearsal.virtual_card.apdu import StatusWord, answer, shown
from lgpki_tui.rehearsal.virtual_card.chip import PowerLost
from lgpki_tui.rehearsal.virtual_card.operating_system import Card
from lgpki_tui.rehearsal.virtual_card.trouble import Trouble

HOST = "127.0.0.1"
_RETRY_SECONDS = 0.01
_LENGTH_BYTES = 2
_INS = 1

Log = Callable[[str], None]


class Signal(IntEnum):
    """The reader's own messages."""

    OFF = 0
    ON = 1
    RESET = 2
    ATR = 4


class _Pulled(Exception):
    """The card has been pulled by an order."""


def connect(port: int, seconds: float) -> socket.socket:
    """A connection to vpcd, as soon as it listens. Raises OSError when it does not in time."""
    end = time.monotonic() + seconds
    while True:
        try:
            return socket.create_connection((HOST, port))
        except OSError:
            if time.monotonic() >= end:
                raise
            time.sleep(_RETRY_SECONDS)


class Line:
    """A card in the reader, from being put in to being pulled."""

    def __init__(self, connection: socket.socket, card: Card, trouble: Trouble, *, mute: bool, log: Log) -> None:
        self.mute = mute
        self._connection = connection
        self._card = card
        self._trouble = trouble
        self._log = log
        self._powered = False
        self._out_since = 0.0
        self._seen = Event()
        self._thread = Thread(target=self._run, name="line", daemon=True)

    def start(self, told: Callable[[], None]) -> None:
        """Serve the reader in a thread; `told` is called whenever it has got the answer to reset under power."""
        self._told = told
        self._card.power_on()
        self._thread.start()

    def seen(self, seconds: float) -> bool:
        """Whether the reader gets the answer to reset under power within so many seconds."""
        return self._seen.wait(seconds)

    @property
    def in_reader(self) -> bool:
        """Whether the card is still in."""
        return self._thread.is_alive() and not self._card.chip.cut.is_set()

    def cut(self) -> None:
        """Pull the card, whatever it is doing."""
        self._card.chip.cut.set()
        with suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)

    def wait(self, seconds: float) -> None:
        """Until a command that was cut off has noticed it, and the card has been out for so long."""
        self._thread.join()
        time.sleep(max(0.0, self._out_since + seconds - time.monotonic()))

    def _run(self) -> None:
        with self._connection, self._connection.makefile("rb") as messages:
            with suppress(OSError, _Pulled, PowerLost):
                self._serve(messages)
            # Before the connection ends: whoever sees that the card is out must be able to put it in again.
            self._out_since = time.monotonic()
            self._card.chip.cut.set()

    def _serve(self, messages: IO[bytes]) -> None:
        while (message := self._message(messages)) is not None:
            reply = self._reply(message)
            if reply is None:
                continue
            self._connection.sendall(len(reply).to_bytes(_LENGTH_BYTES, "big") + reply)
            if self._powered and message == bytes([Signal.ATR]):
                self._seen.set()
                self._told()

    def _message(self, messages: IO[bytes]) -> bytes | None:
        length = messages.read(_LENGTH_BYTES)
        if len(length) < _LENGTH_BYTES:
            return None
        # vpcd sends length and body apart, and Nagle waits for our delayed acknowledgement between them: 40 ms for
        # every command (measured). The option holds for one message only.
        self._connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        size = int.from_bytes(length, "big")
        body = messages.read(size)
        return body if size and len(body) == size else None

    def _reply(self, message: bytes) -> bytes | None:
        if len(message) > 1:
            return self._command(message)
        if message[0] == Signal.ATR:
            return self._answer_to_reset()
        if message[0] in (Signal.OFF, Signal.ON, Signal.RESET):
            self._powered = message[0] != Signal.OFF
            self._card.reset()
        return None

    def _answer_to_reset(self) -> bytes:
        """Of a mute card something that is no answer to reset, but tells vpcd that a card is there."""
        return b"\0" if self.mute else self._card.chip.contents.make.atr

    def _command(self, raw: bytes) -> bytes:
        begun = time.monotonic()
        if self._trouble.delay and self._card.chip.cut.wait(self._trouble.delay):
            raise _Pulled
        ins = raw[_INS]
        pulled = self._trouble.pulled(ins)
        if pulled and not pulled.after:
            self._log(f"{shown(raw)} -> pulled before it")
            raise _Pulled
        status = self._trouble.failure(ins)
        reply = answer(b"", status) if status is not None else self._carried_out(raw)
        self._log(f"{shown(raw)} -> {reply.hex()} {(time.monotonic() - begun) * 1000:.0f} ms")
        if pulled:
            self._log("pulled before the answer")
            raise _Pulled
        return reply

    def _carried_out(self, raw: bytes) -> bytes:
        try:
            return self._card.respond(raw)
        except PowerLost:
            raise
        except Exception:  # a fault of ours must not look like a card that was pulled
            traceback.print_exc()
            return answer(b"", StatusWord.FAULT)
