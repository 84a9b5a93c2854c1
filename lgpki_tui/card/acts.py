"""Inside the card's process: the acts that python-pkcs11 is needed for, by the names of the port's methods."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import cast

from lgpki_tui.card import init_token, keys, pkcs15_init, receipts, signing
from lgpki_tui.card.address import Address
from lgpki_tui.card.certificates import store
from lgpki_tui.card.errors import ReturnValue
from lgpki_tui.card.models import FormatWay
from lgpki_tui.card.module import Module
from lgpki_tui.card.seen import token_to_json
from lgpki_tui.subject.algorithm import Algorithm, Scheme

_Arguments = Mapping[str, object]
_Secrets = Sequence[bytes]
_Answer = Mapping[str, object]


def _format(module: Module, arguments: _Arguments, secrets: _Secrets) -> _Answer:
    wanted, label = Address.from_json(arguments["card"]), str(arguments["label"])
    if arguments["way"] == FormatWay.PKCS15_INIT:
        so_pin, pin = secrets
        token = pkcs15_init.format_card(module, wanted, label, so_pin, pin, _programs(arguments))
    else:
        token = init_token.format_card(module, wanted, label, init_token.FormatPins(*secrets))
    return {"token": token_to_json(token)}


def _unblock(module: Module, arguments: _Arguments, secrets: _Secrets) -> _Answer:
    wanted, (so_pin, pin) = Address.from_json(arguments["card"]), secrets
    if arguments["way"] == FormatWay.PKCS15_INIT:
        pkcs15_init.unblock(module, wanted, so_pin, pin, _programs(arguments))
    else:
        init_token.unblock(module, wanted, so_pin, pin)
    return {}


def _set_pin(module: Module, arguments: _Arguments, secrets: _Secrets) -> _Answer:
    old, new = secrets
    module.set_pin(Address.from_json(arguments["card"]), old, new)
    return {}


def _open(module: Module, arguments: _Arguments, secrets: _Secrets) -> _Answer:
    module.login(Address.from_json(arguments["card"]), secrets[0] if secrets else None)
    return {}


def _make_key(module: Module, arguments: _Arguments, secrets: _Secrets) -> _Answer:
    algorithm = Algorithm(str(arguments["algorithm"]))
    label, by_trial = str(arguments["label"]), bool(arguments["by_trial"])
    return {"public_key": _text(keys.make_key(module, _id(arguments), algorithm, label, by_trial=by_trial))}


def _find(module: Module, arguments: _Arguments, secrets: _Secrets) -> _Answer:
    found = keys.find(module, _id(arguments), by_trial=bool(arguments["by_trial"]))
    return {
        "private_keys": found.private_keys,
        "public_key": None if found.public_key is None else _text(found.public_key),
        "certificates": [_text(der) for der in found.certificates],
        "reasons": list(found.reasons),
    }


def _sign(module: Module, arguments: _Arguments, secrets: _Secrets) -> _Answer:
    message, scheme = b64decode(str(arguments["message"])), Scheme(str(arguments["scheme"]))
    return {"signature": _text(signing.sign(module, _id(arguments), message, scheme))}


def _check_scheme(module: Module, arguments: _Arguments, secrets: _Secrets) -> _Answer:
    signing.check_scheme(module, Scheme(str(arguments["scheme"])))
    return {}


def _store(module: Module, arguments: _Arguments, secrets: _Secrets) -> _Answer:
    store(module, _id(arguments), b64decode(str(arguments["certificate"])), str(arguments["label"]))
    return {}


def _leave_receipt(module: Module, arguments: _Arguments, secrets: _Secrets) -> _Answer:
    receipts.leave(module, str(arguments["label"]), b64decode(str(arguments["data"])))
    return {}


def _receipts(module: Module, arguments: _Arguments, secrets: _Secrets) -> _Answer:
    module.finalize()
    found = []
    with module.raw.initialised():
        for slot in module.raw.slots():
            with suppress(ReturnValue):  # one that cannot be read hides no other
                found += receipts.read(module.raw, slot)
    return {"receipts": [_text(one) for one in found]}


def _destroy(module: Module, arguments: _Arguments, secrets: _Secrets) -> _Answer:
    keys.destroy_leftover(module, _id(arguments))
    return {}


def _programs(arguments: _Arguments) -> Mapping[str, str]:
    return cast(Mapping[str, str], arguments["programs"])


def _id(arguments: _Arguments) -> bytes:
    return bytes.fromhex(str(arguments["cka_id"]))


def _text(raw: bytes) -> str:
    return b64encode(raw).decode()


# Named as the methods of the port, and as most of their deadlines in the settings.
ACTS: Mapping[str, Callable[[Module, _Arguments, _Secrets], _Answer]] = {
    "format": _format,
    "set_pin": _set_pin,
    "unblock": _unblock,
    "open": _open,
    "open_at_pad": _open,
    "make_key": _make_key,
    "find": _find,
    "check_scheme": _check_scheme,
    "sign": _sign,
    "store_certificate": _store,
    "leave_receipt": _leave_receipt,
    "receipts": _receipts,
    "destroy_leftover": _destroy,
}
