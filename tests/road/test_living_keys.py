"""No key is called dead that nobody saw die, none is adopted that could leave, and no other card is taken for ours."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from lgpki_tui.card.port import CardSeen, KeySeen, PinState
from lgpki_tui.conductor.cards import card_of
from lgpki_tui.conductor.ports import Ports
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.procedure.enrolment import Enrolment
from lgpki_tui.procedure.identity import Token
from lgpki_tui.procedure.transition import Step, transition
from tests import samples
from tests.card.shim import Order
from tests.crash.scenes import KILLED, SCENES, cut, cut_in_module, marks_of
from tests.practice import Practice
from tests.road.refusing import through

pytestmark = pytest.mark.quick

ERASE = next(scene for scene in SCENES if scene.name == "erase")
REQUEST = next(scene for scene in SCENES if scene.name == "request")
CKA_EXTRACTABLE = "162"


def test_a_wipe_that_never_began_kills_no_key_while_another_card_is_in(practice: Practice, tmp_path: Path) -> None:
    ERASE.prepare(practice)
    marks = marks_of(ERASE, practice, tmp_path)
    answer, _ = cut(ERASE, practice, marks.index("card.format before"))
    assert answer.status == KILLED
    tokens, drawer = practice.folder / "tokens", tmp_path / "drawer"
    shutil.move(tokens, drawer)
    tokens.mkdir(mode=0o700)
    practice.format()  # a blank card, of the label that was meant for the other one
    (enrolment,) = practice.enrolments()
    assert (enrolment["state"], enrolment["key_destroyed"]) == ("stored", False)
    shutil.rmtree(tokens)
    shutil.move(drawer, tokens)
    (card,) = practice.done("card", "list")["cards"]
    command = ["card", "format", "--label", "PRACTICE", *practice.so_pin, *practice.pin, "--erase", card["serial"]]
    told = practice.run(*command)
    assert (told.status, told.code) == (1, "card_key_live")
    assert len([each for each in practice.token() if each["kind"] == "private"]) == 1


def test_resume_adopts_no_key_that_could_leave_the_card(practice: Practice, tmp_path: Path) -> None:
    answer = cut_in_module(REQUEST, practice, "C_GenerateKeyPair", "after")
    assert answer.status == KILLED
    (enrolment,) = practice.enrolments()
    lie = Order("C_GetAttributeValue", "after", "lie", f"flip={CKA_EXTRACTABLE}")
    lying = through(practice, tmp_path / "lying", lie)
    told = lying.run("resume", enrolment["enrolment"], *practice.pin)
    assert (told.status, told.code) == (3, "card_lied")
    assert list((practice.folder / "out").iterdir()) == []
    assert practice.events(enrolment["enrolment"]) == ["begun", "key_intended", "key_absent"]


def _enrolment(count: int) -> Enrolment:
    found: Enrolment | None = None
    for event in samples.ROAD[:count]:
        step = transition(found, event)
        assert isinstance(step, Step)
        found = step.enrolment
    assert found is not None
    return found


def _card(label: str, *digests: str, serial: str = samples.TOKEN.serial) -> CardSeen:
    keys = tuple(KeySeen("01", "", digest) for digest in digests)
    token = Token(serial, label, samples.TOKEN.model)
    return CardSeen(token, "", "reader", initialised=True, pin=PinState.OK, keys=keys)


async def _chosen(enrolment: Enrolment, *cards: CardSeen) -> CardSeen:
    """What `card_of` takes when these cards are in the readers."""

    async def claim() -> None:
        return

    async def look() -> tuple[CardSeen, ...]:
        return cards

    ports: Any = SimpleNamespace(card=SimpleNamespace(claim=claim, look=look), narrate=lambda progress, **facts: None)
    return await card_of(cast(Ports, ports), enrolment, None)


LABEL = samples.TOKEN.label


async def test_while_no_key_was_seen_all_names_decide() -> None:
    """Some drivers give every card one serial (measured): resume must not make a second key on another card."""
    right, wrong = _card(LABEL), _card("other")
    assert await _chosen(_enrolment(2), wrong, right) is right
    with pytest.raises(Refusal) as refused:
        await _chosen(_enrolment(2), wrong)
    assert refused.value.code is Code.WRONG_CARD
    with pytest.raises(Refusal) as refused:
        await _chosen(_enrolment(2), right, _card(LABEL))
    assert refused.value.code is Code.CARD_AMBIGUOUS


async def test_the_public_key_decides_before_any_name() -> None:
    ours, namesake = _card("renamed", samples.KEY, serial="changed by a driver"), _card(LABEL, "99" * 32)
    assert await _chosen(_enrolment(5), namesake, ours) is ours
    with pytest.raises(Refusal) as refused:
        await _chosen(_enrolment(5), namesake)
    assert refused.value.code is Code.WRONG_CARD
    hidden = _card(LABEL)  # shows no key before somebody logs in: the key is looked for then
    assert await _chosen(_enrolment(5), hidden) is hidden
