"""A button of one row: `[ 次へ ]`, reverse while it has the focus, `( 次へ )` while it is out of use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual.geometry import Offset
from textual.message import Message

from lgpki_tui.faces.tui.widgets.face import Face
from lgpki_tui.ground.inert import inert


class Button(Face, can_focus=True):
    """Enter or Space presses it. `danger` tells the screen never to give it the focus by itself."""

    DEFAULT_CSS: ClassVar[str] = "Button { width: auto; height: 1; }"

    @dataclass
    class Pressed(Message):
        """The button was pressed."""

        button: Button

        @property
        def control(self) -> Button:
            """The button."""
            return self.button

    def __init__(
        self,
        label: str,
        *,
        danger: bool = False,
        id: str | None = None,
        classes: str | None = None,
        disabled: bool = False,
    ) -> None:
        """Make a button with a label of one line."""
        super().__init__(id=id, classes=classes, disabled=disabled)
        self.danger = danger
        self._label = inert(label)

    @property
    def label(self) -> str:
        """What stands on it, inert."""
        return self._label

    @label.setter
    def label(self, label: str) -> None:
        self._label = inert(label)
        self.refresh(layout=True)

    def face(self) -> str:
        """The label between its brackets."""
        return f"( {self._label} )" if self.is_disabled else f"[ {self._label} ]"

    def press(self) -> None:
        """Tell it."""
        self.post_message(self.Pressed(self))

    def caret_offset(self) -> Offset:
        """On the first character of the label."""
        return Offset(min(2, max(0, self.size.width - 1)), 0)
