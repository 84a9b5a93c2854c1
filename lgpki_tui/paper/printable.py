"""The values of a template as its fonts can set them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from lgpki_tui.ground.inert import inert
from lgpki_tui.paper.fonts import Font, gaps

# The sign of Japan's printers for a character that they have no type for (下駄).
GETA = "〓"

Value = str | Sequence["Value"] | Mapping[str, "Value"]


def printable(value: Value, fonts: Sequence[Font]) -> Value:
    """The value with every text as `printable_text` gives it."""
    if isinstance(value, str):
        return printable_text(value, fonts)
    if isinstance(value, Mapping):
        return {key: printable(inner, fonts) for key, inner in value.items()}
    return [printable(inner, fonts) for inner in value]


def printable_text(text: str, fonts: Sequence[Font]) -> str:
    r"""The text as the fonts can set it: what acts on a reader as \uXXXX, what no font has as 〓."""
    lacking = gaps(text, fonts)
    return "".join(GETA if place in lacking else inert(char) for place, char in enumerate(text))


def has_gaps(value: Value, fonts: Sequence[Font]) -> bool:
    """Whether some text in the value has a character that no font can set."""
    return any(gaps(text, fonts) for text in _texts(value))


def _texts(value: Value) -> Iterator[str]:
    if isinstance(value, str):
        yield value
        return
    for inner in value.values() if isinstance(value, Mapping) else value:
        yield from _texts(inner)
