"""Wipes a card and gives it its label, SO PIN and PIN by OpenSC's pkcs15-init (ISO/IEC 7816-15).

C_InitToken is no way for these cards: OpenSC erases the card and then calls it an error (measured, OpenSC 0.23).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping

from lgpki_tui.card import pcsc
from lgpki_tui.card.address import Address
from lgpki_tui.card.dialogue import Conversation, NoAnswer, converse
from lgpki_tui.card.errors import ReturnValue
from lgpki_tui.card.init_token import checked, so_refusal
from lgpki_tui.card.module import Module
from lgpki_tui.card.raw import RawModule
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Fact, Refusal
from lgpki_tui.ground.inert import inert
from lgpki_tui.procedure.identity import Token

# The application identifier of PKCS#15 (ISO/IEC 7816-15, 7.4): what -E would erase, without its terminal of its own.
_APPLICATION = "A000000063504B43532D3135"
# Of a PIN that is called so OpenSC does not add the name to the token's label (framework-pkcs15.c).
_PIN_LABEL = "PIN"
_PIN_ID = "01"
# Of each of four steps: together less than the deadline of the act (`card.deadlines.format`).
_SECONDS = 25.0
# What the programs say of a failure, in lower case, to our codes. The first that is found counts.
_SAID = (
    ("pin code or key incorrect", Code.PIN_WRONG),
    ("puk code incorrect", Code.PIN_WRONG),
    ("authentication method blocked", Code.PIN_LOCKED),
    ("card removed", Code.CARD_REMOVED),
    ("card not present", Code.CARD_REMOVED),
    ("no smart card readers found", Code.CARD_REMOVED),
    ("reader detached", Code.CARD_REMOVED),
    ("not enough memory on card", Code.CARD_FULL),
)


def format_card(
    module: Module, wanted: Address, label: str, so_pin: bytes, pin: bytes, programs: Mapping[str, str]
) -> Token:
    """Wipe this card; tell what it is called afterwards. The SO PIN also becomes the PUK: one number less to lose.

    The card is called formatted only when its files are in operation and it shows its label and a PIN. Raises
    ReturnValue, Refusal: card_absent, card_ambiguous, pin_wrong (which so_pin), program_missing, card_removed,
    card_full, card_lied (reasons), card_error (fact said); with fact `wiped` once it was erased.
    """
    program, typed = programs["format"], _answers(so_pin, pin)
    module.finalize()
    reader, formatted = _before(module.raw, wanted, so_pin)
    about: dict[str, Fact] = {"serial": wanted.token.serial, "label": wanted.token.label}
    try:
        if formatted:
            _run([program, "--erase-application", _APPLICATION], reader, typed)
            about["wiped"] = True
        _run([program, "--create-pkcs15", "--label", label], reader, typed)
        _run([program, "--store-pin", "--auth-id", _PIN_ID, "--label", _PIN_LABEL], reader, typed)
        _run([program, "--finalize"], reader, typed)
        return _after(module.raw, reader, label)
    except Refusal as refusal:
        raise Refusal(refusal.code, **{**refusal.facts, **about}) from None


def unblock(module: Module, wanted: Address, puk: bytes, pin: bytes, programs: Mapping[str, str]) -> None:
    """Give a new PIN to a card whose PIN is locked; `puk` as the card was formatted here: its SO PIN.

    Raises ReturnValue, Refusal: card_absent, card_ambiguous, pin_wrong, pin_locked (which puk), program_missing,
    card_removed, card_error (fact said).
    """
    module.finalize()
    with module.raw.initialised():
        slot = module.raw.reader(wanted.slot_of(module.raw))
    try:
        reader = pcsc.reader_with(slot)
        _run([programs["unblock"], "--unblock-pin", "--auth-id", _PIN_ID], reader, _unblocking(puk, pin))
    except Refusal as refusal:
        if refusal.code is Code.PIN_WRONG:
            refusal.facts["refused"] = True
        facts = {"which": "puk", "serial": wanted.token.serial, "label": wanted.token.label}
        raise Refusal(refusal.code, **{**refusal.facts, **facts}) from None


def _before(raw: RawModule, wanted: Address, so_pin: bytes) -> tuple[str, bool]:
    """The reader that the card is in, and whether it is formatted; then its SO PIN is tried, once: pkcs15-init asks for
    none where a card lets itself be erased without."""
    with raw.initialised():
        slot = wanted.slot_of(raw)
        reader = pcsc.reader_with(raw.reader(slot))
        if not wanted.token.serial:
            return reader, False
        try:
            raw.check_so_pin(slot, so_pin)
        except ReturnValue as error:
            raise so_refusal(error, wanted.token) from None
    return reader, True


def _after(raw: RawModule, reader: str, label: str) -> Token:
    if not pcsc.is_activated(reader):
        raise Refusal(Code.CARD_LIED, reasons=["not_activated"])
    names = pcsc.readers()
    with raw.initialised():
        found = [raw.token(slot) for slot in raw.slots() if pcsc.reader_of(raw.reader(slot), names) == reader]
    if len(found) != 1:
        raise Refusal(Code.CARD_REMOVED)
    return checked(found[0], label)


def _run(command: list[str], reader: str, answer: Callable[[str], bytes]) -> None:
    try:
        went = converse([command[0], "--reader", reader, *command[1:]], os.environ, answer, _SECONDS)
    except OSError as error:
        raise Refusal(Code.PROGRAM_MISSING, program=command[0], reason=type(error).__name__) from None
    if went.status != 0:
        refusal = _refusal(command, went)
        # Of a card that is pulled under way OpenSC says anything but that (measured).
        if refusal.code is Code.CARD_ERROR and pcsc.is_out(reader):
            raise Refusal(Code.CARD_REMOVED, **refusal.facts)
        raise refusal


def _refusal(command: list[str], went: Conversation) -> Refusal:
    """Never with what was typed: the echo was off, and only the last line is told."""
    said = next((line.strip() for line in reversed(went.said.splitlines()) if line.strip()), "")
    code = next((code for words, code in _SAID if words in went.said.lower()), Code.CARD_ERROR)
    program = command[0].rpartition("/")[2]
    return Refusal(code, program=program, step=command[1].strip("-"), said=inert(said), status=went.status)


def _answers(so_pin: bytes, pin: bytes) -> Callable[[str], bytes]:
    given = {"security officer pin": so_pin, "user unblocking pin (puk)": so_pin, "user pin": pin}
    return _typing(lambda asked: next((value for name, value in given.items() if asked.startswith(name)), None))


def _unblocking(puk: bytes, pin: bytes) -> Callable[[str], bytes]:
    return _typing(lambda asked: puk if asked.startswith("puk") else pin if asked.startswith("new pin") else None)


def _typing(known: Callable[[str], bytes | None]) -> Callable[[str], bytes]:
    """Answers "Please enter X: " with what X is, and "Please type again to verify: " with the same once more."""
    last = b""

    def answer(question: str) -> bytes:
        nonlocal last
        asked = question.strip().rstrip(":").lower()
        if "again" not in asked:
            found = known(asked.removeprefix("please ").removeprefix("enter "))
            if found is None:
                raise NoAnswer
            last = found
        return last

    return answer
