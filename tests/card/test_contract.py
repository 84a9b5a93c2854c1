"""What every card back end must do (card/port.py), judged by OpenSC, GnuTLS and openssl."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest

from lgpki_tui.card.client import HostedCard
from lgpki_tui.card.port import PinState
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.ground.secret import Secret
from lgpki_tui.procedure.identity import Token
from lgpki_tui.subject.algorithm import Algorithm
from tests.card.backends import ID, LABEL, Backend, certificate_for, openssl_verifies

EC = Algorithm.EC_P256


class TestContract:
    async def test_a_blank_card_is_seen_as_blank(self, card: HostedCard) -> None:
        (seen,) = await card.look()
        assert not seen.initialised
        assert (seen.pin, seen.keys, seen.certificates) == (PinState.NOT_SET, (), ())

    async def test_format_gives_label_serial_and_pins(self, backend: Backend, card: HostedCard) -> None:
        token = await backend.formatted(card)
        assert token.label == LABEL
        assert token.serial
        seen = next(one for one in await card.look() if one.initialised)
        assert (seen.token, seen.pin) == (token, PinState.OK)
        slots = backend.pkcs11_tool("--list-token-slots")
        assert LABEL in slots
        assert token.serial in slots
        assert "Private Key" not in backend.objects()

    async def test_format_again_keeps_the_serial_and_removes_every_object(
        self, backend: Backend, card: HostedCard
    ) -> None:
        token = await backend.opened(card)
        await card.make_key(ID, EC, "k")
        after = await card.format(token, "二枚目", Secret(backend.so_pin), Secret("another-pin"))
        assert after == Token(token.serial, "二枚目", token.model)
        await card.open(after, Secret("another-pin"))
        assert (await card.find(ID)).private_keys == 0

    async def test_format_with_a_wrong_so_pin_destroys_nothing(self, backend: Backend, card: HostedCard) -> None:
        token = await backend.opened(card)
        await card.make_key(ID, EC, "k")
        with pytest.raises(Refusal) as refused:
            await card.format(token, "x", Secret("wrong-so-pin"), Secret("1234"))
        assert refused.value.code is Code.PIN_WRONG
        assert refused.value.facts["which"] == "so_pin"
        assert ID.hex() in backend.objects()

    @pytest.mark.parametrize("algorithm", list(Algorithm))
    async def test_a_key_is_made_signs_and_cannot_leave(
        self, backend: Backend, card: HostedCard, algorithm: Algorithm, tmp_path: Path
    ) -> None:
        await backend.opened(card)
        public_key = await card.make_key(ID, algorithm, "261124-7K3QH")
        found = await card.find(ID)
        assert (found.private_keys, found.public_key, found.certificates) == (1, public_key, ())
        message = "職責証明書".encode() * 100
        assert openssl_verifies(tmp_path, public_key, message, await card.sign(ID, message))
        objects = backend.objects()
        assert objects.count(f"ID:         {ID.hex()}") == 2
        assert "sensitive, always sensitive, never extractable, local" in objects
        assert "Usage:      sign\n" in objects

    async def test_public_keys_are_seen_without_a_pin(self, backend: Backend, card: HostedCard) -> None:
        await backend.opened(card)
        public_key = await card.make_key(ID, EC, "名札")
        stranger = backend.card()
        seen = next(one for one in await stranger.look() if one.initialised)
        (key,) = seen.keys
        assert (key.cka_id, key.label, key.public_key_sha256) == (ID.hex(), "名札", sha256(public_key).hexdigest())

    async def test_a_certificate_is_stored_for_every_client(self, backend: Backend, card: HostedCard) -> None:
        await backend.opened(card)
        der = certificate_for(await card.make_key(ID, Algorithm.RSA_2048, "k"))
        await card.store_certificate(ID, der, "261124-7K3QH")
        assert (await card.find(ID)).certificates == (der,)
        seen = next(one for one in await card.look() if one.initialised)
        assert [(one.cka_id, one.label, one.der) for one in seen.certificates] == [(ID.hex(), "261124-7K3QH", der)]
        assert backend.objects().count(f"ID:         {ID.hex()}") == 3
        listed = backend.p11tool("--list-all-certs")
        assert "高島市長" in listed or "261124-7K3QH" in listed
        url = next(line.split(None, 1)[1] for line in backend.p11tool("--list-keys").splitlines() if "URL:" in line)
        assert "type=private" in url
        backend.p11tool("--test-sign", url)

    async def test_the_same_certificate_is_not_stored_twice(self, backend: Backend, card: HostedCard) -> None:
        await backend.opened(card)
        der = certificate_for(await card.make_key(ID, EC, "k"))
        await card.store_certificate(ID, der, "k")
        await card.store_certificate(ID, der, "k")
        assert (await card.find(ID)).certificates == (der,)

    async def test_a_wrong_pin_is_told_and_not_sent_again(self, backend: Backend, card: HostedCard) -> None:
        token = await backend.formatted(card)
        with pytest.raises(Refusal) as refused:
            await card.open(token, Secret("9999"))
        assert refused.value.code is Code.PIN_WRONG
        assert refused.value.facts["pin"] == PinState.COUNT_LOW.value
        assert "refused" not in refused.value.facts
        with pytest.raises(Refusal) as refused:
            await card.open(token, Secret("9999"))
        assert refused.value.code is Code.PIN_ALREADY_REFUSED
        await card.open(token, Secret(backend.pin))

    async def test_the_pin_is_changed(self, backend: Backend, card: HostedCard) -> None:
        token = await backend.formatted(card)
        with pytest.raises(Refusal) as refused:
            await card.open(token, Secret("new-pin"))
        assert refused.value.code is Code.PIN_WRONG
        await card.set_pin(token, Secret(backend.pin), Secret("new-pin"))
        await card.open(token, Secret("new-pin"))  # refused before, right now
        with pytest.raises(Refusal) as refused:
            await card.set_pin(token, Secret(backend.pin), Secret("third-pin"))
        assert refused.value.code is Code.PIN_WRONG

    async def test_without_a_login_nothing_is_made_or_signed(self, backend: Backend, card: HostedCard) -> None:
        await backend.formatted(card)
        for act in (card.make_key(ID, EC, "k"), card.find(ID), card.sign(ID, b""), card.destroy_leftover(ID)):
            with pytest.raises(Refusal) as refused:
                await act
            assert refused.value.code is Code.CARD_ERROR
            assert refused.value.facts["reason"] == "not_logged_in"

    async def test_a_card_that_is_not_there(self, backend: Backend, card: HostedCard) -> None:
        await backend.formatted(card)
        with pytest.raises(Refusal) as refused:
            await card.open(Token("0000", "another", "SoftHSM v2"), Secret("1234"))
        assert refused.value.code is Code.CARD_ABSENT

    async def test_no_second_key_under_an_id(self, backend: Backend, card: HostedCard) -> None:
        await backend.opened(card)
        public_key = await card.make_key(ID, EC, "k")
        with pytest.raises(Refusal) as refused:
            await card.make_key(ID, EC, "k")
        assert refused.value.code is Code.CARD_KEY_AMBIGUOUS
        assert (await card.find(ID)).public_key == public_key

    async def test_a_whole_pair_is_never_destroyed(self, backend: Backend, card: HostedCard) -> None:
        await backend.opened(card)
        await card.make_key(ID, EC, "k")
        with pytest.raises(Refusal) as refused:
            await card.destroy_leftover(ID)
        assert (refused.value.code, refused.value.facts["reason"]) == (Code.CARD_ERROR, "pair_whole")
        assert (await card.find(ID)).private_keys == 1

    @pytest.mark.parametrize(("half", "other"), [("pubkey", "Private Key"), ("privkey", "Public Key")])
    async def test_half_a_pair_is_destroyed(self, backend: Backend, card: HostedCard, half: str, other: str) -> None:
        token = await backend.opened(card)
        await card.make_key(ID, EC, "k")
        delete = ("--delete-object", "--type", half, "--id", ID.hex())
        backend.pkcs11_tool("--login", "--pin", "env:TEST_PIN", *delete)
        assert other in backend.objects()
        await card.open(token, Secret(backend.pin))
        await card.destroy_leftover(ID)
        await card.destroy_leftover(ID)
        assert backend.objects().strip() == ""

    async def test_close_ends_the_session_and_may_come_twice(self, backend: Backend, card: HostedCard) -> None:
        await backend.opened(card)
        await card.close()
        await card.close()
        with pytest.raises(Refusal) as refused:
            await card.find(ID)
        assert refused.value.facts["reason"] == "not_logged_in"
