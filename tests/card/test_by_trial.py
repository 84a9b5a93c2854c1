"""A driver that tells nothing of how a key was made: the key counts only when its secret parts cannot be read."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest

from lgpki_tui.card.models import CardModels, load_models
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.ground.secret import Secret
from lgpki_tui.subject.algorithm import Algorithm
from tests.card.backends import ID, Backend
from tests.card.shim import SOFTHSM, Order, Shim

CKA_SENSITIVE, CKA_EXTRACTABLE = "103", "162"
# OpenSC's words for the virtual card.
_TELLS_NOTHING = Order("C_GetAttributeValue", "after", "lie", f"flip={CKA_SENSITIVE}")


def untelling() -> CardModels:
    """The models, with a SoftHSM whose driver is not asked."""
    models = load_models()
    return replace(models, known=tuple(replace(one, tells_sensitive=False) for one in models.known))


@pytest.mark.parametrize("algorithm", [Algorithm.EC_P256, Algorithm.RSA_2048])
async def test_a_key_that_stays_inside_counts_whatever_the_driver_says(
    shimmed: Backend, shim: Shim, algorithm: Algorithm
) -> None:
    card = shimmed.card(models=untelling())
    await shimmed.opened(card)
    shim.order(_TELLS_NOTHING)
    public_key = await card.make_key(ID, algorithm, "k")
    found = await card.find(ID)
    assert (found.private_keys, found.public_key, found.reasons) == (1, public_key, ())


_READABLE = """
import sys
import pkcs11
from pkcs11 import Attribute as A
from pkcs11.util.ec import encode_named_curve_parameters
with pkcs11.lib(sys.argv[1]).get_token(token_label=sys.argv[2]).open(rw=True, user_pin=sys.stdin.read()) as session:
    private = {A.SENSITIVE: False, A.EXTRACTABLE: True}
    made = {"id": bytes.fromhex(sys.argv[3]), "store": True, "private_template": private}
    if sys.argv[4] == "ec-p256":
        curve = {A.EC_PARAMS: encode_named_curve_parameters("secp256r1")}
        session.create_domain_parameters(pkcs11.KeyType.EC, curve, local=True).generate_keypair(**made)
    else:
        session.generate_keypair(pkcs11.KeyType.RSA, 2048, **made)
"""


@pytest.mark.parametrize("algorithm", [Algorithm.EC_P256, Algorithm.RSA_2048])
async def test_a_key_that_can_be_read_does_not_count(shimmed: Backend, shim: Shim, algorithm: Algorithm) -> None:
    """Also when the driver says that it cannot be taken out."""
    card = shimmed.card(models=untelling())
    seen = await shimmed.formatted(card)
    words = (str(SOFTHSM), seen.token.label, ID.hex(), algorithm.value)
    command = [sys.executable, "-c", _READABLE, *words]
    subprocess.run(command, env=dict(shimmed.environment), input=shimmed.pin, text=True, check=True, timeout=30)
    await card.open(seen, Secret(shimmed.pin))
    assert (await card.find(ID)).reasons == ("extractable", "readable")
    shim.order(Order("C_GetAttributeValue", "after", "lie", f"flip={CKA_EXTRACTABLE}"))
    assert (await card.find(ID)).reasons == ("readable",)


async def test_a_key_that_can_be_taken_out_is_a_lie(shimmed: Backend, shim: Shim) -> None:
    card = shimmed.card(models=untelling())
    await shimmed.opened(card)
    shim.order(Order("C_GetAttributeValue", "after", "lie", f"flip={CKA_EXTRACTABLE}"))
    with pytest.raises(Refusal) as refused:
        await card.make_key(ID, Algorithm.EC_P256, "k")
    assert (refused.value.code, refused.value.facts["reasons"]) == (Code.CARD_LIED, ["extractable"])
