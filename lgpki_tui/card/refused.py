"""Remembers, for as long as the program runs, which PINs a card has refused: none of them is sent again."""

from __future__ import annotations

import os
from enum import StrEnum

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.ground.secret import Secret
from lgpki_tui.procedure.identity import Token


class Which(StrEnum):
    """Whose PIN."""

    PIN = "pin"
    SO_PIN = "so_pin"


class RefusedPins:
    """Digests keyed with a salt that is never stored: a four-digit PIN could be found from anything that is."""

    def __init__(self) -> None:
        self._salt = os.urandom(32)
        self._refused: set[tuple[Token, Which, bytes]] = set()

    def remember(self, token: Token, which: Which, secret: Secret) -> None:
        """This card has refused this PIN."""
        self._refused.add((token, which, secret.digest(self._salt)))

    def check(self, token: Token, which: Which, secret: Secret) -> None:
        """Raise Refusal(pin_already_refused), facts which, serial, label, when this card has refused this PIN."""
        if (token, which, secret.digest(self._salt)) in self._refused:
            raise Refusal(Code.PIN_ALREADY_REFUSED, which=which.value, serial=token.serial, label=token.label)

    def forget(self, token: Token, which: Which) -> None:
        """The card has another PIN now: what was wrong before may be right."""
        self._refused = {entry for entry in self._refused if entry[:2] != (token, which)}
