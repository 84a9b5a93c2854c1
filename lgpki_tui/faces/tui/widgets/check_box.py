"""A box to tick: `[x] text` or `[ ] text`, reverse while it has the focus."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual.geometry import Offset
from textual.message import Message

from lgpki_tui.faces.tui.widgets.face import Face
from lgpki_tui.ground.inert import inert


class CheckBox(Face, can_focus=True):
    """Space or Enter ticks it and unticks it. Out of use it stands in parentheses and is passed over."""

    DEFAULT_CSS: ClassVar[str] = "CheckBox { width: auto; height: 1; }"

    @dataclass
    class Changed(Message):
        """The tick was set or taken away, by a key."""

        check_box: CheckBox
        ticked: bool

        @property
        def control(self) -> CheckBox:
            """The box."""
            return self.check_box

    def __init__(
        self,
        text: str,
        *,
        ticked: bool = False,
        id: str | None = None,
        classes: str | None = None,
        disabled: bool = False,
    ) -> None:
        """Make a box with a text of one line beside it."""
        super().__init__(id=id, classes=classes, disabled=disabled)
        self._text = inert(text)
        self._ticked = ticked

    @property
    def ticked(self) -> bool:
        """Whether the tick is set."""
        return self._ticked

    @ticked.setter
    def ticked(self, ticked: bool) -> None:
        """Set it or take it away, without a message."""
        self._ticked = ticked
        self.refresh()

    def face(self) -> str:
        """The box and its text."""
        tick = "x" if self._ticked else " "
        return f"({tick}) {self._text}" if self.is_disabled else f"[{tick}] {self._text}"

    def press(self) -> None:
        """Tick or untick, and tell it."""
        self.ticked = not self._ticked
        self.post_message(self.Changed(self, self._ticked))

    def caret_offset(self) -> Offset:
        """On the tick."""
        return Offset(min(1, max(0, self.size.width - 1)), 0)
