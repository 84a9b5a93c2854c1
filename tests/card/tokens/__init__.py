"""The tokens that the contract is asked of, each beginning blank, beside any number of others, and gone afterwards."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path

from tests.card.backends import Backend
from tests.card.tokens.forwarded import p11_kit, ssh
from tests.card.tokens.opencryptoki import opencryptoki
from tests.card.tokens.softhsm import softhsm
from tests.card.tokens.tpm2 import tpm2
from tests.card.tokens.virtual import opensc

# By the name that the table of the contract has for it, in its order.
TOKENS: Mapping[str, Callable[[Path], AbstractContextManager[Backend]]] = {
    "softhsm": softhsm,
    "opencryptoki": opencryptoki,
    "tpm2": tpm2,
    "p11-kit": p11_kit,
    "ssh": ssh,
    "opensc": opensc,
}
