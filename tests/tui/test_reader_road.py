"""The whole road by keys on a card in a reader, in both languages; judged by ledger and card."""

from __future__ import annotations

import pytest

from lgpki_tui.pages.language import Language
from tests.sandbox.virtual import Virtual
from tests.tui.held import at_reader
from tests.tui.journeys import at_tmux, stored_once

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("language", ["ja", "en"])
async def test_a_fresh_card_gets_its_certificate(blank_in_reader: Virtual, language: Language) -> None:
    async with at_reader(blank_in_reader, language) as (walker, hand):
        await walker.begin()
        await walker.format()
        await walker.fill()
        await walker.make_key()
        await walker.file()
        await walker.receive()
        await walker.store()
        await walker.press("enter")
        await walker.reach("home")
        assert hand.place == "in"
        assert len(walker.keys) <= 45, walker.keys
    stored_once(blank_in_reader)
    (enrolment,) = blank_in_reader.enrolments()
    assert blank_in_reader.receipts() == [enrolment["enrolment"]]


def test_in_tmux(blank_in_reader: Virtual) -> None:
    """As the program starts it: the readers are its own, inside it, and end with it."""
    with at_tmux(blank_in_reader) as (person, tmux):
        person.whole_road()
        person.press("ctrl+q")
        person.until(lambda rows: tmux.dead() == 0, "the end")
    stored_once(blank_in_reader)
