"""How rows of a registry lie in the directory: from attributes to entries, and from conditions to questions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice, product

from lgpki_tui.ground.frozen import dataclass
from lgpki_tui.registry.directory import Question, Rows
from lgpki_tui.registry.filters import equal, every, there
from lgpki_tui.registry.port import RegistryKind
from lgpki_tui.subject.draft import Entry

# An entry with several values in several attributes stands for rows of each with each; more is no row of a registry.
_MOST_OF_ONE = 16


@dataclass(frozen=True, slots=True)
class Schema:
    """The settings `[directory.organizations]` or `[directory.accounts]`: attributes by what they hold.

    `municipality`: the 団体コード of every row, where the directory is that of one 団体 and has no attribute for it.
    """

    kind: RegistryKind
    base: str
    filter: str
    organization: str
    municipality_code: str | None = None
    organization_reading: str | None = None
    name: str | None = None
    name_reading: str | None = None
    municipality: str | None = None

    @property
    def text(self) -> str:
        """The attribute of 組織, of accounts that of 名義: what rows are looked for by."""
        return self.name if self.kind is RegistryKind.ACCOUNTS and self.name else self.organization

    @property
    def reading(self) -> str | None:
        """The attribute of its reading."""
        return self.name_reading if self.kind is RegistryKind.ACCOUNTS else self.organization_reading

    def question(self, conditions: Iterable[str], most: int) -> Question:
        """The rows for which all of the conditions hold."""
        named = (self.organization, self.municipality_code, self.organization_reading, self.name, self.name_reading)
        attributes = tuple(dict.fromkeys(name for name in named if name))
        return Question(self.base, every((self.filter, there(self.text), *conditions)), attributes, most)

    def under(self, code: str | None) -> tuple[str, ...] | None:
        """The conditions for rows of a 団体; none for any. None when the directory has no rows of it."""
        if code is None:
            return ()
        if self.municipality_code is None:
            return () if code == self.municipality else None
        return (equal(self.municipality_code, code),)

    def entries(self, found: Rows) -> tuple[Entry, ...]:
        """The rows, each once, exactly as they stand there. What lacks 組織, 名義 or 団体コード is no row."""
        return tuple(dict.fromkeys(entry for row in found.rows for entry in self._of(row)))

    def _of(self, row: Mapping[str, tuple[str, ...]]) -> Iterator[Entry]:
        codes = (self.municipality,) if self.municipality_code is None else _values(row, self.municipality_code)
        names = _values(row, self.name) if self.kind is RegistryKind.ACCOUNTS else (None,)
        each = product(codes, _values(row, self.organization), names)
        for code, organization, name in islice(each, _MOST_OF_ONE):
            if code is not None:
                yield Entry(
                    code, organization, _first(row, self.organization_reading), name, _first(row, self.name_reading)
                )


def _values(row: Mapping[str, tuple[str, ...]], attribute: str | None) -> tuple[str, ...]:
    return row.get(attribute.lower(), ()) if attribute else ()


def _first(row: Mapping[str, tuple[str, ...]], attribute: str | None) -> str:
    return next(iter(_values(row, attribute)), "")
