"""What goes wrong with a card, and what is left of it: seen through pcscd, OpenSC and pyscard."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import pytest

from lgpki_tui.rehearsal.readers import PracticeCard, Readers
from tests.rehearsal.readers.desk import Desk, certificate

_WATCH = """
import sys, time
from smartcard import scard
READER = "Virtual PCD 00 00"
_, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
known = scard.SCARD_STATE_UNAWARE
while True:
    number, states = scard.SCardGetStatusChange(context, 5000, [(READER, known)])
    if number == scard.SCARD_S_SUCCESS:
        known = states[0][1] & ~scard.SCARD_STATE_CHANGED
        place = "in" if known & scard.SCARD_STATE_PRESENT else "out"
        print(place, bytes(states[0][2]).hex(), flush=True)
"""
_ATR = "3bf51800008131fe454f7345494492"


class Watch:
    """What a PC/SC client is told of the first reader, as it happens."""

    def __init__(self, desk: Desk) -> None:
        self._process: subprocess.Popen[str] = desk.python(_WATCH)

    def next(self) -> str:
        """Blocks until something changes."""
        assert self._process.stdout
        return self._process.stdout.readline().strip()

    def end(self) -> None:
        self._process.kill()
        self._process.communicate()


def test_putting_in_and_pulling_are_seen_within_a_second(blank: Desk) -> None:
    watch = Watch(blank)
    try:
        assert watch.next() == f"in {_ATR}"
        for line, seen in (
            ("pull", ["out"]),
            ("mute", ["in 00"]),
            ("pull", ["out"]),
            ("insert", [f"in {_ATR}"]),
            ("swap other", ["out", f"in {_ATR}"]),
        ):
            begun = time.monotonic()
            blank.tell(line)
            assert [watch.next() for _ in seen] == seen
            assert time.monotonic() - begun < 2, line  # 0.9 s where nothing else runs
    finally:
        watch.end()


def test_a_mute_card_is_no_token_and_speaks_again_when_turned(desk: Desk) -> None:
    desk.tell("mute")
    assert "token label" not in desk.p11("--list-slots").text
    desk.tell("insert")
    assert "架空市長" in desk.p11("--list-slots").text


def test_another_card_has_another_serial_and_the_first_comes_back(desk: Desk) -> None:
    first = desk.look()["serial"]
    desk.tell("swap other")
    desk.format("別のカード")
    told = desk.p11("--list-slots").text
    assert "別のカード" in told
    assert str(desk.look()["serial"])[4:] in told
    desk.tell("swap card")
    assert "架空市長" in desk.p11("--list-slots").text
    assert desk.look()["serial"] == first


@pytest.mark.parametrize("line", ["pull-at 1 46", "pull-after 1 46", "pull-at 1 E0", "pull-at 2 D6", "pull-after 4 D6"])
def test_pulled_while_a_key_is_made_what_was_there_is_whole(desk: Desk, line: str) -> None:
    desk.generate("rsa:2048")
    stored = certificate()
    desk.store(stored)
    desk.tell(line)
    assert desk.generate("EC:prime256v1", "02").status != 0
    assert desk.look()["place"] == "out"
    desk.tell("insert")
    assert "01" in desk.identities("Private Key")
    assert desk.read("--type", "cert", "--id", "01") == stored
    assert desk.signed("SHA256-RSA-PKCS")
    assert desk.generate("EC:prime256v1", "03").status == 0
    assert desk.signed("ECDSA-SHA256", "03")


def test_a_full_card_says_so_and_keeps_what_it_has(desk: Desk) -> None:
    desk.generate("EC:prime256v1")
    desk.tell("full")
    assert "CKR_DEVICE_MEMORY" in desk.generate("EC:prime256v1", "02").text
    desk.tell("calm")
    assert desk.identities("Private Key") == ["01"]
    assert desk.signed("ECDSA-SHA256")


def test_a_small_card_runs_full_by_itself(tmp_path: Path) -> None:
    with Readers(tmp_path / "cards", [PracticeCard(options=("--memory", "17000"))]) as readers:
        desk = Desk(readers, tmp_path)
        desk.format()
        statuses = [desk.generate("rsa:2048", f"0{number}").status for number in range(1, 9)]
        made = statuses.index(1)
        assert 1 <= made < 8, statuses
        assert "CKR_DEVICE_MEMORY" in desk.generate("rsa:2048", "09").text
        assert desk.identities("Private Key") == [f"0{number}" for number in range(1, made + 1)]
        assert desk.signed("SHA256-RSA-PKCS", f"0{made}")


def test_a_failing_command_is_told_by_the_driver(desk: Desk) -> None:
    desk.tell("fail 1 6581 46")
    assert "CKR_DEVICE_ERROR" in desk.generate("EC:prime256v1").text
    assert desk.generate("EC:prime256v1", "02").status == 0


def test_slow_answers_only_take_longer(desk: Desk) -> None:
    desk.tell("slow 30")
    begun = time.monotonic()
    assert "架空市長" in desk.p11("--list-slots").text
    assert time.monotonic() - begun > 0.3


def test_counters_and_keys_survive_the_end_of_the_readers(tmp_path: Path) -> None:
    cards = [PracticeCard()]
    with Readers(tmp_path / "cards", cards) as readers:
        desk = Desk(readers, tmp_path)
        desk.format()
        desk.generate("EC:prime256v1")
        desk.p11("--list-objects", pin="WRONG")
    with Readers(tmp_path / "cards", cards) as readers:
        desk = Desk(readers, tmp_path)
        assert desk.apdu("00200001") == "63C2"
        assert desk.signed("ECDSA-SHA256")
