"""A bare app around the widgets under test: what was drawn, what was told, and where the cursor was in each frame."""

from __future__ import annotations

from typing import TypeVar
from unicodedata import east_asian_width

from rich.console import RenderableType
from textual.app import App, ComposeResult
from textual.events import Event, Key, Paste
from textual.geometry import Offset
from textual.message import Message
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widget import Widget

from lgpki_tui.faces.tui.lexicon import Lexicon
from lgpki_tui.ground.findings import Fact

Kind = TypeVar("Kind")

SIZES = [(80, 24), (60, 20)]


class StageScreen(Screen[None]):
    """Knows the words that all pages share."""

    def common(self, key: str, /, **facts: Fact) -> str:
        return Lexicon("en").word(key, **facts)


class Stage(App[None]):
    """Shows the widgets; `told` holds the messages that reach the app, `frames` each frame's kind and cursor."""

    ENABLE_COMMAND_PALETTE = False

    def __init__(self, *widgets: Widget) -> None:
        super().__init__(ansi_color=True)
        self._widgets = widgets
        self.told: list[Message] = []
        self.keys: list[str] = []
        self.frames: list[tuple[str, Offset]] = []

    def get_default_screen(self) -> Screen[None]:
        return StageScreen()

    def compose(self) -> ComposeResult:
        yield from self._widgets

    async def on_event(self, event: Event) -> None:
        # A key arrives twice when no widget took it: from the terminal, and bubbled up.
        if isinstance(event, Key) and event.is_forwarded:
            self.keys.append(event.key)
        await super().on_event(event)

    async def _on_message(self, message: Message) -> None:
        if not isinstance(message, Event) and "widgets" in type(message).__module__:
            self.told.append(message)
        await super()._on_message(message)

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        if renderable is not None and not self._batch_count:
            self.frames.append((type(renderable).__name__, self.cursor_position))
        super()._display(screen, renderable)

    def of(self, kind: type[Kind]) -> list[Kind]:
        """What was told of this kind, in order."""
        return [message for message in self.told if isinstance(message, kind)]


async def type_text(pilot: Pilot[None], text: str) -> None:
    """Type it character by character, as a terminal sends what an input method hands over."""
    for character in text:
        pilot.app.post_message(Key(character, character))
    await pilot.pause()


async def paste(pilot: Pilot[None], text: str) -> None:
    """Paste it, bracketed."""
    pilot.app.post_message(Paste(text))
    await pilot.pause()


def rows(app: App[None]) -> list[str]:
    """The rows of the screen as they are drawn."""
    return [strip.text for strip in app.screen._compositor.render_strips()]


def reversed_text(app: App[None], row: int) -> str:
    """What of a row is in reverse video."""
    strip = app.screen._compositor.render_strips()[row]
    return "".join(segment.text for segment in strip if segment.style is not None and segment.style.reverse)


def ambiguous(app: App[None]) -> set[str]:
    """The drawn characters that a Japanese terminal may draw two cells wide and Textual counts as one."""
    return {character for row in rows(app) for character in row if east_asian_width(character) == "A"}
