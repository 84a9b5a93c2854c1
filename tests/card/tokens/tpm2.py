"""tpm2-pkcs11 on a software TPM (swtpm): a token whose keys are sealed by the TPM, in a store of files.

tpm2-abrmd stands between, as the kernel's resource manager does for a real TPM: a TPM takes one program at a time, and
has room for three objects. The ports and the bus are in a network of their own.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lgpki_tui.card.port import PinState
from lgpki_tui.ground.codes import Code
from tests.card.backends import Apart, Backend
from tests.card.tokens.modules import multiarch
from tests.card.tokens.room import Room, need_rooms

_SCRIPT = """
cd '{folder}'
ip link set lo up
mkdir state store
mount -t tmpfs -o size=512k tmpfs store
$TIED swtpm socket --tpm2 --tpmstate dir=state --server type=tcp,port=2321 --ctrl type=tcp,port=2322 \\
    --flags not-need-init,startup-clear >/dev/null 2>swtpm.log &
$TIED dbus-daemon --config-file=bus.conf --nofork --nopidfile >/dev/null 2>bus.log &
until [ -S bus ]; do sleep 0.005; done
export DBUS_SESSION_BUS_ADDRESS='unix:path={folder}/bus'
until ss -Hltn 'sport = 2321' | grep -q .; do sleep 0.005; done
$TIED tpm2-abrmd --session --allow-root --tcti=swtpm:host=127.0.0.1,port=2321 >abrmd.log 2>&1 &
until dbus-send --session --print-reply --dest=org.freedesktop.DBus / org.freedesktop.DBus.GetNameOwner \\
    string:com.intel.tss2.Tabrmd >/dev/null 2>&1; do sleep 0.01; done
"""
_BUS = """\
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={folder}/bus</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
    <allow user="*"/>
  </policy>
</busconfig>
"""


@contextmanager
def tpm2(folder: Path) -> Iterator[Backend]:
    """A token of tpm2-pkcs11, blank."""
    need_rooms("net")
    module = multiarch("libtpm2_pkcs11.so.1")
    (folder / "bus.conf").write_text(_BUS.format(folder=folder), encoding="utf-8")
    with Room(folder, _SCRIPT.format(folder=folder), "net") as room:
        environment = {
            "PATH": os.environ["PATH"],
            "LC_ALL": "C.UTF-8",
            "TPM2_PKCS11_STORE": str(folder / "store"),
            "TPM2_PKCS11_TCTI": "tabrmd:bus_type=session",
            "DBUS_SESSION_BUS_ADDRESS": f"unix:path={folder}/bus",
        }
        full = ("sh", "-c", f"cat /dev/zero >{folder}/store/full || :")
        yield Backend(
            module,
            environment,
            folder / "card.lock",
            judged=module,
            enter=room.enter,
            # The TPM counts over all that it seals, and no flag of the token tells of it.
            apart=Apart(
                wrong_pins=(*((Code.PIN_WRONG, PinState.OK),) * 3, (Code.PIN_LOCKED, PinState.OK)),
                fill=lambda: room.run(*full),
            ),
        )
