"""The traps of real drivers and of python-pkcs11, each as it was measured, played by SoftHSM or by a lying module."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from lgpki_tui.card.client import HostedCard
from lgpki_tui.card.port import PinState
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.ground.secret import Secret
from lgpki_tui.procedure.identity import Token
from lgpki_tui.subject.algorithm import Algorithm
from tests.card.backends import ID, Backend
from tests.card.shim import Order, Shim

EC = Algorithm.EC_P256
CKF_FINAL_TRY, CKF_LOCKED, CKF_PIN_SET = "20000", "40000", "8"


async def test_the_session_of_a_failed_login_does_not_block_a_format(backend: Backend, card: HostedCard) -> None:
    """python-pkcs11 loses it; C_InitToken then said CKR_SESSION_EXISTS."""
    seen = await backend.formatted(card)
    with pytest.raises(Refusal):
        await card.open(seen, Secret("9999"))
    assert (await card.format(seen, "after", Secret(backend.so_pin), Secret("1234"))).label == "after"


async def test_an_open_session_does_not_block_a_format_or_a_change(backend: Backend, card: HostedCard) -> None:
    seen = await backend.opened(card)
    await card.set_pin(seen, Secret(backend.pin), Secret("5678"))
    await card.open(seen, Secret("5678"))
    await card.open(seen, Secret("5678"))
    assert (await card.format(seen, "after", Secret(backend.so_pin), Secret("1234"))).serial == seen.token.serial


async def test_a_token_that_another_process_made_is_seen(backend: Backend, card: HostedCard) -> None:
    """SoftHSM does not see it until it is initialised anew; the slot's id is another one then."""
    (before,) = await card.look()
    seen = await backend.formatted(backend.card())
    assert seen in await card.look()
    assert seen.reader != before.reader
    await card.open(seen, Secret(backend.pin))


async def test_two_tokens_are_told_apart_by_serial_and_label(backend: Backend, card: HostedCard) -> None:
    first = await backend.formatted(card, "same")
    second = await backend.formatted(card, "same")
    assert first.token.serial != second.token.serial
    for seen in (first, second):
        await card.open(seen, Secret(backend.pin))
        await card.make_key(ID, EC, seen.token.serial)
    keys = {one.token: one.keys for one in await card.look() if one.initialised}
    assert [key.label for key in keys[first.token]] == [first.token.serial]
    assert [key.label for key in keys[second.token]] == [second.token.serial]


async def test_cards_of_one_name_are_never_guessed_between(shimmed: Backend, shim: Shim) -> None:
    """tpm2-pkcs11 calls every token 0000000000000000, opencryptoki 123; OpenSC's blank cards have no name at all."""
    card = shimmed.card()
    await shimmed.formatted(card)
    shim.order(Order("C_GetTokenInfo", "before", "ckr", "e1"))
    nameless, other = await card.look()
    assert nameless.token == other.token == Token("", "", "")
    with pytest.raises(Refusal) as refused:
        await card.open(replace(nameless, reader="another reader"), Secret(shimmed.pin))
    assert refused.value.code is Code.CARD_AMBIGUOUS


async def test_a_pulled_card_is_gone_although_the_driver_still_names_it(shimmed: Backend, shim: Shim) -> None:
    """C_GetTokenInfo went on answering for it; only C_GetSlotList with tokenPresent told."""
    card = shimmed.card()
    seen = await shimmed.formatted(card)
    shim.order(Order("C_GetSlotList", "after", "lie", "empty"))
    assert await card.look() == ()
    with pytest.raises(Refusal) as refused:
        await card.open(seen, Secret(shimmed.pin))
    assert refused.value.code is Code.CARD_ABSENT


async def test_a_card_pulled_under_an_open_session(shimmed: Backend, shim: Shim) -> None:
    card = shimmed.card()
    seen = await shimmed.opened(card)
    await card.make_key(ID, EC, "k")
    shim.order(Order("C_SignInit", "before", "ckr", "32"))
    with pytest.raises(Refusal) as refused:
        await card.sign(ID, b"x")
    assert (refused.value.code, refused.value.facts["ckr"]) == (Code.CARD_REMOVED, "CKR_DEVICE_REMOVED")
    shim.clear()
    await card.open(seen, Secret(shimmed.pin))
    assert await card.sign(ID, b"x")


async def test_a_blank_card_that_the_driver_does_not_recognise(shimmed: Backend, shim: Shim) -> None:
    """OpenSC answers CKR_TOKEN_NOT_RECOGNIZED for it."""
    shim.order(Order("C_GetTokenInfo", "before", "ckr", "e1"))
    (seen,) = await shimmed.card().look()
    assert (seen.token, seen.initialised) == (Token("", "", ""), False)
    assert seen.reader.startswith("SoftHSM slot")


