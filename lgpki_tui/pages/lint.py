"""Judges the wording of screens/: both languages, the same places for facts, no character of unclear width.

A terminal set to Japanese may draw East-Asian-ambiguous characters two cells wide while the program counts one
(Unicode Standard Annex 11; Tera Term manual, additional coding): Japanese copy goes without them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from unicodedata import east_asian_width

from lgpki_tui.ground.frozen import dataclass
from lgpki_tui.ground.inert import inert_lines
from lgpki_tui.pages.fill import PLACE, places
from lgpki_tui.pages.language import LANGUAGES


class Fault(StrEnum):
    """What is wrong with a text."""

    LANGUAGE_MISSING = "language_missing"
    EMPTY = "empty"
    AMBIGUOUS_WIDTH = "ambiguous_width"
    ACTIVE_CHARACTER = "active_character"
    PLACES_DIFFER = "places_differ"
    BRACE = "brace"


@dataclass(frozen=True, slots=True)
class Flaw:
    """A fault, where it is (the dotted key, `*` for the language where it is about both), and what it is about."""

    fault: Fault
    key: str
    about: str


def lint(data: Mapping[str, object]) -> tuple[Flaw, ...]:
    """Every flaw of a parsed file of words (messages.toml, commands.toml, page.toml): pure, in the file's order."""
    texts: dict[str, dict[str, str]] = {}
    for key, language, text in _texts(data, (), None):
        texts.setdefault(key, {})[language] = text
    return tuple(flaw for key, both in texts.items() for flaw in _judge(key, both))


def _texts(node: object, path: tuple[str, ...], language: str | None) -> Iterator[tuple[str, str, str]]:
    """(key with `*` in place of the language, language, text). What stands below no language is no wording."""
    if isinstance(node, Mapping):
        for key, inner in node.items():
            if language is None and key in LANGUAGES:
                yield from _texts(inner, (*path, "*"), key)
            else:
                yield from _texts(inner, (*path, str(key)), language)
    elif isinstance(node, list):
        for index, inner in enumerate(node):
            yield from _texts(inner, (*path, str(index)), language)
    elif isinstance(node, str) and language is not None:
        yield ".".join(path), language, node


def _judge(key: str, both: Mapping[str, str]) -> Iterator[Flaw]:
    for language in LANGUAGES:
        if language not in both:
            yield Flaw(Fault.LANGUAGE_MISSING, key, language)
    for spoken, text in both.items():
        yield from _judge_one(key.replace("*", spoken), spoken, text)
    found = [places(text) for text in both.values()]
    if len(found) == len(LANGUAGES) and found[0] != found[1]:
        yield Flaw(Fault.PLACES_DIFFER, key, ", ".join(sorted(found[0] ^ found[1])))


def _judge_one(key: str, language: str, text: str) -> Iterator[Flaw]:
    if not text.strip():
        yield Flaw(Fault.EMPTY, key, "")
    if inert_lines(text) != text:
        yield Flaw(Fault.ACTIVE_CHARACTER, key, inert_lines(text))
    if text.count("{") + text.count("}") != 2 * len(PLACE.findall(text)):
        yield Flaw(Fault.BRACE, key, text)
    wide = sorted({character for character in text if east_asian_width(character) == "A"})
    if language == "ja" and wide:
        yield Flaw(Fault.AMBIGUOUS_WIDTH, key, " ".join(f"{one} U+{ord(one):04X}" for one in wide))
