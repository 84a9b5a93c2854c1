"""Puts facts into the places that a text leaves for them: `{enrolment}`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from lgpki_tui.ground.findings import Fact, Facts
from lgpki_tui.ground.inert import inert
from lgpki_tui.pages.language import Language

# Not str.format: a text of ours never reaches into an object, and one of a site cannot either.
PLACE = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_NOTHING = "-"
_UNKNOWN = "?"
_COMMA: Mapping[Language, str] = {"ja": "、", "en": ", "}
_BOOLEAN: Mapping[Language, tuple[str, str]] = {"ja": ("いいえ", "はい"), "en": ("no", "yes")}


def fill(text: str, facts: Facts, language: Language) -> str:
    """The text with every place filled, values from outside made inert; never raises.

    A place of which no fact is known shows as `?`, an empty fact as `-`; lists are joined. Places inside a fact's own
    value are left as they are.
    """
    return PLACE.sub(lambda found: _shown(facts.get(found.group(1), _UNKNOWN), language), text)


def places(text: str) -> frozenset[str]:
    """The names of the facts that a text has places for."""
    return frozenset(PLACE.findall(text))


def _shown(fact: Fact, language: Language) -> str:
    if isinstance(fact, bool):
        return _BOOLEAN[language][fact]
    if isinstance(fact, str):
        return inert(fact) or _NOTHING
    if isinstance(fact, Mapping):
        return _COMMA[language].join(f"{inert(str(key))}={_shown(value, language)}" for key, value in fact.items())
    if isinstance(fact, Sequence):
        return _COMMA[language].join(_shown(item, language) for item in fact) or _NOTHING
    return _NOTHING if fact is None else inert(str(fact))
