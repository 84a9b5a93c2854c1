"""Inside the card's process: the acts that python-pkcs11 is needed for, by the names of the port's methods."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping, Sequence

from lgpki_tui.card import keys
from lgpki_tui.card.certificates import store
from lgpki_tui.card.formatting import format_token
from lgpki_tui.card.module import Module
from lgpki_tui.card.seen import token_from_json, token_to_json
from lgpki_tui.subject.algorithm import Algorithm

_Arguments = Mapping[str, object]
_Secrets = Sequence[bytes]
_Answer = Mapping[str, object]


def _format(module: Module, arguments: _Arguments, secrets: _Secrets) -> _Answer:
    wanted, (so_pin, pin) = token_from_json(arguments["token"]), secrets
    return {"token": token_to_json(format_token(module, wanted, str(arguments["label"]), so_pin, pin))}


def _set_pin(module: Module, arguments: _Arguments, secrets: _Secrets) -> _Answer:
    old, new = secrets
    module.set_pin(token_from_json(arguments["token"]), old, new)
    return {}


def _open(module: Module, arguments: _Arguments, secrets: _Secrets) -> _Answer:
    (pin,) = secrets
    module.login(token_from_json(arguments["token"]), pin)
    return {}


def _make_key(module: Module, arguments: _Arguments, secrets: _Secrets) -> _Answer:
    algorithm = Algorithm(str(arguments["algorithm"]))
    return {"public_key": _text(keys.make_key(module, _id(arguments), algorithm, str(arguments["label"])))}


def _find(module: Module, arguments: _Arguments, secrets: _Secrets) -> _Answer:
    found = keys.find(module, _id(arguments))
    return {
        "private_keys": found.private_keys,
        "public_key": None if found.public_key is None else _text(found.public_key),
        "certificates": [_text(der) for der in found.certificates],
        "reasons": list(found.reasons),
    }


def _sign(module: Module, arguments: _Arguments, secrets: _Secrets) -> _Answer:
    return {"signature": _text(keys.sign(module, _id(arguments), b64decode(str(arguments["message"]))))}


def _store(module: Module, arguments: _Arguments, secrets: _Secrets) -> _Answer:
    store(module, _id(arguments), b64decode(str(arguments["certificate"])), str(arguments["label"]))
    return {}


def _destroy(module: Module, arguments: _Arguments, secrets: _Secrets) -> _Answer:
    keys.destroy_leftover(module, _id(arguments))
    return {}


def _id(arguments: _Arguments) -> bytes:
    return bytes.fromhex(str(arguments["cka_id"]))


def _text(raw: bytes) -> str:
    return b64encode(raw).decode()


# Named as the methods of the port, and as their deadlines in the settings.
ACTS: Mapping[str, Callable[[Module, _Arguments, _Secrets], _Answer]] = {
    "format": _format,
    "set_pin": _set_pin,
    "open": _open,
    "make_key": _make_key,
    "find": _find,
    "sign": _sign,
    "store_certificate": _store,
    "destroy_leftover": _destroy,
}
