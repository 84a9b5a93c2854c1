"""The binding receipt: which PC, login and card a key was made on, signed by that key (docs/contract.md).

It tells another PC or login where to go. Anyone can sign a receipt with a key of their own: it counts only for the
enrolment or certificate that has the same public key. It holds no secret.
"""

from __future__ import annotations

import json
import re
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

import rfc8785

from lgpki_tui.ground.clock import from_rfc3339, rfc3339
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.ground.frozen import dataclass
from lgpki_tui.ground.inert import inert
from lgpki_tui.pki.signatures import Sign, digest, signature_algorithm, verifies
from lgpki_tui.procedure.identity import Login, LoginSource, Machine, Token

PREFIX = b"LGPKI-TUI BINDING v1\n"
MOST_BYTES = 64 * 1024

_SHA256 = re.compile(r"[0-9a-f]{64}")
_HEX = re.compile(r"(?:[0-9a-f]{2}){1,255}")
_Json = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Binding:
    """What a key pair is bound to. Digests and `cka_id` in lower-case hex; `time` is kept in whole seconds UTC."""

    enrolment: str
    machine: Machine
    login: Login
    token: Token
    cka_id: str
    public_key_sha256: str
    csr_sha256: str
    time: datetime


@dataclass(frozen=True, slots=True)
class Receipt:
    """A receipt whose signature holds under its own public key (DER SubjectPublicKeyInfo)."""

    binding: Binding
    public_key: bytes


async def make_receipt(fields: Binding, public_key_der: bytes, sign: Sign) -> bytes:
    """Sign a binding; return the file: one line of canonical JSON (RFC 8785, UTF-8) with its newline.

    The key signs PREFIX + the canonical JSON of the binding. The file is read back and verified before it is returned.
    Raises Refusal(card_lied, reason="receipt_signature"); ValueError when the key is not the one that `fields` names.
    """
    if digest(public_key_der) != fields.public_key_sha256:
        raise ValueError("the binding names another key")
    binding = _to_json(fields)
    signature = await sign(_message(binding))
    outer = {
        "binding": binding,
        "public_key": b64encode(public_key_der).decode(),
        "signature": b64encode(signature).decode(),
        "signature_algorithm": signature_algorithm(public_key_der),
    }
    data = _canonical(outer) + b"\n"
    try:
        read_receipt(data)
    except Refusal:
        raise Refusal(Code.CARD_LIED, reason="receipt_signature") from None
    return data


def read_receipt(data: bytes) -> Receipt:
    """Read and verify a receipt. White space and the order of keys in the file do not matter; its values do.

    Raises Refusal: receipt_unreadable (`reason`: too_large, not_json, fields, value, public_key), receipt_forged
    (`reason`: public_key, signature).
    """
    outer = _load(data)
    _expect(outer, {"binding", "public_key", "signature", "signature_algorithm"})
    binding = _from_json(_table(outer, "binding"))
    public_key, signature = _bytes(outer, "public_key"), _bytes(outer, "signature")
    try:
        algorithm = signature_algorithm(public_key)
    except ValueError:
        raise Refusal(Code.RECEIPT_UNREADABLE, reason="public_key") from None
    if digest(public_key) != binding.public_key_sha256:
        raise Refusal(Code.RECEIPT_FORGED, reason="public_key")
    if _text(outer, "signature_algorithm") != algorithm or not verifies(
        public_key, _message(_table(outer, "binding")), signature
    ):
        raise Refusal(Code.RECEIPT_FORGED, reason="signature")
    return Receipt(binding, public_key)


def is_canonical(data: bytes) -> bool:
    """Whether a receipt that `read_receipt` takes is byte for byte as `make_receipt` writes it: no white space moved,
    no spare bit of its base64 set. Raises Refusal as `read_receipt` does."""
    outer = _load(data)
    values = {key: b64encode(_bytes(outer, key)).decode() for key in ("public_key", "signature")}
    return _canonical({**outer, **values}) + b"\n" == data


def _message(binding: _Json) -> bytes:
    return PREFIX + _canonical(binding)


def _canonical(value: object) -> bytes:
    return rfc8785.dumps(cast(Any, value))  # its recursive type of values is private


