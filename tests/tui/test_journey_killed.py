"""SIGKILL on every page and while the card works: the next start leads to the same step, and the road ends well."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.card.shim import Order, build_shim
from tests.crash.judge import judge, settled
from tests.practice import Practice
from tests.tui.family import all_gone, family
from tests.tui.journeys import Person, at_terminal, stored_once
from tests.tui.terminal import Terminal
from tests.tui.walking import PIN

pytestmark = pytest.mark.slow


class Stop(NamedTuple):
    """A page; what is done on it before the program ends; where the next start leads; what leads on from there."""

    page: str
    half: Callable[[Person], object]
    landing: str
    on: Callable[[Person], object]


def nothing(person: Person) -> None:
    """Only look."""


def half_format(person: Person) -> None:
    person.type("SHICHO")
    person.press("enter")
    person.type("8765")
    person.see("****")


def half_subject(person: Person) -> None:
    """The organisation is chosen, the name is not typed yet."""
    person.type("情報政策")
    person.see("> 総務部情報政策課")
    person.press("enter")
    person.see("O=高島市, OU=総務部情報政策課")


def rest_of_subject(person: Person) -> None:
    """What was chosen is there, and the cursor stands where it goes on."""
    person.see("総務部情報政策課")
    person.type("高島市長")
    person.press("enter", "enter", "enter")
    person.see("CN=高島市長")
    person.press("enter")


def half_pin(person: Person) -> None:
    person.type(PIN[:4])
    person.see("****")


def format_again(person: Person) -> None:
    person.choose_card()
    person.fill_format()
    person.press("enter")


def receive_anew(person: Person) -> None:
    """Where the certificate was chosen in another run."""
    person.reach("receive", "> PRACTICE-")
    person.press("enter")
    person.receive()


def file_and_have_issued(person: Person) -> None:
    person.file()
    person.have_issued()


def receive_and_store(person: Person) -> None:
    receive_anew(person)
    person.store()


# A card is looked at again before it is formatted, and the certificate's file before it is stored.
ROAD = (
    Stop("environment", nothing, "environment", Person.leave_environment),
    Stop("kind", nothing, "kind", Person.choose_kind),
    Stop("card", nothing, "card", Person.choose_card),
    Stop("format", half_format, "card", format_again),
    Stop("subject", half_subject, "subject", rest_of_subject),
    Stop("review", half_pin, "review", Person.make_key),
    Stop("export", nothing, "export", Person.hand_over),
    Stop("sheet", nothing, "sheet", Person.write_sheet),
    Stop("waiting", nothing, "waiting", file_and_have_issued),
    Stop("receive", nothing, "receive", receive_anew),
    Stop("store", half_pin, "receive", receive_and_store),
    Stop("done", nothing, "done", nothing),
)


def killed(person: Person, terminal: Terminal) -> None:
    time.sleep(1.2 if person.page == "subject" else 0)  # what is typed there is kept once a second
    terminal.process.kill()
    assert terminal.process.wait(5) == -9


def left(person: Person, terminal: Terminal) -> None:
    person.press("ctrl+q")
    assert terminal.process.wait(5) == 0


def go_on(person: Person) -> None:
    """From the first page to where somebody stood: what needs attention first is marked."""
    person.reach("home", "> ")
    person.press("enter")


@pytest.mark.parametrize("end", [killed, left])
def test_on_every_page(blank: Practice, end: Callable[[Person, Terminal], None]) -> None:
    """On each page the program ends, by SIGKILL or by Ctrl+Q; who starts it again stands there again."""
    before: Stop | None = None
    for stop in ROAD:
        with at_terminal(blank) as (person, terminal):
            go_on(person)
            if before is not None:
                person.reach(before.landing)
                before.on(person)
            person.reach(stop.page)
            stop.half(person)
            running = family(blank.folder)
            assert running
            end(person, terminal)
            assert all_gone(running, 5), stop.page
        before = stop
    stored_once(blank)
    judge(blank)
    settled(blank)


# --- While the card works ---


def test_while_the_card_works(blank: Practice, tmp_path: Path) -> None:
    shim = build_shim(tmp_path / "shim")

    def cut_short(function: str, lead: Callable[[Person], object], *, wait: bool = False) -> None:
        """Kill the program while the module is in this function. The card's process lets it come to its end."""
        shim.order(Order(function, "before", "sleep", "1"))
        with at_terminal(blank, "--module", shim.module) as (person, terminal):
            go_on(person)
            lead(person)
            shim.forget()
            person.until(lambda rows: shim.calls()[function], function)
            person.reach("progress")
            running = family(blank.folder)
            assert len(running) == 2, "the wizard and the card's process"
            terminal.process.kill()
            terminal.process.wait()
            assert running[1].is_there, "an act on the card is not broken off"
        shim.clear()
        assert not wait or all_gone(running, 5)

    def prepare(person: Person) -> None:
        person.leave_environment()
        person.choose_kind()
        format_again(person)

    def key(person: Person) -> None:
        # The format that was cut short stands first. Looking at the card settles it, and what was begun goes on.
        person.reach("card", "SHICHO-01")
        person.press("escape")
        go_on(person)
        person.choose_card(blank=False)
        person.fill()
        person.make_key()

    def power_cut(function: str, lead: Callable[[Person], object]) -> None:
        """Kill both just before the module does it."""
        shim.order(Order(function, "before", "kill-parent"))
        with at_terminal(blank, "--module", shim.module) as (person, terminal):
            go_on(person)
            lead(person)
            assert terminal.process.wait(20) == -9
        shim.clear()

    cut_short("C_InitToken", prepare, wait=True)
    assert blank.token_is_ready()
    power_cut("C_GenerateKeyPair", key)
    assert blank.token() == []
    cut_short("C_GenerateKeyPair", Person.make_key)
    # At once, while the card's process of the first program is still at it.
    cut_short("C_Sign", Person.make_key)
    with at_terminal(blank, "--module", shim.module) as (person, _terminal):
        go_on(person)
        person.make_key()
        person.hand_over()
        person.write_sheet()
        person.file()
        person.have_issued()
        person.reach("receive")
    assert [each["kind"] for each in blank.token()].count("private") == 1
    judge(blank)
    cut_short("C_Sign", receive_and_store)
    cut_short("C_CreateObject", receive_and_store)
    with at_terminal(blank, "--module", shim.module) as (person, _terminal):
        go_on(person)
        person.make_key()
        person.reach("done")
    stored_once(blank)
    assert [blank.events().count(name) for name in ("key_intended", "key_absent", "key_made")] == [2, 1, 1]
    judge(blank)
    settled(blank)
