"""A binding receipt is left on the card for another PC to read."""

from __future__ import annotations

from pathlib import Path

from lgpki_tui.card.client import HostedCard
from lgpki_tui.ground.secret import Secret
from tests.card.backends import Backend
from tests.card.contract.hands import (
    clause,
)
from tests.card.others import objects_of

LABEL_OF_RECEIPT, OTHER_LABEL = "261124-7K3QH", "261125-8M4RJ"
FIRST, SECOND = '{"宛先": "一"}'.encode(), '{"宛先": "二"}'.encode() * 40


@clause("a receipt is left, in place of the one of its label, and read without a PIN")
async def test_left(backend: Backend, card: HostedCard) -> None:
    await backend.opened(card)
    await card.leave_receipt(LABEL_OF_RECEIPT, FIRST)
    assert await backend.card().receipts() == (FIRST,)
    await card.leave_receipt(LABEL_OF_RECEIPT, SECOND)
    await card.leave_receipt(OTHER_LABEL, FIRST)
    assert sorted(await backend.card().receipts()) == sorted((FIRST, SECOND))
    await card.close()
    assert backend.objects().count("Data object") == 2


@clause("a data object of another program is no receipt, and stays")
async def test_of_others(backend: Backend, card: HostedCard, tmp_path: Path) -> None:
    seen = await backend.formatted(card)
    (tmp_path / "data").write_bytes(b"of somebody else")
    for named in ((), ("--application-label", "another")):
        write = ("--write-object", tmp_path / "data", "--type", "data", "--label", LABEL_OF_RECEIPT)
        backend.as_user(*write, *named)
    before = objects_of(backend)
    assert await card.receipts() == ()
    await card.open(seen, Secret(backend.pin))
    for receipt in (FIRST, SECOND):
        await card.leave_receipt(LABEL_OF_RECEIPT, receipt)
    assert await backend.card().receipts() == (SECOND,)
    await card.close()
    after = objects_of(backend)
    assert (before <= after, sum((after - before).values())) == (True, 1)
