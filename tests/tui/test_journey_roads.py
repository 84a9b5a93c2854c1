"""The whole road from outside, by keys alone: in tmux in both languages, and over a real SSH line."""

from __future__ import annotations

import pytest

from lgpki_tui.pages.language import Language
from tests.practice import Practice
from tests.tui.journeys import AtTerminal, Person, at_tmux, remote, stored_once
from tests.tui.sshd import Sshd
from tests.tui.terminal import Terminal

pytestmark = pytest.mark.slow
# Beside what is typed (issue 4).
MOST_PAGES, MOST_KEYS = 14, 45


def walked(person: Person) -> None:
    """Not more pages and keys than promised; the page of the card at work counts, caught or not."""
    assert len({*person.pages, "progress"}) <= MOST_PAGES, person.pages
    assert len(person.keys) <= MOST_KEYS, person.keys


@pytest.mark.parametrize("language", ["ja", "en"])
def test_in_tmux(blank: Practice, language: Language) -> None:
    with at_tmux(blank, language=language) as (person, tmux):
        person.whole_road()
        walked(person)
        person.press("ctrl+q")
        person.until(lambda rows: tmux.dead() == 0, "the end")
    stored_once(blank)


@pytest.mark.skipif(Sshd.missing() is not None, reason=str(Sshd.missing()))
def test_over_ssh(blank: Practice) -> None:
    with Sshd() as sshd, Terminal(sshd.command(remote(blank))) as terminal:
        person = Person(AtTerminal(terminal))
        person.whole_road()
        walked(person)
        person.press("ctrl+q")
        assert terminal.process.wait(10) == 0
    stored_once(blank)
