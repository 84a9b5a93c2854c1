"""What is read back of a key pair and of a certificate, when a driver says one thing and does another."""

from __future__ import annotations

import pytest

from lgpki_tui.card.client import HostedCard
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.ground.secret import Secret
from lgpki_tui.procedure.identity import Token
from lgpki_tui.subject.algorithm import Algorithm
from tests.card.backends import ID, Backend, certificate_for
from tests.card.shim import SOFTHSM, Order, Shim

EC = Algorithm.EC_P256
_NO_CARD = Order("C_GetSlotList", "after", "lie", "empty")
CKA_VALUE, CKA_ID, CKA_SENSITIVE, CKA_EXTRACTABLE, CKA_MODULUS = "11", "102", "103", "162", "120"


@pytest.mark.parametrize(
    ("orders", "reason"),
    [
        ((Order("C_GetAttributeValue", "after", "lie", f"flip={CKA_EXTRACTABLE}"),), "extractable"),
        ((Order("C_GetAttributeValue", "after", "lie", f"flip={CKA_SENSITIVE}"),), "sensitive"),
        ((Order("C_GetAttributeValue", "after", "lie", f"unreadable={CKA_EXTRACTABLE}"),), "extractable"),
        ((Order("C_GetAttributeValue", "after", "lie", "flip=164"),), "never_extractable"),
        ((Order("C_GetAttributeValue", "after", "lie", "flip=163"),), "local"),
        ((Order("C_GetAttributeValue", "after", "lie", "flip=165"),), "always_sensitive"),
        ((Order("C_GetAttributeValue", "after", "lie", f"flip={CKA_ID}"),), "private_key_not_found"),
        ((Order("C_GetAttributeValue", "after", "lie", "flip=180"),), "algorithm"),
        ((Order("C_GetAttributeValue", "after", "lie", "unreadable=181"),), "public_key_not_found"),
    ],
)
async def test_a_key_that_is_not_as_asked_for_is_a_lie(
    shimmed: Backend, shim: Shim, orders: tuple[Order, ...], reason: str
) -> None:
    card = shimmed.card()
    await shimmed.opened(card)
    shim.order(*orders)
    with pytest.raises(Refusal) as refused:
        await card.make_key(ID, EC, "261124-7K3QH")
    assert refused.value.code is Code.CARD_LIED
    reasons = refused.value.facts["reasons"]
    assert isinstance(reasons, list)
    assert reason in reasons
    assert refused.value.facts["cka_id"] == ID.hex()
    assert refused.value.facts["label"] == "261124-7K3QH"


async def test_another_size_of_key_is_a_lie(shimmed: Backend, shim: Shim) -> None:
    card = shimmed.card()
    await shimmed.opened(card)
    shim.order(Order("C_GetAttributeValue", "after", "lie", f"shrink={CKA_MODULUS}"))
    with pytest.raises(Refusal) as refused:
        await card.make_key(ID, Algorithm.RSA_2048, "k")
    assert (refused.value.code, refused.value.facts["reasons"]) == (Code.CARD_LIED, ["algorithm"])
    assert len(str(refused.value.facts["public_key_sha256"])) == 64


async def test_a_key_that_was_claimed_and_not_made_is_a_lie(shimmed: Backend, shim: Shim) -> None:
    """python-pkcs11 asks for the attributes of handles that were never given: whatever comes of it, no key is told."""
    card = shimmed.card()
    await shimmed.opened(card)
    shim.order(Order("C_GenerateKeyPair", "before", "ckr", "0"))
    with pytest.raises(Refusal) as refused:
        await card.make_key(ID, EC, "k")
    assert refused.value.code in (Code.CARD_LIED, Code.CARD_ERROR)
    assert (await card.find(ID)).private_keys == 0


async def test_a_key_that_was_made_although_the_driver_said_no_is_found(shimmed: Backend, shim: Shim) -> None:
    card = shimmed.card()
    await shimmed.opened(card)
    shim.order(Order("C_GenerateKeyPair", "after", "ckr", "6"))
    with pytest.raises(Refusal) as refused:
        await card.make_key(ID, EC, "k")
    assert (refused.value.code, refused.value.facts["ckr"]) == (Code.CARD_ERROR, "FunctionFailed")
    shim.clear()
    assert (await card.find(ID)).private_keys == 1


async def test_a_signature_that_is_cut_short_is_a_lie(shimmed: Backend, shim: Shim) -> None:
    card = shimmed.card()
    await shimmed.opened(card)
    for algorithm, cka_id in ((EC, ID), (Algorithm.RSA_2048, ID[::-1])):
        shim.clear()
        await card.make_key(cka_id, algorithm, "k")
        shim.order(Order("C_Sign", "after", "lie", "short"))
        with pytest.raises(Refusal) as refused:
            await card.sign(cka_id, b"message")
        assert (refused.value.code, refused.value.facts["reasons"]) == (Code.CARD_LIED, ["signature_length"])


