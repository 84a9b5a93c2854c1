"""The possession challenge: its bytes, and that only the certificate's key answers it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from lgpki_tui.pki.possession import challenge, verify
from tests.pki.makers import Key, ec_key, make, openssl, rsa_key, signer, spki
from tests.samples import CERTIFICATE, NUMBER

RANDOM = bytes(range(32))
MESSAGE = challenge(NUMBER, CERTIFICATE, RANDOM)


def test_the_message_is_that_of_the_contract() -> None:
    assert b"LGPKI-TUI POSSESSION v1\n" + NUMBER.encode() + bytes.fromhex(CERTIFICATE) + RANDOM == MESSAGE
    assert len(MESSAGE) == 100


@pytest.mark.parametrize(
    ("number", "sha256", "random"),
    [
        (NUMBER[:-1], CERTIFICATE, RANDOM),
        (NUMBER + "\n", CERTIFICATE, RANDOM),
        (NUMBER, CERTIFICATE[:-2], RANDOM),
        (NUMBER, "", RANDOM),
        (NUMBER, CERTIFICATE, RANDOM[:-1]),
        (NUMBER, CERTIFICATE, b""),
    ],
    ids=["number cut", "number with a newline", "digest cut", "no digest", "random cut", "no random"],
)
def test_parts_of_another_length_are_a_mistake(number: str, sha256: str, random: bytes) -> None:
    with pytest.raises(ValueError, match="32 random bytes"):
        challenge(number, sha256, random)


@pytest.mark.parametrize("kind", ["ec", "rsa"])
async def test_only_the_certified_key_answers(tmp_path: Path, kind: str) -> None:
    key, other = (ec_key(), ec_key()) if kind == "ec" else (rsa_key(), rsa_key())
    signature = await signer(key)(MESSAGE)
    certificate = make("高島市長", key=key)
    for der in (certificate.der, spki(key)):
        assert verify(der, MESSAGE, signature)
        assert not verify(der, MESSAGE[:-1] + b"\x00", signature)
        assert not verify(der, MESSAGE, signature[:-1])
        assert not verify(der, MESSAGE, b"")
        assert not verify(der, MESSAGE, os.urandom(len(signature)))
    assert not verify(make("高島市長", key=other).der, MESSAGE, signature)
    assert not verify(spki(other), MESSAGE, signature)
    assert _openssl_agrees(tmp_path, key, signature)


def test_what_is_no_key_answers_nothing() -> None:
    for der in (b"", b"\x30\x00", make("x").der[:-3], b"text"):
        assert not verify(der, MESSAGE, b"\x00" * 64)


def _openssl_agrees(folder: Path, key: Key, signature: bytes) -> bool:
    (folder / "key").write_bytes(spki(key))
    (folder / "signature").write_bytes(signature)
    files = ("-verify", folder / "key", "-keyform", "DER", "-signature", folder / "signature")
    return openssl("dgst", "-sha256", *files, stdin=MESSAGE).returncode == 0
