"""The probes that ask the ports: the record, the module, the card, and the readers behind it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from lgpki_tui.card.port import Card, CardSeen, PinState
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Fact, Finding, Refusal, Result
from lgpki_tui.ledger.ledger import Ledger


def ledger(record: Ledger) -> tuple[Finding, ...]:
    """`ledger_damaged`: ok with the number of entries; a broken or newer record fails with its own code. Closes it."""
    try:
        verdict = record.verify()
    finally:
        record.close()
    result = Result.OK if verdict.first_broken is None else Result.FAIL
    facts: dict[str, Fact] = {"file": str(record.path), "first_broken": verdict.first_broken}
    return (Finding(Code.LEDGER_DAMAGED, result, found=verdict.events, facts=facts),)


async def card(module: Callable[[], Path], port: Callable[[], Card], *, soft: bool) -> tuple[Finding, ...]:
    """The module, the card it shows, and the readers.

    The readers fail only where no card answered: a module that brings its own reader needs no PC/SC service. A soft
    practice card has none at all: what is wrong with them there is `unknown`, and nobody is sent to a desk for it.
    """
    absent = Result.UNKNOWN if soft else Result.ATTENTION
    try:
        found = Finding(Code.MODULE_MISSING, Result.OK, found=str(module()))
        cards = await port().look()
    except Refusal as refusal:
        broken = Finding(refusal.code, Result.FAIL, facts=refusal.facts)
        return (broken, *await _readers(absent if soft else Result.FAIL))
    return (found, _card_finding(cards), *await _readers(absent if cards or soft else Result.FAIL))


def _card_finding(cards: tuple[CardSeen, ...]) -> Finding:
    unread = next((card for card in cards if card.fault), None)
    if unread is not None:
        return Finding(
            Code.CARD_ERROR, Result.ATTENTION, found=unread.reader, facts={"ckr": unread.fault, "reader": unread.reader}
        )
    ready = [card for card in cards if card.initialised and card.pin not in (PinState.LOCKED, PinState.NOT_SET)]
    if not cards:
        return Finding(Code.CARD_ABSENT, Result.ATTENTION)
    if not ready:
        card = next((card for card in cards if card.initialised), cards[0])
        facts: dict[str, Fact] = {"serial": card.token.serial, "label": card.token.label}
        if not card.initialised:
            return Finding(Code.CARD_BLANK, Result.ATTENTION, found=card.reader, facts=facts)
        code = Code.PIN_LOCKED if card.pin is PinState.LOCKED else Code.PIN_NOT_SET
        return Finding(code, Result.FAIL, found=card.token.label, facts=facts)
    return Finding(Code.CARD_ABSENT, Result.OK, found=[card.token.label for card in ready])


async def _readers(failed: Result) -> tuple[Finding, ...]:
    from lgpki_tui.card.readers import reader_findings

    found = await reader_findings()
    return tuple(replace(finding, result=failed) if finding.result is Result.FAIL else finding for finding in found)
