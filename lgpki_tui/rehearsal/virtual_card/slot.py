"""One slot of the reader, and the hand that puts cards in and takes them out."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from lgpki_tui.rehearsal.virtual_card.contents import Make, random_serial
from lgpki_tui.rehearsal.virtual_card.line import Line, Log, connect
from lgpki_tui.rehearsal.virtual_card.mishaps import (
    Calm,
    Insert,
    Look,
    Mishap,
    NotAMishap,
    Pull,
    Swap,
    Wait,
    read_mishap,
)
from lgpki_tui.rehearsal.virtual_card.operating_system import Card
from lgpki_tui.rehearsal.virtual_card.store import Store, StoreError
from lgpki_tui.rehearsal.virtual_card.trouble import Trouble

_CONNECT_SECONDS = 10.0
# pcscd looks every 0.4 s whether a card is there; one that comes back sooner may not be noticed (measured).
_OUT_SECONDS = 0.5
_SEEN_SECONDS = 5.0


class Slot:
    """A slot at this port of vpcd, with the card NAME of the folder at hand. One thread at a time orders it."""

    def __init__(self, folder: Path, name: str, make: Make, port: int, log: Log, told: Callable[[], None]) -> None:
        """Raises StoreError, OSError."""
        self._folder, self._make, self._port, self._log, self._told = folder, make, port, log, told
        self._trouble = Trouble()
        self._line: Line | None = None
        self._take(Store(folder, name, make))

    def order(self, line: str) -> str:
        """Do what one line says (mishaps.py). `ok`, with JSON after `look`; or `no` and the reason: line, name, in_use,
        damaged, reader (vpcd does not listen, or has not seen the card) or disk.
        """
        try:
            return " ".join(["ok", self._done(read_mishap(line))]).strip()
        except NotAMishap:
            return "no line"
        except StoreError as error:
            return f"no {error.reason}"
        except ConnectionError:
            return "no reader"
        except OSError:
            return "no disk"

    def _done(self, mishap: Mishap) -> str:
        match mishap:
            case Insert(mute):
                self._insert(mute=mute)
            case Pull():
                self._pull()
            case Swap(name):
                self._swap(name)
            case Calm():
                self._trouble.calm()
            case Look():
                return self._look()
            case Wait():
                self._wait()
            case _:
                self._trouble.order(mishap)
        return ""

    def _insert(self, *, mute: bool) -> None:
        """A card that is in already stays in, unless it is to be turned round."""
        if self._line and self._line.in_reader and self._line.mute == mute:
            return
        self._out()
        connection = connect(self._port, _CONNECT_SECONDS)
        self._line = Line(connection, self._card, self._trouble, mute=mute, log=self._log)
        self._log("inserted, mute" if mute else "inserted")
        self._line.start(self._told)

    def _wait(self) -> None:
        if self._line and self._line.in_reader and not self._line.seen(_SEEN_SECONDS):
            raise ConnectionError

    def _pull(self) -> None:
        if self._line:
            self._line.cut()
            self._log("pulled")

    def _out(self) -> None:
        """Pull it, and wait until it has stopped working and the reader has seen that it is out."""
        self._pull()
        if self._line:
            self._line.wait(_OUT_SECONDS)
        self._line = None

    def _swap(self, name: str) -> None:
        if name != self._store.name:
            other = Store(self._folder, name, replace(self._make, serial=random_serial()))
            self._out()
            self._store.close()
            self._take(other)
        self._insert(mute=False)

    def _take(self, store: Store) -> None:
        self._store = store
        self._card = Card(store)

    @property
    def holds_a_card(self) -> bool:
        """Whether a card is in it, the right way round or not."""
        return self._place() != "out"

    def _place(self) -> str:
        if self._line is None or not self._line.in_reader:
            return "out"
        return "mute" if self._line.mute else "in"

    def _look(self) -> str:
        contents = self._card.chip.contents
        found = {
            "card": self._store.name,
            "place": self._place(),
            "serial": contents.make.serial.hex(),
            "active": contents.active,
            "free": contents.free,
        }
        return json.dumps(found, separators=(",", ":"))
