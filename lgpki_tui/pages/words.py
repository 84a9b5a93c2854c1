"""The words of the command line: screens/commands.toml and standing.toml.

The tables may be nested as one likes; a leaf is a table of `ja` and `en`, which may hold places for facts (fill.py).

    [doctor.title]
    ja = "環境の確認"
    en = "Environment"
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Fact, Refusal
from lgpki_tui.ground.shipped import shipped
from lgpki_tui.ground.tables import Table, read_table
from lgpki_tui.pages.fill import fill
from lgpki_tui.pages.language import LANGUAGES, Language


class Words:
    """The words of one language, by dotted key."""

    def __init__(self, language: Language, *files: Path) -> None:
        """Name the files, by default the shipped ones. They are read with the first word: what prints JSON needs none,
        and reading takes 4 ms (measured)."""
        self.language = language
        self.files = files or (shipped("screens", "commands.toml"), shipped("screens", "standing.toml"))

    @classmethod
    def load(cls, language: Language, *files: Path) -> Words:
        """Read the shipped words of the command line, or files of the same form, now.

        Raises Refusal: settings_unreadable, settings_key_unknown, settings_key_missing, settings_value, with `file` and
        `key`; so does the first use of words that were not loaded before.
        """
        words = cls(language, *files)
        words._texts  # noqa: B018  # reads
        return words

    @cached_property
    def _texts(self) -> Mapping[str, str]:
        return {key: text for file in self.files for key, text in _leaves(read_table(file), self.language)}

    @property
    def keys(self) -> frozenset[str]:
        """Every key there are words for."""
        return frozenset(self._texts)

    def known(self, key: str) -> bool:
        """Whether there are words for a key."""
        return key in self._texts

    def word(self, key: str, /, **facts: Fact) -> str:
        """The words of a key with its facts filled in. Raises Refusal: settings_key_missing with `file` and `key`."""
        if key not in self._texts:
            raise Refusal(Code.SETTINGS_KEY_MISSING, file=str(self.files[0]), key=key)
        return fill(self._texts[key], facts, self.language)


def _leaves(table: Table, language: Language) -> Iterator[tuple[str, str]]:
    if any(known in table for known in LANGUAGES):
        texts = {known: table.text(known) for known in LANGUAGES}
        table.done()
        yield table.prefix.removesuffix("."), texts[language]
    else:
        keys = table.keys()
        for key in keys:
            yield from _leaves(table.table(key), language)
