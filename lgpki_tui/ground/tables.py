"""Strict TOML: every refusal names the file, the key, and for an unknown key the nearest known one.

A reader takes what it knows by name and type and ends with `done`, which refuses whatever is left over:

    table = read_table(path, SETTINGS)
    label = table.text("label")
    table.done()
"""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import NoReturn, TypeVar, cast

from lgpki_tui.ground.clock import from_rfc3339
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Fact, Refusal
from lgpki_tui.ground.frozen import dataclass

_T = TypeVar("_T")
_MISSING = object()
# A table a person writes by hand; larger ones are something else by mistake or on purpose.
# Of moments in settings: later ones overflow when a certificate's years are added, earlier ones have three digits.
_FIRST_YEAR, _LAST_YEAR = 1970, 9900
MOST_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Codes:
    """Which codes a kind of file is refused with."""

    unreadable: Code
    unknown: Code
    missing: Code
    value: Code


SETTINGS = Codes(Code.SETTINGS_UNREADABLE, Code.SETTINGS_KEY_UNKNOWN, Code.SETTINGS_KEY_MISSING, Code.SETTINGS_VALUE)
ANSWERS = Codes(Code.ANSWERS_UNREADABLE, Code.ANSWERS_KEY_UNKNOWN, Code.ANSWERS_KEY_MISSING, Code.ANSWERS_VALUE)


class Table:
    """One TOML table that is read key by key. `file` is the path it came from; `prefix` its dotted place."""

    def __init__(self, file: Path, data: Mapping[str, object], codes: Codes = SETTINGS, prefix: str = "") -> None:
        self.file = file
        self.prefix = prefix
        self._codes = codes
        self._data = data
        self._asked: set[str] = set()

    def __contains__(self, key: str) -> bool:
        return key in self._data

    def keys(self) -> tuple[str, ...]:
        """All keys as they stand in the file."""
        return tuple(self._data)

    def text(self, key: str, default: str | object = _MISSING) -> str:
        """A string. Raises Refusal when it is missing without a default, or of another type."""
        return self._take(key, str, default)

    def optional_text(self, key: str) -> str | None:
        """A string, or None when the key is absent."""
        self._asked.add(key)
        return self.text(key) if key in self else None

    def integer(self, key: str, default: int | object = _MISSING) -> int:
        """A whole number (a boolean is none)."""
        return self._take(key, int, default)

    def boolean(self, key: str, default: bool | object = _MISSING) -> bool:
        """True or false."""
        return self._take(key, bool, default)

    def texts(self, key: str, default: tuple[str, ...] | object = _MISSING) -> tuple[str, ...]:
        """A list of strings, as a tuple."""
        found = self._take(key, list, default)
        if not all(isinstance(item, str) for item in found):
            self.refuse_value(key)
        return tuple(cast(list[str], found))

    def choice(self, key: str, known: tuple[str, ...], default: str | object = _MISSING) -> str:
        """A string out of a closed list; the refusal names the nearest."""
        found = self.text(key, default)
        if found not in known:
            raise Refusal(
                self._codes.value,
                file=str(self.file),
                key=self.prefix + key,
                found=found,
                known=list(known),
                nearest=_nearest(found, known),
            )
        return found

    def moment(self, key: str) -> datetime:
        """An RFC 3339 moment in UTC, written as a string or as TOML's own offset date-time."""
        found = self._take(key, object, _MISSING)
        try:
            text = found.isoformat() if isinstance(found, datetime) else found
            moment = from_rfc3339(text if isinstance(text, str) else "")
            if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
                raise ValueError("no year of ours")
            return moment
        except (ValueError, OverflowError):
            self.refuse_value(key, expected="rfc3339", found=str(found))

    def table(self, key: str, *, optional: bool = False) -> Table:
        """A table below this one; an empty one when it is optional and absent."""
        found = self._take(key, dict, {} if optional else _MISSING)
        return Table(self.file, cast(Mapping[str, object], found), self._codes, f"{self.prefix}{key}.")

    def tables(self, key: str) -> tuple[Table, ...]:
        """An array of tables (`[[key]]`), none when absent."""
        found = self._take(key, list, [])
        if not all(isinstance(item, dict) for item in found):
            self.refuse_value(key)
        return tuple(
            Table(self.file, cast(Mapping[str, object], item), self._codes, f"{self.prefix}{key}[{index}].")
            for index, item in enumerate(found)
        )

    def done(self) -> None:
        """Refuse the keys that nobody asked for."""
        self.only(*self._asked)

    def only(self, *known: str) -> None:
        """Refuse every key but these. Called first where a slip in a name should be told as that, not as a lack."""
        for key in self._data:
            if key not in known:
                nearest = _nearest(key, known)
                raise Refusal(self._codes.unknown, file=str(self.file), key=self.prefix + key, nearest=nearest)

    def refuse_value(self, key: str, **facts: Fact) -> NoReturn:
        """Raise the refusal for a value that does not fit."""
        raise Refusal(self._codes.value, file=str(self.file), key=self.prefix + key, **facts)

    def _take(self, key: str, kind: type[_T], default: object) -> _T:
        self._asked.add(key)
        found = self._data.get(key, default)
        if found is _MISSING:
            raise Refusal(self._codes.missing, file=str(self.file), key=self.prefix + key)
        if not isinstance(found, kind | tuple) or (kind is int and isinstance(found, bool)):
            self.refuse_value(key, expected=kind.__name__, found=type(found).__name__)
        return cast(_T, found)


def read_table(path: Path, codes: Codes = SETTINGS) -> Table:
    """Read a TOML file (UTF-8). Raises Refusal(codes.unreadable) with the file and, if known, the line."""
    import tomllib

    path = path.absolute()
    try:
        raw = _bytes(path, codes)
        # Windows' Notepad may begin a UTF-8 file with a byte order mark, which TOML does not know.
        return Table(path, tomllib.loads(raw.decode("utf-8-sig")), codes)
    except UnicodeDecodeError:
        raise Refusal(codes.unreadable, file=str(path), reason="not_utf8") from None
    except tomllib.TOMLDecodeError as error:
        raise Refusal(codes.unreadable, file=str(path), reason="not_toml", detail=str(error)) from None
    except (RecursionError, ValueError):  # nested without end; a number longer than Python reads
        raise Refusal(codes.unreadable, file=str(path), reason="not_toml") from None
    except FileNotFoundError:
        raise Refusal(codes.unreadable, file=str(path), reason="absent") from None
    except OSError as error:
        raise Refusal(codes.unreadable, file=str(path), reason=type(error).__name__) from None


def _bytes(path: Path, codes: Codes) -> bytes:
    """A regular file's content. A FIFO or a device in its place is refused, never waited for."""
    if path.is_dir():
        raise Refusal(codes.unreadable, file=str(path), reason="not_a_file")
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise Refusal(codes.unreadable, file=str(path), reason="not_a_file")
        raw = file.read(MOST_BYTES + 1)
    if len(raw) > MOST_BYTES:
        raise Refusal(codes.unreadable, file=str(path), reason="too_large")
    return raw


def _nearest(word: str, known: tuple[str, ...]) -> str | None:
    from difflib import get_close_matches

    return next(iter(get_close_matches(word, known, 1, 0.5)), None)
