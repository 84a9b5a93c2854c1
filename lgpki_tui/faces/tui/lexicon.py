"""The words of the wizard: those that every page shares (screens/wizard.toml), then those of the command line, which
names the same kinds, states, checks and causes."""

from __future__ import annotations

from functools import cached_property

from lgpki_tui.ground.findings import Fact, Refusal
from lgpki_tui.ground.shipped import shipped
from lgpki_tui.pages.language import Language
from lgpki_tui.pages.messages import Message, Messages
from lgpki_tui.pages.words import Words


class Lexicon:
    """All words of one language. The larger files are read when something of them is first said."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self._own = Words(language, shipped("screens", "wizard.toml"))
        self._commands = Words(language)

    def word(self, key: str, /, **facts: Fact) -> str:
        """The words of a key. Raises Refusal: settings_key_missing."""
        words = self._own if key in self._own.keys else self._commands
        return words.word(key, **facts)

    def known(self, key: str) -> bool:
        """Whether there are words for a key."""
        return key in self._own.keys or key in self._commands.keys

    @cached_property
    def messages(self) -> Messages:
        """What is said when something is refused."""
        return Messages.load(self.language)

    def message(self, refusal: Refusal) -> Message:
        """What happened, what to do now, whom to ask."""
        return self.messages.message(refusal.code.value, refusal.facts)
