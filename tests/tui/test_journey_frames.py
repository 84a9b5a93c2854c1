"""What an emulator that nobody here wrote shows: every frame of a journey, on every kind of terminal."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from unicodedata import east_asian_width

import pytest
from wcwidth import wcwidth

from lgpki_tui.pages.language import Language
from tests.practice import Practice
from tests.tui.journeys import AtTerminal, Person, at_terminal, stored_once, wizard
from tests.tui.terminal import ROOT, Look, Terminal
from tests.tui.walking import LABEL, PIN, SO_PIN

pytestmark = pytest.mark.slow
COLOUR = re.compile(rb"\x1b\[(?:[\d;]*;)?(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])(?:;[\d;]*)?m")


@dataclass(frozen=True, slots=True)
class Judged(AtTerminal):
    """A seat whose every frame is judged."""

    characters: set[str] = field(default_factory=set)

    def rows(self) -> list[str]:
        shown = AtTerminal.rows(self)
        screen = self.terminal.screen
        for y in range(screen.lines):
            cells = [screen.buffer[y][x].data for x in range(screen.columns)]
            self.characters.update(character for cell in cells for character in cell)
            for x, cell in enumerate(cells):
                if cell and wcwidth(cell[0]) == 2:
                    assert cells[x + 1 : x + 2] == [""], f"half a character at {x}, {y}: {shown[y]}"
                elif cell == "":
                    assert x, f"half a character at {x}, {y}: {shown[y]}"
                    assert wcwidth(cells[x - 1][:1]) == 2, f"half a character at {x}, {y}: {shown[y]}"
        return shown


def under_cursor(terminal: Terminal) -> tuple[str, bool]:
    """The text of the cell where the cursor is, and whether it is in reverse video."""
    x, y = terminal.cursor()
    cell = terminal.screen.buffer[y][min(x, terminal.screen.columns - 1)]
    return cell.data, cell.reverse


def typed_at_cursor(person: Person, terminal: Terminal, text: str, shown: str | None = None) -> None:
    """Type character by character: each appears where the cursor was, and the cursor stands behind it."""
    for each in text:
        assert under_cursor(terminal) == (" ", True), "the caret is drawn where the cursor is"
        x, y = terminal.cursor()
        person.type(each)
        appears(person, terminal, shown or each, x, y)


def appears(person: Person, terminal: Terminal, text: str, x: int, y: int) -> None:
    behind = (x + wcwidth(text), y)
    person.until(
        lambda rows: terminal.screen.buffer[y][x].data == text and terminal.cursor() == behind, f"{text} at {x}, {y}"
    )


def field_is_ready(person: Person, terminal: Terminal, label: str) -> None:
    """The cursor stands in the row below this label."""
    person.until(lambda rows: rows[terminal.cursor()[1] - 1].startswith(label), f"the cursor below {label}")


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_frame_in_the_ascii_look(blank: Practice, language: Language) -> None:
    with Terminal(wizard(blank, "--look", "ascii", language=language)) as terminal:
        seat = Judged(terminal)
        person = Person(seat, language)
        labels = {
            page: {name: one.label for name, one in person.said(page).fields.items()} for page in ("format", "subject")
        }
        labels |= {page: {"pin": person.said(page).fields["pin"].label} for page in ("review", "store")}

        def helped(page: str) -> None:
            """The help of the page, which belongs to its frames; then the focus is where it was."""
            if page in ("help", "progress", "verdict"):
                return
            terminal.settle(0.15)  # a page that is still being filled moves what is below
            before = terminal.cursor()
            person.press("f1")
            person.reach("help")
            person.press("escape")
            person.until(lambda rows: person._page_of(rows) == page and terminal.cursor() == before, f"back on {page}")
            # Settings are only read.
            assert page == "settings" or under_cursor(terminal)[1], (
                f"what has the focus on {page} is where the cursor is"
            )

        def fill(page: str, name: str, text: str, shown: str | None = None) -> None:
            field_is_ready(person, terminal, labels[page][name])
            typed_at_cursor(person, terminal, text, shown)
            person.press("enter")

        person.arrived = helped
        person.begin()
        person.choose_card()
        person.reach("format")
        fill("format", "label", LABEL)
        for name, pin in (("so_pin", SO_PIN), ("so_pin_again", SO_PIN), ("pin", PIN), ("pin_again", PIN)):
            fill("format", name, pin, "*")
        person.press("enter")
        person.reach("subject")
        field_is_ready(person, terminal, labels["subject"]["organization"])
        typed_at_cursor(person, terminal, "情報政策")
        person.see("> 総務部情報政策課")
        person.press("enter")
        fill("subject", "name", "高島市長")
        fill("subject", "purpose", "e-Tax 用")
        person.press("enter")
        person.see("CN=高島市長")
        person.press("enter")
        person.reach("review")
        fill("review", "pin", PIN, "*")
        person.hand_over()
        person.write_sheet()
        person.file()
        person.have_issued()
        person.receive()
        person.reach("store")
        fill("store", "pin", PIN, "*")
        person.reach("done")
        person.press("enter")
        person.reach("home", "> ")
        person.press("tab", "tab", "tab", "enter")
        person.reach("settings")
        person.press("escape")
        person.reach("home")
        person.press("tab", "enter")
        person.reach("card", LABEL)
    assert len(seat.characters) > 100
    assert {each for each in seat.characters if east_asian_width(each) == "A"} == set()
    stored_once(blank)


# --- What is sent, by both ways ---


class Seen(list[tuple[str, list[list[Look]], tuple[int, int]]]):
    """Pages as they were shown, with the cursor."""

    def look(self, person: Person, terminal: Terminal) -> None:
        """Add the screen, once nothing more comes."""
        terminal.settle(0.15)
        self.append((person.page, terminal.looks(), terminal.cursor()))


def a_walk(practice: Practice, wire: str) -> Seen:
    """Most pages of the road, the same each time: from one that waits to the certificate, and a new one's beginning."""
    seen = Seen()
    with at_terminal(practice, "--wire", wire, language="ja") as (person, terminal):

        def at(page: str, *texts: str) -> None:
            person.reach(page, *texts)
            seen.look(person, terminal)

        at("home", "> ")
        person.press("enter")
        at("waiting")
        person.press("f1")
        at("help")
        person.press("escape")
        person.reach("waiting")  # Esc with another key behind it would be one key
        person.press("tab", "tab")
        at("waiting")
        person.press("tab", "enter")
        at("export", "SHA-256")
        person.press("enter")
        at("sheet", "=====")
        person.press("escape")
        at("export", "SHA-256")
        person.press("enter")
        person.reach("sheet")
        person.press("f10")
        at("sheet", person.said("sheet").word("not_written"))
        person.press("f10")
        at("waiting")
        person.press("f6")
        at("receive", person.said("receive").word("fits"))
        person.press("enter")
        at("store", person.common_start("card.there"))
        person.type("123")
        at("store", "***")
        person.press("escape")
        person.reach("receive")
        person.press("escape")
        person.reach("waiting")
        person.press("escape")
        at("home", "> ")
        person.press("end", "enter")
        person.leave_environment()
        at("kind")
        person.press("enter", "enter")
        at("card", LABEL)
        person.press("enter")
        at("subject")
        person.type("髙島　市情報政策")
        seen.look(person, terminal)
        terminal.resize(60, 20)
        seen.look(person, terminal)
        terminal.resize(80, 24)
        seen.look(person, terminal)
    return seen


