"""The line drops: the program ends, with the card's process, and the next start goes on where it was."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.card.shim import Order, build_shim
from tests.practice import Practice
from tests.tui.family import all_gone, family, wizards
from tests.tui.journeys import AtTerminal, Person, at_terminal, remote
from tests.tui.sshd import Sshd
from tests.tui.terminal import Terminal

pytestmark = pytest.mark.slow
# A person at another line does not wait longer; the act that the card is in takes two of them.
ENDS_WITHIN = 10.0

Drop = Callable[[], object]


@contextmanager
def over_ssh(practice: Practice, how: str, *options: str | Path) -> Iterator[tuple[Person, Drop]]:
    with Sshd() as sshd, Terminal(sshd.command(remote(practice, *options))) as terminal:
        yield Person(AtTerminal(terminal)), terminal.process.kill if how == "client" else sshd.drop


@contextmanager
def at_window(practice: Practice, how: str, *options: str | Path) -> Iterator[tuple[Person, Drop]]:
    def close() -> None:
        os.close(terminal.slave)
        os.close(terminal.master)

    def hang_up() -> None:
        (wizard,) = wizards(practice.folder)
        os.kill(wizard.pid, signal.SIGHUP)

    with at_terminal(practice, *options) as (person, terminal):
        yield person, close if how == "window" else hang_up


def choose_organization(person: Person) -> None:
    """The first half of the page."""
    person.reach("subject")
    person.type("情報政策")
    person.see("> 総務部情報政策課")
    person.press("enter")
    person.see("O=高島市, OU=総務部情報政策課")


@pytest.mark.parametrize("how", ["client", "server", "window", "hangup"])
def test_the_line_drops(formatted: Practice, tmp_path: Path, how: str) -> None:
    if how in ("client", "server") and (missing := Sshd.missing()):
        pytest.skip(missing)
    sit = over_ssh if how in ("client", "server") else at_window
    shim = build_shim(tmp_path / "shim")
    shim.order(Order("C_GenerateKeyPair", "before", "sleep", "2"))
    options = ("--module", shim.module)

    def dropped(drop: Drop) -> None:
        running = family(formatted.folder)
        assert len(running) == 2, "the wizard and the card's process"
        drop()
        assert all_gone(running, ENDS_WITHIN)
        assert family(formatted.folder) == []

    with sit(formatted, how, *options) as (person, drop):
        person.begin()
        person.choose_card(blank=False)
        choose_organization(person)
        dropped(drop)
    with sit(formatted, how, *options) as (person, drop):
        person.reach("home", "> ")
        person.press("enter")
        person.reach("subject", "総務部情報政策課")
        person.type("高島市長")
        person.press("enter", "enter", "enter")
        person.see("CN=高島市長")
        person.press("enter")
        person.make_key()
        person.until(lambda rows: shim.calls()["C_GenerateKeyPair"], "a key is being made")
        dropped(drop)
    shim.clear()
    with sit(formatted, how, *options) as (person, _drop):
        person.reach("home", "> ")
        person.press("enter")
        person.make_key()
        person.hand_over()
        person.reach("sheet")
    assert sorted(each["kind"] for each in formatted.token()) == ["private", "public"]
    assert formatted.events().count("key_made") == 1
    (enrolment,) = formatted.enrolments()
    assert enrolment["state"] == "awaiting_certificate"
