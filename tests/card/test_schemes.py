"""How an RSA key signs: by whichever mechanism the module offers for a scheme, and refused where none is."""

from __future__ import annotations

from pathlib import Path

import pytest

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.pki.request import build_request
from lgpki_tui.subject.algorithm import Algorithm, Scheme
from lgpki_tui.subject.extensions import Extensions
from tests.card.backends import ID, PSS, Backend, openssl_verifies
from tests.card.shim import Order, Shim
from tests.pki.makers import SUBJECT, openssl

CKM_RSA_PKCS_PSS, CKM_SHA256_RSA_PKCS, CKM_SHA256_RSA_PKCS_PSS = "d", "40", "43"
MESSAGE = "申請書".encode() * 100
OPTIONS: dict[Scheme, tuple[str, ...]] = {Scheme.PKCS1_V15: (), Scheme.PSS: PSS}


def without(*mechanisms: str) -> tuple[Order, ...]:
    """A module that does not offer these."""
    return tuple(Order("C_GetMechanismList", "after", "lie", f"hide={one}") for one in mechanisms)


@pytest.mark.parametrize(
    ("scheme", "hidden"), [(Scheme.PSS, CKM_SHA256_RSA_PKCS_PSS), (Scheme.PKCS1_V15, CKM_SHA256_RSA_PKCS)]
)
async def test_a_module_that_takes_digests_only(
    shimmed: Backend, shim: Shim, tmp_path: Path, scheme: Scheme, hidden: str
) -> None:
    card = shimmed.card()
    await shimmed.opened(card)
    public_key = await card.make_key(ID, Algorithm.RSA_2048, "k")
    shim.order(*without(hidden))
    await card.check_scheme(Algorithm.RSA_2048, scheme)
    assert openssl_verifies(tmp_path, public_key, MESSAGE, await card.sign(ID, MESSAGE, scheme), OPTIONS[scheme])


@pytest.mark.parametrize("scheme", Scheme)
async def test_openssl_takes_a_request_that_the_card_signed(backend: Backend, scheme: Scheme) -> None:
    card = backend.card()
    await backend.opened(card)
    public_key = await card.make_key(ID, Algorithm.RSA_2048, "k")

    async def sign(message: bytes) -> bytes:
        return await card.sign(ID, message, scheme)

    asked = Extensions(mail_addresses=("johoseisaku@city.takashima.lg.jp",), key_usage=("digitalSignature",))
    csr = await build_request(SUBJECT, public_key, sign, asked, scheme)
    done = openssl("req", "-inform", "DER", "-verify", "-noout", "-text", stdin=csr)
    assert b"verify OK" in done.stderr
    assert (b"rsassaPss" in done.stdout) is (scheme is Scheme.PSS)


async def test_without_a_mechanism_for_pss_it_is_refused_and_nothing_is_signed(shimmed: Backend, shim: Shim) -> None:
    card = shimmed.card()
    await shimmed.opened(card)
    await card.make_key(ID, Algorithm.RSA_2048, "k")
    shim.order(*without(CKM_RSA_PKCS_PSS, CKM_SHA256_RSA_PKCS_PSS))
    shim.forget()
    for act in (card.check_scheme(Algorithm.RSA_2048, Scheme.PSS), card.sign(ID, MESSAGE, Scheme.PSS)):
        with pytest.raises(Refusal) as refused:
            await act
        assert (refused.value.code, refused.value.facts["scheme"]) == (Code.CARD_SCHEME, "rsassa-pss")
        mechanisms = refused.value.facts["mechanisms"]
        assert isinstance(mechanisms, list)
        assert "CKM_SHA256_RSA_PKCS" in mechanisms
        assert "CKM_RSA_PKCS_PSS" not in mechanisms
    assert shim.calls()["C_SignInit"] == 0
    await card.check_scheme(Algorithm.RSA_2048, Scheme.PKCS1_V15)


async def test_an_ec_key_signs_in_its_own_way_whatever_the_scheme(backend: Backend, tmp_path: Path) -> None:
    card = backend.card()
    await backend.opened(card)
    public_key = await card.make_key(ID, Algorithm.EC_P256, "k")
    for scheme in Scheme:
        await card.check_scheme(Algorithm.EC_P256, scheme)
        assert openssl_verifies(tmp_path, public_key, MESSAGE, await card.sign(ID, MESSAGE, scheme))