async def test_two_keys_under_one_id(backend: Backend, card: HostedCard) -> None:
    seen = await backend.opened(card)
    await card.make_key(ID, EC, "k")
    pair = ("--keypairgen", "--key-type", "EC:prime256v1", "--id", ID.hex())
    backend.pkcs11_tool("--login", "--pin", "env:TEST_PIN", *pair)
    await card.open(seen, Secret(backend.pin))
    found = await card.find(ID)
    assert (found.private_keys, found.public_key) == (2, None)
    for act in (card.sign(ID, b""), card.destroy_leftover(ID), card.make_key(ID, EC, "k")):
        with pytest.raises(Refusal) as refused:
            await act
        assert refused.value.code is Code.CARD_KEY_AMBIGUOUS


async def test_a_key_is_found_by_its_id_whatever_its_label_became(backend: Backend, card: HostedCard) -> None:
    """OpenSC relabels the private key when its certificate is stored."""
    seen = await backend.opened(card)
    public_key = await card.make_key(ID, EC, "before")
    _write_label(backend, seen.token, "after")
    await card.open(seen, Secret(backend.pin))
    assert (await card.find(ID)).public_key == public_key
    assert await card.sign(ID, b"x")


def _write_label(backend: Backend, token: Token, label: str) -> None:
    """Rename the private key in a process of its own, by python-pkcs11."""
    import subprocess
    import sys

    script = (
        "import pkcs11,sys\n"
        "session=pkcs11.lib(sys.argv[1]).get_token(token_label=sys.argv[2]).open(rw=True,user_pin=sys.stdin.read())\n"
        "key,=session.get_objects({pkcs11.Attribute.CLASS:pkcs11.ObjectClass.PRIVATE_KEY})\n"
        "key[pkcs11.Attribute.LABEL]=sys.argv[3]\n"
    )
    command = [sys.executable, "-c", script, str(SOFTHSM), token.label, label]
    subprocess.run(command, env=dict(backend.environment), input=backend.pin, text=True, check=True, timeout=30)


@pytest.mark.parametrize("error", ["5", "30", "31", "d0"])
async def test_a_card_that_stores_and_then_fails_has_stored(shimmed: Backend, shim: Shim, error: str) -> None:
    """A full directory may fail the last step of a store that was done (measured): what counts is what is there."""
    card = shimmed.card()
    await shimmed.opened(card)
    der = certificate_for(await card.make_key(ID, EC, "k"))
    shim.order(Order("C_CreateObject", "after", "ckr", error))
    await card.store_certificate(ID, der, "k")
    assert (await card.find(ID)).certificates == (der,)


@pytest.mark.parametrize(
    ("order", "code"),
    [
        (Order("C_CreateObject", "before", "ckr", "d0"), Code.CARD_ERROR),
        (Order("C_CreateObject", "before", "ckr", "31"), Code.CARD_FULL),
        (Order("C_CreateObject", "before", "ckr", "30"), Code.CARD_ERROR),
        (Order("C_GetAttributeValue", "after", "lie", f"flip={CKA_VALUE}"), Code.CARD_LIED),
    ],
)
async def test_a_failed_store_leaves_nothing(shimmed: Backend, shim: Shim, order: Order, code: Code) -> None:
    card = shimmed.card()
    await shimmed.opened(card)
    der = certificate_for(await card.make_key(ID, EC, "k"))
    shim.order(order)
    with pytest.raises(Refusal) as refused:
        await card.store_certificate(ID, der, "k")
    assert refused.value.code is code
    assert "Certificate Object" not in shimmed.objects()
    shim.clear()
    await card.store_certificate(ID, der, "k")
    assert (await card.find(ID)).certificates == (der,)


async def test_a_certificate_that_was_claimed_and_not_stored_is_a_lie(shimmed: Backend, shim: Shim) -> None:
    card = shimmed.card()
    await shimmed.opened(card)
    der = certificate_for(await card.make_key(ID, EC, "k"))
    shim.order(Order("C_CreateObject", "before", "ckr", "0"))
    with pytest.raises(Refusal):
        await card.store_certificate(ID, der, "k")
    shim.clear()
    assert (await card.find(ID)).certificates == ()


async def test_a_driver_without_certificate_category(shimmed: Backend, shim: Shim) -> None:
    card = shimmed.card()
    await shimmed.opened(card)
    der = certificate_for(await card.make_key(ID, EC, "k"))
    shim.order(Order("C_CreateObject", "after", "ckr", "12", call=1))
    await card.store_certificate(ID, der, "k")
    shim.clear()
    assert (await card.find(ID)).certificates == (der,)


