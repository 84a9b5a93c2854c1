"""The first row of a page: no title is cut, in the narrowest window either."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from lgpki_tui.faces.tui.head import head_line
from lgpki_tui.faces.tui.lexicon import Lexicon
from lgpki_tui.faces.tui.page_screen import LEAST_COLUMNS
from lgpki_tui.pages.language import LANGUAGES, Language
from lgpki_tui.pages.page import Page
from tests.practice import Practice
from tests.tui.test_pages import MODULES, screen_class
from tests.tui.test_screen_kind import at_kind
from tests.tui.walking import walking

PRODUCTS = ("LGPKI certificate", "LGPKI")


@pytest.mark.parametrize("module", MODULES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_title_section_and_practice_are_whole(module: str, language: Language) -> None:
    screen, word = screen_class(module), Lexicon(language).word
    title = Page.load(screen.name_of_page, language).title
    section = f"{word(f'section.{screen.section}')} {screen.step}".rstrip() if screen.section else ""
    products = (word("head.product"), word("head.product_short"))
    for right in ("", word("head.practice")):
        row = head_line(products, section, title, right, LEAST_COLUMNS)
        assert cell_len(row) == LEAST_COLUMNS
        assert all(part in row for part in (section, title, right)), row
        assert row.split("  ")[0] in products, row


async def test_a_narrow_window_shows_it(blank: Practice) -> None:
    async with walking(blank, "en", (60, 20)) as walker:
        await at_kind(walker)
        assert walker.lines()[0] == "LGPKI  1 Key and CSR 1/4  Kind of certificate     [PRACTICE]"
    async with walking(blank, "en") as walker:
        await at_kind(walker)
        assert walker.lines()[0].startswith("LGPKI certificate  1 Key and CSR 1/4  Kind of certificate  ")


def test_what_never_fits_is_cut_at_its_end() -> None:
    assert head_line(PRODUCTS, "1", "x" * 40, "", 20) == "1  xxxxxxxxxxxxxxx.."
    assert head_line(PRODUCTS, "", "Home", "", 22) == "LGPKI  Home".ljust(22)
    assert head_line(PRODUCTS, "", "Home", "", 23) == "LGPKI certificate  Home"