def test_changed_cells_and_whole_regions_show_the_same(waiting: Practice) -> None:
    sandbox = waiting.folder / "sandbox.toml"
    sandbox.write_text(sandbox.read_text().replace("[pretend]", '[pretend]\nnow = "2026-11-24T09:00:00+09:00"'))
    kept = waiting.copy(waiting.folder.with_name("kept"))
    sent = a_walk(waiting, "diff")
    shutil.rmtree(waiting.folder)
    meant = a_walk(kept.copy(waiting.folder), "plain")
    assert [page for page, *_ in sent] == [page for page, *_ in meant]
    for (page, looks, cursor), (_, other, place) in zip(sent, meant, strict=True):
        assert (page, differing(looks, other), cursor) == (page, [], place)


def differing(looks: list[list[Look]], others: list[list[Look]]) -> list[tuple[int, int, Look, Look]]:
    """The cells that do not look the same."""
    return [
        (x, y, one, other)
        for y, rows in enumerate(zip(looks, others, strict=True))
        for x, (one, other) in enumerate(zip(*rows, strict=True))
        if one != other
    ]


# --- Kinds of terminals ---


def to_the_card(practice: Practice, *options: str, **environ: str) -> tuple[bytes, str]:
    """All that was sent on the way to the card page, and that page."""
    practice = Practice(practice.folder, environ, practice.program)
    with at_terminal(practice, *options) as (person, terminal):
        person.begin()
        person.reach("card", person.start_of("card", "blank"))
        person.press("enter")
        person.reach("format")
        person.press("f1")
        person.reach("help")
        text = terminal.text()
        person.press("ctrl+q")
        assert terminal.process.wait(5) == 0
        terminal.settle()
        return terminal.received, text


