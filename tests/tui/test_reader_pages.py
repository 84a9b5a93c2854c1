"""Pages that follow the readers: what happens to a card is seen without a key, and what was cut short goes on."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from lgpki_tui.faces.tui.screens.set_pin import SetPinScreen
from lgpki_tui.faces.tui.screens.unblock import UnblockScreen
from lgpki_tui.faces.tui.views import CardView
from lgpki_tui.faces.tui.widgets.pin_field import PinField
from lgpki_tui.pages.language import LANGUAGES, Language
from tests.sandbox.virtual import READER, Virtual
from tests.tui.cards import acts, cards, looked, to_cards
from tests.tui.held import Hand, at_reader, seconds_until
from tests.tui.pages import open_first, stand_at, text_of
from tests.tui.seen import complete, usable
from tests.tui.walking import LABEL, PIN, SO_PIN, Walker

pytestmark = pytest.mark.slow
NEW = "11223344"
# pcscd looks every 0.4 s, and then the card is looked at. The fastest counts: a loaded machine may take its time.
SOON = 1.5
ROUNDS = 2


def common(walker: Walker, key: str, **facts: object) -> str:
    """A word that all pages share."""
    return walker.app.context.lexicon.word(key, **facts)  # type: ignore[arg-type]  # texts


# --- The page of the cards


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_page_of_the_cards_follows_the_card(formatted_in_reader: Virtual, language: Language) -> None:
    took: dict[str, list[float]] = {"pull": [], "insert": [], "mute": []}
    async with at_reader(formatted_in_reader, language) as (walker, hand):
        await to_cards(walker)
        page = walker.app.context.page("card")
        assert [LABEL in each for each in cards(walker)] == [True]
        for _ in range(ROUNDS):
            hand.tell("pull")
            took["pull"].append(await seconds_until(walker, page.word("none")))
            assert cards(walker) == []
            await walker.until(lambda: walker.focus == "look", "nothing else to do")
            complete(walker)
            hand.tell("mute")
            took["mute"].append(await seconds_until(walker, page.word("mute", reader=READER)))
            assert (cards(walker), acts(walker)) == ([], {"look": True})
            complete(walker)
            hand.tell("pull")
            await walker.see(page.word("none"))
            hand.tell("insert")
            took["insert"].append(await seconds_until(walker, LABEL))
            await walker.until(lambda: walker.focus == "cards", "the card has the focus")
            complete(walker)
        assert walker.keys == ["tab", "enter"]  # to the page
    assert max(min(each) for each in took.values()) < SOON, took
    assert formatted_in_reader.events() == ["format_intended", "format_done"]


async def test_a_card_that_was_exchanged_is_shown_as_what_it_is(formatted_in_reader: Virtual) -> None:
    """What Enter does is about the card that is there: a blank one leads to the format page, not the one before."""
    async with at_reader(formatted_in_reader) as (walker, hand):
        await to_cards(walker)
        hand.tell("swap blank")
        page = walker.app.context.page("card")
        await walker.see(page.word("blank"))
        assert acts(walker) == {"set_pin": False, "format": True}
        await walker.press("enter")
        await walker.reach("format")
        await walker.press("escape")
        await looked(walker)
        hand.tell("swap card")
        await walker.see(LABEL)
        await walker.until(lambda: acts(walker) == {"set_pin": True, "format": True}, "the first one")


async def test_a_change_on_another_page_is_no_trouble_there(formatted_in_reader: Virtual) -> None:
    """PINs that are being typed stay, and the card page looks for itself when one comes back to it."""
    async with at_reader(formatted_in_reader) as (walker, hand):
        await to_cards(walker)
        await walker.press("enter", "enter")
        await walker.reach("set_pin")
        await walker.type(PIN)
        hand.tell("pull")
        await walker.pilot.pause(1.2)
        assert walker.page == "set_pin"
        assert [each.count for each in walker.screen(SetPinScreen).query(PinField)] == [len(PIN), 0, 0]
        await walker.press("escape")
        await walker.see(walker.app.context.page("card").word("none"))


async def test_what_happens_while_the_card_is_looked_at_is_seen_too(
    formatted_in_reader: Virtual, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The look has seen an empty reader, and takes its time to say so; meanwhile the card is back."""
    looking, may_end = asyncio.Event(), asyncio.Event()
    async with at_reader(formatted_in_reader) as (walker, hand):
        await to_cards(walker)
        hand.tell("pull")
        await walker.see(walker.app.context.page("card").word("none"))
        look = walker.app.context.clerk.cards

        async def slow_look() -> tuple[CardView, ...]:
            seen = await look()
            looking.set()
            await may_end.wait()
            return seen

        monkeypatch.setattr(walker.app.context.clerk, "cards", slow_look)
        await walker.press("f5")
        await looking.wait()
        hand.tell("insert", "wait")
        await walker.pilot.pause(1.0)
        assert cards(walker) == []
        may_end.set()
        await walker.until(lambda: [LABEL in each for each in cards(walker)] == [True], "the card that came")


