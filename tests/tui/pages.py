"""How a test comes to one page at once, and what is true of every page that is complete."""

from __future__ import annotations

from dataclasses import replace
from unicodedata import east_asian_width

from lgpki_tui.faces.tui.widgets.prose import Prose
from lgpki_tui.faces.tui.widgets.text_field import TextField
from lgpki_tui.ledger.unfinished import Unfinished, UnfinishedFile
from lgpki_tui.pages.language import Language
from lgpki_tui.pages.page import Page
from tests.practice import Practice
from tests.tui.walking import Walker


def unfinished(practice: Practice) -> UnfinishedFile:
    """Where the program keeps what is not begun yet, and where the person stood."""
    return UnfinishedFile(practice.folder / "state" / "unfinished.json")


def stand_at(practice: Practice, page: str) -> str:
    """The person of the one enrolment stood at this page; its number."""
    number = str(practice.enrolments()[0]["enrolment"])
    unfinished(practice).save(Unfinished(pages={number: page}))
    return number


def begun(practice: Practice, **answers: str) -> None:
    """Answers up to the subject page were given before."""
    given = {"step": "subject", "certificate_kind": "shokuseki", "pattern": "own_pc", **answers}
    unfinished(practice).save(replace(Unfinished(), **given))  # type: ignore[arg-type]  # all of them are texts


async def open_first(walker: Walker, page: str) -> None:
    """From the first page to what is most urgent there."""
    await walker.reach("home")
    await walker.until(lambda: walker.focus == "enrolments", "home")
    await walker.press("enter")
    await walker.reach(page)


def words(page: str, language: Language) -> Page:
    """The words of a page."""
    return Page.load(page, language)


def value_of(walker: Walker, field: str) -> str:
    """What stands in a field."""
    return walker.app.screen.query_one(f"#{field}", TextField).value


def text_of(walker: Walker, part: str) -> str:
    """What one part of the page says, unbroken."""
    return walker.app.screen.query_one(f"#{part}", Prose).text


def is_seen(walker: Walker, selector: str) -> bool:
    """Whether a widget stands on the screen, whole."""
    widget = walker.app.screen.query_one(selector)
    seen = walker.app.screen.query_one("#body").region
    return bool(widget.region) and seen.contains_region(widget.region)


def complete(walker: Walker, *selectors: str) -> None:
    """Nothing of the page is below the fold, these are on it, the focus is seen, and nothing is drawn that a Japanese
    terminal may draw wider than we count."""
    body = walker.app.screen.query_one("#body")
    assert body.max_scroll_y == 0, walker.text()
    usable(walker, *selectors)


def usable(walker: Walker, *selectors: str) -> None:
    """What has the focus is seen whole, as are these; head and foot are there; no ambiguous width in the ascii look."""
    focused = walker.app.focused
    assert focused is not None
    assert focused.region
    assert walker.app.screen.query_one("#body").region.contains_region(focused.region), walker.text()
    for selector in selectors:
        assert is_seen(walker, selector), (selector, walker.text())
    lines = walker.lines()
    assert lines[0].strip(), walker.text()
    assert lines[-1].strip().startswith("F1"), walker.text()
    assert lines[-1].rstrip().endswith(walker.app.context.lexicon.word("key.quit")), walker.text()
    # A character of the private use area is what the person typed.
    assert not {char for line in lines for char in line if east_asian_width(char) == "A" and char < "\ue000"}
