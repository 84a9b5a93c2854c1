"""A key is recorded as destroyed only when it died: a refused SO PIN, a card of the same serial and a card that looks
half formatted kill none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from lgpki_tui.card.models import load_models
from lgpki_tui.card.port import CardSeen, KeySeen, PinState
from lgpki_tui.conductor.formatting import FormatWish, format_card, settle_format
from lgpki_tui.conductor.ports import Ports
from lgpki_tui.ground.clock import PretendClock
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.ground.secret import Secret
from lgpki_tui.ledger.ledger import Ledger
from lgpki_tui.procedure import events
from lgpki_tui.procedure.identity import Token
from tests import samples
from tests.card.shim import Order
from tests.practice import Practice
from tests.road.refusing import assert_stored, erase, through

# What a driver shows that hides every object until somebody logs in, and of a card whose PIN was never set.
HIDING = Order("C_FindObjects", "before", "ckr", "0")
NO_PIN = Order("C_GetTokenInfo", "after", "lie", "without=8")  # CKF_USER_PIN_INITIALIZED


@pytest.mark.parametrize("orders", [(), (HIDING,)], ids=["shown", "hidden"])
@pytest.mark.parametrize("label", ["PRACTICE", "NEW"])
def test_a_wrong_so_pin_kills_no_key(holding: Practice, tmp_path: Path, orders: tuple[Order, ...], label: str) -> None:
    """A card of the right label that shows no key looks as if it had just been wiped."""
    (stored,) = holding.enrolments()
    wrong = holding.folder / "secrets" / "wrong"
    wrong.touch(mode=0o600)
    wrong.write_text("not-the-so-pin\n")
    seen = through(holding, tmp_path / "shim", *orders)
    named = ("--destroys", stored["enrolment"], "--reason", "カードの再利用")
    told = seen.run(*erase(seen, label, "--so-pin-file", wrong, *named))
    assert (told.status, told.code, told.json["facts"]["which"]) == (3, "pin_wrong", "so_pin")
    assert holding.events()[-2:] == ["format_intended", "format_undone"]
    assert_stored(holding)
    for again in (seen, holding):
        told = again.run(*erase(again, label, *holding.so_pin))
        assert (told.status, told.code) == (1, "card_key_live")
    assert_stored(holding)


@pytest.mark.parametrize("which", ["pin", "so-pin"])
def test_a_pin_is_taken_for_no_reason(holding: Practice, which: str) -> None:
    """The record would keep it for years, whichever of the two it is."""
    (stored,) = holding.enrolments()
    before = holding.events()
    typed = (holding.folder / "secrets" / which).read_text().strip()
    named = ("--destroys", stored["enrolment"], "--reason", typed)
    told = holding.run(*erase(holding, "NEW", *holding.so_pin, *named))
    assert (told.status, told.code, told.json["facts"]["reason"]) == (1, "reason_missing", "is_pin")
    assert holding.events() == before
    assert_stored(holding)


def test_a_card_that_looks_half_formatted_is_not_free_for_the_taking(holding: Practice, tmp_path: Path) -> None:
    seen = through(holding, tmp_path / "shim", HIDING, NO_PIN)
    (card,) = seen.done("card", "list")["cards"]
    assert (card["pin"], card["keys"], card["certificates"]) == ("not_set", [], 0)
    told = seen.run("card", "format", "--label", "NEW", *seen.so_pin, *seen.pin)
    assert (told.status, told.code) == (1, "card_not_blank")
    (enrolment,) = holding.enrolments()
    assert told.json["facts"]["enrolments"] == [enrolment["enrolment"]]
    told = seen.run(*erase(seen, "NEW", *seen.so_pin))
    assert (told.status, told.code) == (1, "card_key_live")
    assert_stored(holding)


@dataclass
class Readers:
    """A card.port.Card, as much of it as a format asks: these cards are in the readers, and what is wiped is told."""

    cards: tuple[CardSeen, ...]
    wiped: list[Token] = field(default_factory=list)

    async def claim(self) -> None:
        return

    async def look(self) -> tuple[CardSeen, ...]:
        return self.cards

    async def format(self, card: CardSeen, label: str, so_pin: Secret, pin: Secret) -> Token:
        self.wiped.append(card.token)
        return Token("fresh", label, card.token.model)


Desk = Callable[..., Ports]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Ports with a ledger that holds the first `count` events of samples.ROAD, and these cards in the readers."""

    def made(*cards: CardSeen, count: int = len(samples.ROAD)) -> Ports:
        ledger = Ledger(tmp_path / "ledger.sqlite3")
        ledger.append(samples.NUMBER, *samples.ROAD[:count])
        return cast(
            Ports,
            SimpleNamespace(
                ledger=ledger,
                card=Readers(cards),
                clock=PretendClock(samples.NOW),
                models=load_models(),
                narrate=lambda progress, **facts: None,
            ),
        )

    return made


