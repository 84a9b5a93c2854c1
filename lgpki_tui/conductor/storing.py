"""`store`: the certificate goes to its key, only on the same PC, under the same login, into the same card.

All checks that need no card come first and are all reported; when one of them failed, the card is not touched.
"""

from __future__ import annotations

from base64 import b64encode
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from lgpki_tui.card.port import CardSeen
from lgpki_tui.conductor.cards import card_of, follow_key, log_in, refuse_lost_key, the_same
from lgpki_tui.conductor.checking import CARD_CHECKS, Checks, check_file
from lgpki_tui.conductor.drive import drive
from lgpki_tui.conductor.ports import PinSource, Ports, Progress
from lgpki_tui.conductor.possession import prove_possession
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Finding, Refusal, Result
from lgpki_tui.ground.frozen import dataclass
from lgpki_tui.pki.certificate import Certificate
from lgpki_tui.pki.files import read_bounded
from lgpki_tui.pki.receipt import Binding, read_receipt
from lgpki_tui.procedure import events
from lgpki_tui.procedure.binding import login_finding, machine_finding
from lgpki_tui.procedure.enrolment import Enrolment, State


@dataclass(frozen=True, slots=True)
class Outcome:
    """What `store` found and did. `refusal` is None exactly when the certificate is on the card."""

    enrolment: Enrolment | None
    checks: tuple[Finding, ...]
    refusal: Refusal | None = None
    already: bool = False


async def store(
    ports: Ports, number: str, file: Path, receipt_file: Path | None, wanted: str | None, pin: PinSource
) -> Outcome:
    """Check, prove possession, store, read back, prove again. What is refused comes back in the outcome.

    Raises Refusal only for a ledger that cannot be read: ledger_*.
    """
    checks = Checks()
    with ports.ledger.acting():
        certificate, outcome = await _examine(ports, checks, number, file, receipt_file)
        if outcome.refusal is not None or outcome.already or outcome.enrolment is None or certificate is None:
            return outcome
        return await _store(ports, checks, outcome.enrolment, certificate, wanted, pin)


async def examine(
    ports: Ports, number: str, file: Path, receipt_file: Path | None = None
) -> tuple[Certificate | None, Outcome]:
    """Everything that `store` checks before it touches a card; nothing is recorded. The certificate, if the file holds
    one. Raises Refusal: ledger_*."""
    ports.ledger.load()
    return await _examine(ports, Checks(), number, file, receipt_file)


async def _examine(
    ports: Ports, checks: Checks, number: str, file: Path, receipt_file: Path | None
) -> tuple[Certificate | None, Outcome]:
    enrolment = ports.ledger.enrolment(number)
    try:
        receipt = _receipt(receipt_file)
        if enrolment is None and receipt is None:
            receipt = await _receipt_on_card(ports, number)
        _check_binding(ports, checks, number, enrolment, receipt)
        ports.narrate(Progress.CHECKING_CERTIFICATE)
        certificate = await check_file(ports, checks, file, enrolment)
        already = _check_state(checks, enrolment, certificate)
    except Refusal as refusal:  # one that is no check of the contract: a receipt, a setting, a PC without an id
        return None, Outcome(enrolment, checks.findings, refusal)
    if already and not checks.failed_any(Code.WRONG_MACHINE, Code.WRONG_LOGIN):
        return certificate, Outcome(enrolment, checks.findings, already=True)  # also when it has run out since
    refused = checks.first_failure()
    if refused is None and (enrolment is None or certificate is None):
        refused = Refusal(Code.ENROLMENT_UNKNOWN, enrolment=number)
    return certificate, Outcome(enrolment, checks.findings, refused)


def _receipt(file: Path | None) -> Binding | None:
    return None if file is None else read_receipt(read_bounded(file, Code.RECEIPT_UNREADABLE)).binding


async def _receipt_on_card(ports: Ports, number: str) -> Binding | None:
    """The receipt of this enrolment on a card that happens to be there: without it nobody here knows where to go."""
    return next((one for one in await receipts_on_cards(ports) if one.enrolment == number), None)


async def receipts_on_cards(ports: Ports) -> tuple[Binding, ...]:
    """What the binding receipts on the cards say whose signature holds; none where no card can be read."""
    found = []
    with suppress(Refusal):
        for data in await ports.card.receipts():
            with suppress(Refusal):  # somebody else's object under our name
                found.append(read_receipt(data).binding)
    return tuple(found)


@dataclass(frozen=True, slots=True)
class ReceiptRead:
    """What a binding receipt says, held against this PC and this login. `ours`: the enrolment is in their record.
    Anyone can sign a receipt with a key of their own, so without that it tells where to look, and proves nothing."""

    binding: Binding
    findings: tuple[Finding, ...]
    ours: bool


