"""`[directory]`: which values may stand there, and which only together."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Fact, Refusal
from lgpki_tui.ground.tables import Table
from lgpki_tui.settings.model import DirectoryRows, DirectorySettings, Valued

_Values = Mapping[str, Valued[Any]]
_Reader = Callable[[Table, str], object]

# Compiled when a site has set such a value, for every start reads the defaults: 1 ms of it (measured).
# Scheme, host and port alone (RFC 4516): what is asked for stands in settings of its own. ldapi: libldap's way to a
# socket on this PC, its path percent-encoded.
_URI = r"(?:ldaps?://(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+)(?::[0-9]{1,5})?|ldapi://[A-Za-z0-9%._-]+)/?"
_THIS_PC = r"ldapi://.*|ldap://(?:127(?:\.[0-9]{1,3}){3}|\[::1\])(?::[0-9]+)?/?"
# RFC 4512, 2.5: a name or an OID, and options such as ;lang-ja.
_ATTRIBUTE = r"(?:[A-Za-z][A-Za-z0-9-]*|[0-9]+(?:\.[0-9]+)+)(?:;[A-Za-z0-9-]+)*"
_TLS = {"ldaps": ("ldaps",), "ldap": ("starttls", "none"), "ldapi": ("none",)}
_LONGEST_SECONDS = 600
_MOST_PAGE, _MOST_ROWS = 10_000, 100_000

DIRECTORY_TABLES = ("organizations", "accounts")


def _matching(pattern: str, expected: str) -> _Reader:
    def read(table: Table, key: str) -> str:
        text = table.text(key)
        if re.fullmatch(pattern, text) is None:
            table.refuse_value(key, expected=expected, found=text)
        return text

    return read


def _between(lowest: int, highest: int) -> _Reader:
    def read(table: Table, key: str) -> int:
        number = table.integer(key)
        if not lowest <= number <= highest:
            table.refuse_value(key, expected=f"{lowest}..{highest}", found=number)
        return number

    return read


def _text(table: Table, key: str) -> str:
    text = table.text(key)
    if not text or "\0" in text:
        table.refuse_value(key, expected="text", found=text)
    return text


def _filter(table: Table, key: str) -> str:
    """One filter in parentheses. The server judges the rest; what matters here is that ours can be put beside it."""
    text, depth = _text(table, key), 0
    for place, char in enumerate(text):
        depth += {"(": 1, ")": -1}.get(char, 0)
        if depth <= 0 and place != len(text) - 1:
            depth = -1
            break
    if depth or not text.endswith(")"):
        table.refuse_value(key, expected="(attribute=value)", found=text)
    return text


def _code(table: Table, key: str) -> str:
    from lgpki_tui.subject.municipality import is_code  # 1 ms of every start

    text = table.text(key)
    if not is_code(text):
        table.refuse_value(key, expected="municipality_code", found=text)
    return text


# What each key holds; `ca` and `password_file` are paths (layer.py).
DIRECTORY: dict[str, _Reader] = {
    "uri": _matching(_URI, "ldaps://HOST[:PORT]"),
    "tls": lambda table, key: table.choice(key, ("ldaps", "starttls", "none")),
    "bind_dn": _text,
    "municipality": _code,
    "connect_seconds": _between(1, _LONGEST_SECONDS),
    "answer_seconds": _between(1, _LONGEST_SECONDS),
    "rest_seconds": _between(1, _LONGEST_SECONDS),
    "page_rows": _between(1, _MOST_PAGE),
    "most_rows": _between(1, _MOST_ROWS),
}
DIRECTORY_ROWS: dict[str, _Reader] = {
    "base": _text,
    "filter": _filter,
    **dict.fromkeys(
        ("municipality_code", "organization", "organization_reading", "name", "name_reading"),
        _matching(_ATTRIBUTE, "attribute"),
    ),
}


def directory_settings(values: _Values) -> DirectorySettings | None:
    """The directory, None where no `uri` is set.

    Raises Refusal: settings_value (tls that does not go with the uri), settings_key_missing (ca with TLS, bind_dn and
    password_file without one another, no base at all, and what a base needs); each with `file` and `key`.
    """
    if "directory.uri" not in values:
        return None
    found = {key: values.get(f"directory.{key}") for key in (*DIRECTORY, "ca", "password_file")}
    found["tls"] = tls = _tls(values)
    uri = values["directory.uri"]
    if tls.value != "none" and found["ca"] is None:
        _missing(uri, "directory.ca")
    for one, other in (("bind_dn", "password_file"), ("password_file", "bind_dn")):
        set_one = found[one]
        if set_one is not None and found[other] is None:
            _missing(set_one, f"directory.{other}")
    rows = {key: _rows(key, values) for key in DIRECTORY_TABLES}
    if not any(rows.values()):
        _missing(uri, "directory.organizations.base")
    whole: dict[str, Any] = {**found, **rows}
    return DirectorySettings(**whole)


def _tls(values: _Values) -> Valued[str]:
    """As it is set, or as the uri says. Without TLS only on this PC: a password would be read by anybody between."""
    uri = values["directory.uri"]
    ways = _TLS[uri.value.partition(":")[0]]
    tls = values.get("directory.tls") or Valued(ways[0], uri.file, "directory.tls")
    if tls.value not in ways or (tls.value == "none" and re.fullmatch(_THIS_PC, uri.value) is None):
        allowed = [way for way in ways if way != "none" or re.fullmatch(_THIS_PC, uri.value)]
        _refuse(Code.SETTINGS_VALUE, tls, "directory.tls", found=tls.value, known=allowed, uri=uri.value)
    return tls


def _rows(table: str, values: _Values) -> DirectoryRows | None:
    prefix = f"directory.{table}."
    found = {key: values.get(prefix + key) for key in DIRECTORY_ROWS}
    base = found["base"]
    if base is None:
        return None
    if values.get("directory.municipality") is not None:
        found["municipality_code"] = None
    needed = ("filter", "organization", *(("name",) if table == "accounts" else ()))
    for key in needed:
        if found[key] is None:
            _missing(base, prefix + key)
    whole: dict[str, Any] = dict(found)
    return DirectoryRows(**whole)


def _missing(beside: Valued[Any], key: str) -> NoReturn:
    _refuse(Code.SETTINGS_KEY_MISSING, beside, key)


def _refuse(code: Code, where: Valued[Any], key: str, **facts: Fact) -> NoReturn:
    raise Refusal(code, file=where.file, key=key, **facts)
