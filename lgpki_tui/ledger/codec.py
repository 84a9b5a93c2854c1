"""Events as JSON and back. Canonical (RFC 8785), so that the same event always has the same bytes."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from datetime import datetime
from functools import cache
from typing import Any

from lgpki_tui.ground.clock import from_rfc3339, rfc3339
from lgpki_tui.ground.frozen import dataclass
from lgpki_tui.procedure import events
from lgpki_tui.procedure.identity import Login, LoginSource, Machine, Token
from lgpki_tui.subject.algorithm import Scheme
from lgpki_tui.subject.answered import Origin, RegistryAnswer
from lgpki_tui.subject.extensions import Extensions

# Rises when the shape of an event changes; `decode` then reads the older shapes too. Entries are never rewritten. A
# field that came later has a default and is written only where it says something else: what was recorded before is read
# as it is, and would be written as it was.
EVENT_VERSION = 1
# Whom an entry is about when it is about a card and no enrolment.
CARD = "card"

_KINDS: dict[str, type[events.Event]] = {
    "begun": events.Begun,
    "key_intended": events.KeyIntended,
    "key_absent": events.KeyAbsent,
    "key_made": events.KeyMade,
    "key_moved": events.KeyMoved,
    "request_signed": events.RequestSigned,
    "request_written": events.RequestWritten,
    "folder_chosen": events.FolderChosen,
    "filed": events.Filed,
    "corrected": events.Corrected,
    "store_intended": events.StoreIntended,
    "store_undone": events.StoreUndone,
    "stored": events.Stored,
    "abandoned": events.Abandoned,
    "key_destroyed": events.KeyDestroyed,
    "format_intended": events.FormatIntended,
    "format_done": events.FormatDone,
    "format_undone": events.FormatUndone,
}
_NAMES = {kind: name for name, kind in _KINDS.items()}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the ledger: about whom, and what happened."""

    about: str
    event: events.Event


def encode(entry: Entry) -> str:
    """The canonical JSON text of an entry."""
    import rfc8785

    values = ((field, getattr(entry.event, field.name)) for field in fields(entry.event))
    body = {field.name: _plain(value) for field, value in values if value != field.default}
    return rfc8785.dumps(
        {"about": entry.about, "event": _NAMES[type(entry.event)], "version": EVENT_VERSION, **body}
    ).decode()


def decode(text: str) -> Entry:
    """Read an entry. Raises ValueError when it is not one that `encode` writes."""
    data = json.loads(text)
    if not isinstance(data, dict):
        raise ValueError("not an object")
    about, name, version = data.pop("about", None), data.pop("event", None), data.pop("version", None)
    if not isinstance(about, str) or name not in _KINDS or version != EVENT_VERSION:
        raise ValueError("unknown entry")
    kind, readers = _KINDS[name], _readers(name)
    if not _needed(name) <= data.keys() <= readers.keys():
        raise ValueError(f"fields of {name}")
    values: dict[str, Any] = {key: readers[key](value) for key, value in data.items()}
    return Entry(about, kind(**values))


@cache
def _needed(name: str) -> frozenset[str]:
    """The fields without a default."""
    return frozenset(field.name for field in fields(_KINDS[name]) if field.default is MISSING)


@cache
def _readers(name: str) -> dict[str, Callable[[object], object]]:
    return {field.name: _READERS[str(field.type)] for field in fields(_KINDS[name])}


def _plain(value: object) -> Any:
    match value:
        case datetime():
            return rfc3339(value)
        case Machine() | Login() | Token() | Extensions() | RegistryAnswer():
            return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
        case LoginSource() | Scheme() | Origin():
            return value.value
        case tuple():
            return [_plain(item) for item in value]
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("not a text")
    return value


def _moment(value: object) -> datetime:
    return from_rfc3339(_text(value))


def _pairs(value: object) -> tuple[tuple[str, str], ...]:
    if not isinstance(value, list):
        raise ValueError("not a list")
    return tuple((_text(first), _text(second)) for first, second in value)


def _table(value: object) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise ValueError("not a table")
    return value


def _machine(value: object) -> Machine:
    return Machine(**{key: _text(item) for key, item in _table(value).items()})


def _token(value: object) -> Token:
    return Token(**{key: _text(item) for key, item in _table(value).items()})


def _login(value: object) -> Login:
    table = _table(value)
    if not isinstance(table["uid"], int):
        raise ValueError("not a uid")
    return Login(table["uid"], _text(table["name"]), LoginSource(table["source"]))


def _extensions(value: object) -> Extensions:
    table = _table(value)
    if table.keys() != {field.name for field in fields(Extensions)}:
        raise ValueError("extensions")
    return Extensions(**{key: _texts(item) for key, item in table.items()})


def _answers(value: object) -> tuple[RegistryAnswer, ...]:
    if not isinstance(value, list):
        raise ValueError("not a list")
    return tuple(map(_answer, value))


def _answer(value: object) -> RegistryAnswer:
    table = dict(_table(value))
    if table.keys() != {field.name for field in fields(RegistryAnswer)}:
        raise ValueError("registries")
    origin, imported = Origin(_text(table.pop("origin"))), table.pop("imported_at")
    texts = {key: _text(item) for key, item in table.items()}
    return RegistryAnswer(origin=origin, imported_at=None if imported is None else _moment(imported), **texts)


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise ValueError("not a list")
    return tuple(map(_text, value))


_READERS: dict[str, Callable[[object], object]] = {
    "str": _text,
    "datetime": _moment,
    "tuple[tuple[str, str], ...]": _pairs,
    "Machine": _machine,
    "Login": _login,
    "Token": _token,
    "Extensions": _extensions,
    "tuple[RegistryAnswer, ...]": _answers,
    "Scheme": lambda value: Scheme(_text(value)),
}