def read_binding(ports: Ports, file: Path) -> ReceiptRead:
    """Where a receipt leads: whether to this PC and this login, and to an enrolment in their record.

    Raises Refusal: receipt_unreadable, receipt_forged, machine_id_missing, ledger_*.
    """
    return held_against(ports, read_receipt(read_bounded(file, Code.RECEIPT_UNREADABLE)).binding)


def held_against(ports: Ports, binding: Binding) -> ReceiptRead:
    """The same of a receipt that was read already. Raises Refusal: machine_id_missing, ledger_*."""
    ports.ledger.load()
    known = ports.ledger.enrolment(binding.enrolment)
    ours = known is not None and known.public_key_sha256 == binding.public_key_sha256
    findings = machine_finding(binding.machine, ports.machine()), login_finding(binding.login, ports.login())
    return ReceiptRead(binding, findings, ours)


def _check_binding(
    ports: Ports, checks: Checks, number: str, enrolment: Enrolment | None, receipt: Binding | None
) -> None:
    """Same PC, same login. Without an enrolment here, the receipt tells where to go instead."""
    if receipt is not None and receipt.enrolment != number:
        raise Refusal(Code.RECEIPT_OTHER, enrolment=number, found=receipt.enrolment)
    bound = enrolment or receipt
    if bound is not None:
        checks.put(machine_finding(bound.machine, ports.machine()), login_finding(bound.login, ports.login()))
    if enrolment is not None:
        checks.passed(Code.ENROLMENT_UNKNOWN)
    elif bound is None or checks.first_failure() is None:
        checks.failed(Code.ENROLMENT_UNKNOWN, {"enrolment": number})


def _check_state(checks: Checks, enrolment: Enrolment | None, certificate: Certificate | None) -> bool:
    """Whether this very certificate is stored already."""
    if enrolment is None:
        return False
    stored = enrolment.certificate if enrolment.state is State.STORED else None
    already = certificate is not None and stored is not None and certificate.sha256 == stored.sha256
    ready = enrolment.state is State.AWAITING_CERTIFICATE and enrolment.open_act is None
    if ready or already:
        checks.passed(Code.ENROLMENT_STATE)
    elif certificate is not None or enrolment.state is not State.STORED:
        state = enrolment.state.value
        checks.failed(Code.ENROLMENT_STATE, {"enrolment": enrolment.number, "state": state, "found": state})
    return already


async def _store(
    ports: Ports, checks: Checks, enrolment: Enrolment, certificate: Certificate, wanted: str | None, pin: PinSource
) -> Outcome:
    try:
        card = await card_of(ports, enrolment, wanted)
        checks.passed(Code.CARD_ABSENT)
        checks.put(_card_finding(enrolment, card))
        await log_in(ports, card, pin)
        checks.passed(Code.PIN_WRONG, Code.PIN_LOCKED)
        card = the_same(await ports.card.look(), card)
        enrolment, _ = await follow_key(ports, enrolment, card)
        await refuse_lost_key(ports, enrolment, card)
        await prove_possession(ports, enrolment.number, bytes.fromhex(enrolment.cka_id), certificate.der)
        checks.passed(Code.POSSESSION_FAILED, Code.POSSESSION_IMPOSSIBLE)
        intended = events.StoreIntended(
            at=ports.clock.now(),
            certificate=b64encode(certificate.der).decode(),
            certificate_sha256=certificate.sha256,
            not_after=certificate.not_after,
            token=card.token,
        )
        stored = await drive(ports, *ports.ledger.append(enrolment.number, intended))
    except Refusal as refusal:
        if refusal.code in CARD_CHECKS:
            _passed_before(checks, refusal.code)
            checks.failed(refusal.code, refusal.facts)
        return Outcome(ports.ledger.enrolment(enrolment.number), checks.findings, refusal)
    return Outcome(stored, checks.findings)


def _passed_before(checks: Checks, code: Code) -> None:
    if code is Code.WRONG_CARD:
        checks.passed(Code.CARD_ABSENT)
    elif code is Code.PIN_LOCKED:
        checks.passed(Code.CARD_ABSENT, Code.WRONG_CARD)


def _card_finding(enrolment: Enrolment, card: CardSeen) -> Finding:
    """The right key under another serial or label is a note: drivers change them."""
    assert enrolment.token is not None  # noqa: S101  # a key was made on a card
    bound = replace(enrolment.token, model=card.token.model)
    result = Result.OK if bound == card.token else Result.ATTENTION
    return Finding(
        Code.WRONG_CARD,
        result,
        _shown(enrolment.token.serial, enrolment.token.label),
        _shown(card.token.serial, card.token.label),
    )


def _shown(serial: str, label: str) -> dict[str, str]:
    return {"serial": serial, "label": label}
