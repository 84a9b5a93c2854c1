"""A PKCS#11 module that misbehaves on order: tests/card/shim.c, compiled, around the real SoftHSM.

    shim = build_shim(folder)
    shim.order(Order("C_GenerateKeyPair", "after", "kill-parent"))
    ... use shim.module as the module, from any process ...
    shim.clear()

Needs no environment variable: orders and log lie beside the module and may change while it is in use.
Actions: crash, hang, print, kill-self, kill-parent (the caller of the card's process, then the process itself),
sleep SECONDS, logout (this call's session is not logged in any more, as after a reset), ckr HEX (`before`: instead of
the real call), type PIN (C_Login, `before`: given no PIN, it is given what is typed at a pad), lie KIND with KIND one
of flags=HEX, without=HEX (C_GetTokenInfo), empty (C_GetSlotList), hide=HEX (C_GetMechanismList, a CKM_ number), short
(C_Sign), and flip=HEX (last bit of a value), shrink=HEX (last byte), unreadable=HEX (C_GetAttributeValue, a CKA_
number).
"""

from __future__ import annotations

import shutil
import subprocess
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

SOFTHSM = Path("/usr/lib/softhsm/libsofthsm2.so")
SOURCE = Path(__file__).with_name("shim.c")
NAME = "shim.so"


@dataclass(frozen=True, slots=True)
class Order:
    """What goes wrong at which function. `call`: only at its n-th call in a process, from 1; 0 at each."""

    function: str
    when: str
    action: str
    argument: str = "-"
    call: int = 0

    def line(self) -> str:
        """As the C source reads it."""
        return f"{self.function} {self.when} {self.action} {self.argument} {self.call}\n"


@dataclass(frozen=True, slots=True)
class Shim:
    """A compiled shim in a folder of its own."""

    module: Path

    def order(self, *orders: Order) -> None:
        """Replace the orders. In force from the next call on, also in a running process."""
        plan = self._beside(".plan")
        fresh = self._beside(".plan.new")
        fresh.write_text("".join(order.line() for order in orders), encoding="ascii")
        fresh.replace(plan)

    def clear(self) -> None:
        """No misbehaviour any more."""
        self.order()

    def calls(self) -> Counter[str]:
        """How often each function has been called since `forget`."""
        log = self._beside(".log")
        return Counter(log.read_text(encoding="ascii").split()) if log.exists() else Counter()

    def forget(self) -> None:
        """Begin counting anew."""
        self._beside(".log").unlink(missing_ok=True)

    def _beside(self, ending: str) -> Path:
        return self.module.with_name(self.module.name + ending)


def compile_shim(folder: Path) -> Path:
    """Compile the C source into this folder; the path of the shared object. Needs gcc."""
    made = folder / NAME
    warnings = ("-Wall", "-Wextra", "-Werror", "-Wno-null-dereference")
    command = ["gcc", "-shared", "-fPIC", "-O1", *warnings, "-o", str(made), str(SOURCE), "-ldl"]
    subprocess.run(command, check=True, timeout=60)
    return made


def build_shim(folder: Path, real: Path = SOFTHSM, compiled: Path | None = None) -> Shim:
    """A shim around this module in this folder: compiled now, or copied from one that is compiled already."""
    folder.mkdir(parents=True, exist_ok=True)
    made = compile_shim(folder) if compiled is None else Path(shutil.copy(compiled, folder / NAME))
    made.with_name(made.name + ".real").write_text(f"{real}\n", encoding="utf-8")
    return Shim(made)