@pytest.mark.parametrize(
    ("options", "environ"),
    [((), {"NO_COLOR": "1"}), (("--look", "mono"), {}), ((), {"TERM": "vt100"})],
    ids=["NO_COLOR", "mono", "vt100"],
)
def test_without_colour(blank: Practice, options: tuple[str, ...], environ: dict[str, str]) -> None:
    received, text = to_the_card(blank, *options, **environ)
    assert COLOUR.findall(received) == []
    assert {each for each in text if east_asian_width(each) == "A"} == set()


@pytest.mark.parametrize("look", ["pretty", "ascii"])
def test_the_look_that_was_asked_for(blank: Practice, look: str) -> None:
    _, text = to_the_card(blank, "--look", look)
    assert ("─" * 60 in text, "-" * 60 in text) == (look == "pretty", look == "ascii")


def test_on_the_bare_console(blank: Practice) -> None:
    """Whose font has no Japanese: that is said, and English works."""
    with at_terminal(Practice(blank.folder, {"TERM": "linux"}), language="ja") as (person, terminal):
        person.see(person.lexicon.word("notice.console")[:20])
        person.press("ctrl+q")
        assert terminal.process.wait(5) == 0
    to_the_card(blank, TERM="linux")


@pytest.mark.parametrize("term", ["dumb", "unknown", ""])
def test_a_terminal_that_cannot_draw_is_told(blank: Practice, term: str) -> None:
    with at_terminal(Practice(blank.folder, {"TERM": term})) as (person, terminal):
        assert terminal.process.wait(10) == 2
        person.see("(usage", "reason=dumb")
        assert any("lgpki-tui" in row for row in person.rows())
        assert not terminal.screen.alternate


@pytest.mark.parametrize("stream", ["stdin", "stdout", "stderr"])
def test_what_is_no_terminal_is_told(blank: Practice, tmp_path: Path, stream: str) -> None:
    master, slave = os.openpty()
    with (tmp_path / "not-a-terminal").open("w+b") as file:
        ends = [file.fileno() if stream == name else slave for name in ("stdin", "stdout", "stderr")]
        environ = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "TERM": "xterm-256color"}
        done = subprocess.run(
            wizard(blank), env=environ, cwd=ROOT, timeout=20, stdin=ends[0], stdout=ends[1], stderr=ends[2]
        )
        file.seek(0)
        said = file.read() if stream == "stderr" else os.read(master, 65536)
    for descriptor in (master, slave):
        os.close(descriptor)
    assert done.returncode == 2
    assert b"usage" in said
    assert b"not_a_terminal" in said
    assert b"\x1b" not in said, "nothing was drawn"
