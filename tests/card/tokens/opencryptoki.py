"""opencryptoki's soft token: its daemon, shared memory, locks and files in a room of their own. It locks after three
wrong PINs, as a card does."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lgpki_tui.card.port import PinState
from lgpki_tui.ground.codes import Code
from lgpki_tui.subject.algorithm import Algorithm
from tests.card.backends import Apart, Backend
from tests.card.tokens.modules import multiarch
from tests.card.tokens.room import Room, need_rooms

# Debian 12 has it under no other name there.
_MODULE = "opencryptoki/libopencryptoki.so.0"
# The daemon wants the group pkcs11, its folders, and a socket in /run; of the slots of the package only the soft token
# has all that it needs. The token's files are in a small file system, which can be filled.
_SCRIPT = """
mount -t tmpfs -o mode=755 tmpfs /run
mount -t tmpfs -o mode=1777 tmpfs /dev/shm
mount -t tmpfs -o size=256k tmpfs /var/lib/opencryptoki
mkdir -p /run/lock/opencryptoki/swtok /var/lib/opencryptoki/swtok/TOK_OBJ
printf 'version opencryptoki-3.1\\nslot 0\\n{\\nstdll = libpkcs11_sw.so\\n}\\n' >/run/opencryptoki.conf
mount --bind /run/opencryptoki.conf /etc/opencryptoki/opencryptoki.conf
{ grep -v -e ^pkcs11: /etc/group || :; echo pkcs11:x:0:root; } >/run/group
mount --bind /run/group /etc/group
$TIED pkcsslotd -f >/dev/null &
until [ -S /run/pkcsslotd.socket ]; do sleep 0.005; done
"""


@contextmanager
def opencryptoki(folder: Path) -> Iterator[Backend]:
    """A soft token of opencryptoki, blank."""
    need_rooms("ipc")
    module = multiarch(_MODULE)
    with Room(folder, _SCRIPT, "ipc") as room:
        yield Backend(
            module,
            {"PATH": f"{os.environ['PATH']}:/usr/sbin", "LC_ALL": "C.UTF-8"},
            folder / "card.lock",
            so_pin="so-canar",
            pin="pin-cana",
            judged=module,
            enter=room.enter,
            apart=Apart(
                cheapest=Algorithm.RSA_2048,
                wrong_pins=(
                    (Code.PIN_WRONG, PinState.COUNT_LOW),
                    (Code.PIN_WRONG, PinState.FINAL_TRY),
                    (Code.PIN_LOCKED, PinState.LOCKED),
                ),
                fill=lambda: room.run("sh", "-c", "cat /dev/zero >/var/lib/opencryptoki/full || :"),
            ),
        )
