"""On another PC or login the card itself tells where to go: its binding receipt is read, and a forged one is not
believed. (Another PC is the same card in a workplace that has no record of it.)"""

from __future__ import annotations

import base64
import json
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.practice import Answer, Practice
from tests.road.outside import pretend
from tests.sandbox.places import here
from tests.sandbox.virtual import Virtual

OTHER_ID = "f" * 32


def elsewhere(practice: Practice, folder: Path, **pretended: str | int) -> Practice:
    """The same card on a PC with an empty record."""
    other = practice.copy(folder)
    for file in (other.folder / "state").glob("ledger.sqlite3*"):
        file.unlink()
    for file in (other.folder / "out").iterdir():  # no receipt lies there
        file.unlink()
    pretend(other, **pretended)
    assert other.enrolments() == []
    return other


def tried(practice: Practice, request: dict[str, Any], certificate: Path, *more: str) -> Answer:
    """The certificate comes in there; nothing is recorded, and nothing is written to the card."""
    before = practice.token()
    answer = practice.run("store", request["enrolment"], certificate, *practice.pin, *more)
    assert answer.status == 1, answer
    assert practice.events() == []
    assert practice.token() == before
    assert [each["result"] for each in answer.json["checks"] if each["code"] == "pin_wrong"] != ["ok"]
    return answer


@pytest.fixture
def issued(waiting: tuple[Practice, dict[str, Any]], tmp_path: Path) -> tuple[Practice, dict[str, Any], Path]:
    """A workplace that waits, its request, and the certificate that has come."""
    practice = waiting[0].copy(tmp_path / "here")
    request = here(practice, waiting[1])
    return practice, request, practice.issue(request)


Issued = tuple[Practice, dict[str, Any], Path]


def test_on_another_pc_the_card_names_the_host(issued: Issued, tmp_path: Path) -> None:
    practice, request, certificate = issued
    other = elsewhere(practice, tmp_path / "other", machine_id=OTHER_ID, host_name="office-02")
    answer = tried(other, request, certificate)
    assert answer.code == "wrong_machine"
    found = json.dumps([answer.json["facts"], answer.json["checks"]])
    assert socket.gethostname() in found
    assert "office-02" in found
    assert socket.gethostname() in answer.err


def test_under_another_login_the_card_names_the_login(issued: Issued, tmp_path: Path) -> None:
    practice, request, certificate = issued
    pretend(practice, login_name="j-soumu", login_uid=4711)
    mine = practice.request()
    certificate = practice.issue(mine, name="mine.pem")
    other = elsewhere(practice, tmp_path / "other", login_name="j-kikaku", login_uid=4712)
    answer = tried(other, mine, certificate)
    assert answer.code == "wrong_login"
    assert "j-soumu" in answer.err
    assert "j-kikaku" in answer.err
    # Of the two receipts on the card, the one of the number that was named.
    first = tried(other, request, certificate)
    assert first.code == "wrong_login"
    assert "j-soumu" not in first.err


def test_in_a_reader_too(virtual_waiting: Virtual, tmp_path: Path) -> None:
    (request,) = virtual_waiting.enrolments()
    other = elsewhere(virtual_waiting, tmp_path / "other", machine_id=OTHER_ID, host_name="office-02")
    answer = tried(other, request, virtual_waiting.issue(request))
    assert answer.code == "wrong_machine"
    assert socket.gethostname() in answer.err


def test_where_pc_and_login_are_right_the_record_is_missing(issued: Issued, tmp_path: Path) -> None:
    practice, request, certificate = issued
    assert tried(elsewhere(practice, tmp_path / "other"), request, certificate).code == "enrolment_unknown"


def test_a_number_of_which_the_card_knows_nothing(issued: Issued, tmp_path: Path) -> None:
    practice, request, certificate = issued
    other = elsewhere(practice, tmp_path / "other", machine_id=OTHER_ID, host_name="office-02")
    _wipe_receipts(other, request["enrolment"])
    answer = tried(other, request, certificate)
    assert answer.code == "enrolment_unknown"
    assert socket.gethostname() not in answer.out


def _host(receipt: dict[str, Any]) -> bytes:
    receipt["binding"]["host_name"] = "forged-01"
    return json.dumps(receipt).encode()


def _signature(receipt: dict[str, Any]) -> bytes:
    raw = bytearray(base64.b64decode(receipt["signature"]))
    raw[-1] ^= 1
    return json.dumps({**receipt, "signature": base64.b64encode(raw).decode()}).encode()


@pytest.mark.parametrize(
    "forge",
    [_host, _signature, lambda receipt: b"{}", lambda receipt: b"\xff" * 3000],
    ids=["host", "signature", "empty", "no-json"],
)
def test_a_forged_receipt_is_ignored(issued: Issued, tmp_path: Path, forge: Callable[[dict[str, Any]], bytes]) -> None:
    """Alone it says nothing; beside the right one it changes nothing."""
    practice, request, certificate = issued
    number = request["enrolment"]
    forged = tmp_path / "forged.json"
    forged.write_bytes(forge(json.loads(Path(request["receipt_path"]).read_text())))
    other = elsewhere(practice, tmp_path / "other", machine_id=OTHER_ID, host_name="office-02")
    _put(other, number, forged)
    beside = tried(other, request, certificate)
    assert beside.code == "wrong_machine"
    assert "forged-01" not in beside.out + beside.err
    _wipe_receipts(other, number)
    _put(other, number, forged)
    alone = tried(other, request, certificate)
    assert alone.code == "enrolment_unknown"
    assert "forged-01" not in alone.out + alone.err


def _put(practice: Practice, number: str, file: Path) -> None:
    """As any program that knows the PIN may."""
    practice.tool(
        "--write-object", str(file), "--type", "data", "--application-label", "lgpki-tui", "--label", number
    )  # fmt: skip


def _wipe_receipts(practice: Practice, number: str) -> None:
    listed = practice.tool("-O", "--type", "data").decode()
    assert number in listed
    for _ in range(listed.count("Data object")):
        practice.tool("--delete-object", "--type", "data", "--application-label", "lgpki-tui", "--label", number)
    assert "Data object" not in practice.tool("-O", "--type", "data").decode()
