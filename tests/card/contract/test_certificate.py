"""A certificate is stored so that every other program finds it."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from lgpki_tui.card.client import HostedCard
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from tests.card.backends import ID, LABEL, Backend, certificate_for
from tests.card.contract.hands import (
    clause,
    initialised,
    stored,
)


@clause("a certificate is stored and read back")
async def test_stored(backend: Backend, card: HostedCard) -> None:
    der = await stored(backend, card)
    assert (await card.find(ID)).certificates == (der,)
    seen = await initialised(card)
    assert [(one.cka_id, one.label, one.der) for one in seen.certificates] == [(ID.hex(), "261124-7K3QH", der)]
    assert backend.objects().count(f"ID:         {ID.hex()}") == 3


@clause("after a store: pkcs11-tool --test --login")
async def test_pkcs11_tool(backend: Backend, card: HostedCard) -> None:
    await stored(backend, card)
    await card.close()
    said = backend.as_user("--test")
    assert "No errors" in said


@clause("after a store: p11tool lists, and signs with --test-sign")
async def test_p11tool(backend: Backend, card: HostedCard) -> None:
    await stored(backend, card)
    token = f"pkcs11:token={quote(LABEL)}"
    listed = backend.p11tool("--list-all-certs", token)
    assert "高島市長" in listed or "261124-7K3QH" in listed
    keys = backend.p11tool("--list-keys", token).splitlines()
    url = next(line.split(None, 1)[1] for line in keys if "URL:" in line)
    assert "type=private" in url
    backend.p11tool("--test-sign", url)


@clause("after a store: ssh-keygen -D finds the key")
async def test_ssh_keygen(backend: Backend, card: HostedCard) -> None:
    await stored(backend, card)
    assert backend.ssh_keygen().startswith("ssh-rsa ")


@clause("the same certificate is not stored twice")
async def test_not_twice(backend: Backend, card: HostedCard) -> None:
    der = await stored(backend, card)
    await card.store_certificate(ID, der, "k")
    assert (await card.find(ID)).certificates == (der,)


@clause("full: nothing is stored, nothing is left, the key still signs")
async def test_full(backend: Backend, card: HostedCard) -> None:
    await backend.opened(card)
    der = certificate_for(await card.make_key(ID, backend.apart.cheapest, "k"))
    backend.apart.fill()
    with pytest.raises(Refusal) as refused:
        await card.store_certificate(ID, der, "k")
    assert refused.value.code in (Code.CARD_FULL, Code.CARD_ERROR)
    assert (await card.find(ID)).certificates == ()
    assert await card.sign(ID, b"message")
    assert "Certificate Object" not in backend.objects()
