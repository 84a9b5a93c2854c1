"""The PIN is changed: what is typed, what is refused, and which PIN the token takes afterwards."""

from __future__ import annotations

import pytest

from lgpki_tui.faces.tui.screens.set_pin import SetPinScreen
from lgpki_tui.faces.tui.widgets.pin_field import PinField
from lgpki_tui.pages.language import Language
from tests.card.shim import Order, build_shim
from tests.practice import Practice
from tests.tui.cards import looked, to_cards, to_cards_of_road
from tests.tui.seen import ACTS, CASE_IDS, complete
from tests.tui.walking import LABEL, PIN, Walker, walking

NEW = "11223344"


def word(walker: Walker, key: str, **facts: int) -> str:
    """A word of the page."""
    return walker.app.context.page("set_pin").word(key, **facts)


def counts(walker: Walker) -> list[int]:
    """How many characters stand in each field."""
    return [field.count for field in walker.screen(SetPinScreen).query(PinField)]


async def to_set_pin(walker: Walker) -> None:
    """From the first page."""
    await to_cards(walker)
    await walker.press("enter", "enter")
    await walker.reach("set_pin")
    await walker.pilot.pause()


async def type_all(walker: Walker, *pins: str) -> None:
    """Each with Enter."""
    for pin in pins:
        await walker.type(pin)
        await walker.press("enter")


def takes(practice: Practice, pin: str) -> bool:
    """Whether the token lets in who has this PIN, says pkcs11-tool."""
    done = practice._tried("--login", "--pin", "env:TOKEN_PIN", "-O", TOKEN_PIN=pin)
    return done.returncode == 0


@pytest.mark.parametrize(("language", "size"), ACTS, ids=CASE_IDS)
async def test_the_pin_is_another_one(stored: Practice, language: Language, size: tuple[int, int]) -> None:
    kept = stored.token()
    async with walking(stored, language, size) as walker:
        await to_set_pin(walker)
        for field in ("old", "new", "new_again"):
            assert walker.focus == field
            complete(walker)
            await type_all(walker, PIN if field == "old" else NEW)
        assert walker.focus == "change"
        complete(walker)
        await walker.press("enter")
        await looked(walker)
        await walker.see(walker.app.context.lexicon.word("did.pin_changed", label=LABEL))
        complete(walker)
    assert (takes(stored, PIN), takes(stored, NEW)) == (False, True)
    (stored.folder / "secrets" / "pin").write_text(f"{NEW}\n")
    assert stored.token() == kept


async def test_as_a_part_of_the_road_it_leads_back_to_the_card(formatted: Practice) -> None:
    async with walking(formatted) as walker:
        await to_cards_of_road(walker)
        await walker.press("tab", "tab", "enter")
        await walker.reach("set_pin")
        await type_all(walker, PIN, NEW, NEW)
        await walker.press("f10")
        await looked(walker)
        assert walker.app.context.lexicon.word("did.pin_changed", label=LABEL) in walker.text()
        await walker.press("enter")
        await walker.reach("subject")
        assert walker.app.context.lexicon.word("did.pin_changed", label=LABEL) not in walker.text()
    assert takes(formatted, NEW)


@pytest.mark.slow
async def test_a_wrong_pin_is_typed_again_and_never_sent_twice(formatted: Practice) -> None:
    async with walking(formatted) as walker:
        await to_set_pin(walker)
        for code in ("pin_wrong", "pin_already_refused"):
            await type_all(walker, "00000000", NEW, NEW)
            await walker.press("enter")
            await walker.reach("verdict")
            assert f"({code}" in walker.text()
            assert "00000000" not in walker.text()
            await walker.press("enter")
            await walker.reach("set_pin")
            assert counts(walker) == [0, 0, 0]
        await type_all(walker, PIN, NEW, NEW)
        await walker.press("enter")
        await looked(walker)
    assert takes(formatted, NEW)


async def test_the_last_wrong_pin_locks_and_leads_to_the_card(formatted: Practice) -> None:
    """SoftHSM never locks: its module is made to say so once the PIN was wrong."""
    shim = build_shim(formatted.folder.with_name("shim"))
    async with walking(formatted, module=str(shim.module)) as walker:
        await to_set_pin(walker)
        shim.order(Order("C_SetPIN", "before", "ckr", "a4"))  # CKR_PIN_LOCKED
        await type_all(walker, PIN, NEW, NEW)
        await walker.press("enter")
        await walker.reach("verdict")
        assert "(pin_locked" in walker.text()
        await walker.press("enter")
        await looked(walker)
    assert takes(formatted, PIN)


@pytest.mark.parametrize(
    ("typed", "said", "focus"),
    [
        ((), "old_missing", "old"),
        ((PIN,), "rule", "new"),
        ((PIN, NEW, NEW + "5"), "pin_differs", "new"),
        ((PIN, NEW), "pin_missing", "new"),
        ((PIN, "123"), "rule", "new"),
    ],
    ids=["nothing", "no-new", "differs", "once", "short"],
)
async def test_what_is_not_right_is_told(formatted: Practice, typed: tuple[str, ...], said: str, focus: str) -> None:
    async with walking(formatted) as walker:
        await to_set_pin(walker)
        await type_all(walker, *typed)
        if said not in ("pin_differs",):
            await walker.press("f10")
        await walker.pilot.pause()
        text = word(walker, "rule_printable-ascii", least=4, most=255) if said == "rule" else word(walker, said)
        assert walker.lines()[-2] == text
        assert walker.focus == focus
        complete(walker)
    assert takes(formatted, PIN)


@pytest.mark.parametrize("text", ["１２３４", "　"])
async def test_full_width_is_no_pin(formatted: Practice, text: str) -> None:
    async with walking(formatted, "ja") as walker:
        await to_set_pin(walker)
        await walker.type(text)
        await walker.see(walker.app.context.lexicon.word("notice.pin_half_width"))
        assert counts(walker) == [0, 0, 0]


async def test_esc_changes_nothing_and_keeps_nothing(formatted: Practice) -> None:
    async with walking(formatted) as walker:
        await to_set_pin(walker)
        await type_all(walker, PIN, NEW, NEW)
        fields = list(walker.screen(SetPinScreen).query(PinField))
        await walker.press("escape")
        await looked(walker)
        assert [field.count for field in fields] == [0, 0, 0]
    assert takes(formatted, PIN)
