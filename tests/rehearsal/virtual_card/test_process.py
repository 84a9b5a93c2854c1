"""The card as a process: its state survives being pulled and killed, and mishaps come when they are ordered."""

from __future__ import annotations

import json
import os
import socket
import stat
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from lgpki_tui.rehearsal.virtual_card.contents import Make
from lgpki_tui.rehearsal.virtual_card.control import ask
from lgpki_tui.rehearsal.virtual_card.files import PKCS15_AID
from lgpki_tui.rehearsal.virtual_card.keys import modulus
from lgpki_tui.rehearsal.virtual_card.state import load
from lgpki_tui.rehearsal.virtual_card.store import Store, StoreError
from tests.rehearsal.virtual_card.cards import PIN, PUK, WRONG
from tests.rehearsal.virtual_card.reader import ATR, OFF, ON, RESET, CardProcess, Reader

OK = b"\x90\0"
TRIES = "00200001"
CHALLENGE = "0084000001"
VERIFY_WRONG = b"\0\x20\0\1\x08" + WRONG
VERIFY = b"\0\x20\0\1\x08" + PIN


@pytest.fixture
def reader() -> Iterator[Reader]:
    with Reader() as reader:
        yield reader


@pytest.fixture
def card(reader: Reader, tmp_path: Path) -> Iterator[CardProcess]:
    """A card with a user PIN, activated."""
    with CardProcess(tmp_path, reader.port, "--log", str(tmp_path / "log")) as card:
        reader.wait()
        assert reader.ask(ATR) == Make().atr
        card.ready()
        assert reader.ask(b"\0\xda\1\1\x12" + PIN + PUK + b"\x0f\x0a") == OK
        assert reader.ask(b"\0\x44\0\0\x0c" + PKCS15_AID) == OK
        yield card


def again(card: CardProcess, reader: Reader, line: str = "insert") -> None:
    """Put it in once more."""
    assert card.tell(line) == "ok"
    reader.wait()


def test_reset_and_power_forget_the_login(reader: Reader, card: CardProcess) -> None:
    for message in (OFF, ON, RESET):
        assert reader.ask(VERIFY) == OK
        assert reader.ask(TRIES) == OK
        reader.say(message)
        assert reader.ask(TRIES) == b"\x63\xcf"


def test_a_command_does_not_wait_for_delayed_acknowledgements(reader: Reader, card: CardProcess) -> None:
    """Without TCP_QUICKACK each takes 40 ms (measured): 4 s here."""
    begun = time.monotonic()
    for _ in range(100):
        assert reader.ask(CHALLENGE)
    assert time.monotonic() - begun < 2


def test_the_state_is_for_its_owner_and_holds_no_pin(card: CardProcess, reader: Reader, tmp_path: Path) -> None:
    for name in ("card.json", "card.lock", "control"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600
    reader.ask(VERIFY)
    left = b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.is_file())
    for secret in (b"2468", PUK):
        assert secret not in left
        assert secret.hex().encode() not in left


def test_pulled_and_put_in_the_counter_stays(card: CardProcess, reader: Reader) -> None:
    assert reader.ask(VERIFY_WRONG) == b"\x63\xce"
    assert card.tell("pull") == "ok"
    assert reader.hear() is None
    again(card, reader)
    assert reader.ask(TRIES) == b"\x63\xce"


def test_killed_at_any_moment_it_has_saved_what_it_told(tmp_path: Path) -> None:
    """A wrong PIN whose answer came has cost a try; one whose answer did not come may have."""
    with Reader() as reader:
        told = 15
        with CardProcess(tmp_path, reader.port) as card:
            reader.wait()
            reader.ask(b"\0\xda\1\1\x12" + PIN + PUK + b"\x0f\x0a")
            reader.ask(b"\0\x44\0\0\x0c" + PKCS15_AID)
        for delay in (0.0, 0.002, 0.003, 0.004, 0.005, 0.007, 0.01, 0.05):
            with CardProcess(tmp_path, reader.port) as card:
                reader.wait()
                answer = reader.ask(TRIES)
                assert answer
                left = answer[1] & 15
                assert left in (told, told - 1)
                reader.say(VERIFY_WRONG)
                time.sleep(delay)
                card.kill()
                answered = reader.hear()
                told = answered[1] & 15 if answered else left
        assert told < 15


