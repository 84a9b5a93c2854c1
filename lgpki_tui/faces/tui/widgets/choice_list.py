"""A list to choose one thing from by keys: one row each, a window of it when there are many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Protocol, cast

from rich.cells import cell_len
from rich.segment import Segment
from textual import events
from textual.geometry import Offset, Region, Size
from textual.message import Message
from textual.strip import Strip

from lgpki_tui.faces.tui.cutting import cut
from lgpki_tui.faces.tui.widgets.caret import Caret
from lgpki_tui.faces.tui.widgets.choice import Choice, Row, detail_column, longest
from lgpki_tui.faces.tui.widgets.face import REVERSE
from lgpki_tui.ground.findings import Fact

_MOST_ROWS = 8
_MARK, _NO_MARK = "> ", "  "


class HasWords(Protocol):
    """A screen that knows the words which all pages share."""

    def common(self, key: str, /, **facts: Fact) -> str:
        """Words by their key."""
        ...


class ChoiceList(Caret, can_focus=True):
    """Up, Down, Home, End, PageUp and PageDown move the mark `>`; Enter or Space choose.

    Up on the first row and Down on the last are left to the screen, so are PageUp and PageDown while all of the list is
    seen (the screen scrolls by them), and every key while it is empty. With `rows` its height is that of its window
    whatever it holds: a look-up that finds more or less does not lay the screen out anew. Without, it has a row for
    each choice, and a look that gives it a height in `fr` never makes it taller. Shown on a screen that HasWords.
    """

    DEFAULT_CSS: ClassVar[str] = "ChoiceList { width: 100%; height: auto; }"

    @dataclass
    class _About(Message):
        choice_list: ChoiceList
        choice: Choice

        @property
        def control(self) -> ChoiceList:
            """The list."""
            return self.choice_list

    @dataclass
    class Chosen(_About):
        """Enter or Space on a choice that is enabled."""

    @dataclass
    class Refused(_About):
        """Enter or Space on a choice that is not enabled; its note says why."""

    @dataclass
    class Moved(_About):
        """Another choice is marked, by a key."""

    def __init__(
        self,
        choices: Sequence[Choice] = (),
        *,
        rows: int | None = None,
        marked: str | None = None,
        id: str | None = None,
        classes: str | None = None,
        disabled: bool = False,
    ) -> None:
        """Make a list; `rows` is the height of its window (None: one for each choice, up to 8, or up to what its style
        says), `marked` the id of the choice that has the mark at first (None: the first one).
        """
        super().__init__(id=id, classes=classes, disabled=disabled)
        self._fixed = rows
        self._window = 1
        self._choices: tuple[Choice, ...] = ()
        self._rows: tuple[Row, ...] = ()
        self._longest = self._index = self._top = 0
        self._fill(choices, marked)

    @property
    def choices(self) -> tuple[Choice, ...]:
        """What is in the list."""
        return self._choices

    @property
    def marked(self) -> Choice | None:
        """The choice that has the mark; None when the list is empty."""
        return self._choices[self._index] if self._choices else None

    def set_choices(self, choices: Sequence[Choice], keep: str | None = None) -> None:
        """Replace what is in the list, with one repaint and without a message. The mark goes to the choice whose id is
        `keep`, or to the first one.
        """
        before = self._window
        self._fill(choices, keep)
        self.refresh(layout=self._window != before)

    def allow_focus(self) -> bool:
        """An empty list has nothing to stop at."""
        return self.can_focus and bool(self._choices)

    def on_key(self, event: events.Key) -> None:
        """Move or choose; what does neither is left to bindings and the screen."""
        if self._move(event.key) or self._choose(event.key):
            event.stop()
            event.prevent_default()

    def render_lines(self, crop: Region) -> list[Strip]:
        """Draw, with the mark in the window: it may be smaller now."""
        self._scroll()
        return super().render_lines(crop)

    def _fill(self, choices: Sequence[Choice], marked: str | None) -> None:
        self._choices = tuple(choices)
        self._rows = tuple(map(Row.of, self._choices))
        self._longest = longest(self._rows)
        self._window = self._fixed or max(1, len(choices))
        if self._fixed is None:
            self.styles.max_height = self._window
        self._index = next((index for index, choice in enumerate(self._choices) if choice.id == marked), 0)
        self._top = 0
        self._scroll()

    def _move(self, key: str) -> bool:
        last = len(self._choices) - 1
        if last < 0 or (key == "up" and self._index == 0) or (key == "down" and self._index == last):
            return False
        if key in ("pageup", "pagedown") and last < self._height:
            return False
        steps = {"up": -1, "down": 1, "pageup": -self._height, "pagedown": self._height, "home": -last, "end": last}
        if key not in steps:
            return False
        self._mark(max(0, min(last, self._index + steps[key])))
        return True

    def _choose(self, key: str) -> bool:
        choice = self.marked
        if choice is None or key not in ("enter", "space"):
            return False
        self.post_message((self.Chosen if choice.enabled else self.Refused)(self, choice))
        return True

    def _mark(self, index: int) -> None:
        before, top = self._index, self._top
        if index == before:
            return
        self._index = index
        self._scroll()
        if top == self._top:
            # Two rows, not the list: bytes over a slow line.
            width = self.size.width
            self.refresh(*(Region(0, row - top, width, 1) for row in (before, index)))
        else:
            self.refresh()
        self.post_message(self.Moved(self, self._choices[index]))

    @property
    def _height(self) -> int:
        """Rows of the window: as laid out, on a small screen fewer than asked for."""
        return self.size.height or min(self._window, self._fixed or _MOST_ROWS)

    def _scroll(self) -> None:
        """The least that brings the mark into the window, and no blank rows while there are choices above it."""
        highest = max(0, len(self._choices) - self._height)
        top = max(self._index - self._height + 1, min(self._index, self._top))
        self._top = min(top, highest)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """The rows of the window."""
        return self._window if self._fixed is not None else min(self._window, _MOST_ROWS)

    def caret_offset(self) -> Offset:
        """On the mark."""
        return Offset(0, self._index - self._top)

    def render_line(self, y: int) -> Strip:
        """One row: mark, text, detail; how many are out of sight above or below stands at its end, in words."""
        width, style = self.size.width, self.visual_style.rich_style
        index = self._top + y
        if not 0 <= index < len(self._choices):
            return Strip.blank(width, style)
        hint = self._hint(y)
        room = width - cell_len(hint)
        marked = index == self._index
        column = detail_column(self._longest, width - len(_MARK))
        line = self._rows[index].line(column, room - len(_MARK))
        text = cut((_MARK if marked else _NO_MARK) + line, room)
        look = style + REVERSE if marked and self.has_focus else style
        blank = " " * (room - cell_len(text))
        return Strip([Segment(text, look), Segment(blank + hint, style)]).crop(0, width)

    def _hint(self, y: int) -> str:
        above = self._top if y == 0 else 0
        below = len(self._choices) - self._top - self._height if y == self._height - 1 else 0
        hidden = max(above, 0) + max(below, 0)
        return f"  {cast('HasWords', self.screen).common('list.more', count=hidden)}" if hidden else ""
