"""Which PC this is. The only reader of /etc/machine-id."""

from __future__ import annotations

import os
import re
from pathlib import Path

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.procedure.identity import Machine

MACHINE_ID = Path("/etc/machine-id")
_DIGITS = re.compile(r"[0-9A-Fa-f]{32}")
_PURPOSE = b"lgpki-tui machine\0"
# 32 digits and a line end; a longer file is not a machine-id(5).
_MOST_BYTES = 64


def read_machine(path: Path = MACHINE_ID, host_name: str | None = None) -> Machine:
    """Read which PC this is; the host name is the kernel's unless one is given.

    Raises Refusal: machine_id_missing with `file` and `reason` (absent, unreadable, malformed, all_zero).
    Source: machine-id(5).
    """
    try:
        with path.open("rb") as file:
            text = file.read(_MOST_BYTES).decode("ascii", "replace")
    except FileNotFoundError:
        raise _missing("absent", path) from None
    except OSError:
        raise _missing("unreadable", path) from None
    return machine_of(text.removesuffix("\n"), host_name, path)


def machine_of(machine_id: str, host_name: str | None = None, file: Path = MACHINE_ID) -> Machine:
    """Make a Machine of 32 hex digits as they stand (docs/contract.md, Machine).

    Raises Refusal: machine_id_missing with `file` and `reason` (malformed, all_zero).
    """
    if _DIGITS.fullmatch(machine_id) is None:
        raise _missing("malformed", file)
    if set(machine_id) == {"0"}:
        raise _missing("all_zero", file)
    return Machine(_digest(machine_id), host_name or os.uname().nodename)


def _digest(machine_id: str) -> str:
    # machine-id(5) asks not to hand the id out as it is: a purpose-bound digest cannot be joined with others'.
    from hashlib import sha256

    return sha256(_PURPOSE + machine_id.encode("ascii")).hexdigest()


def _missing(reason: str, file: Path) -> Refusal:
    return Refusal(Code.MACHINE_ID_MISSING, file=str(file), reason=reason)
