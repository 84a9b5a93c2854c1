"""Key pairs are made inside, sign, and are destroyed only by halves."""

from __future__ import annotations

from pathlib import Path

import pytest

from lgpki_tui.card.client import HostedCard
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.ground.secret import Secret
from lgpki_tui.subject.algorithm import Algorithm, Scheme
from tests.card.backends import ID, PSS, Backend, openssl_verifies
from tests.card.contract.hands import (
    clause,
)


@pytest.mark.parametrize(
    "algorithm", [pytest.param(one, marks=clause(f"{one.value}: made inside, signs, stays")) for one in Algorithm]
)
async def test_made(backend: Backend, card: HostedCard, algorithm: Algorithm, tmp_path: Path) -> None:
    await backend.opened(card)
    public_key = await card.make_key(ID, algorithm, "261124-7K3QH")
    found = await card.find(ID)
    assert (found.private_keys, found.public_key, found.certificates) == (1, public_key, ())
    assert found.reasons == ()
    message = "職責証明書".encode() * 100
    assert openssl_verifies(tmp_path, public_key, message, await card.sign(ID, message))
    objects = backend.objects()
    assert objects.count(f"ID:         {ID.hex()}") == 2
    assert f"Access:     {backend.apart.access}\n" in objects
    assert "Usage:      sign\n" in objects


@clause("rsassa-pss: promised before the key is made, then kept")
async def test_pss(backend: Backend, card: HostedCard, tmp_path: Path) -> None:
    await backend.opened(card)
    await card.check_scheme(Algorithm.RSA_2048, Scheme.PSS)
    public_key = await card.make_key(ID, Algorithm.RSA_2048, "261124-7K3QH")
    message = "職責証明書".encode() * 100
    signature = await card.sign(ID, message, Scheme.PSS)
    assert openssl_verifies(tmp_path, public_key, message, signature, PSS)
    assert not openssl_verifies(tmp_path, public_key, message, signature)
    await card.check_scheme(Algorithm.RSA_2048, Scheme.PKCS1_V15)
    assert openssl_verifies(tmp_path, public_key, message, await card.sign(ID, message))


@clause("no second key under a CKA_ID")
async def test_no_second(backend: Backend, card: HostedCard) -> None:
    await backend.opened(card)
    public_key = await card.make_key(ID, backend.apart.cheapest, "k")
    with pytest.raises(Refusal) as refused:
        await card.make_key(ID, backend.apart.cheapest, "k")
    assert refused.value.code is Code.CARD_KEY_AMBIGUOUS
    assert (await card.find(ID)).public_key == public_key


@clause("nothing without a login")
async def test_no_login(backend: Backend, card: HostedCard) -> None:
    await backend.formatted(card)
    for act in (
        card.make_key(ID, backend.apart.cheapest, "k"),
        card.find(ID),
        card.sign(ID, b""),
        card.check_scheme(Algorithm.RSA_2048, Scheme.PSS),
        card.destroy_leftover(ID),
    ):
        with pytest.raises(Refusal) as refused:
            await act
        assert refused.value.code is Code.CARD_ERROR
        assert refused.value.facts["reason"] == "not_logged_in"


@clause("a whole pair is never destroyed")
async def test_whole_pair(backend: Backend, card: HostedCard) -> None:
    await backend.opened(card)
    await card.make_key(ID, backend.apart.cheapest, "k")
    with pytest.raises(Refusal) as refused:
        await card.destroy_leftover(ID)
    assert (refused.value.code, refused.value.facts["reason"]) == (Code.CARD_ERROR, "pair_whole")
    assert (await card.find(ID)).private_keys == 1


@pytest.mark.parametrize(
    ("gone", "left"),
    [
        pytest.param("pubkey", "Private Key", marks=clause("a private key alone is destroyed")),
        pytest.param("privkey", "Public Key", marks=clause("a public key alone is destroyed")),
    ],
)
async def test_half_a_pair(backend: Backend, card: HostedCard, gone: str, left: str) -> None:
    seen = await backend.opened(card)
    await card.make_key(ID, backend.apart.cheapest, "k")
    backend.as_user("--delete-object", "--type", gone, "--id", ID.hex())
    assert left in backend.objects()
    await card.open(seen, Secret(backend.pin))
    await card.destroy_leftover(ID)
    await card.destroy_leftover(ID)
    assert ID.hex() not in backend.objects()


@clause("close ends the session and may come twice")
async def test_close(backend: Backend, card: HostedCard) -> None:
    await backend.opened(card)
    await card.close()
    await card.close()
    with pytest.raises(Refusal) as refused:
        await card.find(ID)
    assert refused.value.facts["reason"] == "not_logged_in"
