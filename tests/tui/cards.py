"""The way to the card page, and its lists, for tests of the pages about cards."""

from __future__ import annotations

from lgpki_tui.faces.tui.screens.card import CardScreen
from lgpki_tui.faces.tui.widgets.button import Button
from lgpki_tui.faces.tui.widgets.choice_list import ChoiceList
from tests.tui.walking import Walker


async def to_cards(walker: Walker) -> None:
    """From the first page to the cards, looked at."""
    await walker.reach("home")
    await walker.press("tab", "enter")
    await looked(walker)


async def to_cards_of_road(walker: Walker) -> None:
    """The same as a step of the road."""
    await walker.reach("home")
    await walker.press("end", "enter")
    await walker.reach("environment")
    await walker.press("f10")
    await walker.reach("kind")
    await walker.press("f10")
    await looked(walker)


async def looked(walker: Walker) -> None:
    """The page is there and has looked."""
    await walker.reach("card")
    await walker.until(lambda: walker.focus in ("cards", "look"), "looked")
    await walker.pilot.pause()


def cards(walker: Walker) -> list[str]:
    """What the list says of each card."""
    return [choice.text for choice in walker.screen(CardScreen).query_one(ChoiceList).choices]


def acts(walker: Walker) -> dict[str, bool]:
    """The buttons that are shown, and whether they can be pressed."""
    return {str(each.id): not each.disabled for each in walker.screen(CardScreen).query(Button) if each.display}


async def to_format(walker: Walker) -> None:
    """To the format page of the one card; a card in use leads over the erase page."""
    await to_cards(walker)
    await walker.press("tab", "tab", "enter") if acts(walker).get("set_pin") else await walker.press("enter")
    await walker.until(lambda: walker.page in ("format", "erase"), "format or erase")
    await walker.pilot.pause()
