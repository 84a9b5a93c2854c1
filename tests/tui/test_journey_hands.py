"""What hands do beside the road: Ctrl+Z and fg, another size of the window, foreign output, the ways to leave."""

from __future__ import annotations

import shlex
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.card.shim import Order, build_shim
from tests.practice import Practice
from tests.tui.family import all_gone, family
from tests.tui.journeys import AtTmux, Person, at_terminal, at_tmux, wizard
from tests.tui.terminal import ROOT
from tests.tui.tmux import Tmux
from tests.tui.walking import PIN, SO_PIN

pytestmark = pytest.mark.slow


@contextmanager
def in_a_shell(practice: Practice) -> Iterator[tuple[Person, Tmux]]:
    """The wizard as a job of an interactive shell in tmux."""
    with Tmux(environ={"PYTHONPATH": str(ROOT), **practice.environ}) as tmux:
        tmux.wait_for("$")
        tmux.text(shlex.join(wizard(practice)))
        tmux.keys("Enter")
        yield Person(AtTmux(tmux)), tmux


def still(person: Person) -> list[str]:
    """The screen, once it has not changed for a moment."""
    before: list[str] = []
    for _look in range(100):
        now = person.rows()
        if now == before and person.page:
            return now
        before = now
        time.sleep(0.1)
    raise AssertionError("\n".join(before))


def stopped_and_continued(person: Person, tmux: Tmux) -> None:
    """Ctrl+Z gives the shell back, sane; fg brings the same screen, cursor and all."""
    before, cursor = still(person), tmux.cursor()
    person.press("ctrl+z")
    tmux.wait_for("Stopped")
    assert tmux.modes() == {"alternate_on": False, "cursor_flag": True, "mouse_any_flag": False}
    tmux.text("clear; stty -a | grep -o ' echo ' && echo 'this is ''the shell'")
    tmux.keys("Enter")
    tmux.wait_for("this is the shell")
    tmux.text("fg")
    tmux.keys("Enter")
    person.until(lambda rows: rows == before, "the same screen")
    assert tmux.cursor() == cursor


def test_stopped_and_continued(formatted: Practice) -> None:
    with in_a_shell(formatted) as (person, tmux):
        person.reach("home", "> ")
        stopped_and_continued(person, tmux)
        person.begin()
        person.reach("card", person.start_of("card", "ready"))
        stopped_and_continued(person, tmux)
        person.press("f1")
        person.reach("help")
        stopped_and_continued(person, tmux)
        person.press("escape")
        person.choose_card(blank=False)
        person.reach("subject")
        person.type("情報政策")
        person.see("> 総務部情報政策課")
        stopped_and_continued(person, tmux)
        person.press("enter")
        person.type("高島市長")
        person.press("enter", "enter", "enter")
        person.see("CN=高島市長")
        person.press("enter")
        person.reach("review")
        person.type(PIN[:5])
        person.see("*****")
        stopped_and_continued(person, tmux)
        person.type(PIN[5:])  # nothing of it was lost, and the shell got nothing of it
        person.press("enter")
        person.reach("export", "SHA-256")
        stopped_and_continued(person, tmux)
        person.press("ctrl+q")
        tmux.wait_for("$")
        tmux.text("echo left with $?")
        tmux.keys("Enter")
        shown = tmux.wait_for("left with 0")
        assert PIN[5:] not in "\n".join(shown)
        assert tmux.modes()["alternate_on"] is False


def other_size(person: Person, tmux: Tmux) -> None:
    """Too small, smaller than a page, larger, and back: the same screen, cursor and all."""
    before, cursor = still(person), tmux.cursor()
    for columns, lines in ((50, 15), (60, 20), (120, 40), (50, 15), (80, 24)):
        tmux.resize(columns, lines)
        if columns < 60:
            person.see("60", "20")
        elif columns > 80:
            person.until(lambda rows: any(row.startswith("─" * 120) for row in rows), "as wide as the window")
    person.until(lambda rows: rows == before, "the same screen")
    assert tmux.cursor() == cursor


