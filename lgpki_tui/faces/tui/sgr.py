"""Character attributes and colours of a cell: reading SGR sequences, and the shortest one from one style to another."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

# Bits of Style.attributes, and the SGR parameter that sets each (ECMA-48 8.3.117; 53 overline: xterm).
BOLD, DIM, ITALIC, UNDERLINE, BLINK, FAST_BLINK, REVERSE, CONCEAL, STRIKE, DOUBLE_UNDERLINE, OVERLINE = (
    1 << bit for bit in range(11)
)
_SET = {
    1: BOLD,
    2: DIM,
    3: ITALIC,
    4: UNDERLINE,
    5: BLINK,
    6: FAST_BLINK,
    7: REVERSE,
    8: CONCEAL,
    9: STRIKE,
    21: DOUBLE_UNDERLINE,
    53: OVERLINE,
}
# One parameter takes several attributes off together: bold and dim, both underlines, both blinks.
_UNSET = {
    22: BOLD | DIM,
    23: ITALIC,
    24: UNDERLINE | DOUBLE_UNDERLINE,
    25: BLINK | FAST_BLINK,
    27: REVERSE,
    28: CONCEAL,
    29: STRIKE,
    55: OVERLINE,
}
# What can be seen of a cell that holds a space.
_SEEN_ON_SPACE = UNDERLINE | DOUBLE_UNDERLINE | REVERSE | STRIKE | OVERLINE


class Style(NamedTuple):
    """How a cell is drawn. Colours are SGR parameters ("31", "38;5;208", "48;2;1;2;3"); empty is the terminal's own."""

    attributes: int
    foreground: str
    background: str


PLAIN = Style(0, "", "")


@lru_cache(maxsize=4096)
def parse(parameters: str, style: Style = PLAIN) -> Style:
    """The style after an SGR sequence with these parameters ("1;31"; empty resets). What is unknown changes nothing."""
    numbers = iter(parameters.split(";"))
    for number in numbers:
        style = _applied(int(number or 0), number, numbers, style)
    return style


def _applied(code: int, written: str, following: Iterator[str], style: Style) -> Style:
    if code == 0:
        return PLAIN
    if code in (38, 48):
        return _with_colour(written, following, style)
    if code in _SET:
        return style._replace(attributes=style.attributes | _SET[code])
    if code in _UNSET:
        return style._replace(attributes=style.attributes & ~_UNSET[code])
    if 30 <= code <= 37 or 90 <= code <= 97 or code == 39:
        return style._replace(foreground="" if code == 39 else written)
    if 40 <= code <= 47 or 100 <= code <= 107 or code == 49:
        return style._replace(background="" if code == 49 else written)
    return style


def _with_colour(layer: str, following: Iterator[str], style: Style) -> Style:
    """38 and 48 take more parameters: 5 and an index, or 2 and red, green, blue (ISO/IEC 8613-6)."""
    kind = next(following, "")
    length = {"5": 1, "2": 3}.get(kind, 0)
    values = list(islice(following, length))
    if not length or len(values) < length:
        return style
    colour = ";".join([layer, kind, *values])
    return style._replace(foreground=colour) if layer == "38" else style._replace(background=colour)


@lru_cache(maxsize=4096)
def on_space(style: Style) -> Style:
    """What of a style can be seen on a space. Two styles that agree in it need no sequence between them there."""
    if style.attributes & _SEEN_ON_SPACE:
        return style._replace(attributes=style.attributes & ~ITALIC)
    return Style(0, "", style.background)


@lru_cache(maxsize=4096)
def between(old: Style, new: Style) -> str:
    """The shortest sequence that turns the style `old` into `new`; empty when they are equal."""
    if old == new:
        return ""
    # An empty parameter is 0, the reset (ECMA-48 5.4.2).
    anew = "\x1b[" + ";".join(["", *_setting(0, new.attributes), *_colours(PLAIN, new)]) + "m"
    anew = "\x1b[m" if new == PLAIN else anew
    step = "\x1b[" + ";".join([*_steps(old.attributes, new.attributes), *_colours(old, new)]) + "m"
    return min(step, anew, key=len)


def _setting(old: int, new: int) -> list[str]:
    return [str(code) for code, bit in _SET.items() if new & ~old & bit]


def _steps(old: int, new: int) -> list[str]:
    taken = [(code, bits) for code, bits in _UNSET.items() if old & ~new & bits]
    left = old
    for _, bits in taken:
        left &= ~bits
    return [*(str(code) for code, _ in taken), *_setting(left, new)]


def _colours(old: Style, new: Style) -> list[str]:
    changed = []
    if old.foreground != new.foreground:
        changed.append(new.foreground or "39")
    if old.background != new.background:
        changed.append(new.background or "49")
    return changed