def test_killed_while_it_makes_a_key_the_state_is_whole(tmp_path: Path) -> None:
    with Reader() as reader:
        with CardProcess(tmp_path, reader.port):
            reader.wait()
            reader.ask("00A4080C02 5015")
            assert reader.ask("00E0000012 6210 80020800 820111 83024B01 8603000000") == OK
        for delay in (0.0, 0.01, 0.05, 0.2):
            with CardProcess(tmp_path, reader.port) as card:
                reader.wait()
                assert reader.ask("00A4080C04 50154B01") == OK
                reader.say(bytes.fromhex("00460000"))
                time.sleep(delay)
                card.kill()
            file = load((tmp_path / "card.json").read_bytes()).mf.below(bytes.fromhex("50154B01"))
            assert not file.key or len(modulus(file.key)) == 256


def test_a_card_is_in_one_reader_at_a_time(card: CardProcess, reader: Reader, tmp_path: Path) -> None:
    with pytest.raises(StoreError) as caught:
        Store(tmp_path, "card", Make())
    assert caught.value.reason == "in_use"
    with CardProcess(tmp_path, reader.port) as second:
        assert "in_use" in second.errors()
        assert second.process.returncode == 2


def test_a_damaged_state_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "card.json").write_text('{"format": 1')
    for _ in range(2):
        with pytest.raises(StoreError) as caught:
            Store(tmp_path, "card", Make())
        assert caught.value.reason == "damaged"
    assert (tmp_path / "card.json").read_text() == '{"format": 1'


@pytest.mark.parametrize("name", ["", "../card", ".card", "a b", "x" * 33])
def test_a_name_is_not_a_path(tmp_path: Path, name: str) -> None:
    with pytest.raises(StoreError) as caught:
        Store(tmp_path, name, Make())
    assert caught.value.reason == "name"
    assert list(tmp_path.iterdir()) == []


def test_pulled_at_the_nth_command_of_an_instruction(card: CardProcess, reader: Reader) -> None:
    assert card.tell("pull-at 2 20") == "ok"
    assert reader.ask(CHALLENGE)
    assert reader.ask(VERIFY_WRONG) == b"\x63\xce"
    assert reader.ask(CHALLENGE)
    assert reader.ask(VERIFY_WRONG) is None
    again(card, reader)
    assert reader.ask(TRIES) == b"\x63\xce"


def test_pulled_after_it_the_answer_is_lost_but_the_deed_is_done(card: CardProcess, reader: Reader) -> None:
    assert card.tell("pull-after 1 20") == "ok"
    assert reader.ask(VERIFY_WRONG) is None
    assert json.loads(card.tell("look").removeprefix("ok "))["place"] == "out"
    again(card, reader)
    assert reader.ask(TRIES) == b"\x63\xce"


def test_so_many_commands_fail_with_a_status_word(card: CardProcess, reader: Reader) -> None:
    assert card.tell("fail 2 6F00 84") == "ok"
    assert [reader.ask(CHALLENGE), reader.ask(TRIES), reader.ask(CHALLENGE)] == [b"\x6f\0", b"\x63\xcf", b"\x6f\0"]
    assert len(reader.ask(CHALLENGE) or b"") == 3
    card.tell("fail 5 6581")
    card.tell("calm")
    assert len(reader.ask(CHALLENGE) or b"") == 3


def test_no_room_for_a_new_file(card: CardProcess, reader: Reader) -> None:
    assert card.tell("full") == "ok"
    assert reader.ask(VERIFY) == OK
    assert reader.ask("00E0000009 6207 820138 83025016") == b"\x6a\x84"
    card.tell("calm")
    assert reader.ask("00E0000009 6207 820138 83025016") == OK


