"""A locked PIN is set anew: what is typed, what is refused, and which PIN the token takes afterwards."""

from __future__ import annotations

import pytest

from lgpki_tui.faces.tui.screens.unblock import UnblockScreen
from lgpki_tui.faces.tui.widgets.pin_field import PinField
from lgpki_tui.pages.language import LANGUAGES, Language
from tests.card.shim import Order, Shim, build_shim
from tests.practice import Practice
from tests.tui.cards import acts, looked, to_cards, to_cards_of_road
from tests.tui.seen import ACTS, CASE_IDS, complete
from tests.tui.test_screen_card import CKF_LOCKED
from tests.tui.test_screen_set_pin import takes, type_all
from tests.tui.walking import LABEL, PIN, SO_PIN, Walker, walking

NEW = "11223344"
FIELDS = ("old", "new", "new_again")


@pytest.fixture
def locked(formatted: Practice) -> Shim:
    """SoftHSM never locks: its module is made to say so, until `clear` (PKCS#11 v2.40, 4.3)."""
    shim = build_shim(formatted.folder.with_name("shim"))
    shim.order(Order("C_GetTokenInfo", "after", "lie", f"flags={CKF_LOCKED}"))
    return shim


def word(walker: Walker, key: str, **facts: int) -> str:
    """A word of the page."""
    return walker.app.context.page("unblock").word(key, **facts)


def counts(walker: Walker) -> list[int]:
    """How many characters stand in each field."""
    return [field.count for field in walker.screen(UnblockScreen).query(PinField)]


async def to_unblock(walker: Walker) -> None:
    """From the first page: Enter on the locked card leads there."""
    await to_cards(walker)
    await walker.press("enter")
    await walker.reach("unblock")
    await walker.pilot.pause()


@pytest.mark.parametrize(("language", "size"), ACTS, ids=CASE_IDS)
async def test_the_so_pin_gives_it_another_one(
    formatted: Practice, locked: Shim, language: Language, size: tuple[int, int]
) -> None:
    """PIN by PIN with Enter; the hint says what a new one looks like."""
    async with walking(formatted, language, size, module=str(locked.module)) as walker:
        await to_unblock(walker)
        assert walker.app.context.page("unblock").title in walker.lines()[0]
        for field, pin in zip(FIELDS, (SO_PIN, NEW, NEW), strict=True):
            assert walker.focus == field
            rule = word(walker, "rule_printable-ascii", least=4, most=255)
            assert walker.lines()[-2].startswith(rule) == (field != "old")
            complete(walker)
            await type_all(walker, pin)
        assert (walker.focus, counts(walker)) == ("change", [8, 8, 8])
        complete(walker)
        assert not {SO_PIN, NEW} & set(walker.text().split())
        locked.clear()  # as the card says once it has a new PIN
        await walker.press("enter")
        await looked(walker)
        await walker.see(walker.app.context.lexicon.word("did.unblocked", label=LABEL))
        assert acts(walker) == {"set_pin": True, "format": True}
        complete(walker)
    assert (takes(formatted, PIN), takes(formatted, NEW)) == (False, True)
    assert formatted.events() == ["format_intended", "format_done"]


async def test_as_a_part_of_the_road_it_leads_back_to_the_card(formatted: Practice, locked: Shim) -> None:
    async with walking(formatted, module=str(locked.module)) as walker:
        await to_cards_of_road(walker)
        await walker.press("enter")
        await walker.reach("unblock")
        await type_all(walker, SO_PIN, NEW, NEW)
        locked.clear()
        await walker.press("f10")
        await looked(walker)
        await walker.until(lambda: acts(walker).get("use", False), "it can be used")
        await walker.press("enter")
        await walker.reach("subject")
    assert takes(formatted, NEW)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_wrong_so_pin_is_told_and_never_sent_twice(
    formatted: Practice, locked: Shim, language: Language
) -> None:
    async with walking(formatted, language, module=str(locked.module)) as walker:
        await to_unblock(walker)
        for code in ("pin_wrong", "pin_already_refused"):
            await type_all(walker, "00000000", NEW, NEW)
            await walker.press("enter")
            await walker.reach("verdict")
            assert f"({code}" in walker.text()
            assert "which=so_pin" in walker.text()
            assert "00000000" not in walker.text()
            complete(walker)
            await walker.press("enter")
            await walker.reach("unblock")
            assert (walker.focus, counts(walker)) == ("old", [0, 0, 0])
        assert takes(formatted, PIN)
        await type_all(walker, SO_PIN, NEW, NEW)
        locked.clear()
        await walker.press("enter")
        await looked(walker)
    assert takes(formatted, NEW)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("typed", "said", "focus"),
    [
        ((), "old_missing", "old"),
        ((SO_PIN,), "rule", "new"),
        ((SO_PIN, NEW, NEW + "5"), "pin_differs", "new"),
        ((SO_PIN, NEW), "pin_missing", "new"),
        ((SO_PIN, "123"), "rule", "new"),
    ],
    ids=["nothing", "no-new", "differs", "once", "short"],
)
async def test_what_is_not_right_is_told(
    formatted: Practice, locked: Shim, language: Language, typed: tuple[str, ...], said: str, focus: str
) -> None:
    async with walking(formatted, language, (60, 20), module=str(locked.module)) as walker:
        await to_unblock(walker)
        await type_all(walker, *typed)
        if said != "pin_differs":
            await walker.press("f10")
        await walker.pilot.pause()
        text = word(walker, "rule_printable-ascii", least=4, most=255) if said == "rule" else word(walker, said)
        assert walker.lines()[-2] == text
        assert walker.focus == focus
        complete(walker)
    assert takes(formatted, PIN)


async def test_what_no_so_pin_looks_like_never_reaches_the_card(formatted: Practice, locked: Shim) -> None:
    """Too short for this model: told on the page, for a real card counts every one that is sent."""
    async with walking(formatted, module=str(locked.module)) as walker:
        await to_unblock(walker)
        locked.forget()
        await type_all(walker, "123", NEW, NEW)
        await walker.press("enter")
        await walker.pilot.pause()
        assert (walker.page, walker.focus, counts(walker)) == ("unblock", "old", [0, 0, 0])
        assert walker.lines()[-2]
        assert not locked.calls()["C_Login"]
        await walker.type("１２３４")
        await walker.see(walker.app.context.lexicon.word("notice.pin_half_width"))
        assert counts(walker) == [0, 0, 0]
    assert takes(formatted, PIN)


async def test_esc_changes_nothing_and_keeps_nothing(formatted: Practice, locked: Shim) -> None:
    async with walking(formatted, module=str(locked.module)) as walker:
        await to_unblock(walker)
        await type_all(walker, SO_PIN, NEW, NEW)
        fields = list(walker.screen(UnblockScreen).query(PinField))
        await walker.press("escape")
        await looked(walker)
        assert [field.count for field in fields] == [0, 0, 0]
        assert acts(walker) == {"unblock": True, "format": True}
    assert takes(formatted, PIN)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_its_help_is_its_own(formatted: Practice, locked: Shim, language: Language) -> None:
    async with walking(formatted, language, module=str(locked.module)) as walker:
        await to_unblock(walker)
        await walker.type(SO_PIN)
        await walker.press("f1")
        await walker.reach("help")
        assert walker.app.context.page("unblock").title in walker.text()
        await walker.press("escape")
        await walker.reach("unblock")
        assert counts(walker) == [8, 0, 0]
