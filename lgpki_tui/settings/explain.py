"""What `settings show` tells: each value and where it comes from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from pathlib import Path

from lgpki_tui.ground.clock import rfc3339
from lgpki_tui.ground.findings import Fact
from lgpki_tui.ground.frozen import dataclass
from lgpki_tui.settings.model import Settings, Valued


@dataclass(frozen=True, slots=True)
class Explained:
    """One value that is in force, as JSON can carry it, the file (or flag) it comes from, and its stated source."""

    key: str
    value: Fact
    file: str
    source: str | None


def explain(settings: Settings) -> tuple[Explained, ...]:
    """All values in force, sorted by key. What is not set is not listed."""
    found = (Explained(one.key, _fact(one.value), one.file, one.source) for one in _walk(settings))
    return tuple(sorted(found, key=lambda row: row.key))


def _walk(node: object) -> Iterator[Valued[object]]:
    if isinstance(node, Valued):
        yield node
    elif isinstance(node, Mapping):
        for inner in node.values():
            yield from _walk(inner)
    elif is_dataclass(node):
        for field in fields(node):
            yield from _walk(getattr(node, field.name))


def _fact(value: object) -> Fact:
    if isinstance(value, tuple):
        return [_fact(item) for item in value]
    if isinstance(value, datetime):
        return rfc3339(value)
    if isinstance(value, Path):
        return str(value)
    return value if isinstance(value, str | int | bool) else None
