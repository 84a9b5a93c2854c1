"""The state file: everything that a card keeps without power, as JSON with bytes in hex."""

from __future__ import annotations

import json
from typing import Any

from lgpki_tui.rehearsal.virtual_card.contents import Contents, Make
from lgpki_tui.rehearsal.virtual_card.files import File, Kind
from lgpki_tui.rehearsal.virtual_card.pins import Counted, Pin

_FORMAT = 1


class Unreadable(Exception):
    """The bytes are no state of a card that this version knows."""


def dump(contents: Contents) -> bytes:
    """The file's content."""
    state = {
        "format": _FORMAT,
        "make": _dump_make(contents.make),
        "active": contents.active,
        "changes": contents.changes,
        "pins": {str(reference): _dump_pin(pin) for reference, pin in contents.pins.items()},
        "mf": _dump_file(contents.mf),
    }
    return json.dumps(state, separators=(",", ":")).encode("ascii")


def load(raw: bytes) -> Contents:
    """Read it back. Raises Unreadable."""
    try:
        state = json.loads(raw)
        if state["format"] != _FORMAT:
            raise Unreadable
        return Contents(
            _load_make(state["make"]),
            _load_file(state["mf"]),
            {int(reference): _load_pin(pin) for reference, pin in state["pins"].items()},
            bool(state["active"]),
            int(state["changes"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Unreadable from error


def _dump_make(make: Make) -> dict[str, object]:
    return {
        "name": make.name,
        "version": list(make.version),
        "serial": make.serial.hex(),
        "memory": make.memory,
        "most_rsa": make.most_rsa,
        "most_ec": make.most_ec,
    }


def _load_make(state: dict[str, Any]) -> Make:
    first, second, third = map(int, state["version"])
    return Make(
        str(state["name"]),
        (first, second, third),
        bytes.fromhex(state["serial"]),
        int(state["memory"]),
        int(state["most_rsa"]),
        int(state["most_ec"]),
    )


def _dump_pin(pin: Pin) -> dict[str, object]:
    return {"pin": _dump_counted(pin.pin), "puk": _dump_counted(pin.puk)}


def _load_pin(state: dict[str, Any]) -> Pin:
    return Pin(_load_counted(state["pin"]), _load_counted(state["puk"]))


def _dump_counted(counted: Counted) -> dict[str, object]:
    return {
        "salt": counted.salt.hex(),
        "digest": counted.digest.hex(),
        "left": counted.left,
        "most": counted.most,
    }


def _load_counted(state: dict[str, Any]) -> Counted:
    return Counted(bytes.fromhex(state["salt"]), bytes.fromhex(state["digest"]), int(state["left"]), int(state["most"]))


def _dump_file(file: File) -> dict[str, object]:
    return {
        "number": file.number,
        "kind": file.kind.value,
        "size": file.size,
        "security": file.security.hex(),
        "proprietary": file.proprietary.hex(),
        "name": file.name.hex(),
        "content": file.content.hex(),
        "key": file.key.hex(),
        "children": [_dump_file(child) for child in file.children.values()],
    }


def _load_file(state: dict[str, Any]) -> File:
    file = File(
        int(state["number"]),
        Kind(state["kind"]),
        int(state["size"]),
        bytes.fromhex(state["security"]),
        bytes.fromhex(state["proprietary"]),
        bytes.fromhex(state["name"]),
        bytearray.fromhex(state["content"]),
        bytes.fromhex(state["key"]),
    )
    for child in state["children"]:
        file.add(_load_file(child))
    return file
