"""What the program says when something is refused or found: screens/messages.toml, by code.

A message may hold places for facts (fill.py).

    [card_absent.ja]
    happened = "..."
    do = "..."
    here = "..."     instead of `do` in the wizard; in both languages or in neither
    ask = "..."
    [card_absent.en]
    ...
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from lgpki_tui.ground.findings import Facts
from lgpki_tui.ground.frozen import dataclass
from lgpki_tui.ground.inert import inert
from lgpki_tui.ground.shipped import shipped
from lgpki_tui.ground.tables import Table, read_table
from lgpki_tui.pages.fill import fill
from lgpki_tui.pages.language import LANGUAGES, Language


@dataclass(frozen=True, slots=True)
class Message:
    """What happened, what to do now, which desk to ask (MISSION rule 7).

    `here` is what to do now in the wizard, where nobody types a command; the same as `do` when none is given.
    """

    happened: str
    do: str
    ask: str
    here: str = ""

    def __post_init__(self) -> None:
        """Let `do` stand for `here`."""
        if not self.here:
            object.__setattr__(self, "here", self.do)


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
        parts = (text.happened, text.do, text.ask, text.here)
        return Message(*(fill(part, facts, self.language) for part in parts))


def _both(table: Table) -> Mapping[Language, Message]:
    tables = {language: table.table(language) for language in LANGUAGES}
    table.done()
    given = any("here" in one for one in tables.values())
    return {language: _one(one, given) for language, one in tables.items()}


def _one(table: Table, here: bool) -> Message:
    message = Message(table.text("happened"), table.text("do"), table.text("ask"), table.text("here") if here else "")
    table.done()
    return message
