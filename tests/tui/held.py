"""The wizard on the virtual practice card in this process: its readers, and a hand at them.

libpcsclite looks only once in a process where the service is (PCSCLITE_CSOCK_NAME). So that name is one for all tests
of a process, and leads to the readers that are there at the moment. conftest.py sets it before anything asks.
"""

from __future__ import annotations

import atexit
import json
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from time import monotonic
from typing import Any

from lgpki_tui.card.models import CardModels
from lgpki_tui.pages.language import Language
from lgpki_tui.rehearsal.readers import PracticeCard, Readers
from tests.rehearsal.readers.desk import PINS, Desk
from tests.sandbox.virtual import Virtual
from tests.tui.walking import PATIENCE, PIN, SO_PIN, Walker, walking

VARIABLE = "PCSCLITE_CSOCK_NAME"
_FOLDER = Path(tempfile.mkdtemp(prefix="lgpki-tui-held-"))
_SOCKET = _FOLDER / "pcscd.comm"
atexit.register(shutil.rmtree, _FOLDER, ignore_errors=True)


def hold_the_name() -> None:
    """From now on this process sees no readers but those of `Held`."""
    os.environ[VARIABLE] = str(_SOCKET)


class Held:
    """Readers as the wizard starts them (card/practice_readers.py, ReaderStarter), at the name of this process."""

    def __init__(self, folder: Path) -> None:
        self._readers = Readers(folder, [PracticeCard()])
        _SOCKET.unlink(missing_ok=True)
        _SOCKET.symlink_to(self._readers.environment[VARIABLE])

    @property
    def environment(self) -> Mapping[str, str]:
        return {VARIABLE: str(_SOCKET)}

    def tell(self, *lines: str) -> None:
        """Say lines to the card."""
        for line in lines:
            assert self._readers.tell(0, line) == "ok", line

    def desk(self, folder: Path) -> Desk:
        """OpenSC's programs at the same card, as another program of this PC would use it."""
        return Desk(self._readers, folder, pins={**PINS, "PIN": PIN, "SO": SO_PIN})

    @property
    def place(self) -> str:
        """Where the card is: in, mute, out."""
        return str(json.loads(self._readers.tell(0, "look").removeprefix("ok "))["place"])

    def close(self) -> None:
        self._readers.close()


class Hand:
    """What a test does to the card while the wizard is open. The readers are there from the first look at a card on."""

    def __init__(self) -> None:
        self.held: Held | None = None

    def start(self, folder: Path) -> Held:
        self.held = Held(folder)
        return self.held

    def tell(self, *lines: str) -> None:
        """Say lines to the card in the reader (virtual_card/mishaps.py)."""
        assert self.held is not None
        self.held.tell(*lines)

    def desk(self, folder: Path) -> Desk:
        """OpenSC's programs at the same card."""
        assert self.held is not None
        return self.held.desk(folder)

    @property
    def place(self) -> str:
        """Where the card is."""
        assert self.held is not None
        return self.held.place


@asynccontextmanager
async def at_reader(
    practice: Virtual,
    language: Language = "en",
    size: tuple[int, int] = (80, 24),
    models: CardModels | None = None,
) -> AsyncIterator[tuple[Walker, Hand]]:
    """The wizard in this workplace, its readers followed before the test begins."""
    hand = Hand()
    async with walking(practice, language, size, start_readers=hand.start, models=models) as walker:
        await walker.until(lambda: following(walker), "the readers are followed")
        yield walker, hand


def following(walker: Walker) -> bool:
    """Whether the wizard has seen the readers once."""
    follower: Any = walker.app._follower
    return follower is not None and follower._watch._context is not None


async def seconds_until(walker: Walker, text: str) -> float:
    """How long it takes until a text stands on the screen, without a key."""
    begun = monotonic()
    await walker.see(text)
    assert monotonic() - begun < PATIENCE
    return monotonic() - begun
