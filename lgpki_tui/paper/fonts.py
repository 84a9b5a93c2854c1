"""Fonts for the sheet: which of the candidates are there, and which characters they can print."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import BinaryIO

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.ground.frozen import dataclass

# A font without these is no Japanese font.
_JAPANESE = "申請書の様式〓"
_MOST_TABLES = 512
_MOST_CMAP_BYTES = 4 * 1024 * 1024
# Of a cmap's subtables: (platform, encoding) of Unicode, with the supplementary planes first (OpenType, `cmap`).
_UNICODE = ((3, 10), (0, 6), (0, 4), (3, 1), (0, 3), (0, 2), (0, 1), (0, 0))

Ranges = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Font:
    """A font file (in a collection the first font) and the ranges of code points that it has a glyph for."""

    path: Path
    ranges: Ranges

    def has(self, char: str) -> bool:
        """Whether the font has a glyph for the character."""
        return any(first <= ord(char) <= last for first, last in self.ranges)


def find_fonts(candidates: Sequence[Path]) -> tuple[Font, ...]:
    """The candidates that are Japanese fonts, in order: the first is the main one, the others fill its gaps.

    Candidates that are absent, damaged or have no Japanese are passed over. Raises Refusal: font_missing (`searched`,
    the candidates) when none is left.
    """
    read = map(_read, dict.fromkeys(path.resolve() for path in candidates))
    found = tuple(font for font in read if font is not None and all(map(font.has, _JAPANESE)))
    if not found:
        raise Refusal(Code.FONT_MISSING, searched=[str(path) for path in candidates])
    return found


def lacking(texts: Iterable[str], fonts: Sequence[Font]) -> frozenset[str]:
    """The characters of the texts that no font has a glyph for."""
    return frozenset(char for char in set("".join(texts)) if not any(font.has(char) for font in fonts))


def _read(path: Path) -> Font | None:
    try:
        with path.open("rb") as file:
            return Font(path, _ranges(_cmap(file)))
    except (OSError, ValueError, struct.error):
        return None


def _cmap(file: BinaryIO) -> bytes:
    """The bytes of the `cmap` table (OpenType, "Organization of an OpenType font")."""
    start = 0
    head = file.read(16)
    if head[:4] == b"ttcf":
        start = struct.unpack(">I", head[12:16])[0]
    file.seek(start)
    _, tables = struct.unpack(">4sH6x", file.read(12))
    for _ in range(min(tables, _MOST_TABLES)):
        tag, _, offset, length = struct.unpack(">4sIII", file.read(16))
        if tag == b"cmap" and length <= _MOST_CMAP_BYTES:
            file.seek(offset)
            return file.read(length)
    raise ValueError("no cmap")


def _ranges(cmap: bytes) -> Ranges:
    count = struct.unpack_from(">2xH", cmap)[0]
    records = (struct.unpack_from(">HHI", cmap, 4 + 8 * index) for index in range(min(count, _MOST_TABLES)))
    offsets = {(platform, encoding): offset for platform, encoding, offset in records}
    for known in _UNICODE:
        if known in offsets:
            table = cmap[offsets[known] :]
            form = struct.unpack_from(">H", table)[0]
            if form in _FORMATS:
                return _FORMATS[form](table)
    raise ValueError("no Unicode cmap")


def _format_4(table: bytes) -> Ranges:
    """Segments of the basic plane. A segment's characters without a glyph are left out one by one."""
    count = struct.unpack_from(">6xH", table)[0] // 2
    last = struct.unpack_from(f">{count}H", table, 14)
    first = struct.unpack_from(f">{count}H", table, 16 + 2 * count)
    delta = struct.unpack_from(f">{count}H", table, 16 + 4 * count)
    at = 16 + 6 * count
    offset = struct.unpack_from(f">{count}H", table, at)
    found: list[tuple[int, int]] = []
    for index in range(count):
        if not offset[index]:
            found.extend(_without(first[index], last[index], (-delta[index]) & 0xFFFF))
            continue
        for point in range(first[index], last[index] + 1):
            place = at + 2 * index + offset[index] + 2 * (point - first[index])
            glyph = struct.unpack_from(">H", table, place)[0] if place + 2 <= len(table) else 0
            if glyph and (glyph + delta[index]) & 0xFFFF:
                found.append((point, point))
    return tuple(found)


def _format_12(table: bytes) -> Ranges:
    """Groups of all planes; a group that begins with glyph 0 lacks its first character."""
    count = struct.unpack_from(">12xI", table)[0]
    groups = (struct.unpack_from(">III", table, 16 + 12 * index) for index in range(count))
    return tuple((first + (glyph == 0), last) for first, last, glyph in groups if first + (glyph == 0) <= last)


def _without(first: int, last: int, absent: int) -> list[tuple[int, int]]:
    """The range without the one code point that maps to glyph 0."""
    if not first <= absent <= last:
        return [(first, last)]
    return [(low, high) for low, high in ((first, absent - 1), (absent + 1, last)) if low <= high]


_FORMATS = {4: _format_4, 12: _format_12}
