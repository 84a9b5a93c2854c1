"""Reads `key = { value, source }` of config/profiles: the values, and on what each of them rests."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeVar

from lgpki_tui.ground.tables import Table

_Word = TypeVar("_Word", bound=StrEnum)


class Sources:
    """The sources of what was read so far: `kept`, by dotted key. All methods raise Refusal: settings_*."""

    def __init__(self) -> None:
        self.kept: list[tuple[str, str]] = []

    def text(self, table: Table, key: str) -> str:
        """A text that is not empty."""
        valued = table.table(key)
        value = valued.text("value")
        if not value.strip():
            valued.refuse_value("value", found=value)
        self.keep(valued)
        return value

    def count(self, table: Table, key: str, most: int | None = None) -> int:
        """A whole number from 1, up to `most`."""
        valued = table.table(key)
        value = valued.integer("value")
        if value < 1 or (most is not None and value > most):
            valued.refuse_value("value", found=value, **({} if most is None else {"most": most}))
        self.keep(valued)
        return value

    def word(self, table: Table, key: str, words: type[_Word], known: tuple[_Word, ...] | None = None) -> _Word:
        """One of the words of an enumeration, or of a part of it."""
        valued = table.table(key)
        value = words(valued.choice("value", tuple(word.value for word in known or tuple(words))))
        self.keep(valued)
        return value

    def words(self, table: Table, key: str, words: type[_Word]) -> tuple[_Word, ...]:
        """A list of such words."""
        return tuple(words(item) for item in self.choices(table, key, tuple(word.value for word in words)))

    def choices(self, table: Table, key: str, known: tuple[str, ...]) -> tuple[str, ...]:
        """A list of texts out of a closed list, none of them twice."""
        valued = table.table(key)
        value = valued.texts("value")
        for item in value:
            if item not in known:
                Table(valued.file, {"value": item}, prefix=valued.prefix).choice("value", known)
        if len(set(value)) < len(value):
            valued.refuse_value("value", found=list(value), reason="twice")
        self.keep(valued)
        return value

    def keep(self, valued: Table) -> None:
        """Keep the source of a value, of which nothing else is left to read."""
        self.kept.append((valued.prefix.rstrip("."), checked_source(valued)))
        valued.done()


def checked_source(table: Table) -> str:
    """On what a value rests: seed, assumed, or public: and where."""
    source = table.text("source")
    if source not in ("seed", "assumed") and not source.startswith("public: "):
        table.refuse_value("source", found=source)
    return source