def test_slow_answers_and_a_pull_that_does_not_wait_for_them(card: CardProcess, reader: Reader) -> None:
    card.tell("slow 300")
    begun = time.monotonic()
    assert reader.ask(CHALLENGE)
    assert 0.3 <= time.monotonic() - begun < 3
    card.tell("slow 60000")
    reader.say(bytes.fromhex(CHALLENGE))
    assert card.tell("pull") == "ok"
    assert reader.hear() is None
    card.tell("slow 0")
    again(card, reader)
    assert reader.ask(CHALLENGE)


def test_the_wrong_way_round_it_has_no_answer_to_reset(card: CardProcess, reader: Reader) -> None:
    again(card, reader, "mute")
    assert reader.ask(ATR) == b"\0"
    assert json.loads(card.tell("look").removeprefix("ok "))["place"] == "mute"
    again(card, reader)
    assert reader.ask(ATR) == Make().atr


def test_another_card_and_back(card: CardProcess, reader: Reader, tmp_path: Path) -> None:
    again(card, reader, "swap other")
    assert reader.ask(TRIES) == b"\x6a\x88"
    other = json.loads(card.tell("look").removeprefix("ok "))
    assert (other["card"], other["place"], other["active"]) == ("other", "in", False)
    with CardProcess(tmp_path, reader.port, "--name", "other") as second:
        assert "in_use" in second.errors()
    again(card, reader, "swap card")
    assert reader.ask(TRIES) == b"\x63\xcf"
    assert json.loads(card.tell("look").removeprefix("ok "))["serial"] != other["serial"]


def test_what_is_not_on_the_list_is_refused(card: CardProcess) -> None:
    lines = ["", "burn", "pull now", "pull-at", "pull-at 0", "pull-at 1 2", "pull-at 1 20 20", "fail 1 90"]
    lines += ["fail x 6F00", "slow", "slow -1", "slow 1e3", "swap", "swap a b", "pull-at 99999999"]
    assert {line: card.tell(line) for line in lines} == dict.fromkeys(lines, "no line")
    assert card.tell("swap ../x") == "no name"
    assert card.tell("pull-at 1 2e") == "ok"


def test_the_log_tells_commands_without_pins(card: CardProcess, reader: Reader, tmp_path: Path) -> None:
    reader.ask(VERIFY)
    reader.ask(TRIES)
    log = (tmp_path / "log").read_text()
    assert "0020000108 (8 bytes left out) -> 9000" in log
    assert "00200001 -> 9000" in log
    assert PIN[:4].hex() not in log


def test_it_may_begin_outside_the_reader(tmp_path: Path) -> None:
    with Reader() as reader, CardProcess(tmp_path, reader.port, "--do", "pull-at 1 84", "--do", "pull") as card:
        card.ready()
        again(card, reader)
        assert reader.ask(CHALLENGE) is None


def test_a_line_at_the_start_that_is_not_on_the_list_ends_it(tmp_path: Path) -> None:
    with CardProcess(tmp_path, 1, "--do", "burn") as card:
        assert "burn: no line" in card.errors()
        assert card.process.returncode == 2


def test_the_serial_is_chosen_or_by_chance_and_stays(tmp_path: Path) -> None:
    serials = []
    for options in (("--serial", "4C470011223344556677"), ("--serial", "00000000000000000000")):
        with CardProcess(tmp_path, 1, "--do", "pull", *options) as card:
            card.ready()
            serials.append(json.loads(card.tell("look").removeprefix("ok "))["serial"])
    assert serials == ["4c470011223344556677"] * 2
    with CardProcess(tmp_path, 1, "--serial", "00") as card:
        assert "--serial" in card.errors()


def test_a_client_that_says_nothing_does_not_block_the_next(card: CardProcess, tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as silent:
        silent.connect(os.fsencode(tmp_path / "control"))
        assert ask(tmp_path / "control", "look").startswith("ok ")
