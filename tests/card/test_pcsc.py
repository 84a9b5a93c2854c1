"""What PC/SC tells beside the module, in processes of their own: libpcsclite reads its variable once in a process."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from lgpki_tui.card.pcsc import reader_of
from lgpki_tui.ground.codes import Code
from lgpki_tui.rehearsal.readers import PracticeCard, Readers
from tests.card.backends import Backend
from tests.card.tokens.virtual import readers_with, run, tell

ATR = "3BF51800008131FE454F7345494492"
ONE, TWO = "Virtual PCD 00 00", "Virtual PCD 00 01"
_ASK = """
from lgpki_tui.card import pcsc
from lgpki_tui.ground.findings import Refusal
try:
    print(repr({expression}))
except Refusal as refusal:
    print(repr((refusal.code.value, refusal.facts)))
"""


def asked(environment: Mapping[str, str], expression: str) -> object:
    """What an expression with `pcsc` is in a process that sees these readers; code and facts of a refusal."""
    command = [sys.executable, "-c", _ASK.format(expression=expression)]
    done = subprocess.run(
        command, cwd=Path(__file__).parents[2], env=dict(environment), capture_output=True, timeout=30, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    return ast.literal_eval(done.stdout.decode())


def test_the_readers_that_have_a_card(tmp_path: Path) -> None:
    with readers_with(tmp_path, PracticeCard("one"), PracticeCard("two")) as readers:
        assert asked(readers.environment, "pcsc.readers()") == {ONE: ATR, TWO: ATR}
        tell(readers, "pull", 0)
        assert asked(readers.environment, "pcsc.readers()") == {TWO: ATR}
        tell(readers, "mute", 1)
        assert asked(readers.environment, "pcsc.readers()") == {TWO: "00"}
        assert asked(readers.environment, f"(pcsc.is_out({ONE!r}, 0.2), pcsc.is_out({TWO!r}, 0.2))") == (True, False)
        assert asked(readers.environment, "pcsc.is_out('no such reader', 0.2)") is True


def test_without_a_service_there_are_none(tmp_path: Path) -> None:
    environment = {"PCSCLITE_CSOCK_NAME": str(tmp_path / "absent")}
    assert asked(environment, "pcsc.readers()") == {}
    assert asked(environment, "pcsc.is_out('any', 0.2)") is False
    assert asked(environment, "pcsc.is_activated('any')") == ("card_error", {"error": "0x8010001D"})


async def test_a_card_is_in_operation_only_after_the_last_step(virtual: Backend, readers: Readers) -> None:
    question, pins = f"pcsc.is_activated({ONE!r})", {"PIN": virtual.pin, "SO": virtual.so_pin}
    assert asked(virtual.environment, question) is False
    create = ("--create-pkcs15", "--so-pin", "env:SO", "--so-puk", "env:SO", "--label", "x")
    store = ("--store-pin", "--auth-id", "01", "--pin", "env:PIN", "--puk", "env:SO", "--so-pin", "env:SO", "-l", "x")
    for step in (create, store):
        run(virtual.environment, "pkcs15-init", *step, pins=pins)
        assert asked(virtual.environment, question) is False
    run(virtual.environment, "pkcs15-init", "--finalize", "--so-pin", "env:SO", pins=pins)
    assert asked(virtual.environment, question) is True
    tell(readers, "fail 1 6A82 A4")
    assert asked(virtual.environment, question) is False
    tell(readers, "pull")
    code, facts = ast.literal_eval(str(asked(virtual.environment, question)))
    assert (Code(code), facts) == (Code.CARD_REMOVED, {"error": "0x8010000C"})


_LONG = "Muster Systems Incorporated SCR 3310 v2.0 USB Smart Card Reader [CCID] (21120544303231) 00 "


@pytest.mark.parametrize(
    ("slot", "names", "found"),
    [
        (ONE, [ONE, TWO], ONE),
        ("Virtual PCD 00", [ONE, TWO], None),
        ("", [""], None),
        (_LONG[:64].rstrip(), [f"{_LONG}00", ONE], f"{_LONG}00"),
        (f"{_LONG[:61]}...", [f"{_LONG}00", ONE], f"{_LONG}00"),
        (f"{_LONG[:61]}...", [f"{_LONG}00", f"{_LONG}01"], None),
        ("SoftHSM slot ID 0x1", [ONE], None),
    ],
)
def test_the_reader_of_a_slot(slot: str, names: list[str], found: str | None) -> None:
    assert reader_of(slot, dict.fromkeys(names, ATR)) == found


def test_a_name_that_is_cut_within_a_character() -> None:
    name = "読取装置" * 6  # 72 bytes; the 64th is the first of a character
    described = name.encode()[:64].decode(errors="replace")
    assert described.endswith("\N{REPLACEMENT CHARACTER}")
    assert reader_of(described, {name: ATR}) == name