def card(
    label: str = samples.TOKEN.label,
    *digests: str,
    serial: str = samples.TOKEN.serial,
    model: str = samples.TOKEN.model,
    initialised: bool = True,
    pin: PinState = PinState.OK,
) -> CardSeen:
    """A card of the sample's names, unless others are said; it shows these keys."""
    keys = tuple(KeySeen("01", "", digest) for digest in digests)
    return CardSeen(Token(serial, label, model), "", "reader", initialised=initialised, pin=pin, keys=keys)


async def wipe(ports: Ports, erase: str | None = samples.TOKEN.serial, named: bool = True) -> None:
    async def pin() -> Secret:
        return Secret("12345678")

    destroys = {samples.NUMBER: "カードの再利用"} if named else {}
    await format_card(ports, FormatWish("NEW", erase, destroys), None, pin, pin)


async def refusal(ports: Ports, erase: str | None = samples.TOKEN.serial, named: bool = True) -> Code:
    """The code with which a format is refused; nothing is wiped or recorded then."""
    entries = ports.ledger.entries()
    with pytest.raises(Refusal) as refused:
        await wipe(ports, erase, named)
    assert cast(Readers, ports.card).wiped == []
    assert ports.ledger.entries() == entries
    return refused.value.code


def destroyed(ports: Ports) -> bool:
    enrolment = ports.ledger.enrolment(samples.NUMBER)
    assert enrolment is not None
    return enrolment.key_destroyed


OURS = card(samples.TOKEN.label, samples.KEY)
OTHERS = {
    "blank": card("", initialised=False, pin=PinState.NOT_SET),
    "of-another-label": card("OTHER"),
    "of-another-model": card(model="IBM SoftTok"),
    "with-another-key": card("OTHER", "99" * 32),
}


@pytest.mark.parametrize("other", OTHERS)
async def test_a_wipe_of_a_card_of_the_same_serial_kills_no_key_of_the_first(desk: Desk, other: str) -> None:
    """Some drivers give every card one serial (measured). Even when the person names the enrolment."""
    ports = desk(OTHERS[other])
    await wipe(ports)
    assert cast(Readers, ports.card).wiped == [OTHERS[other].token]
    assert not destroyed(ports)


@pytest.mark.parametrize("shown", [True, False])
async def test_a_wipe_of_the_card_itself_kills_its_key(desk: Desk, shown: bool) -> None:
    ports = desk(OURS if shown else card())
    await wipe(ports)
    assert destroyed(ports)


@pytest.mark.parametrize(
    "cards",
    [(OTHERS["blank"],), (OTHERS["of-another-label"],), (OTHERS["of-another-model"],), (card(), card("NEW"))],
    ids=["blank", "of-another-label", "of-another-model", "two-that-may-be-it"],
)
async def test_a_format_cut_short_is_not_settled_by_another_card(desk: Desk, cards: tuple[CardSeen, ...]) -> None:
    ports = desk(*cards)
    number, reason = samples.NUMBER, "カードの再利用"
    seen = ((number, samples.KEY),)
    intended = events.FormatIntended(
        at=samples.NOW, token=OURS.token, label="NEW", destroys=((number, reason),), keys_seen=seen
    )
    ports.ledger.append_card(intended)
    await settle_format(ports)
    assert ports.ledger.open_format is None
    assert not destroyed(ports)
    assert "card_not_seen" in ports.ledger.entries()[-1][1]


HALF = card(pin=PinState.NOT_SET)


@pytest.mark.parametrize("count", range(2, len(samples.ROAD) + 1))
async def test_a_card_that_may_hold_our_key_is_guarded_though_it_looks_half_formatted(desk: Desk, count: int) -> None:
    """From the moment the key is intended: hidden keys and a PIN that is told as not set are no proof of a wipe."""
    ports = desk(HALF, count=count)
    assert await refusal(ports, erase=None, named=False) is Code.CARD_NOT_BLANK
    assert await refusal(ports, named=False) is Code.CARD_KEY_LIVE
    if count < len(samples.ROAD):  # still waited for: not to be had by any word
        assert await refusal(ports) is Code.CARD_KEY_LIVE


@pytest.mark.parametrize("nobodys", [card(serial="77", pin=PinState.NOT_SET), OTHERS["blank"]], ids=["half", "blank"])
async def test_a_card_that_is_half_formatted_and_nobodys_is_formatted_at_once(desk: Desk, nobodys: CardSeen) -> None:
    ports = desk(nobodys)
    await wipe(ports, erase=None, named=False)
    assert cast(Readers, ports.card).wiped == [nobodys.token]
    assert not destroyed(ports)


async def test_a_card_exchanged_while_the_pin_is_typed_is_looked_at_again(desk: Desk) -> None:
    """Two cards of one serial and label, ours renamed since: the one that was judged is not the one that is in now."""
    ports = desk(card("OTHER", "99" * 32))
    readers = cast(Readers, ports.card)

    async def pin() -> Secret:
        readers.cards = (card("OTHER", samples.KEY),)
        return Secret("12345678")

    with pytest.raises(Refusal) as refused:
        await format_card(ports, FormatWish("NEW", samples.TOKEN.serial, {}), None, pin, pin)
    assert refused.value.code is Code.CARD_KEY_LIVE
    assert readers.wiped == []
