"""Reads one settings file strictly into values by dotted key (TOML 1.0)."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from lgpki_tui.ground.tables import Table, read_table
from lgpki_tui.settings.directory import DIRECTORY, DIRECTORY_ROWS, DIRECTORY_TABLES
from lgpki_tui.settings.model import ACTS, Valued

Layer = dict[str, Valued[object]]
_Reader = Callable[[Table, str], object]

_LONGEST_DEADLINE = 3600
_LONGEST_DAYS = 36525
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_MACHINE_ID = re.compile(r"[0-9A-Fa-f]{32}")
_MOST_UID = 4294967294


def read_real(file: Path) -> Layer:
    """Read a settings file of real mode.

    Raises Refusal: settings_unreadable, settings_key_unknown (with `nearest`), settings_value; each with `file`, and
    `key` where there is one.
    """
    return _read(file, _common)


def read_defaults(file: Path) -> Layer:
    """Read the shipped defaults, whose `[source]` table says where each value comes from. Raises like read_real."""
    return _read(file, lambda table: {**_common(table), **_sourced(table.table("source"))}, sourced=True)


def read_sandbox(file: Path) -> Layer:
    """Read a sandbox.toml, which may also hold `[practice]` and `[pretend]`. Raises like read_real."""
    return _read(file, lambda table: {**_common(table), **_practice(table)})


def _read(file: Path, reader: Callable[[Table], dict[str, object]], *, sourced: bool = False) -> Layer:
    table = read_table(file)
    found = reader(table)
    table.done()
    sources = {key: value for key, value in found.items() if key.startswith("source.")} if sourced else {}
    return {
        key: Valued(value, str(file), key, _source_of(key, sources))
        for key, value in found.items()
        if key not in sources
    }


def _source_of(key: str, sources: dict[str, object]) -> str | None:
    while key:
        if (found := sources.get(f"source.{key}")) is not None:
            return str(found)
        key = key.rpartition(".")[0]
    return None


def _common(table: Table) -> dict[str, object]:
    tables = ("card", "trust", "registry", "paper", "media")
    card, trust, registry, paper, media = (table.table(key, optional=True) for key in tables)
    environment = card.table("environment", optional=True)
    deadlines = card.table("deadlines", optional=True)
    return {
        **_taken(card, "card", module=_absolute, module_candidates=_absolutes, soft_module_candidates=_absolutes),
        **_taken(environment, "card.environment", **dict.fromkeys(environment.keys(), _variable)),
        **_taken(deadlines, "card.deadlines", **dict.fromkeys(ACTS, _seconds)),
        **_taken(trust, "trust", anchors=_relatives, intermediates=_relatives, crls=_relatives),
        **_taken(registry, "registry", oldest_days=_days),
        **_taken(paper, "paper", fonts=_absolutes),
        **_taken(media, "media", roots=_absolutes),
        **_directory(table.table("directory", optional=True)),
    }


def _directory(table: Table) -> dict[str, object]:
    rows = {key: table.table(key, optional=True) for key in DIRECTORY_TABLES}
    found = _taken(table, "directory", **DIRECTORY, ca=_relative, password_file=_relative)
    for key, each in rows.items():
        found |= _taken(each, f"directory.{key}", **DIRECTORY_ROWS)
    return found


def _sourced(table: Table) -> dict[str, object]:
    return _taken(table, "source", **dict.fromkeys(table.keys(), _plain))


def _practice(table: Table) -> dict[str, object]:
    practice, pretend = table.table("practice", optional=True), table.table("pretend", optional=True)
    return {
        **_taken(practice, "practice", card=lambda place, key: place.choice(key, ("soft", "virtual"))),
        **_taken(
            pretend,
            "pretend",
            machine_id=_machine_id,
            host_name=_plain,
            login_name=_plain,
            login_uid=lambda place, key: _between(place, key, 0, _MOST_UID),
            now=lambda place, key: place.moment(key),
        ),
    }


def _taken(table: Table, prefix: str, **readers: _Reader) -> dict[str, object]:
    """What the table holds of these keys. Every reader that is not needed still makes its key known."""
    found = {}
    for key, reader in readers.items():
        if key in table:
            found[f"{prefix}.{key}" if prefix else key] = reader(table, key)
        else:
            table.optional_text(key)
    if prefix:
        table.done()
    return found


def _plain(table: Table, key: str) -> str:
    text = table.text(key)
    if not text or "\0" in text:
        table.refuse_value(key, expected="text", found=text)
    return text


def _path(table: Table, key: str, text: str) -> Path:
    if not text or "\0" in text:
        table.refuse_value(key, expected="path", found=text)
    return Path(text)


def _absolute(table: Table, key: str) -> Path:
    return _checked_absolute(table, key, table.text(key))


def _absolutes(table: Table, key: str) -> tuple[Path, ...]:
    return tuple(_checked_absolute(table, key, text) for text in table.texts(key))


def _checked_absolute(table: Table, key: str, text: str) -> Path:
    # A bare name would be searched by the loader in folders that nobody named.
    path = _path(table, key, text)
    if not path.is_absolute():
        table.refuse_value(key, expected="absolute_path", found=text)
    return path


def _relatives(table: Table, key: str) -> tuple[Path, ...]:
    folder = table.file.absolute().parent
    return tuple(folder / _path(table, key, text) for text in table.texts(key))


def _relative(table: Table, key: str) -> Path:
    return table.file.absolute().parent / _path(table, key, table.text(key))


def _variable(table: Table, key: str) -> str:
    value = table.text(key)
    if _VARIABLE.fullmatch(key) is None or "\0" in value:
        table.refuse_value(key, expected="environment_variable", found=value)
    return value


def _seconds(table: Table, key: str) -> int:
    return _between(table, key, 1, _LONGEST_DEADLINE)


def _days(table: Table, key: str) -> int:
    return _between(table, key, 1, _LONGEST_DAYS)


def _between(table: Table, key: str, lowest: int, highest: int) -> int:
    number = table.integer(key)
    if not lowest <= number <= highest:
        table.refuse_value(key, expected=f"{lowest}..{highest}", found=number)
    return number


def _machine_id(table: Table, key: str) -> str:
    text = table.text(key)
    if _MACHINE_ID.fullmatch(text) is None:
        table.refuse_value(key, expected="32_hex_digits", found=text)
    return text