# --- Pulled in the middle


async def test_pulled_while_the_key_is_made_it_goes_on_with_one_key(formatted_in_reader: Virtual) -> None:
    """The answer to GENERATE ASYMMETRIC KEY PAIR is lost."""
    async with at_reader(formatted_in_reader) as (walker, hand):
        await walker.begin()
        await walker.press("enter")
        await walker.reach("subject")
        await walker.fill()
        hand.tell("pull-after 1 46")
        await walker.type(PIN)
        await walker.press("enter")
        await _told(walker, hand, "card_removed")
        await _put_back(walker, hand)
        await walker.reach("export")
    assert formatted_in_reader.events()[-4:] == ["key_intended", "key_made", "request_signed", "request_written"]
    _one_pair(formatted_in_reader)
    (enrolment,) = formatted_in_reader.enrolments()
    assert enrolment["state"] == "awaiting_certificate"
    assert Path(enrolment["csr_path"]).is_file()


async def test_what_was_begun_waits_for_its_card(formatted_in_reader: Virtual) -> None:
    """Enter before the card is back: it is told again, and nothing is lost; nor by a PIN that is wrong then."""
    async with at_reader(formatted_in_reader) as (walker, hand):
        await walker.begin()
        await walker.press("enter")
        await walker.reach("subject")
        await walker.fill()
        hand.tell("pull-at 1 46")
        await walker.type(PIN)
        await walker.press("enter")
        await _told(walker, hand, "card_removed")
        await walker.press("enter")
        await walker.reach("review")
        await walker.see(common(walker, "card.none_there")[:20])
        await walker.type(PIN)
        await walker.press("enter")
        await _told(walker, hand, "card_absent")
        await walker.press("enter")
        await walker.reach("review")
        hand.tell("insert")
        await walker.see(_start(walker, "card.there"))
        await walker.type("00000000")
        await walker.press("enter")
        await walker.reach("verdict")
        assert "(pin_wrong" in walker.text()
        await walker.press("enter")
        await walker.reach("review")
        await walker.type(PIN)
        await walker.press("enter")
        await walker.reach("export")
    _one_pair(formatted_in_reader)


@pytest.mark.parametrize("line", ["pull-at 1 E0", "pull-after 1 D6"])
async def test_pulled_while_it_is_stored_it_is_stored_once(waiting_in_reader: Virtual, line: str) -> None:
    async with at_reader(waiting_in_reader) as (walker, hand):
        await _to_store(walker, waiting_in_reader)
        await walker.see(_start(walker, "card.there"))
        hand.tell(line)
        await walker.type(PIN)
        await walker.press("enter")
        await _told(walker, hand, "card_removed")
        await _put_back(walker, hand)
        await walker.until(lambda: walker.page in ("done", "receive", "waiting"), "it goes on")
        if walker.page != "done":  # nothing of it was there: the file is chosen again
            await _to_store_again(walker)
            await walker.type(PIN)
            await walker.press("enter")
            await walker.reach("done")
    assert waiting_in_reader.events()[-1] == "stored"
    assert sorted(each["kind"] for each in waiting_in_reader.token()) == ["certificate", "private", "public"]


async def _told(walker: Walker, hand: Hand, code: str) -> None:
    await walker.reach("verdict")
    assert f"({code}" in walker.text()
    assert hand.place == "out"
    assert PIN not in walker.text()
    usable(walker)  # below the checks there may be more to read


async def _put_back(walker: Walker, hand: Hand) -> None:
    """The page of what was begun comes by itself, and sees the card come."""
    await walker.press("enter")
    await walker.reach("review")
    await walker.see(common(walker, "card.none_there")[:20])
    hand.tell("insert")
    await walker.see(_start(walker, "card.there"))
    assert walker.focus == "pin"
    await walker.type(PIN)
    await walker.press("enter")


def _one_pair(practice: Virtual) -> None:
    held = practice.token()
    assert sorted(each["kind"] for each in held) == ["private", "public"]
    (enrolment,) = practice.enrolments()
    assert {each["ID"] for each in held} == {enrolment["cka_id"]}
    assert practice.public_key_sha256(enrolment["cka_id"]) == enrolment["public_key_sha256"]


