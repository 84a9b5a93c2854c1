"""What other programs put on the card stays as it is."""

from __future__ import annotations

from pathlib import Path

from lgpki_tui.card.client import HostedCard
from lgpki_tui.ground.secret import Secret
from tests.card.backends import ID, Backend
from tests.card.contract.hands import (
    clause,
    initialised,
    whole_use,
)
from tests.card.others import objects_of, put_by_others

OTHER = bytes.fromhex("a1a2a3a4")


@clause("what others put there is seen and untouched")
async def test_foreign(backend: Backend, card: HostedCard, tmp_path: Path) -> None:
    seen = await backend.formatted(card)
    before = put_by_others(backend, tmp_path, "--id", OTHER.hex())
    await whole_use(backend, card, seen)
    assert before <= objects_of(backend)
    after = await initialised(card)
    assert {key.cka_id for key in after.keys} == {ID.hex(), OTHER.hex()}
    assert {one.cka_id for one in after.certificates} == {ID.hex(), OTHER.hex()}
    await card.open(seen, Secret(backend.pin))  # the login of another program has ended ours, on some cards
    assert len((await card.find(OTHER)).certificates) == 1


@clause("a key and a certificate without CKA_ID are seen and untouched")
async def test_without_id(backend: Backend, card: HostedCard, tmp_path: Path) -> None:
    await backend.formatted(card)
    before = put_by_others(backend, tmp_path)
    seen = await initialised(card)
    assert seen.keys
    assert seen.certificates
    await whole_use(backend, card, seen)
    assert before <= objects_of(backend)
    after = await initialised(card)
    assert [key.cka_id for key in after.keys if key not in seen.keys] == [ID.hex()]
    assert [one.cka_id for one in after.certificates if one not in seen.certificates] == [ID.hex()]
    assert set(seen.keys) <= set(after.keys)
    await card.open(seen, Secret(backend.pin))
    found = await card.find(ID)
    assert (found.private_keys, len(found.certificates)) == (1, 1)
