"""Inside the card's process: takes requests from the pipe, has the module do them, and answers."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import cast

from pkcs11 import PKCS11Error

from lgpki_tui.card import keys, wire
from lgpki_tui.card.certificates import store
from lgpki_tui.card.errors import ReturnValue, refusal_of
from lgpki_tui.card.formatting import format_token
from lgpki_tui.card.looking import look
from lgpki_tui.card.module import Module
from lgpki_tui.card.seen import to_json, token_from_json, token_to_json
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.subject.algorithm import Algorithm

_Arguments = Mapping[str, object]
_Secrets = Sequence[bytes]
_Answer = Mapping[str, object]
_MOST_SECRETS = 2


def serve(path: str, requests: int, answers: int) -> None:
    """Load the module, say so, and answer requests until the pipe ends or holds what is no request."""
    try:
        module = Module(path)
    except Refusal as refusal:
        wire.write_frame(answers, _refused(refusal))
        return
    wire.write_frame(answers, wire.pack_json({"ready": True}))
    try:
        while (request := _receive(requests)) is not None:
            wire.write_frame(answers, _perform(module, *request))
    except (wire.Garbled, BrokenPipeError):
        return
    finally:
        module.logout()
        module.finalize()


def _receive(requests: int) -> tuple[str, _Arguments, _Secrets] | None:
    """One request and the secrets that follow it; None at the end."""
    frame = wire.read_frame(requests)
    if frame is None:
        return None
    message = wire.unpack_json(frame[1])
    count = message["secrets"]
    if not isinstance(count, int) or not 0 <= count <= _MOST_SECRETS:
        raise wire.Garbled
    secrets = []
    for _ in range(count):
        frame = wire.read_frame(requests)
        if frame is None or frame[0] is not wire.Kind.SECRET:
            raise wire.Garbled
        secrets.append(frame[1])
    return str(message["act"]), cast(_Arguments, message["arguments"]), secrets


def _perform(module: Module, act: str, arguments: _Arguments, secrets: _Secrets) -> bytearray:
    """The answer. Of an error only its code, type and place are told: its text could hold a PIN."""
    try:
        return wire.pack_json({"done": _ACTS[act](module, arguments, secrets)})
    except Refusal as refusal:
        return _refused(refusal)
    except (PKCS11Error, ReturnValue) as error:
        return _refused(refusal_of(error, act=act))
    except Exception as error:
        return _refused(Refusal(Code.INTERNAL_ERROR, act=act, error=type(error).__name__, where=_place(error)))


def _refused(refusal: Refusal) -> bytearray:
    return wire.pack_json({"refusal": refusal.code.value, "facts": refusal.facts})


def _place(error: BaseException) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return "" if trace is None else f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"


def _look(module: Module, arguments: _Arguments, secrets: _Secrets) -> _Answer:
    return {"cards": [to_json(card) for card in look(module)]}


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
_ACTS: Mapping[str, Callable[[Module, _Arguments, _Secrets], _Answer]] = {
    "look": _look,
    "format": _format,
    "set_pin": _set_pin,
    "open": _open,
    "make_key": _make_key,
    "find": _find,
    "sign": _sign,
    "store_certificate": _store,
    "destroy_leftover": _destroy,
}
