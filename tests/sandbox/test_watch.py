"""`card list --watch`: a line for each card that comes or goes, as it happens, and how it ends."""

from __future__ import annotations

import signal
import time
from typing import Any

from tests.practice import Practice
from tests.sandbox.virtual import READER, Virtual
from tests.sandbox.watched import PATIENCE, Watched

SECOND = "Virtual PCD 00 01"
# OsEID as MyEID 4 (config/cards/myeid.toml).
ATR = "3BF51800008131FE454F7345494492"
ROUNDS = 3


def _place(found: dict[str, Any]) -> tuple[str, str, str | None]:
    return found["reader"], found["card"], found["atr"]


def test_each_change_is_an_object_on_a_line(virtual_formatted: Virtual) -> None:
    state = (virtual_formatted.folder / "card" / "card.json").read_bytes()
    with Watched(virtual_formatted, "--json") as watched:
        start = [watched.next(), watched.next()]  # the driver has two readers, and one card is in
        assert [each["event"] for each in start] == ["start", "start"]
        assert [_place(each) for each in start] == [(READER, "present", ATR), (SECOND, "absent", None)]
        assert all(each["ok"] is True and each["practice"] is True for each in start)
        took: dict[str, list[float]] = {"removed": [], "inserted": [], "mute": []}
        for _ in range(ROUNDS):
            for line, event, card in (
                ("pull", "removed", "absent"),
                ("insert", "inserted", "present"),
                ("pull", "removed", "absent"),
                ("mute", "mute", "mute"),
                ("pull", "removed", "absent"),
                ("insert", "inserted", "present"),
            ):
                found, seconds = watched.after(line)
                assert (found["event"], found["reader"], found["card"]) == (event, READER, card)
                assert [_place(each)[0] for each in found["readers"]] == [READER, SECOND]
                assert found["readers"][0]["card"] == card
                took[event].append(seconds)
        assert watched.line(0.5) == ""
    # pcscd looks every 0.4 s. The fastest of each counts: a loaded machine may take its time now and then.
    assert max(min(each) for each in took.values()) < 1, took
    assert (virtual_formatted.folder / "card" / "card.json").read_bytes() == state


def test_a_card_that_was_exchanged_between_two_looks_is_another(virtual_formatted: Virtual) -> None:
    """The program is held up meanwhile, as by a PC that sleeps: it sees a card before and one after."""
    with Watched(virtual_formatted, "--json") as watched:
        assert [watched.next()["event"], watched.next()["event"]] == ["start", "start"]
        watched.process.send_signal(signal.SIGSTOP)
        watched.tell("pull")
        time.sleep(1.2)
        watched.tell("swap other", "wait")
        watched.process.send_signal(signal.SIGCONT)
        found = watched.next()
        assert (found["event"], found["card"]) == ("swapped", "present")


def test_the_same_for_a_person(virtual_formatted: Virtual) -> None:
    with Watched(Virtual(virtual_formatted.folder, {"LC_ALL": "en_US.UTF-8"})) as watched:
        shown = [watched.line() for _ in range(3)]
        assert shown[0].startswith("[PRACTICE]")
        assert shown[1:] == [f"{READER}: a card.", f"{SECOND}: no card."]
        watched.tell("pull")
        assert watched.line() == f"{READER}: the card was taken out."
        watched.tell("mute")
        assert watched.line().startswith(f"{READER}: the card does not answer.")


def test_it_ends_when_its_reader_leaves(virtual_formatted: Virtual) -> None:
    """`| head -2`: the next line finds nobody, and that is no failure."""
    with Watched(virtual_formatted, "--json") as watched:
        assert [watched.next()["event"], watched.next()["event"]] == ["start", "start"]
        watched.leave()
        watched.tell("pull")
        assert watched.process.wait(PATIENCE) == 0
        assert watched.errors() == ""


def test_ctrl_c_ends_it_at_once_and_quietly(virtual_formatted: Virtual) -> None:
    """Also with an empty reader, when nothing has happened for a while."""
    with Watched(virtual_formatted, "--json") as watched:
        assert [watched.next()["event"], watched.next()["event"]] == ["start", "start"]
        assert watched.after("pull")[0]["event"] == "removed"
        assert watched.line(1.0) == ""
        begun = time.monotonic()
        assert watched.end() == 0
        assert time.monotonic() - begun < PATIENCE / 3
        assert (watched.line(), watched.errors()) == ("", "")


def test_without_a_service_it_says_so(practice: Practice) -> None:
    nowhere = Practice(practice.folder, {"PCSCLITE_CSOCK_NAME": str(practice.folder / "none")})
    refused = nowhere.run("card", "list", "--watch")
    assert (refused.status, refused.code) == (3, "pcsc_service")
