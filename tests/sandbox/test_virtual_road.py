"""The whole road by commands on the card in the reader, judged by programs that others wrote; and its folder, moved,
copied, and asked for by two at once."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from lgpki_tui.rehearsal.readers_inside import FIRST_PORT, SOCKET
from tests.rehearsal.readers.desk import OPENSC, Desk
from tests.rehearsal.readers.holding import listening
from tests.road.outside import text
from tests.sandbox.places import here
from tests.sandbox.test_road import ROAD
from tests.sandbox.virtual import Virtual, below, new_virtual
from tests.sandbox.watched import Watched

# As the program is, but for how long it waits for another one that has the card.
IMPATIENT = (
    sys.executable,
    "-c",
    "import sys, lgpki_tui.card.practice_readers as p; p.PATIENCE_SECONDS = 0.2\n"
    "from lgpki_tui.__main__ import main; sys.exit(main())",
)


def test_the_road_and_what_others_say_of_it(tmp_path: Path) -> None:
    practice = new_virtual(tmp_path / "box")
    formatted = practice.format()
    request = practice.request()
    number = request["enrolment"]
    assert practice.events(number) == ROAD[:5]
    assert "2048" in text("openssl", "req", "-in", request["csr_path"], "-verify", "-noout", "-text")
    answer = practice.store(request, practice.issue(request))
    assert answer.status == 0, answer
    assert practice.events(number) == ROAD
    assert practice.done("ledger", "verify")["first_broken"] is None

    held = practice.token()
    assert sorted(each["kind"] for each in held) == ["certificate", "private", "public"]
    (cka_id,) = {each["ID"] for each in held}
    assert practice.enrolments()[0]["cka_id"] == cka_id
    der = practice.tool("--read-object", "--type", "cert", "--id", cka_id)
    assert hashlib.sha256(der).hexdigest() == answer.json["certificate_sha256"]
    assert practice.public_key_sha256(cka_id) == request["public_key_sha256"]
    assert practice.receipts() == [number]
    with practice.desk() as desk:
        _accepted(desk, number, cka_id, str(formatted["serial"]))
        receipt = desk.read("--type", "data", "--label", number, "--application-label", "lgpki-tui")
    assert receipt == Path(request["receipt_path"]).read_bytes()
    again = practice.store(request, practice.folder / "out" / "cert.pem")
    assert (again.status, again.json["already"]) == (0, True)


def _accepted(desk: Desk, number: str, cka_id: str, serial: str) -> None:
    """By four programs, none of them ours."""
    dumped = desk.must("pkcs15-tool", "-D")
    for found in (f"X.509 Certificate [{number}]", f"Private RSA Key [{number}]", "PRACTICE", cka_id, serial):
        assert found in dumped, (found, dumped)
    tested = desk.p11("--test", pin="PIN")
    assert tested.status == 0, tested.text
    assert "No errors" in tested.text
    assert re.search(rf"testing key 0 \({number}\)", tested.text)
    key = next(line for line in desk.must("ssh-keygen", "-D", OPENSC).splitlines() if line.startswith("ssh-rsa "))
    (desk.folder / "key.pub").write_text(key + "\n")
    assert desk.must("ssh-keygen", "-l", "-f", "key.pub").startswith("2048 ")
    url = f"pkcs11:serial={serial};object={number};type=private"
    signed = ("p11tool", "--provider", OPENSC, "--login", "--test-sign", url)
    desk.pins["GNUTLS_PIN"] = desk.pins["PIN"]  # type: ignore[index]  # p11tool reads it there
    assert "ok" in desk.must(*signed)


def test_a_copy_works_elsewhere_and_the_first_one_goes_its_own_way(virtual_waiting: Virtual, tmp_path: Path) -> None:
    (tmp_path / "far" / "away").mkdir(parents=True)
    copy = virtual_waiting.copy(tmp_path / "far" / "away" / "box")
    (waiting,) = copy.enrolments()
    request = here(copy, waiting)
    assert Path(request["csr_path"]).parent == copy.folder / "out"
    assert copy.store(request, copy.issue(request)).status == 0
    assert sorted(each["kind"] for each in copy.token()) == ["certificate", "private", "public"]
    assert sorted(each["kind"] for each in virtual_waiting.token()) == ["private", "public"]
    moved = Virtual(Path(shutil.move(virtual_waiting.folder, tmp_path / "moved")))
    request = here(moved, waiting)
    assert moved.store(request, moved.issue(request)).status == 0
    assert not virtual_waiting.folder.exists()


def test_a_second_program_waits_and_is_refused_then(virtual_waiting: Virtual) -> None:
    second = Virtual(virtual_waiting.folder, program=IMPATIENT)
    before = second.events()
    with Watched(virtual_waiting, "--json") as first:
        assert first.next()["event"] == "start"
        for command in (
            ("card", "list"),
            ("card", "list", "--watch"),
            ("request", "--answers", second.answers, *second.pin),
        ):
            refused = second.run(*command)
            assert (refused.status, refused.code) == (3, "card_in_use"), (command, refused)
            assert refused.json["facts"]["reason"] == "practice_card"
            assert refused.json["facts"]["folder"] == str(second.folder)
        assert second.done("status")["enrolments"]
    # The first one was killed: what it held is free, and what is on the card is there.
    (card,) = virtual_waiting.done("card", "list")["cards"]
    assert len(card["keys"]) == 1
    assert second.events() == before


def test_nothing_listens_outside_while_a_command_runs(virtual_waiting: Virtual) -> None:
    ports, service = listening(), SOCKET.exists()
    with Watched(virtual_waiting, "--json") as first:
        assert first.next()["event"] == "start"
        ours = [first.process.pid, *below(first.process.pid)]
        assert len(ours) >= 4, ours  # the program, the first inside, pcscd, the card
        assert (listening(), SOCKET.exists()) == (ports, service)
        here_open = {inode for pid in ours for inode in _sockets(pid)} & set(_listening("self"))
        assert here_open == set()
        mine = _network("self")
        (network,) = {_network(pid) for pid in ours} - {mine}
        inside = next(pid for pid in ours if _network(pid) == network)
        assert FIRST_PORT in _listening(inside).values()  # it would have been seen
    namespace = Path(f"/proc/{inside}/ns/pid")
    end = time.monotonic() + 5
    while namespace.exists():
        assert time.monotonic() < end
        time.sleep(0.02)


def _network(pid: int | str) -> Path:
    return Path(f"/proc/{pid}/ns/net").readlink()


def _sockets(pid: int) -> Iterator[str]:
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        target = str(descriptor.readlink())
        if target.startswith("socket:["):
            yield target[8:-1]


def _listening(pid: int | str) -> dict[str, int]:
    """The inodes of the sockets that listen in the network namespace of a process; TCP ones with their port."""
    found = {}
    for name in ("tcp", "tcp6"):
        for words in map(str.split, Path(f"/proc/{pid}/net/{name}").read_text().splitlines()[1:]):
            if words[3] == "0A":
                found[words[9]] = int(words[1].rpartition(":")[2], 16)
    for words in map(str.split, Path(f"/proc/{pid}/net/unix").read_text().splitlines()[1:]):
        if words[3] == "00010000":  # __SO_ACCEPTCON
            found[words[6]] = 0
    return found


def test_a_locked_card_is_opened_by_a_command(virtual_waiting: Virtual) -> None:
    """By the SO PIN, which is this card's PUK too; a wrong one is told, and the keys stay."""
    held, secrets = virtual_waiting.token(), virtual_waiting.folder / "secrets"
    _secret(secrets / "new-pin", "11223344")
    _secret(secrets / "wrong", "90817263")
    new = ("--new-pin-file", str(secrets / "new-pin"))
    virtual_waiting.lock()
    refused = virtual_waiting.run("request", "--answers", virtual_waiting.answers, *virtual_waiting.pin)
    assert (refused.status, refused.code) == (3, "pin_locked")
    wrong = virtual_waiting.run("card", "unblock", "--so-pin-file", str(secrets / "wrong"), *new)
    assert (wrong.status, wrong.code, wrong.json["facts"]["which"]) == (3, "pin_wrong", "puk")
    assert not virtual_waiting.takes("11223344")
    short = virtual_waiting.run("card", "unblock", *virtual_waiting.so_pin, "--new-pin-file", _short(secrets))
    assert (short.status, short.code) == (2, "pin_format")
    opened = virtual_waiting.done("card", "unblock", "--puk-file", str(secrets / "so-pin"), *new)
    assert opened["label"] == "PRACTICE"
    assert virtual_waiting.takes("11223344")
    _secret(secrets / "pin", "11223344")
    assert virtual_waiting.token() == held
    request = here(virtual_waiting, virtual_waiting.enrolments()[0])
    assert virtual_waiting.store(request, virtual_waiting.issue(request)).status == 0
    assert "11223344" not in json.dumps(virtual_waiting.ledger())


def _secret(file: Path, text: str) -> None:
    file.touch(mode=0o600)
    file.write_text(f"{text}\n")


def _short(secrets: Path) -> str:
    _secret(secrets / "short", "123")
    return str(secrets / "short")
