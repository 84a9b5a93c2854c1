"""Each folder of screens/ is one screen and each screen one folder; every word a screen says is there, and is said."""

from __future__ import annotations

import inspect
import re
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import pytest

from lgpki_tui.faces.tui import screens
from lgpki_tui.faces.tui.lexicon import Lexicon
from lgpki_tui.faces.tui.page_screen import PageScreen
from lgpki_tui.ground.shipped import shipped
from lgpki_tui.pages.language import LANGUAGES
from lgpki_tui.pages.page import FieldKind, Page, load_help
from lgpki_tui.registry.port import RegistryKind

FOLDER = Path(screens.__path__[0])
MODULES = sorted(module.name for module in iter_modules(screens.__path__))
FOLDERS = sorted(path.name for path in shipped("screens").iterdir() if path.is_dir() and path.name != "looks")
# `self.word("key")`, and the beginning of `self.word(f"key_{...}")`.
_SAID = re.compile(r"""self\.word\(\s*(f?)["']([a-z0-9_-]+)""")
_BEGUN = re.compile(r"""f["']([a-z]+_)\{""")
# Keys that are the values of an enumeration.
_BY_VALUE = {kind.value for kind in RegistryKind}
_COMMON = re.compile(r'(?:self\.common|lexicon\.word|\bword)\(\s*(f?)"([a-z0-9_.-]+)')


def screen_class(module: str) -> type[PageScreen[object]]:
    """The one page class of a module."""
    loaded = import_module(f"lgpki_tui.faces.tui.screens.{module}")
    found = [
        each
        for each in vars(loaded).values()
        if isinstance(each, type) and issubclass(each, PageScreen) and each.__module__ == loaded.__name__
    ]
    assert len(found) == 1, found
    return found[0]


def source(module: str) -> str:
    """The code of a screen, and of the screens that it is a kind of."""
    kinds = [each for each in screen_class(module).__mro__ if issubclass(each, PageScreen) and each is not PageScreen]
    return "".join(inspect.getsource(import_module(each.__module__)) for each in kinds)


def test_each_folder_is_one_screen_and_each_screen_is_one_folder() -> None:
    assert MODULES == FOLDERS
    assert [screen_class(module).name_of_page for module in MODULES] == FOLDERS


@pytest.mark.parametrize("module", MODULES)
def test_a_class_is_called_as_its_file(module: str) -> None:
    assert screen_class(module).__name__ == "".join(part.capitalize() for part in module.split("_")) + "Screen"


@pytest.mark.parametrize("module", MODULES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_a_screen_says_is_there_and_every_word_there_is_said(module: str, language: str) -> None:
    page = Page.load(module, "ja" if language == "ja" else "en")
    exact = {key for formatted, key in _SAID.findall(source(module)) if not formatted}
    assert exact <= page.keys
    begun = tuple(_BEGUN.findall(source(module)))
    unsaid = {key for key in page.keys - exact - _BY_VALUE if not key.startswith(begun or ("\0",))}
    # A word may also be one of two: self.word("a" if ... else "b").
    assert {key for key in unsaid if f'"{key}"' not in source(module)} == set()


@pytest.mark.parametrize("module", MODULES)
def test_each_page_has_its_help_and_its_keys_have_words(module: str) -> None:
    for language in LANGUAGES:
        assert load_help(module, language).startswith("# ")
        lexicon = Lexicon(language)
        kind = screen_class(module)
        assert all(lexicon.known(f"key.{key}") for key in kind.keys)
        assert not kind.section or lexicon.known(f"section.{kind.section}")


@pytest.mark.parametrize("file", sorted(FOLDER.parent.rglob("*.py")), ids=lambda file: str(file.name))
def test_every_shared_word_is_there(file: Path) -> None:
    lexicon = Lexicon("ja")
    page_words = "self.word("
    text = file.read_text(encoding="utf-8").replace(page_words, "")
    for formatted, key in _COMMON.findall(text):
        if "." in key and not formatted:
            assert lexicon.known(key), key


@pytest.mark.parametrize("module", MODULES)
def test_every_field_of_a_page_is_on_it(module: str) -> None:
    for name, field in Page.load(module, "ja").fields.items():
        assert field.kind in FieldKind
        assert re.search(rf'"#?{name}"|{name}-', source(module)), name
