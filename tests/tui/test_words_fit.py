"""What stands in the one row at the foot fits into the narrowest screen."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from rich.cells import cell_len

from lgpki_tui.card.models import Characters
from lgpki_tui.faces.tui import screens
from lgpki_tui.faces.tui.lexicon import Lexicon
from lgpki_tui.faces.tui.page_screen import LEAST_COLUMNS
from lgpki_tui.pages.language import LANGUAGES, Language
from lgpki_tui.pages.page import FieldKind, Page
from tests.tui.test_pages import MODULES, screen_class, source

PAGES = (
    "card",
    "desk",
    "end",
    "environment",
    "erase",
    "format",
    "home",
    "kind",
    "progress",
    "receipt",
    "set_pin",
    "settings",
    "verdict",
)
# Pages that set their keys for a visit, and the widest of these.
_VISITS: dict[str, list[tuple[str, ...]]] = {
    "environment": [("help", "again", "back", "quit")],
    "export": [("help", "take_out", "next", "home", "quit")],
    "receive": [("help", "again", "page", "back", "quit")],
    "review": [("help", "end", "home", "quit")],
    "sheet": [("help", "page", "back", "quit")],
    "subject": [
        ("help", "take_short", "ask", "page_short", "next", "back", "quit"),
        ("help", "offer_short", "ask", "page_short", "next", "back", "quit"),
        ("help", "offer", "page_short", "next", "back", "quit"),
    ],
    "waiting": [("help", "issue", "end", "back", "quit"), ("help", "issue", "end", "home", "quit")],
}
_NOTICED = re.compile(r"(?:self\.notice\(self\.word\(|_refuse\([^)]*, )([^)]*)\)")


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_notices_and_help_of_fields_fit_into_one_row(name: str, language: Language) -> None:
    page = Page.load(name, language)
    source = Path(screens.__path__[0], f"{name}.py").read_text(encoding="utf-8")
    noticed = {word for call in _NOTICED.findall(source) for word in re.findall(r'"([a-z_]+)"', call)} & page.keys
    said = {word: page.word(word) for word in noticed} | {each.name: each.help for each in page.fields.values()}
    long = {key: text for key, text in said.items() if cell_len(text) > LEAST_COLUMNS}
    assert long == {}


@pytest.mark.parametrize("module", MODULES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_foot_cuts_its_last_key(module: str, language: Language) -> None:
    lexicon = Lexicon(language)
    assert ("self.keys" in source(module)) == (module in _VISITS)
    feet = [screen_class(module).keys, *_VISITS.get(module, [])]
    wide = [foot for foot in feet if cell_len(" ".join(lexicon.word(f"key.{key}") for key in foot)) > LEAST_COLUMNS]
    assert wide == []


@pytest.mark.parametrize("name", ["format", "set_pin"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_rule_of_a_pin_stands_beside_the_help_of_its_field(name: str, language: Language) -> None:
    page = Page.load(name, language)
    rules = [page.word(f"rule_{each}", least=4, most=255) for each in Characters]
    helps = [field.help for key, field in page.fields.items() if field.kind is FieldKind.PIN and key != "old"]
    assert [text for text in helps if max(map(cell_len, rules)) + 1 + cell_len(text) > LEAST_COLUMNS] == []
