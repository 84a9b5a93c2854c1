"""A screen as SVG: cells in their places whatever fonts the reader has, small, and the same from run to run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from xml.sax.saxutils import escape

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style

# A wide character is one em of its font, a narrow one 0.6 em, as most of each kind are.
CELL, ROW, WIDE_FONT, NARROW_FONT = 8.5, 22, 17, 14
EDGE = 14
INK, PAPER = "#d8dee6", "#1b2028"
# As a terminal's own colours may be: the looks use no others.
COLOURS = ("#3b4252", "#e06c75", "#98c379", "#e5c07b", "#61afef", "#c678dd", "#56b6c2", "#abb2bf")
_CSS = f"""
text {{ fill: {INK}; white-space: pre }}
.n {{ font: {NARROW_FONT}px "DejaVu Sans Mono", "Noto Sans Mono", Menlo, Consolas, ui-monospace, monospace }}
.w {{ font: {WIDE_FONT}px "Noto Sans CJK JP", "Noto Sans JP", "Hiragino Sans", "Yu Gothic", Meiryo, IPAexGothic,
 sans-serif }}
.b {{ font-weight: bold }}
.d {{ opacity: .6 }}
.r {{ fill: {PAPER} }}
""".strip()


@dataclass(frozen=True, slots=True)
class Cell:
    """One character and where it stands. `ink`: its colour, empty for the usual one."""

    text: str
    x: int
    width: int
    bold: bool
    dim: bool
    reverse: bool
    underline: bool
    ink: str

    @property
    def classes(self) -> str:
        """What distinguishes how it is drawn."""
        flags = {"b": self.bold, "d": self.dim, "r": self.reverse}
        return " ".join(("w" if self.width == 2 else "n", *(name for name, on in flags.items() if on)))


def draw(rows: Sequence[Iterable[Segment]], title: str, example: Callable[[str], str] = str) -> str:
    """The screen's rows as an SVG document. `example` may put other characters, as many and as wide, into a row."""
    columns = 0
    parts: list[str] = []
    for number, segments in enumerate(rows):
        cells = list(_cells(segments, example))
        columns = max([columns, *(cell.x + cell.width for cell in cells)])
        parts.extend(_row(cells, number * ROW))
    width, height = columns * CELL + 2 * EDGE, len(rows) * ROW + 2 * EDGE
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" role="img">',
            f"<title>{escape(title)}</title>",
            f"<style>{_CSS}</style>",
            f'<rect width="{width:g}" height="{height:g}" rx="8" fill="{PAPER}"/>',
            f'<g transform="translate({EDGE} {EDGE})">',
            *parts,
            "</g>",
            "</svg>",
            "",
        ]
    )


def _cells(segments: Iterable[Segment], example: Callable[[str], str]) -> Iterator[Cell]:
    styled = [(char, segment.style or Style()) for segment in segments for char in segment.text]
    text = "".join(char for char, _ in styled)
    other = example(text)
    if (len(other), cell_len(other)) != (len(text), cell_len(text)):
        raise ValueError(f"not as wide: {text!r} {other!r}")
    x = 0
    for char, (_, style) in zip(other, styled, strict=True):
        width = cell_len(char)
        yield _cell(char, x, width, style)
        x += width


def _cell(char: str, x: int, width: int, style: Style) -> Cell:
    number = style.color.number if style.color is not None else None
    ink = COLOURS[number % len(COLOURS)] if number is not None else ""
    bold, dim, reverse, underline = map(bool, (style.bold, style.dim, style.reverse, style.underline))
    return Cell(char, x, width, bold, dim, reverse, underline, ink)


def _row(cells: Sequence[Cell], y: float) -> Iterator[str]:
    for reverse, run in groupby(cells, lambda cell: cell.reverse):
        if reverse:
            yield _bar(list(run), y, ROW, INK)
    for underline, run in groupby(cells, lambda cell: cell.underline):
        if underline:
            yield _bar(list(run), y + ROW - 3, 1, INK)
    for (classes, ink, space), run in groupby(cells, lambda cell: (cell.classes, cell.ink, cell.text.isspace())):
        if not space:
            yield _text(list(run), y + ROW - 6, classes, ink)


def _bar(run: Sequence[Cell], y: float, height: float, ink: str) -> str:
    return f'<rect x="{run[0].x * CELL:g}" y="{y:g}" width="{_width(run):g}" height="{height:g}" fill="{ink}"/>'


def _text(run: Sequence[Cell], y: float, classes: str, ink: str) -> str:
    words = escape("".join(cell.text for cell in run))
    fill = f' style="fill:{ink}"' if ink else ""
    return (
        f'<text class="{classes}" x="{run[0].x * CELL:g}" y="{y:g}" textLength="{_width(run):g}"{fill}>{words}</text>'
    )


def _width(run: Sequence[Cell]) -> float:
    return sum(cell.width for cell in run) * CELL
