"""`python -m lgpki_tui.rehearsal.virtual_card`: a practice card for one slot of vpcd, until the process is ended.

It may be ended in any way at any time: what an answer has told is saved.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from lgpki_tui.ground.hardening import harden
from lgpki_tui.rehearsal.virtual_card.contents import DEFAULT_MEMORY, SERIAL_BYTES, Make, random_serial
from lgpki_tui.rehearsal.virtual_card.control import listen, serve
from lgpki_tui.rehearsal.virtual_card.line import Log
from lgpki_tui.rehearsal.virtual_card.slot import Slot
from lgpki_tui.rehearsal.virtual_card.store import StoreError

DEFAULT_PORT = 35963
_USAGE = 2


def main(arguments: Sequence[str]) -> int:
    """Put the card in, say `ready` on stdout when the reader has seen it, and obey the control socket."""
    options = _parser().parse_args(arguments)
    harden()
    ready = _Ready()
    try:
        log = _logger(options.log)
        slot = Slot(options.folder, options.name, _make(options), options.port, log, ready.say)
        server = listen(options.control)
    except (StoreError, OSError) as error:
        print(f"card: {error}", file=sys.stderr)
        return _USAGE
    for line in options.do or ["insert"]:
        answer = slot.order(line)
        if not answer.startswith("ok"):
            print(f"card: {line}: {answer}", file=sys.stderr)
            return _USAGE
    if not slot.holds_a_card:
        ready.say()
    serve(server, slot.order)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="lgpki_tui.rehearsal.virtual_card", description=__doc__)
    parser.add_argument("--folder", type=Path, required=True, help="where the state lies, NAME.json")
    parser.add_argument("--name", default="card", help="which card of the folder")
    parser.add_argument("--control", type=Path, required=True, help="the control socket to make")
    parser.add_argument("--port", type=int, default=DEFAULT_PORT, help="vpcd's port for the slot")
    parser.add_argument("--do", action="append", metavar="LINE", help="done at the start in turn; default: insert")
    parser.add_argument("--log", type=Path, help="commands and answers are added here, without PINs")
    blank = parser.add_argument_group("what a card that is not there yet is made as")
    blank.add_argument("--serial", type=_serial, help="20 hex digits; OpenSC shows the last 16")
    blank.add_argument("--memory", type=int, default=DEFAULT_MEMORY, help="bytes")
    blank.add_argument("--most-rsa", type=int, default=4096, help="bits")
    blank.add_argument("--most-ec", type=int, default=521, help="bits")
    return parser


def _serial(text: str) -> bytes:
    serial = bytes.fromhex(text)
    if len(serial) != SERIAL_BYTES:
        raise ValueError(text)
    return serial


def _make(options: argparse.Namespace) -> Make:
    serial = options.serial or random_serial()
    return Make(serial=serial, memory=options.memory, most_rsa=options.most_rsa, most_ec=options.most_ec)


def _logger(file: Path | None) -> Log:
    if file is None:
        return lambda line: None
    log = file.open("a", encoding="ascii")
    return lambda line: print(line, file=log, flush=True)


class _Ready:
    """Says `ready` on stdout, once."""

    def __init__(self) -> None:
        self._said = False

    def say(self) -> None:
        if not self._said:
            self._said = True
            print("ready", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
