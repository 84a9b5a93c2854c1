"""The words of the wizard: the frame of every page (screens/frame.toml), what pages share (wizard.toml), then those of
the command line, which names the same kinds and states (standing.toml), checks and causes (commands.toml)."""

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
        files = ("frame.toml", "wizard.toml", "standing.toml", "commands.toml")
        self._words = [Words(language, shipped("screens", name)) for name in files]

    def word(self, key: str, /, **facts: Fact) -> str:
        """The words of a key. Raises Refusal: settings_key_missing."""
        words = next((each for each in self._words if each.known(key)), self._words[-1])
        return words.word(key, **facts)

    def known(self, key: str) -> bool:
        """Whether there are words for a key."""
        return any(each.known(key) for each in self._words)

    @cached_property
    def messages(self) -> Messages:
        """What is said when something is refused."""
        return Messages.load(self.language)

    def message(self, refusal: Refusal) -> Message:
        """What happened, what to do now, whom to ask."""
        return self.messages.message(refusal.code.value, refusal.facts)
