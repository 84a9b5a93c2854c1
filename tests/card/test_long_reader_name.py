"""A reader whose name is longer than a slot's description (64 bytes), as that of many a real reader is."""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from lgpki_tui.ground.secret import Secret
from tests.card.backends import ID, Backend
from tests.card.tokens.modules import multiarch
from tests.card.tokens.room import Room, need_rooms

# pcscd adds " 00 00".
_NAME = "Muster Systems Incorporated SCR 3310 v2.0 USB Smart Card Reader [CCID] (21120544303231)"
_SCRIPT = """
ip link set lo up
mount -t tmpfs tmpfs /run
mkdir -p /run/pcscd /run/readers
cat >/run/readers/vpcd <<'END'
FRIENDLYNAME "{name}"
DEVICENAME /dev/null:0x8C7B
LIBPATH /usr/lib/pcsc/drivers/serial/libifdvpcd.so
CHANNELID 0x8C7B
END
$TIED /usr/sbin/pcscd --foreground --config /run/readers >&2 &
cd '{root}'
$TIED '{python}' -m lgpki_tui.rehearsal.virtual_card --folder '{folder}' --control /run/card.control >/run/card.said &
until grep -q ready /run/card.said; do sleep 0.05; done
"""


@pytest_asyncio.fixture
async def backend(tmp_path: Path) -> AsyncIterator[Backend]:
    """A blank virtual card in such a reader."""
    need_rooms("net")
    module, root = multiarch("opensc-pkcs11.so"), Path(__file__).parents[2]
    script = _SCRIPT.format(name=_NAME, root=root, python=sys.executable, folder=tmp_path)
    with Room(tmp_path, script, "net") as room:
        environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
        made = Backend(
            module,
            environment,
            tmp_path / "card.lock",
            so_pin="73910264",
            pin="28461735",
            judged=module,
            enter=room.enter,
        )
        yield made
        for card in made.cards:
            await card.close()


async def test_it_is_formatted_opened_and_unblocked(backend: Backend) -> None:
    card = backend.card()
    seen = await backend.opened(card)
    assert seen.reader == f"{_NAME[:61]}..."
    assert (seen.atr, seen.unfinished) == ("3BF51800008131FE454F7345494492", False)
    assert await card.make_key(ID, backend.apart.cheapest, "k")
    await card.unblock(seen, Secret(backend.so_pin), Secret("284639"))
    await card.open(seen, Secret("284639"))
    assert (await backend.format(card, seen)).token.serial == seen.token.serial
