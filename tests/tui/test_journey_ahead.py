"""Keys that come together, as they do over a line that stalls: each has its effect before the next is looked at."""

from __future__ import annotations

import pytest

from tests.practice import Practice
from tests.tui.journeys import at_terminal
from tests.tui.walking import LABEL, PIN

pytestmark = pytest.mark.slow


def test_a_whole_page_in_one_packet(blank: Practice) -> None:
    """From the card to the format, all fields and the act. Nothing of a PIN comes into a field that shows it."""
    so_pin, pin = "GJKQVWXYZ", "ZYXWVQKJG"
    with at_terminal(blank) as (person, terminal):
        person.begin()
        person.reach("card", person.start_of("card", "blank"))
        person.type(f"\r{LABEL}\r{so_pin}\r{so_pin}\r{pin}\r{pin}\r\r")
        person.reach("subject")
        parts = [word[place : place + 2].encode() for word in (so_pin, pin) for place in range(len(word) - 1)]
        assert [part for part in parts if part in terminal.received] == []
    assert blank.events()[-1] == "format_done"
    assert [card["label"] for card in blank.done("card", "list")["cards"]] == [LABEL]
    (blank.folder / "secrets" / "pin").write_text(f"{pin}\n")
    assert blank.token() == []  # the PIN is the one that was typed


def test_over_the_change_of_a_page(formatted: Practice) -> None:
    """A PIN that is typed before its page is there comes whole: half of one would count as a wrong one."""
    with at_terminal(formatted) as (person, _terminal):
        person.begin()
        person.choose_card(blank=False)
        person.reach("subject")
        person.type("総務部情報政策課\r高島市長\r\r\r")
        person.see("CN=高島市長")
        person.type(f"\r{PIN}\r")
        person.reach("export", "SHA-256")
        assert "verdict" not in person.pages
    assert formatted.events()[-1] == "request_written"


def test_what_is_typed_before_the_first_page(formatted: Practice) -> None:
    with at_terminal(formatted) as (person, _terminal):
        person.type("\r\r\r\r")
        person.reach("card", person.start_of("card", "ready"))
        person.press("ctrl+q")
