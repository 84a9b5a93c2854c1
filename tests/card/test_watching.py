"""Readers followed as cards come and go, and as the service itself does: each change is told within a second."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lgpki_tui.rehearsal.readers import PracticeCard, Readers
from tests.card.tokens.virtual import readers_with, tell

ATR = "3BF51800008131FE454F7345494492"
ABSENT, PRESENT, MUTE = ("absent", ""), ("present", ATR), ("mute", "")
_SECONDS = 1.0
# The machine may be busy with other tests; what is asked of the program is a second from the change on.
_SLACK_SECONDS = 1.0
_WATCH = """
import json, sys, threading
from dataclasses import astuple
from lgpki_tui.card.watching import ReaderWatch
from lgpki_tui.ground.findings import Refusal
watch = ReaderWatch()
def until_told():
    sys.stdin.readline()
    watch.stop()
threading.Thread(target=until_told, daemon=True).start()
try:
    for readers in watch:
        print(json.dumps([astuple(one) for one in readers]), flush=True)
    print(json.dumps("stopped"), flush=True)
except Refusal as refusal:
    print(json.dumps([refusal.code.value, refusal.facts]), flush=True)
"""
_STOPPED_AT_ONCE = """
import threading, time
from lgpki_tui.card.watching import ReaderWatch
for number in range(100):
    watch, told = ReaderWatch(), threading.Event()
    def follow():
        for _ in watch:
            told.set()
    thread = threading.Thread(target=follow)
    thread.start()
    assert told.wait(5)
    time.sleep(number * 0.00001)
    watch.stop()
    thread.join(5)
    assert not thread.is_alive(), number
    print("stopped")
"""


class Watcher:
    """A process that follows the readers."""

    def __init__(self, socket: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", _WATCH],
            cwd=Path(__file__).parents[2],
            env={"PCSCLITE_CSOCK_NAME": socket},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
        )

    def told(self, seconds: float) -> Any:
        """What is told next; None when nothing is in so many seconds."""
        assert self._process.stdout
        if not select.select([self._process.stdout], [], [], seconds)[0]:
            return None
        return json.loads(self._process.stdout.readline())

    def cards(self, seconds: float) -> list[tuple[str, str]] | None:
        """What is in each reader, by what is told next."""
        told = self.told(seconds)
        return None if told is None else [(card, atr) for _, card, atr, _ in told]

    def until(self, wanted: list[tuple[str, str]]) -> float:
        """Seconds until this is told, whatever else is told before."""
        begun = time.monotonic()
        while (seen := self.cards(_SECONDS + _SLACK_SECONDS)) != wanted:
            assert seen is not None, wanted
        return time.monotonic() - begun

    def stop(self) -> None:
        """From another thread, as the program does."""
        assert self._process.stdin
        self._process.stdin.write(b"\n")

    def end(self) -> None:
        """Kill it."""
        self._process.kill()
        self._process.communicate()


@pytest.fixture
def watcher(readers: Readers) -> Iterator[Watcher]:
    """One that has told what is there: a card in the first reader, the second one empty."""
    made = Watcher(readers.environment["PCSCLITE_CSOCK_NAME"])
    try:
        made.until([PRESENT, ABSENT])
        yield made
    finally:
        made.end()


def test_each_change_is_told_within_a_second(readers: Readers, watcher: Watcher) -> None:
    for line, wanted in (("pull", ABSENT), ("insert", PRESENT), ("pull", ABSENT), ("mute", MUTE), ("insert", PRESENT)):
        assert readers.tell(0, line) == "ok"
        assert watcher.until([wanted, ABSENT]) < _SECONDS + _SLACK_SECONDS, line


def test_a_card_that_is_swapped_is_another_although_it_looks_the_same(readers: Readers, watcher: Watcher) -> None:
    assert readers.tell(0, "swap other") == "ok"
    told = []
    while (seen := watcher.told(_SECONDS)) is not None:
        told.append(seen[0][1:])
    assert told[-1][:2] == list(PRESENT)
    counts = [count for _, _, count in told]
    assert counts == sorted(counts)
    assert told[-1][2] >= 2  # out, and in


def test_nothing_is_told_while_nothing_changes(watcher: Watcher, readers: Readers) -> None:
    assert watcher.told(_SECONDS) is None
    assert readers.tell(0, "look").startswith("ok")


def test_two_readers_are_told_apart(tmp_path: Path) -> None:
    with readers_with(tmp_path, PracticeCard("one"), PracticeCard("two")) as readers:
        watcher = Watcher(readers.environment["PCSCLITE_CSOCK_NAME"])
        try:
            watcher.until([PRESENT, PRESENT])
            tell(readers, "pull", 1)
            watcher.until([PRESENT, ABSENT])
            tell(readers, "pull", 0)
            watcher.until([ABSENT, ABSENT])
        finally:
            watcher.end()


def test_it_is_stopped_from_another_thread_at_once(watcher: Watcher) -> None:
    watcher.stop()
    begun = time.monotonic()
    assert watcher.told(5) == "stopped"
    assert time.monotonic() - begun < _SECONDS


def test_it_is_stopped_at_whatever_moment(readers: Readers) -> None:
    """A wait that begins just after it was cancelled would last a minute."""
    command = [sys.executable, "-c", _STOPPED_AT_ONCE]
    environment, root = dict(readers.environment), Path(__file__).parents[2]
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout) == (0, "stopped\n" * 100), done.stderr


def test_without_a_service_at_the_start_it_is_refused(tmp_path: Path) -> None:
    watcher = Watcher(str(tmp_path / "absent"))
    try:
        assert watcher.told(5) == ["pcsc_service", {"error": "0x8010001D"}]
    finally:
        watcher.end()


def test_a_service_that_goes_away_and_comes_back(readers: Readers, watcher: Watcher) -> None:
    """Meanwhile there are no readers, and afterwards they are there again."""
    service = Service(readers)
    service.stop()
    assert watcher.until([]) < _SECONDS + _SLACK_SECONDS
    assert watcher.told(_SECONDS) is None
    service.start()
    try:
        assert watcher.until([ABSENT, ABSENT]) < _SECONDS + _SLACK_SECONDS
        tell(readers, "insert")
        watcher.until([PRESENT, ABSENT])
    finally:
        service.stop()


class Service:
    """The pcscd of these readers, found by what started it, so that it can be stopped and started again."""

    def __init__(self, readers: Readers) -> None:
        self._inside = int(readers.environment["PCSCLITE_CSOCK_NAME"].split("/")[2])
        listed = Path(f"/proc/{self._inside}/task/{self._inside}/children").read_text().split()
        self._first = next(int(one) for one in listed if _name(int(one)) == "pcscd")
        self._words = Path(f"/proc/{self._first}/cmdline").read_bytes().decode().split("\0")[:-1]
        self._again: subprocess.Popen[bytes] | None = None

    def stop(self) -> None:
        """End it as its unit's stop does."""
        if self._again is None:
            os.kill(self._first, signal.SIGTERM)
        else:
            self._again.terminate()
            self._again.wait()

    def start(self) -> None:
        """Start it again where it was, as its unit does."""
        users = [Path(f"/proc/{one}/ns/user").readlink() for one in (self._inside, "self")]
        as_user = ("--user", "--preserve-credentials") if users[0] != users[1] else ()
        enter = ("nsenter", f"--target={self._inside}", *as_user, "--mount", "--net", "--")
        self._again = subprocess.Popen([*enter, *self._words], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)


def _name(process: int) -> str:
    return Path(f"/proc/{process}/comm").read_text().strip()
