"""What the virtual card in its reader shows beyond the contract: a format that broke off, a card that is pulled at
work, and what OpenSC's own programs find on it."""

from __future__ import annotations

import pytest

from lgpki_tui.card.port import PinState
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.ground.secret import Secret
from lgpki_tui.rehearsal.readers import Readers
from tests.card.backends import ID, LABEL, Backend, certificate_for
from tests.card.others import objects_of
from tests.card.tokens.virtual import run, tell, wait_until_out

OTHER = bytes.fromhex("a1a2a3a4")
# INS of ACTIVATE FILE, by which the card's files are put in operation, and of GENERATE ASYMMETRIC KEY PAIR
# (ISO/IEC 7816-9, 7816-8).
_ACTIVATE, _GENERATE = "44", "46"
_CREATE = ("--create-pkcs15", "--so-pin", "env:OTHER_SO", "--so-puk", "env:OTHER_SO", "--label", "broken off")
_STORE_PIN = (
    *("--store-pin", "--auth-id", "01", "--label", "PIN", "--so-pin", "env:OTHER_SO"),
    *("--pin", "env:OTHER_PIN", "--puk", "env:OTHER_SO"),
)


@pytest.mark.parametrize("steps", [(_CREATE,), (_CREATE, _STORE_PIN)], ids=["no-pin-yet", "not-finalized"])
async def test_a_card_that_another_program_left_unfinished(
    virtual: Backend, steps: tuple[tuple[str, ...], ...]
) -> None:
    """Any PIN would be right. It is formatted anew, by any SO PIN."""
    for step in steps:
        pins = {"OTHER_SO": "11112222", "OTHER_PIN": "33334444"}
        run(virtual.environment, "pkcs15-init", *step, pins=pins)
    card = virtual.card()
    (seen,) = await card.look()
    assert (seen.unfinished, seen.pin) == (True, PinState.NOT_SET)
    after = await virtual.format(card, seen)
    assert (after.unfinished, after.pin, after.token.label) == (False, PinState.OK, LABEL)
    with pytest.raises(Refusal) as refused:
        await card.open(after, Secret("33334444"))
    assert refused.value.code is Code.PIN_WRONG
    await card.open(after, Secret(virtual.pin))


@pytest.mark.parametrize(
    ("line", "unfinished", "pin"),
    [(f"pull-at 1 {_ACTIVATE}", True, PinState.NOT_SET), (f"pull-after 1 {_ACTIVATE}", False, PinState.OK)],
)
async def test_a_format_that_is_pulled_at_its_last_step(
    virtual: Backend, readers: Readers, line: str, unfinished: bool, pin: PinState
) -> None:
    card = virtual.card()
    tell(readers, line)
    with pytest.raises(Refusal) as refused:
        await virtual.formatted(card)
    assert refused.value.code is Code.CARD_REMOVED
    tell(readers, "insert")
    (seen,) = await card.look()
    assert (seen.unfinished, seen.pin) == (unfinished, pin)
    await card.open(await virtual.format(card, seen), Secret(virtual.pin))


@pytest.mark.parametrize("line", [f"pull-at 1 {_GENERATE}", f"pull-after 1 {_GENERATE}"])
async def test_a_card_that_is_pulled_while_it_makes_a_key(virtual: Backend, readers: Readers, line: str) -> None:
    """Nothing that was there is hurt; the new key is there whole, or not at all and can be made."""
    card = virtual.card()
    seen = await virtual.opened(card)
    public_key = await card.make_key(ID, virtual.apart.cheapest, "k")
    await card.store_certificate(ID, certificate_for(public_key), "k")
    await card.leave_receipt("261124-7K3QH", b"{}")
    before = objects_of(virtual)
    await card.open(seen, Secret(virtual.pin))
    tell(readers, line)
    with pytest.raises(Refusal) as refused:
        await card.make_key(OTHER, virtual.apart.cheapest, "other")
    assert refused.value.code is Code.CARD_REMOVED
    wait_until_out(readers)
    assert await card.look() == ()
    tell(readers, "insert")
    assert before <= objects_of(virtual)
    await card.open(seen, Secret(virtual.pin))
    assert (await card.find(ID)).public_key == public_key
    assert await card.sign(ID, b"message")
    assert (await card.find(OTHER)).private_keys == 0
    await card.destroy_leftover(OTHER)
    assert await card.make_key(OTHER, virtual.apart.cheapest, "other")
    assert await card.sign(OTHER, b"message")


async def test_what_opensc_itself_finds_on_the_card(virtual: Backend) -> None:
    card = virtual.card()
    await virtual.opened(card)
    await card.store_certificate(ID, certificate_for(await card.make_key(ID, virtual.apart.cheapest, "k")), "k")
    await card.leave_receipt("261124-7K3QH", b"{}")
    await card.close()
    said = run(virtual.environment, "pkcs15-tool", "--dump")
    assert f"PKCS#15 Card [{LABEL}]:" in said
    for kind in ("Private EC Key [k]", "Public EC Key [k]", "X.509 Certificate [k]"):
        assert ID.hex() in said.partition(kind)[2].partition("\n\n")[0]
    assert "applicationName: lgpki-tui" in said.partition("Data object '261124-7K3QH'")[2]


async def test_a_locked_pin_and_a_wrong_puk_are_told_by_their_tries(virtual: Backend) -> None:
    """The PUK has a counter of its own, and so has the SO PIN of the format."""
    card = virtual.card()
    seen = await virtual.formatted(card)
    for wrong in ("1111", "2222", "3333"):
        with pytest.raises(Refusal):
            await card.open(seen, Secret(wrong))
    for number, wrong in enumerate(("4444", "5555"), 1):
        with pytest.raises(Refusal) as refused:
            await card.unblock(seen, Secret(wrong), Secret("6666"))
        assert refused.value.code is Code.PIN_WRONG
        assert refused.value.facts["said"] == f"PUK code incorrect; tries left: {10 - number}"
    assert (await card.look())[0].pin is PinState.LOCKED
    await card.unblock(seen, Secret(virtual.so_pin), Secret("6666"))
    await card.open(seen, Secret("6666"))
