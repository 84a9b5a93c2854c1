"""The columns of an imported table: their headers, which are needed, and where each stands in a header row."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Fact, Refusal
from lgpki_tui.ground.frozen import dataclass
from lgpki_tui.ground.shipped import shipped
from lgpki_tui.ground.tables import Table, read_table
from lgpki_tui.registry.port import RegistryKind


class Column(StrEnum):
    """A column that is read. The value is its English header."""

    MUNICIPALITY_CODE = "municipality_code"
    ORGANIZATION = "organization"
    ORGANIZATION_READING = "organization_reading"
    NAME = "name"
    NAME_READING = "name_reading"


# docs/contract.md, Commands: these always hold, whatever a site adds.
_JAPANESE = {
    Column.MUNICIPALITY_CODE: "団体コード",
    Column.ORGANIZATION: "組織",
    Column.ORGANIZATION_READING: "組織よみ",
    Column.NAME: "名義",
    Column.NAME_READING: "名義よみ",
}
REQUIRED = {
    RegistryKind.ORGANIZATIONS: (Column.MUNICIPALITY_CODE, Column.ORGANIZATION),
    RegistryKind.ACCOUNTS: (Column.MUNICIPALITY_CODE, Column.ORGANIZATION, Column.NAME),
}
READ = {
    RegistryKind.ORGANIZATIONS: (*REQUIRED[RegistryKind.ORGANIZATIONS], Column.ORGANIZATION_READING),
    RegistryKind.ACCOUNTS: (*REQUIRED[RegistryKind.ACCOUNTS], Column.ORGANIZATION_READING, Column.NAME_READING),
}
_SHOWN_HEADERS = 20
FOLDER, FILE = "registry", "columns.toml"
# What a mapping says of a header that is no column although its name is known.
IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class Headers:
    """Which header means which column; the headers as `_key` writes them."""

    columns: Mapping[str, Column]

    def known(self, row: Sequence[str]) -> int:
        """How many fields of a row are headers of ours."""
        return sum(_key(header) in self.columns for header in row)

    def places(self, kind: RegistryKind, row: Sequence[str], file: Path) -> dict[Column, int]:
        """Where the columns of this kind stand in a header row.

        Raises Refusal(registry_columns) with `file`, `missing`, `nearest` (per missing column the likest header of the
        file, or null), `found`; or with `repeated` when a column stands there twice.
        """
        named = [self.columns.get(_key(header)) for header in row]
        places = {column: named.index(column) for column in READ[kind] if column in named}
        repeated = [column.value for column in places if named.count(column) > 1]
        missing = [column for column in REQUIRED[kind] if column not in places]
        if repeated or missing:
            nearest: Fact = {column.value: self._nearest(column, row) for column in missing}
            facts: dict[str, Fact] = {"missing": [column.value for column in missing], "nearest": nearest}
            found = list(row[:_SHOWN_HEADERS])
            raise Refusal(
                Code.REGISTRY_COLUMNS, file=str(file), registry=kind.value, repeated=repeated, found=found, **facts
            )
        return places

    def _nearest(self, column: Column, row: Sequence[str]) -> str | None:
        by_key = {_key(header): header for header in row if _key(header) not in self.columns}
        wanted = [header for header, meant in self.columns.items() if meant is column]
        near = (found for header in wanted for found in get_close_matches(header, by_key, 1, 0.5))
        return by_key.get(next(near, ""))


def header_files(*sites: Path | None) -> tuple[Path, ...]:
    """A site's own further headers: registry/columns.toml below each site folder (None is left out), if it is there."""
    files = (site / FOLDER / FILE for site in sites if site is not None)
    return tuple(file for file in files if file.is_file())


def read_headers(files: Sequence[Path] = ()) -> Headers:
    """The headers of docs/contract.md, those of the shipped config/registry/columns.toml and those of more such files.

    `[mapping]` in them says of one header what it means ("header" = "column", or "ignored"), and stands above all of
    these; of two files the later. Raises Refusal: settings_unreadable, settings_key_unknown, settings_key_missing,
    settings_value (file, key), the last also when one header would mean two columns.
    """
    columns = {_key(header): column for column in Column for header in (column.value, _JAPANESE[column])}
    mapping: dict[str, Column | None] = {}
    for file in (shipped("config", FOLDER, FILE), *files):
        _add(read_table(file), columns, mapping)
    columns |= {header: column for header, column in mapping.items() if column is not None}
    return Headers({header: column for header, column in columns.items() if mapping.get(header, column) is column})


def _add(table: Table, columns: dict[str, Column], mapping: dict[str, Column | None]) -> None:
    table.text("source")
    mapped = table.table("mapping", optional=True)
    for header in mapped.keys():  # noqa: SIM118  # a Table, no dict
        meant = mapped.choice(header, (*(column.value for column in Column), IGNORED))
        mapping[_key(header)] = None if meant == IGNORED else Column(meant)
    for column in Column:
        for header in table.texts(column.value, ()):
            if columns.setdefault(_key(header), column) is not column:
                table.refuse_value(column.value, found=header)
    table.done()


def _key(header: str) -> str:
    return unicodedata.normalize("NFKC", header).strip().casefold()
