"""A person at the wizard, in this process: the real app in a practice workplace, driven by keys, read by rows."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, TypeVar

from textual import events
from textual.message import Message
from textual.pilot import Pilot

from lgpki_tui.card.models import CardModels
from lgpki_tui.card.practice_readers import ReaderStarter
from lgpki_tui.faces.cli.wizard import PracticeBranch
from lgpki_tui.faces.tui.app import Wizard
from lgpki_tui.faces.tui.backstage import Backstage
from lgpki_tui.faces.tui.clerk import Clerk
from lgpki_tui.faces.tui.context import Context
from lgpki_tui.faces.tui.lexicon import Lexicon
from lgpki_tui.faces.tui.look import Look
from lgpki_tui.faces.tui.page_screen import PageScreen
from lgpki_tui.pages.language import Language
from lgpki_tui.workplace import Workplace
from tests.practice import Practice

S = TypeVar("S", bound=PageScreen[Any])
PIN, SO_PIN, LABEL = "20261124", "87654321", "SHICHO-01"
# Slow enough for a loaded machine making an RSA key; a page that does not come fails then.
PATIENCE = 30.0


@dataclass
class Walker:
    """What a person can do: press keys, type, read. Counts keys and screens."""

    app: Wizard
    pilot: Pilot[int]
    practice: Practice
    keys: list[str] = field(default_factory=list)
    typed: list[str] = field(default_factory=list)

    @property
    def page(self) -> str:
        """The name of the page that is shown."""
        screen = self.app.screen
        return screen.name_of_page if isinstance(screen, PageScreen) else ""

    def screen(self, kind: type[S]) -> S:
        """The page, which must be of this class."""
        assert isinstance(self.app.screen, kind), self.lines()
        return self.app.screen

    def lines(self) -> list[str]:
        """What stands on the screen, row by row, without trailing spaces."""
        height = self.app.size.height
        strips = self.app.screen._compositor.render_strips()
        if len(strips) != height:  # between two pages
            return [""] * height
        return ["".join(segment.text for segment in strip).rstrip() for strip in strips]

    def text(self) -> str:
        """All of it."""
        return "\n".join(self.lines())

    @property
    def focus(self) -> str:
        """The id of the widget that has the focus."""
        focused = self.app.focused
        return (focused.id or type(focused).__name__) if focused is not None else ""

    async def press(self, *keys: str) -> None:
        """Press keys by name."""
        for key in keys:
            self.keys.append(key)
            await self.pilot.press(key)

    async def type(self, text: str) -> None:
        """Type text, also Japanese: what an input method sends."""
        self.typed.append(text)
        for character in text:
            self.app.post_message(events.Key(key=character, character=character))
        await self.pilot.pause()

    async def paste(self, text: str) -> None:
        """Paste."""
        self.app.post_message(events.Paste(text))
        await self.pilot.pause()

    async def until(self, true: Callable[[], bool], what: str = "") -> None:
        """Wait until something holds."""
        end = monotonic() + PATIENCE
        while not true():
            assert monotonic() < end, (what, self.text())
            await asyncio.sleep(0.01)
        await self.pilot.pause()

    async def reach(self, page: str) -> None:
        """Wait for a page."""
        await self.until(lambda: self.page == page, page)

    async def see(self, text: str) -> None:
        """Wait until a text stands on the screen."""
        await self.until(lambda: text in self.text(), text)

    # --- Stretches of the road ---

    async def begin(self) -> None:
        """From the first page to the card."""
        await self.reach("home")
        await self.see(self.app.context.page("home").word("new"))
        await self.press("end", "enter")
        await self.reach("environment")
        await self.see(self.app.context.lexicon.word("result.ok"))
        await self.press("enter")
        await self.reach("kind")
        await self.press("enter", "enter")
        await self.reach("card")
        await self.until(lambda: self.focus == "cards", "cards")

    async def format(self) -> None:
        """A blank card: label, SO PIN twice, PIN twice."""
        await self.press("enter")
        await self.reach("format")
        await self.type(LABEL)
        await self.press("enter")
        for pin in (SO_PIN, SO_PIN, PIN, PIN):
            await self.type(pin)
            await self.press("enter")
        await self.press("enter")
        await self.reach("subject")

    async def fill(self, organization: str = "情報政策", name: str = "高島市長") -> None:
        """What the certificate shall say: the first entry that is found is taken."""
        await self.type(organization)
        await self.see("> 総務部情報政策課")
        await self.press("enter")
        await self.type(name)
        await self.press("enter", "enter", "enter")
        await self.until(lambda: self.focus == "next", "next")
        await self.press("enter")
        await self.reach("review")

    async def make_key(self) -> None:
        """The PIN, and the key pair is made."""
        await self.type(PIN)
        await self.press("enter")
        await self.reach("export")

    async def file(self) -> None:
        """Form, PDF, hand in."""
        await self.press("enter")
        await self.reach("sheet")
        await self.press("enter")
        await self.until(lambda: self.focus == "next", "the PDF")
        await self.press("enter")
        await self.reach("waiting")
        await self.press("enter")
        await self.until(lambda: self.focus == "receive", "filed")

    async def receive(self) -> None:
        """The practice desk issues; the file is looked at."""
        await self.press("f6")
        await self.reach("receive")
        await self.until(lambda: self.focus == "store", "checked")

    async def store(self) -> None:
        """Into the card."""
        await self.press("enter")
        await self.reach("store")
        await self.type(PIN)
        await self.press("enter")
        await self.reach("done")


@asynccontextmanager
async def walking(
    practice: Practice,
    language: Language = "en",
    size: tuple[int, int] = (80, 24),
    look: Look = Look.ASCII,
    hook: Callable[[Message], None] | None = None,
    module: str | None = None,
    start_readers: ReaderStarter | None = None,
    models: CardModels | None = None,
) -> AsyncIterator[Walker]:
    """The wizard in this workplace, perhaps with another card module, with readers (held.py), with other card models;
    ended afterwards with the card's process."""
    place = Workplace(practice.folder, module, start_readers=start_readers)
    if models is not None:
        vars(place)["models"] = models  # as a site's files in cards/ would have it, which a sandbox does not read
    clerk = Clerk(place, Backstage(), PracticeBranch())
    app = Wizard(Context(clerk, Lexicon(language), look))
    try:
        async with app.run_test(size=size, message_hook=hook) as pilot:
            yield Walker(app, pilot, practice)
    finally:
        clerk.close()
