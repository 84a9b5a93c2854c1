"""How what was seen on a card travels from its process to the program."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import Any, cast

from lgpki_tui.card.port import CardSeen, CertificateSeen, KeySeen, PinState
from lgpki_tui.procedure.identity import Token


def to_json(card: CardSeen) -> dict[str, object]:
    """A card as a message carries it."""
    return {
        "token": token_to_json(card.token),
        "manufacturer": card.manufacturer,
        "reader": card.reader,
        "initialised": card.initialised,
        "pin": card.pin.value,
        "keys": [[key.cka_id, key.label, key.public_key_sha256] for key in card.keys],
        "certificates": [[one.cka_id, one.label, b64encode(one.der).decode()] for one in card.certificates],
        "fault": card.fault,
        "atr": card.atr,
        "pin_pad": card.pin_pad,
        "unfinished": card.unfinished,
    }


def from_json(message: Mapping[str, Any]) -> CardSeen:
    """The card that a message carries. Raises KeyError, TypeError or ValueError when it carries none."""
    return CardSeen(
        token=token_from_json(message["token"]),
        manufacturer=str(message["manufacturer"]),
        reader=str(message["reader"]),
        initialised=bool(message["initialised"]),
        pin=PinState(message["pin"]),
        keys=tuple(KeySeen(*map(str, row)) for row in message["keys"]),
        certificates=tuple(CertificateSeen(str(a), str(b), b64decode(c)) for a, b, c in message["certificates"]),
        fault=str(message["fault"]),
        atr=str(message["atr"]),
        pin_pad=bool(message["pin_pad"]),
        unfinished=bool(message["unfinished"]),
    )


def token_to_json(token: Token) -> dict[str, object]:
    """A token's witnesses as a message carries them."""
    return {"serial": token.serial, "label": token.label, "model": token.model}


def token_from_json(message: object) -> Token:
    """The witnesses that a message carries."""
    found = cast(Mapping[str, str], message)
    return Token(found["serial"], found["label"], found["model"])
