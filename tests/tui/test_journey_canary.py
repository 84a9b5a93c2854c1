"""A PIN that is typed is in nothing that the wizard shows, sends, keeps or leaves behind (MISSION rule 4)."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from lgpki_tui.pages.language import Language
from tests.practice import Practice, new_practice
from tests.road.sampler import forms, sampling, search
from tests.tui.family import Process, family
from tests.tui.journeys import at_terminal, stored_once
from tests.tui.walking import Walker, walking

pytestmark = pytest.mark.slow


def canary() -> str:
    """Long, and of letters that no word, digest or number is made of."""
    return "".join(secrets.choice("GHJKQVWXYZ") for _ in range(24))


class Limits:
    """What the kernel would let our processes leave behind when they crash, seen while they run."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._over = threading.Event()
        self.seen: dict[Process, str] = {}

    def watch(self) -> None:
        while not self._over.wait(0.1):
            for one in family(self._folder):
                for row in one.read("limits").decode().splitlines():
                    if row.startswith("Max core file"):
                        self.seen[one] = " ".join(row.split()[4:6])

    def end(self) -> None:
        self._over.set()


@contextmanager
def limits_of(folder: Path) -> Iterator[Limits]:
    limits = Limits(folder)
    thread = threading.Thread(target=limits.watch)
    thread.start()
    try:
        yield limits
    finally:
        limits.end()
        thread.join()


def workplace(root: Path) -> Practice:
    """One with a HOME and a TMPDIR of its own, whose secrets are of no use to anybody: nobody has typed them."""
    for name in ("home", "tmp"):
        (root / name).mkdir(parents=True)
    environ = {"HOME": str(root / "home"), "TMPDIR": str(root / "tmp"), "XDG_STATE_HOME": str(root / "home" / "state")}
    practice = new_practice(root / "practice", environ)
    for name in ("pin", "so-pin"):
        (practice.folder / "secrets" / name).unlink()
    return practice


def test_nothing_of_a_typed_pin_is_anywhere(tmp_path: Path) -> None:
    practice, pin, so_pin, wrong = workplace(tmp_path), canary(), canary(), canary()
    words = (pin, so_pin, wrong)
    with (
        sampling(*words) as sampler,
        limits_of(practice.folder) as limits,
        at_terminal(practice) as (person, terminal),
    ):
        person.begin()
        person.choose_card()
        person.fill_format(so_pin=so_pin, pin=pin)
        person.press("enter")
        person.fill()
        person.make_key(wrong)  # refused by the card, and told
        person.reach("verdict", "pin_wrong")
        person.press("escape")
        person.make_key(pin)
        person.hand_over()
        person.write_sheet()
        person.file()
        person.have_issued()
        person.receive()
        person.store(pin)
        person.reach("done")
        person.press("enter")
        person.reach("home")
        person.press("ctrl+q")
        assert terminal.process.wait(10) == 0
        terminal.settle()
    assert sampler.looks > 20
    assert sampler.seen == {word: set() for word in words}
    assert search(words, tmp_path) == []
    assert [word for word in words for form in forms(word) if form in terminal.received] == []
    # The wizard and the card's process, each time there was one.
    assert len(limits.seen) >= 2
    assert set(limits.seen.values()) == {"0 0"}
    # It was the PIN, and not something else, that went to the card.
    secret = practice.folder / "secrets" / "pin"
    secret.write_text(f"{pin}\n")
    stored_once(replace(practice, environ={}))


@pytest.mark.parametrize("language", ["ja", "en"])
async def test_no_screenshot_shows_a_pin(blank: Practice, language: Language, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor does a message that any widget was sent: what Textual would write to a log of its own."""
    pin, so_pin, shots, told = canary(), canary(), dict[str, str](), list[str]()
    monkeypatch.setattr("tests.tui.walking.PIN", pin)
    monkeypatch.setattr("tests.tui.walking.SO_PIN", so_pin)

    class Photographer(Walker):
        async def press(self, *keys: str) -> None:
            shots[f"{len(shots):02} {self.page}"] = self.app.export_screenshot()
            await super().press(*keys)

    async with walking(blank, language, hook=lambda message: told.append(repr(message))) as walker:
        person = Photographer(walker.app, walker.pilot, walker.practice)
        await person.begin()
        await person.format()
        await person.fill()
        await person.make_key()
        await person.file()
        await person.receive()
        await person.store()
        await person.press("enter")
        await person.reach("home")
    pages = {name.partition(" ")[2] for name in shots}
    assert pages >= {"home", "format", "subject", "review", "export", "sheet", "waiting", "receive", "store", "done"}
    assert any("********" in shot for shot in shots.values())
    # Not even a part of it.
    pieces = {word[place : place + 5] for word in (pin, so_pin) for place in range(len(word) - 4)}
    assert [name for name, shot in shots.items() if any(piece in shot for piece in pieces)] == []
    assert [word for word in (pin, so_pin) if any(word in each for each in told)] == []
    assert len(told) > 100
