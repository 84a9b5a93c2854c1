"""What the program says when something is refused or found: screens/messages.toml, by code.

A message may hold places for facts (fill.py).

    [card_absent.ja]
    happened = "..."
    do = "..."
    ask = "..."
    [card_absent.en]
    ...
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from lgpki_tui.ground.findings import Facts
from lgpki_tui.ground.inert import inert
from lgpki_tui.ground.shipped import shipped
from lgpki_tui.ground.tables import Table, read_table
from lgpki_tui.pages.fill import fill
from lgpki_tui.pages.language import LANGUAGES, Language


@dataclass(frozen=True, slots=True)
class Message:
    """What happened, what to do now, which desk to ask (MISSION rule 7)."""

    happened: str
    do: str
    ask: str


class Messages:
    """The messages of one language."""

    def __init__(self, language: Language, texts: Mapping[str, Message]) -> None:
        self.language = language
        self._texts = texts

    @classmethod
    def load(cls, language: Language, file: Path | None = None) -> Messages:
        """Read the shipped messages, or a file of the same form.

        Raises Refusal: settings_unreadable, settings_key_unknown, settings_key_missing, settings_value, with `file` and
        `key`. Both languages must be whole, whichever is asked for.
        """
        table = read_table(file or shipped("screens", "messages.toml"))
        codes = table.keys()
        return cls(language, {code: _both(table.table(code))[language] for code in codes})

    @property
    def codes(self) -> frozenset[str]:
        """Every code there are words for."""
        return frozenset(self._texts)

    def message(self, code: str, facts: Facts) -> Message:
        """The words of a code with its facts filled in; never raises. Of an unknown code the code itself."""
        text = self._texts.get(code)
        if text is None:
            return Message(inert(str(code)), "", "")
        return Message(*(fill(part, facts, self.language) for part in (text.happened, text.do, text.ask)))


def _both(table: Table) -> Mapping[Language, Message]:
    both = {language: _one(table.table(language)) for language in LANGUAGES}
    table.done()
    return both


def _one(table: Table) -> Message:
    message = Message(table.text("happened"), table.text("do"), table.text("ask"))
    table.done()
    return message
