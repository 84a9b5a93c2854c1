"""OpenSC's module on the virtual MyEID card, in a reader of its own: the token here that is most like an IC card. It is
pulled and put back, locks for good after three wrong PINs, and is formatted by pkcs15-init."""

from __future__ import annotations

import os
import re
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from lgpki_tui.card.port import PinState
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.rehearsal.readers import PracticeCard, Readers
from tests.card.backends import Apart, Backend
from tests.card.tokens.modules import multiarch

# As it comes from the factory.
BLANK = PracticeCard(options=("--log", "apdu.log"))
_SEEN_SECONDS = 10.0
_STEP_SECONDS = 0.05


@contextmanager
def opensc(folder: Path) -> Iterator[Backend]:
    """A virtual card as it comes from the factory."""
    with readers_with(folder, BLANK) as readers:
        yield behind(readers, folder)


@contextmanager
def readers_with(folder: Path, *cards: PracticeCard) -> Iterator[Readers]:
    """Readers with these cards. Skips the test where the kernel forbids them."""
    try:
        made = Readers(folder / "cards", cards)
    except Refusal as refusal:
        if refusal.facts.get("reason") != "namespaces_forbidden":
            raise
        pytest.skip("the kernel forbids this user a namespace (unshare(2))")
    with made:
        yield made


def behind(readers: Readers, folder: Path) -> Backend:
    """OpenSC's module on what is in these readers. What is apart is so of the card in the first one."""
    module = multiarch("opensc-pkcs11.so")
    return Backend(
        module,
        {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", **readers.environment},
        folder / "card.lock",
        so_pin="73910264",
        pin="28461735",
        judged=module,
        apart=Apart(
            wrong_pins=(
                (Code.PIN_WRONG, PinState.OK),
                (Code.PIN_WRONG, PinState.FINAL_TRY),
                (Code.PIN_LOCKED, PinState.LOCKED),
            ),
            pull=lambda: tell(readers, "pull"),
            insert=lambda: tell(readers, "insert"),
            fill=lambda: tell(readers, "full"),
            access="none",
        ),
    )


def tell(readers: Readers, line: str, slot: int = 0) -> None:
    """Say a line to the card in a reader (virtual_card/mishaps.py), and wait until the reader has seen what it did."""
    assert readers.tell(slot, line) == "ok", line
    assert readers.tell(slot, "wait") == "ok"
    if line == "pull":  # a card that is out cannot tell when that is noticed
        wait_until_out(readers, slot)


def wait_until_out(readers: Readers, slot: int = 0) -> None:
    """Until the reader has seen that its card is out."""
    end = time.monotonic() + _SEEN_SECONDS
    while re.search(rf"^{slot} +Yes", run(readers.environment, "opensc-tool", "--list-readers"), re.MULTILINE):
        assert time.monotonic() < end
        time.sleep(_STEP_SECONDS)


def run(environment: Mapping[str, str], *command: str, pins: Mapping[str, str] | None = None) -> str:
    """What one of OpenSC's programs says; it must succeed. `pins`: what it may take by `env:NAME`."""
    variables = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", **environment, **(pins or {})}
    done = subprocess.run(command, env=variables, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, (command, done.stdout, done.stderr)
    return done.stdout
