"""A card that has one PIN, which is both: it is asked for once, and the token takes it as user and as SO."""

from __future__ import annotations

from pathlib import Path

import pytest

from lgpki_tui.card.models import CardModels
from lgpki_tui.faces.tui.screens.format import FormatScreen
from lgpki_tui.faces.tui.widgets.pin_field import PinField
from lgpki_tui.pages.language import Language
from tests.practice import Practice
from tests.tui.cards import looked, to_cards, to_format
from tests.tui.seen import ACTS, CASE_IDS, complete
from tests.tui.sites import models_of_a_site
from tests.tui.test_screen_format import type_all
from tests.tui.walking import LABEL, PIN, Walker, walking


@pytest.fixture
def models(tmp_path: Path) -> CardModels:
    """The soft card is one of those."""
    return models_of_a_site(tmp_path / "etc", "softhsm", pins="one")


def opens(practice: Practice, who: str, pin: str) -> bool:
    """Whether pkcs11-tool can log in as `user` or `so` with this PIN. The SO must do something: sets it again."""
    user = ("--pin", "env:TRIED", "-O")
    so = ("--login-type", "so", "--so-pin", "env:TRIED", "--init-pin", "--new-pin", "env:PIN")
    return practice._tried("--login", *(so if who == "so" else user), TRIED=pin, PIN=PIN).returncode == 0


def fields(walker: Walker) -> list[str]:
    return [str(field.id) for field in walker.screen(FormatScreen).query(PinField)]


@pytest.mark.parametrize(("language", "size"), ACTS, ids=CASE_IDS)
async def test_one_pin_is_asked_for(
    blank: Practice, models: CardModels, language: Language, size: tuple[int, int]
) -> None:
    async with walking(blank, language, size, models=models) as walker:
        await to_format(walker)
        assert (walker.focus, fields(walker)) == ("label", ["pin", "pin_again"])
        assert "SO PIN" not in walker.text()
        complete(walker)
        await type_all(walker, PIN, PIN)
        assert walker.focus == "format"
        assert PIN not in walker.text()
        complete(walker)
        await walker.press("enter")
        await looked(walker)
        await walker.see(walker.app.context.lexicon.word("did.formatted", label=LABEL))
    assert (opens(blank, "user", PIN), opens(blank, "so", PIN)) == (True, True)
    assert (opens(blank, "user", "00000000"), opens(blank, "so", "00000000")) == (False, False)
    assert blank.events() == ["format_intended", "format_done"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [((PIN, "00000000"), "pin_differs"), ((PIN,), "pin_missing"), (("123",), "rule")],
    ids=["differs", "once", "short"],
)
async def test_what_is_not_right_is_told(
    blank: Practice, models: CardModels, typed: tuple[str, ...], said: str
) -> None:
    async with walking(blank, models=models) as walker:
        await to_format(walker)
        await type_all(walker, *typed)
        if said == "pin_missing":
            await walker.press("f10")
        await walker.pilot.pause()
        page = walker.app.context.page("format")
        text = page.word("rule_printable-ascii", least=4, most=255) if said == "rule" else page.word(said)
        assert walker.lines()[-2] == text
        assert walker.focus == "pin"
        complete(walker)
    assert not blank.token_is_ready()


async def test_formatted_again_it_takes_the_pin_that_it_had(blank: Practice, models: CardModels) -> None:
    """The SO PIN of C_InitToken is that PIN: another one is refused, told, and nothing is wiped."""
    async with walking(blank, models=models) as walker:
        await to_format(walker)
        await type_all(walker, PIN, PIN)
        await walker.press("enter")
        await looked(walker)
        await walker.press("escape")
        await walker.reach("home")
        await to_cards(walker)
        await walker.press("tab", "tab", "enter")
        await walker.reach("erase")
        await walker.type(LABEL)
        await walker.press("enter", "tab", "enter")
        await walker.reach("format")
        await walker.pilot.pause()
        assert fields(walker) == ["pin", "pin_again"]
        await type_all(walker, "00000000", "00000000", label="OTHER")
        await walker.press("enter")
        await walker.reach("verdict")
        assert "(pin_wrong" in walker.text()
        await walker.press("enter")
        await walker.reach("format")
        await type_all(walker, PIN, PIN, label="OTHER")
        await walker.press("enter")
        await looked(walker)
        await walker.see("OTHER")
    assert (opens(blank, "user", PIN), opens(blank, "so", PIN)) == (True, True)
