"""Search filters for a directory (RFC 4515), from texts that may hold anything."""

from __future__ import annotations

from collections.abc import Iterable

# RFC 4515, 3: what must be escaped, and NUL. The rest of UTF-8 stands for itself.
_SPECIAL = {ord(char): f"\\{ord(char):02x}" for char in "\0()*\\"}
# Lone surrogates (bytes of an argument that are not UTF-8) cannot be sent; no row has a noncharacter.
_SURROGATES = dict.fromkeys(range(0xD800, 0xE000), "\uffff")


def escaped(text: str) -> str:
    r"""The text as a filter carries it: ``*`` ``(`` ``)`` ``\`` and NUL as ``\2a`` ``\28`` ``\29`` ``\5c`` ``\00``."""
    return text.translate(_SPECIAL).translate(_SURROGATES)


def equal(attribute: str, text: str) -> str:
    """Rows that have this text, as the server compares: case, width and spaces may not count there."""
    return f"({attribute}={escaped(text)})"


def holding(attribute: str, text: str) -> str:
    """Rows in which the text occurs."""
    return f"({attribute}=*{escaped(text)}*)"


def beginning(attribute: str, text: str) -> str:
    """Rows that begin with the text."""
    return f"({attribute}={escaped(text)}*)"


def ending(attribute: str, text: str) -> str:
    """Rows that end with the text."""
    return f"({attribute}=*{escaped(text)})"


def there(attribute: str) -> str:
    """Rows that have the attribute at all."""
    return f"({attribute}=*)"


def every(conditions: Iterable[str]) -> str:
    """Rows for which all of these hold; there is at least one."""
    return _joined("&", conditions)


def some(conditions: Iterable[str]) -> str:
    """Rows for which one of these holds; there is at least one."""
    return _joined("|", conditions)


def _joined(sign: str, conditions: Iterable[str]) -> str:
    each = tuple(dict.fromkeys(conditions))
    return each[0] if len(each) == 1 else f"({sign}{''.join(each)})"
