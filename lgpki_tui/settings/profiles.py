"""Loads config/profiles/: the kinds of certificate, and the profile of each that can be requested."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from lgpki_tui.ground.shipped import shipped
from lgpki_tui.ground.tables import Table, read_table
from lgpki_tui.subject.algorithm import Algorithm
from lgpki_tui.subject.profile import Attribute, Characters, Kind, Profile, Rule, StringType, Text
from lgpki_tui.subject.text import CharacterClass

KINDS_FILE = "kinds.toml"
FOLDER = "profiles"
# What pki/names.py writes: a profile cannot ask for another type.
_STRINGS = {"C": StringType.PRINTABLE}
_ATTRIBUTES = ("C", "ST", "L", "O", "OU", "CN")
_Word = TypeVar("_Word", bound=StrEnum)


def profile_folders(*sites: Path | None) -> tuple[Path, ...]:
    """Where profiles are looked for, the first that has a file wins: `profiles` below each site folder (such as
    /etc/lgpki-tui, then ~/.config/lgpki-tui; None is left out), then the shipped ones."""
    return (*(site / FOLDER for site in sites if site is not None), shipped("config", FOLDER))


def load_kinds(folders: Sequence[Path]) -> tuple[Kind, ...]:
    """All kinds that the program knows, in the order of kinds.toml.

    Raises Refusal: settings_unreadable, settings_key_unknown, settings_key_missing, settings_value (file, key).
    """
    table = read_table(_first(folders, KINDS_FILE))
    kinds = tuple(_kind(key, table.table(key)) for key in table.keys())  # noqa: SIM118  # a Table is no dict
    table.done()
    return kinds


def load_profile(kind: str, folders: Sequence[Path]) -> Profile | None:
    """The profile of a kind; None when the kind is unknown or has none. Raises what `load_kinds` raises."""
    known = next((found for found in load_kinds(folders) if found.kind == kind and found.has_profile), None)
    if known is None:
        return None
    table = read_table(_first(folders, f"{kind}.toml"))
    if table.text("kind") != kind:
        table.refuse_value("kind", expected=kind)
    profile = _profile(known, table)
    table.done()
    return profile


def _first(folders: Sequence[Path], name: str) -> Path:
    return next((folder / name for folder in folders if (folder / name).is_file()), shipped("config", FOLDER, name))


def _kind(kind: str, table: Table) -> Kind:
    valued = table.table("title")
    found = Kind(kind, valued.text("value"), table.boolean("profile"), table.boolean("tracked_only"), _source(valued))
    valued.done()
    table.done()
    return found


class _Sources:
    """Reads `{ value, source }` tables and keeps the sources by dotted key."""

    def __init__(self) -> None:
        self.kept: list[tuple[str, str]] = []

    def keep(self, valued: Table) -> None:
        self.kept.append((valued.prefix.rstrip("."), _source(valued)))
        valued.done()

    def count(self, table: Table, key: str) -> int:
        valued = table.table(key)
        value = valued.integer("value")
        if value < 1:
            valued.refuse_value("value", found=value)
        self.keep(valued)
        return value

    def word(self, table: Table, key: str, words: type[_Word]) -> _Word:
        valued = table.table(key)
        value = words(valued.choice("value", tuple(words)))
        self.keep(valued)
        return value

    def words(self, table: Table, key: str, words: type[_Word]) -> tuple[_Word, ...]:
        valued = table.table(key)
        known = tuple(word.value for word in words)
        value = valued.texts("value")
        for item in value:
            if item not in known:
                Table(valued.file, {"value": item}, prefix=valued.prefix).choice("value", known)
        self.keep(valued)
        return tuple(words(item) for item in value)


def _profile(kind: Kind, table: Table) -> Profile:
    sources = _Sources()
    organization, name, period = table.table("organization"), table.table("name"), table.table("period")
    algorithms, default = _algorithms(table.table("key"), sources)
    profile = Profile(
        kind=kind.kind,
        title=kind.title,
        organization_rule=sources.word(organization, "rule", Rule),
        organization_most=sources.count(organization, "most_characters"),
        name_rule=sources.word(name, "rule", Rule),
        name_most=sources.count(name, "most_characters"),
        characters=_characters(table.table("characters"), sources),
        subject=tuple(_attribute(part, sources) for part in _subject(table)),
        algorithms=algorithms,
        default_algorithm=default,
        validity_years=sources.count(period, "validity_years"),
        renewal_months=sources.count(period, "renewal_months"),
        sources=(("title", kind.source), *sources.kept),
    )
    for part in (organization, name, period):
        part.done()
    return profile


def _algorithms(table: Table, sources: _Sources) -> tuple[tuple[Algorithm, ...], Algorithm]:
    allowed = sources.words(table, "allowed", Algorithm)
    default = sources.word(table, "default", Algorithm)
    if default not in allowed:
        table.refuse_value("default.value", found=default.value)
    table.done()
    return allowed, default


def _characters(table: Table, sources: _Sources) -> Characters:
    refused = frozenset(sources.words(table, "refused", CharacterClass))
    attention = frozenset(sources.words(table, "attention", CharacterClass))
    table.done()
    return Characters(refused, attention)


def _subject(table: Table) -> tuple[Table, ...]:
    parts = table.tables("subject")
    if not parts:
        table.refuse_value("subject")
    return parts


def _attribute(table: Table, sources: _Sources) -> Attribute:
    short = table.choice("attribute", _ATTRIBUTES)
    text = Text(table.choice("text", tuple(Text)))
    string = StringType(table.choice("string", (_STRINGS.get(short, StringType.UTF8),)))
    fixed = table.text("fixed") if text is Text.FIXED else ""
    sources.keep(table)
    return Attribute(short, text, string, fixed)


def _source(table: Table) -> str:
    source = table.text("source")
    if source not in ("seed", "assumed") and not source.startswith("public: "):
        table.refuse_value("source", found=source)
    return source
