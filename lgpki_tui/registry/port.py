"""What the program asks of the registries, whatever they are kept in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from pathlib import PurePath
from typing import Protocol

from lgpki_tui.ground.frozen import dataclass
from lgpki_tui.subject.answered import Origin, RegistryAnswer
from lgpki_tui.subject.draft import Draft, Entry, Found
from lgpki_tui.subject.profile import Profile, Rule


class RegistryKind(StrEnum):
    """組織管理システム and アカウント等管理システム."""

    ORGANIZATIONS = "organizations"
    ACCOUNTS = "accounts"


@dataclass(frozen=True, slots=True)
class RefusedRows:
    """Rows that a profile would refuse: the code, how many, and the first few row numbers (the header is row 1)."""

    code: str
    count: int
    first_rows: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One imported registry. `source`: path of the imported file; `sha256` of its bytes; `imported_at` in UTC.

    `refused_rows`: how many rows a profile would refuse; `refused`: the same by code (a row can have several).
    `encoding` and `delimiter` ("comma", "tab") as the file was read, empty where nothing was read from a file;
    `duplicate_rows` stand there once more; `unreadable_rows` hold private-use characters or U+FFFD.
    """

    kind: RegistryKind
    rows: int
    refused_rows: int
    refused: tuple[RefusedRows, ...]
    source: str
    sha256: str
    imported_at: datetime
    encoding: str = ""
    delimiter: str = ""
    duplicate_rows: int = 0
    unreadable_rows: int = 0

    @property
    def file_name(self) -> str:
        """The name of the imported file."""
        return PurePath(self.source).name

    def age_days(self, now: datetime) -> int:
        """Whole days since the import; negative when the clock stands before it."""
        return (now - self.imported_at).days


class Registry(Protocol):
    """The registries as they were last imported. Every method may raise Refusal: registry_damaged (file, reason),
    ledger_busy (file) while an import holds the file."""

    def found(self, draft: Draft, profile: Profile) -> Found:
        """What the registries know of a draft, as far as the profile's rules ask for it.

        Raises Refusal(registry_missing) with `registry` when a needed one was never imported.
        """
        ...

    def search(self, text: str, kind: RegistryKind | None = None, limit: int = 20) -> tuple[Entry, ...]:
        """Rows whose 組織, 名義 or reading is or contains the text: exact ones first, then beginnings, then the rest.

        Width, kana, variant kanji and spaces do not count. When nothing has it, but the name of a 団体 begins with
        it: the 組織 of that 団体. `kind` None: whatever is imported, organisations first.
        Raises Refusal(registry_missing) with `registry`.
        """
        ...

    def status(self) -> tuple[Snapshot, ...]:
        """What is imported; empty when nothing is."""
        ...

    def answered(self, kinds: Iterable[RegistryKind]) -> tuple[RegistryAnswer, ...]:
        """Who has answered the last question about each of these registries; nothing for one that has no rows here."""
        ...


def asked_by(profile: Profile) -> tuple[RegistryKind, ...]:
    """The registries that a draft of this kind is looked up in."""
    rules = {RegistryKind.ORGANIZATIONS: profile.organization_rule, RegistryKind.ACCOUNTS: profile.name_rule}
    return tuple(kind for kind, rule in rules.items() if rule is Rule.REGISTERED)


def answers_of(snapshots: Iterable[Snapshot], kinds: Iterable[RegistryKind]) -> tuple[RegistryAnswer, ...]:
    """What the record keeps of a look-up in snapshots."""
    there = {each.kind: each for each in snapshots}
    asked = (there[kind] for kind in kinds if kind in there)
    return tuple(
        RegistryAnswer(each.kind.value, Origin.SNAPSHOT, each.source, each.sha256, each.imported_at) for each in asked
    )
