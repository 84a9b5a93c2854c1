"""The field a PIN is typed in (MISSION rule 4): stars on the screen, bytes nowhere but in one block that is wiped."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.geometry import Offset
from textual.message import Message
from textual.strip import Strip

from lgpki_tui.faces.tui.widgets.caret import Caret
from lgpki_tui.faces.tui.widgets.face import REVERSE
from lgpki_tui.faces.tui.widgets.notice import Notice
from lgpki_tui.faces.tui.widgets.pin_buffer import MOST_BYTES, PinBuffer
from lgpki_tui.ground.findings import Facts
from lgpki_tui.ground.secret import Secret


class PinField(Caret, can_focus=True):
    """Takes printable ASCII and tells nobody what. Not Textual's Input: that one keeps its value in a reactive, hands
    it to every listener of Changed and Submitted, and its mask is two cells wide in Japanese terminals.

    Anything else is refused and told, never turned into half-width: a PIN that was not typed as it stands on the
    letter is one the person does not know, and cards count.
    """

    DEFAULT_CSS: ClassVar[str] = "PinField { width: 100%; max-width: 60; height: 1; text-style: underline; }"

    @dataclass
    class Changed(Message):
        """A character came, or some went."""

        field: PinField

        @property
        def control(self) -> PinField:
            """The field."""
            return self.field

    @dataclass
    class Submitted(Message):
        """Enter. The PIN is had by `field.take()`."""

        field: PinField

        @property
        def control(self) -> PinField:
            """The field."""
            return self.field

    @dataclass
    class Noticed(Message):
        """What was typed or pasted was not taken."""

        field: PinField
        notice: Notice
        facts: Facts

        @property
        def control(self) -> PinField:
            """The field."""
            return self.field

    def __init__(self, *, width: int | None = None, id: str | None = None, classes: str | None = None) -> None:
        """Make an empty field; `width` in cells (None: all there is, up to 60)."""
        super().__init__(id=id, classes=classes)
        self._pin = PinBuffer()
        if width is not None:
            self.styles.width = self.styles.max_width = width

    @property
    def count(self) -> int:
        """How many characters were typed."""
        return len(self._pin)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed."""
        return not len(self._pin)

    def same_as(self, other: PinField) -> bool:
        """Whether both hold the same PIN (typed twice); takes the same time wherever they differ."""
        return self._pin.same_as(other._pin)

    def holds(self, text: str) -> bool:
        """Whether `text`, of another field, is this PIN: it must not be kept then."""
        return self._pin.holds(text)

    def take(self) -> Secret:
        """Hand over what was typed (ASCII bytes) and wipe it here. The receiver wipes the rest."""
        secret = self._pin.take()
        self._changed()
        return secret

    def wipe(self) -> None:
        """Forget what was typed."""
        if len(self._pin):
            self._pin.wipe()
            self._changed()

    def on_unmount(self) -> None:
        """Leave nothing behind: a screen that was left, or the end of the app."""
        self._pin.wipe()

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """All that can be printed is for this field, never for a binding."""
        return character is not None and character.isprintable()

    def on_key(self, event: events.Key) -> None:
        """Take characters, Backspace, Ctrl+U and Enter; the rest is for bindings and the screen."""
        if event.key == "enter":
            self.post_message(self.Submitted(self))
        elif event.key == "backspace":
            self._drop_last()
        elif event.key == "ctrl+u":
            self.wipe()
        elif event.character is None or len(event.character) != 1 or not _is_text(event.character):
            return
        else:
            self._add(event.character)
        event.stop()
        event.prevent_default()

    def on_paste(self, event: events.Paste) -> None:
        """Take one line of printable ASCII that fits, or nothing: half a pasted PIN would look like a whole one."""
        event.stop()
        event.prevent_default()
        lines = sum(1 for line in event.text.splitlines() if line)
        if lines > 1:
            self._notice(Notice.PASTE_LINES, lines=lines)
        elif lines:
            self._add(next(filter(None, event.text.splitlines())))

    def _add(self, text: str) -> None:
        if any(not _is_text(character) for character in text):
            self._notice(Notice.PASTE_CONTROL)
        elif not text.isascii():
            self._notice(Notice.PIN_HALF_WIDTH)
        elif len(self._pin) + len(text) > MOST_BYTES:
            self._notice(Notice.TOO_LONG, limit=MOST_BYTES)
        else:
            for character in text:
                self._pin.add(ord(character))
            self._changed()

    def _drop_last(self) -> None:
        if len(self._pin):
            self._pin.drop_last()
            self._changed()

    def _changed(self) -> None:
        self.refresh()
        self.post_message(self.Changed(self))

    def _notice(self, notice: Notice, **facts: int) -> None:
        self.post_message(self.Noticed(self, notice, facts))

    def caret_offset(self) -> Offset:
        """Behind the last star, or on the last cell when there are more."""
        return Offset(max(0, min(len(self._pin), self.size.width - 1)), 0)

    def render_line(self, y: int) -> Strip:
        """Stars, and the caret in reverse video while the field has the focus."""
        style = self.visual_style.rich_style
        if y:
            return Strip.blank(self.size.width, style)
        stars = self.caret_offset().x
        caret = style + REVERSE if self.has_focus else style
        rest = self.size.width - stars - 1
        return Strip([Segment("*" * stars, style), Segment(" ", caret), Segment(" " * rest, style)])


def _is_text(character: str) -> bool:
    """Not one of the controls (C0, DEL, C1) that keys send and pastes hold."""
    return ord(character) >= 0xA0 or 0x20 <= ord(character) < 0x7F