def test_another_size_of_the_window(blank: Practice, tmp_path: Path) -> None:
    shim = build_shim(tmp_path / "shim")
    with at_tmux(blank, "--module", shim.module) as (person, tmux):
        person.reach("home", "> ")
        other_size(person, tmux)
        person.begin()
        person.reach("card", person.start_of("card", "blank"))
        other_size(person, tmux)
        person.choose_card()
        person.reach("format")
        person.type("SHICHO-01")
        person.press("enter")
        person.type(SO_PIN)
        person.see("********")
        other_size(person, tmux)
        person.press("enter")
        person.type(SO_PIN)
        person.press("enter")
        for _twice in range(2):
            person.type(PIN)
            person.press("enter")
        # Where nothing can be seen, the card ends its work all the same.
        shim.order(Order("C_InitToken", "before", "sleep", "1"))
        person.press("enter")
        person.until(lambda rows: shim.calls()["C_InitToken"], "formatting")
        tmux.resize(50, 15)
        person.see("60", "20")
        tmux.resize(80, 24)
        person.reach("progress", person.said("progress").word("keep_card")[:30])
        tmux.resize(50, 15)
        person.until(lambda rows: blank.events()[-1] == "format_done", "formatted")
        tmux.resize(80, 24)
        person.reach("subject")
        person.type("情報")
        person.see("> ")
        other_size(person, tmux)
        person.press("f1")
        person.reach("help")
        other_size(person, tmux)
        tmux.resize(50, 15)
        person.see("60", "20")
        person.press("escape")
        tmux.resize(80, 24)
        person.reach("subject")
        person.type("政策")
        person.see("情報政策", "> 総務部情報政策課")


def written_over_and_repaired(person: Person, tmux: Tmux) -> None:
    before, cursor = still(person), tmux.cursor()
    with Path(tmux.tty()).open("w") as tty:
        tty.write("\x1b[H\x1b[1;31mBroadcast message from root\r\nThe system goes down\x1b[7;5Hあああ")
    person.see("Broadcast")
    person.press("ctrl+l")
    person.until(lambda rows: rows == before, "repaired")
    assert tmux.cursor() == cursor


def test_foreign_output_is_repaired(formatted: Practice) -> None:
    with at_tmux(formatted) as (person, tmux):
        person.reach("home", "> ")
        written_over_and_repaired(person, tmux)
        person.begin()
        person.reach("card", "SHICHO-01")
        written_over_and_repaired(person, tmux)


def test_ctrl_c_tells_how_to_leave(formatted: Practice) -> None:
    with at_terminal(formatted) as (person, terminal):
        for page in ("home", "environment", "kind"):
            person.reach(page)
            person.press("ctrl+c")
            person.see(person.lexicon.word("notice.ctrl_c"))
            person.press("enter", *(("enter",) if page == "kind" else ()))
        person.choose_card(blank=False)
        person.reach("subject")
        person.type("情")
        person.press("ctrl+c")
        shown = person.see(person.lexicon.word("notice.ctrl_c"))
        assert any(row.startswith("情") for row in shown)
        assert terminal.process.poll() is None


def ask_to_leave(person: Person) -> None:
    person.reach("progress")
    person.press("ctrl+q")
    person.see(person.start_of("progress", "leave")[:30])


@pytest.mark.parametrize("leaves", [True, False])
def test_ctrl_q_while_the_card_works(formatted: Practice, tmp_path: Path, leaves: bool) -> None:
    shim = build_shim(tmp_path / "shim")
    shim.order(Order("C_GenerateKeyPair", "before", "sleep", "1.5"))
    with at_terminal(formatted, "--module", shim.module) as (person, terminal):
        person.begin()
        person.choose_card(blank=False)
        person.fill()
        person.make_key()
        person.until(lambda rows: shim.calls()["C_GenerateKeyPair"], "a key is being made")
        running = family(formatted.folder)
        ask_to_leave(person)
        if leaves:
            person.press("enter")
            assert terminal.process.wait(10) == 0
            assert all_gone(running, 5)
        else:
            person.press("escape")
            person.until(lambda rows: not any("Ctrl+Q" in row for row in rows[4:18]), "not asked any more")
            person.reach("export")
    shim.clear()
    if leaves:
        with at_terminal(formatted) as (person, _terminal):
            person.reach("home", "> ")
            person.press("enter")
            person.make_key()
            person.reach("export")
    assert [each["kind"] for each in formatted.token()].count("private") == 1


APART: list[tuple[str, Callable[[Person], object]]] = [
    ("help", lambda person: person.press("f1")),
    ("settings", lambda person: person.press("tab", "tab", "tab", "enter")),
    ("card", lambda person: person.press("tab", "enter")),
]


@pytest.mark.parametrize(("page", "way"), APART)
def test_ctrl_q_beside_the_road(formatted: Practice, page: str, way: Callable[[Person], object]) -> None:
    with at_terminal(formatted) as (person, terminal):
        person.reach("home", "> ")
        way(person)
        person.reach(page)
        person.press("ctrl+q")
        assert terminal.process.wait(5) == 0
