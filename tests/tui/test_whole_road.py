"""The whole road by keys, in both languages; that it succeeded is read from ledger and token."""

from __future__ import annotations

import pytest

from lgpki_tui.pages.language import Language
from tests.practice import Practice
from tests.tui.walking import walking


@pytest.mark.parametrize("language", ["ja", "en"])
async def test_a_fresh_card_gets_its_certificate(blank: Practice, language: Language) -> None:
    async with walking(blank, language) as walker:
        await walker.begin()
        await walker.format()
        await walker.fill()
        await walker.make_key()
        await walker.file()
        await walker.receive()
        await walker.store()
        await walker.press("enter")
        await walker.reach("home")
        assert len(walker.keys) <= 45, walker.keys
    assert blank.events()[-1] == "stored"
    assert sorted(each["kind"] for each in blank.token()) == ["certificate", "private", "public"]
    assert blank.enrolments()[0]["state"] == "stored"
