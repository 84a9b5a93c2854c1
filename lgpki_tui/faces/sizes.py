"""Sizes of media as people read them, in the units that are printed on a stick (powers of ten)."""

from __future__ import annotations

_UNITS = (("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000))


def size_text(count: int | None) -> str:
    """At most four digits and a unit, rounded down: what is free is never more than it says; `?` for None."""
    if count is None:
        return "?"
    for unit, size in _UNITS:
        if count >= size:
            tenths = count * 10 // size
            return f"{tenths // 10} {unit}" if tenths >= 1000 else f"{tenths // 10}.{tenths % 10} {unit}"
    return f"{count} B"
