"""Whether a page is whole: what a person must see is on the screen, and nothing is cut."""

from __future__ import annotations

from unicodedata import east_asian_width

import pytest
from rich.cells import cell_len

from lgpki_tui.faces.tui.page_screen import Body, PageScreen
from lgpki_tui.faces.tui.widgets.button import Button
from tests.tui.walking import Walker

SIZES = ((80, 24), (60, 20))
CASES = [(language, size) for language in ("ja", "en") for size in SIZES]
# For whole acts: two of them every time, all of them when there is time.
ACTS = [pytest.param(*case, marks=[] if case in (CASES[0], CASES[3]) else pytest.mark.slow) for case in CASES]
CASE_IDS = [f"{language}-{columns}x{rows}" for language, (columns, rows) in CASES]


async def read_through(walker: Walker) -> str:
    """All that the page says, screen by screen, without the breaks of its lines and without blanks."""
    body, rows = walker.screen(PageScreen).query_one(Body), list[str]()
    while True:
        usable(walker, focus=False)
        rows.extend(line.strip() for line in walker.lines()[3:-2])
        if body.scroll_y >= body.max_scroll_y:
            return "".join(rows).replace(" ", "")
        assert walker.app.context.lexicon.word("key.page") in walker.lines()[-1]
        await walker.press("pagedown")
        await walker.pilot.pause()


def complete(walker: Walker) -> None:
    """At 80x24 nothing is below the fold; at 60x20 what has the focus is seen. At both, foot and hint are not cut."""
    page = walker.screen(PageScreen)
    usable(walker)
    if walker.app.size.height >= 24:
        assert page.query_one(Body).max_scroll_y == 0, walker.text()
        for button in page.query(Button):
            assert not button.display or button.region.bottom <= page.query_one(Body).region.bottom, button.label


def usable(walker: Walker, *, focus: bool = True) -> None:
    """What has the focus is seen; hint and foot are whole; no row is wider than the screen; no ambiguous character."""
    page, lines = walker.screen(PageScreen), walker.lines()
    focused, seen = page.focused, page.query_one(Body).region
    if focused is not None and focus:
        assert seen.y <= focused.region.y, (walker.focus, walker.text())
        assert focused.region.bottom <= seen.bottom or focused.region.height > 1, (walker.focus, walker.text())
        assert focused.region.width > 0, walker.focus
    assert lines[-1].endswith(walker.app.context.lexicon.word("key.quit")), lines[-1]
    assert not lines[-2].endswith(".."), lines[-2]
    assert all(cell_len(line) <= walker.app.size.width for line in lines)
    if walker.app.context.lexicon.language == "ja":
        wide = {each for line in lines for each in line if east_asian_width(each) == "A"}
        assert not wide, wide