@pytest.mark.parametrize(
    ("order", "state"),
    [
        (Order("C_GetTokenInfo", "after", "lie", f"flags={CKF_FINAL_TRY}"), PinState.FINAL_TRY),
        (Order("C_GetTokenInfo", "after", "lie", f"flags={CKF_LOCKED}"), PinState.LOCKED),
        (Order("C_GetTokenInfo", "after", "lie", f"without={CKF_PIN_SET}"), PinState.NOT_SET),
    ],
)
async def test_what_the_flags_tell_of_the_pin(shimmed: Backend, shim: Shim, order: Order, state: PinState) -> None:
    card = shimmed.card()
    await shimmed.formatted(card)
    shim.order(order)
    assert next(seen.pin for seen in await card.look() if seen.initialised) is state


async def test_the_last_wrong_pin_is_told_as_locked(shimmed: Backend, shim: Shim) -> None:
    card = shimmed.card()
    seen = await shimmed.formatted(card)
    shim.order(Order("C_GetTokenInfo", "after", "lie", f"flags={CKF_LOCKED}"))
    with pytest.raises(Refusal) as refused:
        await card.open(seen, Secret("9999"))
    assert refused.value.code is Code.PIN_LOCKED
    with pytest.raises(Refusal) as refused:
        await card.open(seen, Secret("9999"))
    assert refused.value.code is Code.PIN_ALREADY_REFUSED


async def test_a_refused_pin_is_not_even_sent_after_the_process_was_replaced(shimmed: Backend, shim: Shim) -> None:
    card = shimmed.card()
    seen = await shimmed.formatted(card)
    shim.forget()
    for _ in range(3):
        with pytest.raises(Refusal):
            await card.open(seen, Secret("9999"))
        await card.close()
    assert shim.calls()["C_Login"] == 1


async def test_a_wrong_pin_costs_one_try_when_it_is_changed(shimmed: Backend, shim: Shim) -> None:
    card = shimmed.card()
    seen = await shimmed.formatted(card)
    shim.forget()
    for _ in range(2):
        with pytest.raises(Refusal):
            await card.set_pin(seen, Secret("9999"), Secret("1234"))
    assert shim.calls()["C_SetPIN"] == 1
    assert shim.calls()["C_Login"] == 0


async def test_an_answer_of_another_application_holding_the_card(shimmed: Backend, shim: Shim) -> None:
    card = shimmed.card()
    seen = await shimmed.formatted(card)
    shim.order(Order("C_OpenSession", "before", "ckr", "b1"))
    with pytest.raises(Refusal) as refused:
        await card.open(seen, Secret(shimmed.pin))
    assert refused.value.code is Code.CARD_IN_USE


async def test_a_format_that_breaks_off_leaves_a_card_without_a_pin(shimmed: Backend, shim: Shim) -> None:
    card = shimmed.card()
    shim.order(Order("C_InitPIN", "before", "ckr", "30"))
    with pytest.raises(Refusal) as refused:
        await shimmed.formatted(card)
    assert refused.value.code is Code.CARD_ERROR
    shim.clear()
    seen = next(one for one in await card.look() if one.initialised)
    assert seen.pin is PinState.NOT_SET
    await card.open(await shimmed.format(card, seen, "again"), Secret(shimmed.pin))


async def test_a_format_that_did_nothing_is_a_lie(shimmed: Backend, shim: Shim) -> None:
    card = shimmed.card()
    seen = await shimmed.formatted(card)
    shim.order(Order("C_InitToken", "before", "ckr", "0"))
    with pytest.raises(Refusal) as refused:
        await card.format(seen, "another", Secret(shimmed.so_pin), Secret(shimmed.pin))
    assert (refused.value.code, refused.value.facts["reasons"]) == (Code.CARD_LIED, ["label"])


async def test_a_module_that_cannot_be_used(backend: Backend, tmp_path: Path, shim: Shim) -> None:
    text = tmp_path / "text.so"
    text.write_text("no module")
    cases = (
        (tmp_path / "absent.so", Code.MODULE_MISSING),
        (Path("relative.so"), Code.MODULE_MISSING),
        (text, Code.MODULE_BROKEN),
        (Path("/lib/x86_64-linux-gnu/libc.so.6"), Code.MODULE_BROKEN),
    )
    for module, code in cases:
        with pytest.raises(Refusal) as refused:
            await backend.through(module).card().look()
        assert refused.value.code is code
        assert refused.value.facts["module"] == str(module)
    shim.order(Order("C_Initialize", "before", "ckr", "5"))
    with pytest.raises(Refusal) as refused:
        await backend.through(shim.module).card().look()
    assert (refused.value.code, refused.value.facts["reason"]) == (Code.MODULE_BROKEN, "C_Initialize")


async def test_acts_come_one_after_another(backend: Backend, card: HostedCard) -> None:
    await backend.opened(card)
    made = await asyncio.gather(*(card.make_key(bytes([n]) * 8, EC, "k") for n in range(1, 5)), card.look())
    assert len(set(made[:4])) == 4
