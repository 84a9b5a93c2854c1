"""Fonts for the sheet: which of the candidates are there, and which characters they can print."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.ground.frozen import dataclass
from lgpki_tui.ground.inert import inert
from lgpki_tui.paper.marks import is_selector

# A font without these is no Japanese font.
_JAPANESE = "申請書の様式〓"


@dataclass(frozen=True, slots=True)
class Font:
    """A font file (in a collection the first font), the code points that it has a glyph for, and the sequences of a
    code point and a variation selector that it draws otherwise (OpenType, `cmap`, format 14)."""

    path: Path
    points: frozenset[int]
    sequences: frozenset[tuple[int, int]] = frozenset()

    def has(self, char: str) -> bool:
        """Whether the font has a glyph for the character."""
        return ord(char) in self.points


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


def gaps(text: str, fonts: Sequence[Font]) -> frozenset[int]:
    """The places in the text (from 0) of what no font can draw; what is written as \\uXXXX anyway has a glyph."""
    return frozenset(
        place
        for place, char in enumerate(text)
        if inert(char) == char and not _is_drawn(char, text[place - 1 : place], fonts)
    )


def _is_drawn(char: str, before: str, fonts: Sequence[Font]) -> bool:
    """A variation selector is drawn by the font that draws the character before it, or by none."""
    if not is_selector(char):
        return any(font.has(char) for font in fonts)
    drawing = next((font for font in fonts if before and font.has(before)), None)
    return drawing is not None and (ord(before), ord(char)) in drawing.sequences


def _read(path: Path) -> Font | None:
    from fontTools.ttLib import TTFont, TTLibError  # 40 ms to import (measured), and only for a PDF

    try:
        with path.open("rb") as file, TTFont(file, fontNumber=0, lazy=True) as font:
            points = font.getBestCmap() or {}
            tables = [table.uvsDict for table in font["cmap"].tables if table.format == 14]
    except (OSError, TTLibError):
        return None
    except Exception:  # a file that only begins like a font may raise anything there; such a one is no font
        return None
    sequences = {(point, selector) for table in tables for selector, held in table.items() for point, _ in held}
    return Font(path, frozenset(points), frozenset(sequences))