# --- The wrong card


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_page_tells_the_wrong_card_and_goes_on_with_the_right_one(
    waiting_in_reader: Virtual, language: Language
) -> None:
    waiting_in_reader.other_card()
    async with at_reader(waiting_in_reader, language) as (walker, hand):
        await _to_store(walker, waiting_in_reader)
        await walker.see(_start(walker, "card.there"))
        complete(walker)
        hand.tell("swap other")
        await walker.until(lambda: "OTHER" in text_of(walker, "card"), "the wrong card")
        assert text_of(walker, "card").startswith(_start(walker, "card.other"))
        complete(walker)
        await walker.type(PIN)
        await walker.press("enter")
        await walker.reach("verdict")
        assert "(wrong_card" in walker.text()
        assert LABEL in walker.text()
        await walker.press("enter")
        await walker.reach("store")
        hand.tell("swap card")
        await walker.until(lambda: text_of(walker, "card").startswith(_start(walker, "card.there")), "the right card")
        assert walker.focus == "pin"
        await walker.type(PIN)
        await walker.press("enter")
        await walker.reach("done")
    assert waiting_in_reader.events()[-2:] == ["store_intended", "stored"]
    assert sorted(each["kind"] for each in waiting_in_reader.token()) == ["certificate", "private", "public"]
    with waiting_in_reader.desk() as desk:
        desk.tell("swap other")
        listed = desk.must("pkcs15-tool", "-D")
    assert "OTHER" in listed
    assert "Certificate [" not in listed


async def _to_store(walker: Walker, practice: Virtual) -> None:
    number = stand_at(practice, "receive")
    csr = str(practice.folder / "out" / f"PRACTICE-{number}.csr.pem")
    practice_csr = {"csr_path": csr}
    practice.issue(practice_csr, name="届いた.cer")
    await open_first(walker, "receive")
    await _to_store_again(walker)


async def _to_store_again(walker: Walker) -> None:
    if walker.page == "waiting":
        await walker.press("f6")
        await walker.reach("receive")
    if walker.focus != "store":
        await walker.see("届いた.cer")
        await walker.press("enter")
    await walker.until(lambda: walker.focus == "store", "checked")
    await walker.press("enter")
    await walker.reach("store")
    await walker.until(lambda: walker.focus == "pin", "focus")


def _start(walker: Walker, key: str) -> str:
    """A word up to its first fact."""
    return common(walker, key, card="{", cards="{").partition("{")[0].strip()


# --- A locked PIN


@pytest.mark.parametrize("language", LANGUAGES)
async def test_three_wrong_pins_lock_it_and_the_so_pin_opens_it(
    formatted_in_reader: Virtual, language: Language
) -> None:
    async with at_reader(formatted_in_reader, language) as (walker, _):
        await to_cards(walker)
        await walker.press("enter", "enter")
        for wrong, code in (("00000001", "pin_wrong"), ("00000002", "pin_wrong"), ("00000003", "pin_locked")):
            await walker.reach("set_pin")
            await _type_all(walker, wrong, NEW, NEW)
            await walker.press("enter")
            await walker.reach("verdict")
            assert f"({code}" in walker.text()
            await walker.press("enter")
        await looked(walker)
        page = walker.app.context.page("card")
        await walker.see(common(walker, "pin.locked"))
        assert page.word("locked")[:20] in walker.text()
        assert acts(walker) == {"unblock": True, "format": True}
        complete(walker)
        await walker.press("enter")
        await walker.reach("unblock")
        await _type_all(walker, "90817263", NEW, NEW)
        await walker.press("enter")
        await walker.reach("verdict")
        assert "(pin_wrong" in walker.text()
        assert "which=puk" in walker.text()
        complete(walker)
        await walker.press("enter")
        await walker.reach("unblock")
        assert [each.count for each in walker.screen(UnblockScreen).query(PinField)] == [0, 0, 0]
        await _type_all(walker, SO_PIN, NEW, NEW)
        await walker.press("enter")
        await looked(walker)
        await walker.see(common(walker, "did.unblocked", label=LABEL))
        await walker.until(lambda: acts(walker) == {"set_pin": True, "format": True}, "open again")
        complete(walker)
        assert not {NEW, SO_PIN, "90817263"} & set(walker.text().split())
    assert (formatted_in_reader.takes(PIN), formatted_in_reader.takes(NEW)) == (False, True)


async def _type_all(walker: Walker, *pins: str) -> None:
    """Each with Enter."""
    for pin in pins:
        await walker.type(pin)
        await walker.press("enter")
