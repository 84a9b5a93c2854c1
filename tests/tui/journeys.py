"""A person at the wizard from outside: keys go in, the screen is read, nothing is known of what runs behind it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from lgpki_tui.faces.tui.lexicon import Lexicon
from lgpki_tui.ground.shipped import shipped
from lgpki_tui.pages.language import Language
from lgpki_tui.pages.page import Page
from tests.practice import Practice
from tests.tui.terminal import ROOT, Terminal
from tests.tui.tmux import Tmux
from tests.tui.walking import LABEL, PIN, SO_PIN

# Slow enough for a loaded machine that makes an RSA key.
PATIENCE = 20.0
# Each key as tmux calls it and as a terminal sends it (xterm).
KEYS = {
    "enter": ("Enter", "\r"),
    "escape": ("Escape", "\x1b"),
    "tab": ("Tab", "\t"),
    "end": ("End", "\x1b[F"),
    "up": ("Up", "\x1b[A"),
    "down": ("Down", "\x1b[B"),
    "f1": ("F1", "\x1bOP"),
    "f5": ("F5", "\x1b[15~"),
    "f6": ("F6", "\x1b[17~"),
    "f10": ("F10", "\x1b[21~"),
    "ctrl+c": ("C-c", "\x03"),
    "ctrl+l": ("C-l", "\x0c"),
    "ctrl+q": ("C-q", "\x11"),
    "ctrl+z": ("C-z", "\x1a"),
}


class Seat(Protocol):
    """Where a person sits: a keyboard and a screen."""

    def press(self, key: str) -> None: ...

    def type(self, text: str) -> None: ...

    def rows(self) -> list[str]:
        """What is shown, without trailing blanks; lets a little time pass."""
        ...


@dataclass(frozen=True, slots=True)
class AtTmux:
    """A pane of tmux."""

    tmux: Tmux

    def press(self, key: str) -> None:
        self.tmux.keys(KEYS[key][0])

    def type(self, text: str) -> None:
        self.tmux.text(text)

    def rows(self) -> list[str]:
        time.sleep(0.02)
        return self.tmux.screen()


@dataclass(frozen=True, slots=True)
class AtTerminal:
    """A pseudo terminal with pyte behind it."""

    terminal: Terminal

    def press(self, key: str) -> None:
        self.terminal.send(KEYS[key][1])

    def type(self, text: str) -> None:
        self.terminal.send(text)

    def rows(self) -> list[str]:
        self.terminal.read(0.02)
        return self.terminal.text().split("\n")


@dataclass
class Person:
    """Walks by keys and by what stands on the screen. Counts keys beside what is typed, and pages."""

    seat: Seat
    language: Language = "en"
    keys: list[str] = field(default_factory=list)
    # Seen while looking, in order. The page that shows the card at work may be too short to be caught so.
    pages: list[str] = field(default_factory=list)
    # Called with the name of every page that is reached.
    arrived: Callable[[str], None] = lambda page: None

    def __post_init__(self) -> None:
        self.lexicon = Lexicon(self.language)
        self._titles = {self.said(name).title: name for name in all_pages()}

    def said(self, page: str) -> Page:
        """The words of a page."""
        return Page.load(page, self.language)

    def start_of(self, page: str, word: str) -> str:
        """The beginning of one of its words, up to the first fact."""
        return self.said(page)._words[word].partition("{")[0].strip()

    def common_start(self, key: str) -> str:
        """The same of a word that all pages share."""
        return self.lexicon.word(key, card="{").partition("{")[0].strip()

    # --- Keys and looking ---

    def press(self, *keys: str) -> None:
        """Press keys, by Textual's names."""
        for key in keys:
            self.keys.append(key)
            self.seat.press(key)

    def type(self, text: str) -> None:
        """Type text."""
        self.seat.type(text)

    def rows(self) -> list[str]:
        """The screen."""
        shown = self.seat.rows()
        page = self._page_of(shown)
        if page and page not in self.pages[-1:]:
            self.pages.append(page)
        return shown

    @property
    def page(self) -> str:
        """The name of the page that is shown; empty when it is none."""
        return self._page_of(self.rows())

    def until(self, true: Callable[[list[str]], object], what: str, seconds: float = PATIENCE) -> list[str]:
        """The screen as soon as something holds of it. Raises AssertionError with the screen."""
        end = time.monotonic() + seconds
        while not true(shown := self.rows()):
            assert time.monotonic() < end, "\n".join((f"{what!r}:", *shown))
        return shown

    def see(self, *texts: str, seconds: float = PATIENCE) -> list[str]:
        """Wait until all texts stand on the screen (one that is wrapped does not)."""
        return self.until(lambda rows: all(any(text in row for row in rows) for text in texts), str(texts), seconds)

    def reach(self, page: str, *texts: str, seconds: float = PATIENCE) -> list[str]:
        """Wait for a page, and for texts on it."""
        shown = self.until(
            lambda rows: self._page_of(rows) == page and all(any(text in row for row in rows) for text in texts),
            f"{page} {texts}",
            seconds,
        )
        self.arrived(page)
        return shown

    def _page_of(self, rows: Sequence[str]) -> str:
        head = rows[0].removesuffix(self.lexicon.word("head.practice")).rstrip() if rows else ""
        return self._titles.get(head.rpartition("  ")[2], "")

    # --- The road, from page to page ---

    def begin(self) -> None:
        """From the first page to the card."""
        self.reach("home", self.said("home").word("new"))
        self.press("end", "enter")
        self.leave_environment()
        self.choose_kind()

    def leave_environment(self) -> None:
        self.reach("environment", f"[{self.lexicon.word('result.ok')}]")
        self.press("enter")

    def choose_kind(self) -> None:
        self.reach("kind")
        self.press("enter", "enter")

    def choose_card(self, *, blank: bool = True) -> None:
        """The only card there is."""
        self.reach("card", self.start_of("card", "blank" if blank else "ready"))
        self.press("enter")

    def fill_format(self, label: str = LABEL, so_pin: str = SO_PIN, pin: str = PIN) -> None:
        """Label and PINs; the button has the focus then."""
        self.reach("format")
        self.type(label)
        self.press("enter")
        for each in (so_pin, so_pin, pin, pin):
            self.type(each)
            self.press("enter")

    def format(self) -> None:
        """A blank card."""
        self.choose_card()
        self.fill_format()
        self.press("enter")

    def fill(self, organization: str = "情報政策", name: str = "高島市長") -> None:
        """What the certificate shall say: the first entry that is found is taken."""
        self.reach("subject")
        self.type(organization)
        self.see("> 総務部情報政策課")
        self.press("enter")
        self.type(name)
        self.see(name)
        self.press("enter", "enter", "enter")
        self.see(f"CN={name}")
        self.press("enter")

    def make_key(self, pin: str = PIN) -> None:
        """The PIN, and the key pair is made."""
        self.reach("review")
        self.type(pin)
        self.press("enter")

    def hand_over(self) -> None:
        """The CSR is in its folder."""
        self.reach("export", "SHA-256")
        self.press("enter")

    def write_sheet(self) -> None:
        """The PDF."""
        self.reach("sheet", "=====")
        self.press("enter")
        self.see(self.start_of("sheet", "saved"))
        self.press("enter")

    def file(self) -> None:
        """Handed in."""
        self.reach("waiting", self.start_of("waiting", "file"))
        self.press("enter")

    def have_issued(self) -> None:
        """The practice desk issues."""
        self.reach("waiting", self.start_of("waiting", "others")[:16])
        self.press("f6")

    def receive(self) -> None:
        """The file that has come is looked at."""
        self.reach("receive", self.said("receive").word("fits"))
        self.press("enter")

    def store(self, pin: str = PIN) -> None:
        """Into the card."""
        self.reach("store", self.common_start("card.there"))
        self.type(pin)
        self.press("enter")

    def whole_road(self) -> None:
        """From the blank card to the first page again."""
        self.begin()
        self.format()
        self.fill()
        self.make_key()
        self.hand_over()
        self.write_sheet()
        self.file()
        self.have_issued()
        self.receive()
        self.store()
        self.reach("done")
        self.press("enter")
        self.reach("home")