async def test_the_half_that_an_earlier_store_left_is_removed(backend: Backend, card: HostedCard) -> None:
    seen = await backend.opened(card)
    der = certificate_for(await card.make_key(ID, EC, "k"))
    await card.close()
    _leave_half(backend, seen.token)
    await card.open(seen, Secret(backend.pin))
    assert [one.der for looked in await card.look() for one in looked.certificates] == [b""]
    await card.store_certificate(ID, der, "k")
    assert (await card.find(ID)).certificates == (der,)
    assert backend.objects().count("Certificate Object") == 1


def _leave_half(backend: Backend, token: Token) -> None:
    """A certificate without its subject is refused by SoftHSM, and stays (measured)."""
    import subprocess
    import sys

    script = (
        "import pkcs11,sys\n"
        "from pkcs11 import Attribute as A\n"
        "session=pkcs11.lib(sys.argv[1]).get_token(token_label=sys.argv[2]).open(rw=True,user_pin=sys.stdin.read())\n"
        "try:\n"
        "  session.create_object({A.CLASS:pkcs11.ObjectClass.CERTIFICATE,A.CERTIFICATE_TYPE:0,A.TOKEN:True,"
        "A.PRIVATE:False,A.ID:bytes.fromhex(sys.argv[3]),A.VALUE:b'x'})\n"
        "except pkcs11.TemplateIncomplete: print('left')\n"
    )
    command = [sys.executable, "-c", script, str(SOFTHSM), token.label, ID.hex()]
    environment = dict(backend.environment)
    done = subprocess.run(
        command, env=environment, input=backend.pin, text=True, check=True, timeout=30, capture_output=True
    )
    assert done.stdout == "left\n"


async def test_a_change_of_pin_that_was_claimed_and_not_made_is_a_lie(shimmed: Backend, shim: Shim) -> None:
    """tpm2-pkcs11 answers CKR_OK to a wrong old PIN and changes nothing."""
    card = shimmed.card()
    seen = await shimmed.formatted(card)
    shim.order(Order("C_SetPIN", "before", "ckr", "0"))
    with pytest.raises(Refusal) as refused:
        await card.set_pin(seen, Secret("not-the-pin"), Secret("284639"))
    assert (refused.value.code, refused.value.facts["reasons"]) == (Code.CARD_LIED, ["pin"])
    shim.clear()
    await card.open(seen, Secret(shimmed.pin))


@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_change_of_pin_stands_although_it_cannot_be_tried(shimmed: Backend, shim: Shim, when: str) -> None:
    card = shimmed.card()
    seen = await shimmed.formatted(card)
    shim.order(Order("C_Login", when, "ckr", "5"))
    await card.set_pin(seen, Secret(shimmed.pin), Secret("284639"))
    shim.clear()
    await card.open(seen, Secret("284639"))


async def test_a_driver_that_wants_no_use_of_the_public_half(shimmed: Backend, shim: Shim) -> None:
    """tpm2-pkcs11 answers CKR_GENERAL_ERROR to CKA_VERIFY without CKA_ENCRYPT; asked without both it makes the pair."""
    card = shimmed.card()
    await shimmed.opened(card)
    shim.order(Order("C_GenerateKeyPair", "before", "ckr", "5", call=1))
    public_key = await card.make_key(ID, EC, "k")
    found = await card.find(ID)
    assert (found.private_keys, found.public_key, found.reasons) == (1, public_key, ())


async def test_a_pair_that_is_there_after_an_error_is_not_made_twice(shimmed: Backend, shim: Shim) -> None:
    card = shimmed.card()
    await shimmed.opened(card)
    shim.order(Order("C_GenerateKeyPair", "after", "ckr", "5"))
    with pytest.raises(Refusal) as refused:
        await card.make_key(ID, EC, "k")
    assert (refused.value.code, refused.value.facts["ckr"]) == (Code.CARD_ERROR, "GeneralError")
    assert (await card.find(ID)).private_keys == 1
    assert shim.calls()["C_GenerateKeyPair"] == 1


async def test_an_error_of_a_card_that_is_gone_is_told_as_that(shimmed: Backend, shim: Shim) -> None:
    """p11-kit-client.so answers CKR_DEVICE_ERROR once its server is gone."""
    card = shimmed.card()
    seen = await shimmed.opened(card)
    await card.make_key(ID, EC, "k")
    failing = Order("C_SignInit", "before", "ckr", "30")
    for orders, code in (((failing,), Code.CARD_ERROR), ((failing, _NO_CARD), Code.CARD_REMOVED)):
        shim.order(*orders)
        with pytest.raises(Refusal) as refused:
            await card.sign(ID, b"x")
        assert (refused.value.code, refused.value.facts["ckr"]) == (code, "DeviceError")
    shim.clear()
    await card.open(seen, Secret(shimmed.pin))
    assert await card.sign(ID, b"x")
