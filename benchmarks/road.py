"""The whole road by keys on a terminal: what every page change sends over the line."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.place import environ, program, run
from benchmarks.rows import CannotRun
from lgpki_tui.ground.shipped import shipped
from lgpki_tui.pages.language import Language
from lgpki_tui.pages.page import Page
from tests.tui.terminal import Terminal

PIN, SO_PIN, LABEL = "20261124", "87654321", "BENCH-01"
PATIENCE = 20.0
_QUIET = 0.16
_F6, _END = "\x1b[17~", "\x1b[F"


@dataclass(frozen=True, slots=True)
class Change:
    """Another page: bytes of the writing in which it came, and of those that followed while nobody did anything."""

    page: str
    bytes: int
    later: int


@dataclass
class Road:
    """Somebody who knows the way, in one language."""

    terminal: Terminal
    language: Language
    changes: list[Change] = field(default_factory=list)

    def __post_init__(self) -> None:
        pages = [folder.parent.name for folder in shipped("screens").glob("*/page.toml")]
        titles = {name: Page.load(name, self.language).title for name in pages}
        self._titles = dict(sorted(titles.items(), key=lambda item: len(item[1]), reverse=True))
        self._page = ""
        self._bytes = self._later = 0
        self._touched = False

    @property
    def page(self) -> str:
        """The name of the page that is shown, by its head."""
        head = self.terminal.text().partition("\n")[0]
        return next((name for name, title in self._titles.items() if f"  {title} " in f"{head} "), "")

    def walk(self) -> None:
        """From the blank card to the stored certificate."""
        self._come_to("home")
        self._go(_END, "\r", to="environment")
        self._go("\r", to="kind")
        self._go("\r", "\r", to="card")
        self._go("\r", to="format")
        self._type(LABEL, SO_PIN, SO_PIN, PIN, PIN)
        self._go("\r", to="subject")
        self._fill()
        self._go("\r", to="review")
        self._type(PIN)
        self._come_to("export")
        self._go("\r", to="sheet")
        self._send("\r")
        self._until(lambda: ".pdf" in self.terminal.text(), "the PDF")
        self._go("\r", to="waiting")
        self._go("\r", to="waiting")
        self._go(_F6, to="receive")
        self._go("\r", to="store")
        self._type(PIN)
        self._come_to("done")
        self._go("\r", to="home")

    def _fill(self) -> None:
        self._send("情報政策")
        self._until(lambda: "> 総務部情報政策課" in self.terminal.text(), "the look-up")
        self._type("", "高島市長", "", "")

    def _type(self, *texts: str) -> None:
        for text in texts:
            self._send(text)
            self._send("\r")

    def _go(self, *keys: str, to: str) -> None:
        for key in keys:
            self._send(key)
        self._come_to(to)

    def _send(self, keys: str) -> None:
        self._touched = True
        self.terminal.send(keys)
        self._settle()

    def _come_to(self, page: str) -> None:
        self._until(lambda: self._page == page, page)
        self._settle()

    def _until(self, true: Callable[[], bool], what: str) -> None:
        end = time.monotonic() + PATIENCE
        while not true():
            if time.monotonic() > end:
                raise CannotRun(f"{what} does not come:\n{self.terminal.text()}")
            self._read(0.05)

    def _settle(self) -> None:
        while self._read(_QUIET):
            pass

    def _read(self, seconds: float) -> bool:
        data = self.terminal.read(seconds)
        page = self.page
        if page and page != self._page:
            self._note()
            self._page, self._bytes, self._later, self._touched = page, len(data), 0, False
        elif not self._touched:
            self._later += len(data)
        return bool(data)

    def _note(self) -> None:
        if self._page:
            self.changes.append(Change(self._page, self._bytes, self._later))


def walk_road(folder: Path, language: Language) -> list[Change]:
    """Make a practice workplace and walk through it."""
    run([*program(), "rehearse", "init", folder, "--json"])
    command: list[str | Path] = [*program(), "--lang", language, "--sandbox", folder]
    with Terminal(command, environment=environ()) as terminal:
        road = Road(terminal, language)
        road.walk()
        return road.changes
