"""One line of text as a Japanese user types and pastes it: nothing is swallowed or changed without a word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from textual import events
from textual.geometry import Offset, Region
from textual.message import Message
from textual.strip import Strip
from textual.widgets import Input
from textual.widgets._input import Selection

from lgpki_tui.faces.tui.widgets.admission import Told, admit, first_line
from lgpki_tui.faces.tui.widgets.caret import Caret
from lgpki_tui.faces.tui.widgets.notice import Notice
from lgpki_tui.ground.findings import Facts
from lgpki_tui.ground.inert import inert

_MOST_CELLS = 60


class TextField(Caret, Input, inherit_css=False, can_focus=True):
    """One borderless line. With `ascii_only` for numbers and codes. The screen listens to Noticed and says why.

    Textual's Input swallows what str.isprintable() denies (U+3000, a gaiji of the private use area) and all but the
    first line of a paste, and keeps the terminal's cursor one cell beside the caret at the end of the text.
    """

    # Instead of Input's: borders, colours and scroll bars are 14 rules more to parse before the first paint.
    DEFAULT_CSS: ClassVar[str] = """
    TextField {
        width: 100%; max-width: 60; height: 1; overflow: hidden hidden; text-style: underline;
        & > .input--cursor, & > .input--selection { text-style: reverse; }
        & > .input--placeholder { text-style: dim; }
    }
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = Input.COMPONENT_CLASSES

    @dataclass
    class Noticed(Message):
        """What stands in the field is not all that was typed or pasted. Follows the Changed of the same act."""

        field: TextField
        notice: Notice
        facts: Facts

        @property
        def control(self) -> TextField:
            """The field."""
            return self.field

    def __init__(
        self,
        value: str = "",
        *,
        ascii_only: bool = False,
        max_length: int = 0,
        width: int | None = None,
        placeholder: str = "",
        id: str | None = None,
        classes: str | None = None,
        disabled: bool = False,
    ) -> None:
        """Make a field; `max_length` in code points (0: any), `width` in cells (None: all there is, up to 60)."""
        super().__init__(
            value,
            inert(placeholder),
            max_length=max_length,
            select_on_focus=False,
            compact=True,
            id=id,
            classes=classes,
            disabled=disabled,
        )
        self.ascii_only = ascii_only
        self.cursor_blink = False
        if width is not None:
            self.styles.width = self.styles.max_width = width

    def validate_value(self, value: str) -> str:
        r"""What a screen puts here comes from outside: characters that would act are written as ``\uXXXX``."""
        return inert(value)

    def on_key(self, event: events.Key) -> None:
        """Take every character but the controls that keys send; the rest is for bindings and the screen."""
        character = event.character
        if character is None or len(character) != 1 or ord(character) < 0x20 or character == "\x7f":
            return
        event.stop()
        event.prevent_default()
        self.replace(character, *self.selection)

    def on_paste(self, event: events.Paste) -> None:
        """Take one line."""
        event.stop()
        event.prevent_default()
        self._paste(event.text)

    def action_paste(self) -> None:
        """Paste what was cut or copied in this program."""
        self._paste(self.app.clipboard)

    def replace(self, text: str, start: int, end: int) -> None:
        """Put the text, as far as the field admits it, in place of the characters from `start` to `end`.

        All that is typed, pasted and deleted comes through here (Textual's Input calls it). A text of which nothing
        is admitted leaves what was selected as it is.
        """
        self._put(text, start, end)

    def caret_offset(self) -> Offset:
        """The cell of the character that the next one is put before, as far as the field is scrolled."""
        return Offset(self._caret_cell - round(self.scroll_x), 0)

    def render_line(self, y: int) -> Strip:
        """Draw the line. Input draws no more than the caret of an empty field that has the focus; the rest of the line
        vanished and came back with the focus (60 bytes each)."""
        return super().render_line(y).extend_cell_length(self.size.width, self.rich_style)

    @property
    def cursor_screen_offset(self) -> Offset:
        """The same on the screen. Input's is one cell to the right at the end of the text."""
        return self.content_region.offset + self.caret_offset()

    @property
    def _caret_cell(self) -> int:
        return cell_len(self.value[: self.cursor_position])

    def _watch_selection(self, selection: Selection) -> None:
        """Scroll to the caret. Input's tells the app the cursor before it scrolls, and also without the focus."""
        if self.is_running:
            self.app.clear_selection()
            self._show_caret()

    def on_resize(self) -> None:
        """A value that was there before the field had a size is scrolled to the caret now."""
        self._show_caret()

    def _show_caret(self) -> None:
        if self.size:
            under = cell_len(self.value[self.cursor_position : self.cursor_position + 1])
            region = Region(self._caret_cell, 0, max(1, under), 1)
            self.scroll_to_region(region, force=True, animate=False)

    def _paste(self, text: str) -> None:
        line = first_line(text)
        if line.text:
            self._put(line.text, *self.selection, told=line.told)

    def _put(self, text: str, start: int, end: int, told: Sequence[Told] = ()) -> None:
        value = self.value
        start, end = sorted((max(0, start), min(len(value), end)))
        taken = len(value) - (end - start)
        admission = admit(text, ascii_only=self.ascii_only, limit=self.max_length or 0, taken=taken)
        if admission.text or not text:
            self.value = value[:start] + admission.text + value[end:]
            self.cursor_position = start + len(admission.text)
        for each in (*told, *admission.told):
            self.post_message(self.Noticed(self, each.notice, each.facts))