def all_pages() -> list[str]:
    """The names of all pages."""
    return sorted(file.parent.name for file in shipped("screens").glob("*/page.toml"))


def wizard(practice: Practice, *options: str | Path, language: Language = "en") -> list[str]:
    """The command that opens the wizard there."""
    return [*map(str, (*practice.program, *options)), "--lang", language, "--sandbox", str(practice.folder)]


def remote(practice: Practice, *options: str | Path, language: Language = "en") -> list[str]:
    """The same as a command for SSH, which begins in another folder and with another environment."""
    return ["env", f"PYTHONPATH={ROOT}", *wizard(practice, *options, language=language)]


@contextmanager
def at_terminal(
    practice: Practice, *options: str | Path, language: Language = "en", columns: int = 80, lines: int = 24
) -> Iterator[tuple[Person, Terminal]]:
    """A person at the wizard on a pseudo terminal."""
    command = wizard(practice, *options, language=language)
    with Terminal(command, columns=columns, lines=lines, environment=practice.environ) as terminal:
        yield Person(AtTerminal(terminal), language), terminal


@contextmanager
def at_tmux(practice: Practice, *options: str | Path, language: Language = "en") -> Iterator[tuple[Person, Tmux]]:
    """A person at the wizard in tmux, which is its only program."""
    environ = {"PYTHONPATH": str(ROOT), **practice.environ}
    with Tmux(wizard(practice, *options, language=language), environ=environ) as tmux:
        yield Person(AtTmux(tmux), language), tmux


def stored_once(practice: Practice) -> None:
    """The road's end, by ledger and token: one enrolment, one key pair, its certificate."""
    assert practice.events()[-1] == "stored"
    (one,) = practice.enrolments()
    assert one["state"] == "stored"
    held = practice.token()
    assert sorted(each["kind"] for each in held) == ["certificate", "private", "public"]
    assert {each["ID"] for each in held} == {one["cka_id"]}
    assert practice.public_key_sha256(one["cka_id"]) == one["public_key_sha256"]
