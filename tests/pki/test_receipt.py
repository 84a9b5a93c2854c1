"""The binding receipt: canonical, signed by the key it names, accepted by openssl, and not to be bent."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import rfc8785

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.pki.receipt import MOST_BYTES, PREFIX, Binding, make_receipt, read_receipt
from lgpki_tui.pki.signatures import digest
from lgpki_tui.procedure.identity import Token
from tests.pki.makers import Key, ec_key, openssl, rsa_key, signer, spki
from tests.samples import CKA_ID, LOGIN, MACHINE, NOW, NUMBER, TOKEN

Json = dict[str, Any]


def _binding(key: Key) -> Binding:
    return Binding(
        enrolment=NUMBER,
        machine=MACHINE,
        login=LOGIN,
        token=TOKEN,
        cka_id=CKA_ID,
        public_key_sha256=digest(spki(key)),
        csr_sha256="ef" * 32,
        time=NOW,
    )


async def _receipt(key: Key) -> bytes:
    return await make_receipt(_binding(key), spki(key), signer(key))


@pytest.mark.parametrize("kind", ["ec", "rsa"])
async def test_openssl_verifies_it(tmp_path: Path, kind: str) -> None:
    key = ec_key() if kind == "ec" else rsa_key()
    outer = json.loads(await _receipt(key))
    (tmp_path / "key").write_bytes(b64decode(outer["public_key"]))
    (tmp_path / "signature").write_bytes(b64decode(outer["signature"]))
    # As another program would build the line: sorted keys, no spaces, UTF-8 (no numbers beyond integers are in it).
    text = json.dumps(outer["binding"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    files = ("-verify", tmp_path / "key", "-keyform", "DER", "-signature", tmp_path / "signature")
    message = b"LGPKI-TUI BINDING v1\n" + text.encode()
    assert openssl("dgst", "-sha256", *files, stdin=message).returncode == 0
    assert openssl("dgst", "-sha256", *files, stdin=message + b" ").returncode != 0
    assert outer["signature_algorithm"] == {"ec": "ecdsa-with-SHA256", "rsa": "sha256WithRSAEncryption"}[kind]


async def test_it_is_read_back_as_it_was_bound() -> None:
    key = ec_key()
    data = await _receipt(key)
    assert data == rfc8785.dumps(json.loads(data)) + b"\n"
    receipt = read_receipt(data)
    assert receipt.binding == _binding(key)
    assert receipt.public_key == spki(key)


async def test_an_editor_may_have_touched_its_white_space() -> None:
    data = await _receipt(ec_key())
    assert read_receipt(json.dumps(json.loads(data), indent=2).encode()) == read_receipt(data)


async def test_what_a_driver_says_is_made_inert() -> None:
    key = ec_key()
    odd = replace(_binding(key), token=Token("\x00\udc80", "カード\u202e", "m"))
    receipt = read_receipt(await make_receipt(odd, spki(key), signer(key)))
    assert receipt.binding.token == Token(r"\u0000\udc80", r"カード\u202e", "m")


async def test_a_signature_of_another_key_is_a_lie() -> None:
    key = ec_key()
    with pytest.raises(Refusal) as refused:
        await make_receipt(_binding(key), spki(key), signer(ec_key()))
    assert refused.value.code is Code.CARD_LIED
    with pytest.raises(ValueError, match="another key"):
        await make_receipt(_binding(key), spki(ec_key()), signer(key))


def _bend(place: tuple[str, ...], value: object) -> Callable[[Json], None]:
    def bend(outer: Json) -> None:
        table = outer
        for key in place[:-1]:
            table = table[key]
        table[place[-1]] = value

    return bend


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("binding", "enrolment"), "261124-0000X"),
        (("binding", "machine"), "00" * 32),
        (("binding", "host_name"), "office-02"),
        (("binding", "login", "uid"), 0),
        (("binding", "login", "name"), "other"),
        (("binding", "token", "serial"), "0"),
        (("binding", "cka_id"), "ff"),
        (("binding", "csr_sha256"), "00" * 32),
        (("binding", "public_key_sha256"), "00" * 32),
        (("binding", "time"), "2026-11-24T03:00:01Z"),
        (("binding", "time"), "2026-11-24T12:00:00+09:00"),  # the same moment, other bytes
        (("signature",), b64encode(b"\x00" * 64).decode()),
        (("signature_algorithm",), "sha256WithRSAEncryption"),
    ],
)
async def test_every_bent_value_is_a_forgery(place: tuple[str, ...], value: object) -> None:
    outer = json.loads(await _receipt(ec_key()))
    _bend(place, value)(outer)
    with pytest.raises(Refusal) as refused:
        read_receipt(json.dumps(outer).encode())
    assert refused.value.code is Code.RECEIPT_FORGED


async def test_the_key_of_another_is_a_forgery() -> None:
    outer = json.loads(await _receipt(ec_key()))
    outer["public_key"] = b64encode(spki(ec_key())).decode()
    with pytest.raises(Refusal) as refused:
        read_receipt(json.dumps(outer).encode())
    assert refused.value.code is Code.RECEIPT_FORGED
    assert refused.value.facts == {"reason": "public_key"}


@pytest.mark.parametrize(
    ("place", "value", "reason"),
    [
        (("extra",), 1, "fields"),
        (("binding", "extra"), 1, "fields"),
        (("binding", "token", "pin"), "1", "fields"),
        (("binding",), [], "value"),
        (("binding", "login"), "x", "value"),
        (("binding", "login", "uid"), "1001", "value"),
        (("binding", "login", "uid"), True, "value"),
        (("binding", "login", "uid"), 1001.0, "value"),
        (("binding", "login", "uid"), -1, "value"),
        (("binding", "login", "uid"), 2**64, "value"),
        (("binding", "login", "source"), "guess", "value"),
        (("binding", "machine"), "AB" * 32, "value"),
        (("binding", "cka_id"), "0", "value"),
        (("binding", "time"), "2026-11-24", "value"),
        (("binding", "time"), "yesterday", "value"),
        (("binding", "host_name"), "\ud800", "value"),
        (("binding", "host_name"), None, "value"),
        (("public_key",), "!", "value"),
        (("public_key",), "AAAA", "public_key"),
        (("signature",), 5, "value"),
        (("signature_algorithm",), 5, "value"),
    ],
)
async def test_what_is_not_of_its_form_is_unreadable(place: tuple[str, ...], value: object, reason: str) -> None:
    outer = json.loads(await _receipt(ec_key()))
    _bend(place, value)(outer)
    with pytest.raises(Refusal) as refused:
        read_receipt(json.dumps(outer).encode())
    assert refused.value.code is Code.RECEIPT_UNREADABLE
    assert refused.value.facts["reason"] == reason


async def test_a_missing_field_is_named() -> None:
    outer = json.loads(await _receipt(ec_key()))
    del outer["binding"]["login"]
    with pytest.raises(Refusal) as refused:
        read_receipt(json.dumps(outer).encode())
    assert refused.value.facts == {"reason": "fields", "missing": ["login"], "unknown": []}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"text",
        b"[]",
        b"null",
        b'{"a":NaN}',
        b"\xff\xfe{",
        b"[" * 60_000,
        b'{"a":' * 12_000,
        b"1" * 60_000,
        b'{"binding":{},"binding":{},"public_key":"","signature":"","signature_algorithm":""}',
    ],
    ids=[str(number) for number in range(10)],
)
def test_what_is_no_json_object_is_unreadable(data: bytes) -> None:
    with pytest.raises(Refusal) as refused:
        read_receipt(data)
    assert refused.value.code is Code.RECEIPT_UNREADABLE
    assert refused.value.facts["reason"] == "not_json"


def test_a_large_file_is_unreadable_at_once() -> None:
    with pytest.raises(Refusal) as refused:
        read_receipt(b" " * 10_000_000)
    assert refused.value.facts == {"reason": "too_large", "size": 10_000_000, "limit": MOST_BYTES}
    assert PREFIX == b"LGPKI-TUI BINDING v1\n"