def _to_json(fields: Binding) -> _Json:
    return {
        "enrolment": fields.enrolment,
        "machine": fields.machine.id_sha256,
        "host_name": fields.machine.host_name,
        "login": {"uid": fields.login.uid, "name": fields.login.name, "source": fields.login.source.value},
        # Labels come from a driver and may hold anything, even what UTF-8 cannot; they are witnesses only.
        "token": {
            "serial": inert(fields.token.serial),
            "label": inert(fields.token.label),
            "model": inert(fields.token.model),
        },
        "cka_id": fields.cka_id,
        "public_key_sha256": fields.public_key_sha256,
        "csr_sha256": fields.csr_sha256,
        "time": rfc3339(fields.time),
    }


_BINDING_KEYS = {
    "enrolment",
    "machine",
    "host_name",
    "login",
    "token",
    "cka_id",
    "public_key_sha256",
    "csr_sha256",
    "time",
}


def _from_json(binding: _Json) -> Binding:
    _expect(binding, _BINDING_KEYS)
    login, token = _table(binding, "login"), _table(binding, "token")
    _expect(login, {"uid", "name", "source"})
    _expect(token, {"serial", "label", "model"})
    try:
        return Binding(
            enrolment=_text(binding, "enrolment"),
            machine=Machine(_matching(binding, "machine", _SHA256), _text(binding, "host_name")),
            login=Login(_uid(login), _text(login, "name"), LoginSource(_text(login, "source"))),
            token=Token(_text(token, "serial"), _text(token, "label"), _text(token, "model")),
            cka_id=_matching(binding, "cka_id", _HEX),
            public_key_sha256=_matching(binding, "public_key_sha256", _SHA256),
            csr_sha256=_matching(binding, "csr_sha256", _SHA256),
            time=from_rfc3339(_text(binding, "time")),
        )
    except ValueError:  # the source of a login, or a moment
        raise Refusal(Code.RECEIPT_UNREADABLE, reason="value") from None


def _load(data: bytes) -> _Json:
    if len(data) > MOST_BYTES:
        raise Refusal(Code.RECEIPT_UNREADABLE, reason="too_large", size=len(data), limit=MOST_BYTES)
    try:
        found = json.loads(data.decode(), object_pairs_hook=_once, parse_constant=_no_constant)
    except (ValueError, RecursionError):  # not UTF-8, not JSON, a key twice, NaN, nested without end
        raise Refusal(Code.RECEIPT_UNREADABLE, reason="not_json") from None
    if not isinstance(found, dict):
        raise Refusal(Code.RECEIPT_UNREADABLE, reason="not_json")
    return found


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    table = dict(pairs)
    if len(table) != len(pairs):  # which of the two was signed would depend on the reader
        raise ValueError("a key twice")
    return table


def _no_constant(name: str) -> object:
    raise ValueError(name)


def _expect(table: _Json, keys: set[str]) -> None:
    if set(table) != keys:
        missing, unknown = sorted(keys - set(table)), sorted(inert(key) for key in set(table) - keys)
        raise Refusal(Code.RECEIPT_UNREADABLE, reason="fields", missing=missing, unknown=unknown)


def _value_refusal(key: str) -> Refusal:
    return Refusal(Code.RECEIPT_UNREADABLE, reason="value", key=key)


def _table(table: _Json, key: str) -> _Json:
    found = table[key]
    if not isinstance(found, dict):
        raise _value_refusal(key)
    return found


def _text(table: _Json, key: str) -> str:
    found = table[key]
    if not isinstance(found, str):
        raise _value_refusal(key)
    try:
        found.encode()
    except UnicodeEncodeError:  # a lone surrogate; canonical JSON cannot hold it
        raise _value_refusal(key) from None
    return found


def _matching(table: _Json, key: str, form: re.Pattern[str]) -> str:
    found = _text(table, key)
    if not form.fullmatch(found):
        raise _value_refusal(key)
    return found


def _uid(table: _Json) -> int:
    found = table["uid"]
    if not isinstance(found, int) or isinstance(found, bool) or not 0 <= found < 2**32:
        raise _value_refusal("uid")
    return found


def _bytes(table: _Json, key: str) -> bytes:
    try:
        return b64decode(_text(table, key), validate=True)
    except (NotBase64, ValueError):
        raise _value_refusal(key) from None
