"""One thing that can be chosen from a list, and its row in cells."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len

from lgpki_tui.faces.tui.cutting import cut, padded
from lgpki_tui.ground.frozen import dataclass
from lgpki_tui.ground.inert import inert

_GAP = "  "
# Less of a detail than this tells nothing.
_LEAST_DETAIL = 6


@dataclass(frozen=True, slots=True)
class Choice:
    """What stands in the list. `note` is not drawn: the screen shows why a choice is not enabled while it is marked."""

    id: str
    text: str
    detail: str = ""
    enabled: bool = True
    note: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A choice as it is drawn: inert, in parentheses when it cannot be taken."""

    text: str
    detail: str

    @classmethod
    def of(cls, choice: Choice) -> Row:
        """The row of a choice."""
        text = inert(choice.text)
        return cls(text if choice.enabled else f"({text})", inert(choice.detail))

    def line(self, column: int, width: int) -> str:
        """At most `width` cells: the text, and the detail from the cell `column`, or behind a text that is longer,
        or not at all where too little of it could be read. A text is cut only when the row is for it alone.
        """
        text = cut(self.text, width)
        start = max(column, cell_len(text) + len(_GAP))
        if not self.detail or width - start < min(_LEAST_DETAIL, cell_len(self.detail)):
            return text
        return padded(text, start) + cut(self.detail, width - start)


def longest(rows: Sequence[Row]) -> int:
    """The cells of the longest text that has a detail beside it."""
    return max((cell_len(row.text) for row in rows if row.detail), default=0)


def detail_column(longest_text: int, width: int) -> int:
    """Where the details begin: behind the longest text, but no further than three fifths of the width and the gap."""
    return min(longest_text, width * 3 // 5) + len(_GAP)
