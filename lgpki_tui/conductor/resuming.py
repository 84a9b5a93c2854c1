"""`resume`: go on where an enrolment was left, by what is found on the card and in the folder."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from lgpki_tui.card.port import CardSeen
from lgpki_tui.conductor.cards import card_for_key, card_of, follow_key, log_in, refuse_open, the_same
from lgpki_tui.conductor.drive import drive
from lgpki_tui.conductor.ports import PinSource, Ports
from lgpki_tui.conductor.requesting import REQUEST_BYTES, REQUEST_FILES, key_intended
from lgpki_tui.ground.clock import rfc3339
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal, Result
from lgpki_tui.procedure import events
from lgpki_tui.procedure.binding import login_finding, machine_finding
from lgpki_tui.procedure.commands import Command, WriteRequest
from lgpki_tui.procedure.enrolment import Certificate, Enrolment, State
from lgpki_tui.procedure.transition import unfinished
from lgpki_tui.subject.algorithm import Algorithm

_ENDED = (State.ABANDONED, State.SUPERSEDED, State.REVOKED)


async def resume(
    ports: Ports, number: str, wanted: str | None, pin: PinSource, folder: Path | None = None
) -> Enrolment:
    """Finish what was begun; an enrolment with nothing left to do is returned as it is.

    `folder` (absolute) is where the files of the request go from now on; those that were written before stay where
    they are, and while the certificate is awaited they are written once more.

    Raises Refusal: enrolment_unknown, enrolment_state, wrong_machine, wrong_login, wrong_card, card_absent, and what
    the acts themselves raise.
    """
    with ports.ledger.acting():
        enrolment = ours(ports, number)
        commands = unfinished(enrolment)
        if folder is not None:
            enrolment, commands = _choose_folder(ports, enrolment, folder)
        if enrolment.state is not State.DRAFT and commands in ((), (WriteRequest(),)):
            return await drive(ports, enrolment, commands)
        fresh = enrolment.state is State.DRAFT and not commands
        card = await (card_for_key(ports, wanted) if fresh else card_of(ports, enrolment, wanted))
        await log_in(ports, card, pin)
        card = the_same(await ports.card.look(), card)
        if fresh:
            refuse_open(ports, card)
        enrolment, commands = await follow_key(ports, enrolment, card, commands)
        after = await drive(ports, enrolment, commands)
        if after.state is State.DRAFT:
            return await _make_key(ports, after, card)
        if after.state is State.AWAITING_CERTIFICATE and enrolment.certificate is not None:
            return await _store_again(ports, after, enrolment.certificate, card)
        return after


def ours(ports: Ports, number: str) -> Enrolment:
    """An enrolment that this PC and this login may go on with. Raises Refusal: enrolment_unknown, enrolment_state,
    wrong_machine, wrong_login."""
    enrolment = ports.ledger.enrolment(number)
    if enrolment is None:
        raise Refusal(Code.ENROLMENT_UNKNOWN, enrolment=number)
    if enrolment.state in _ENDED:
        raise Refusal(Code.ENROLMENT_STATE, enrolment=number, state=enrolment.state.value)
    for finding in (
        machine_finding(enrolment.machine, ports.machine()),
        login_finding(enrolment.login, ports.login()),
    ):
        if finding.result is Result.FAIL:
            facts = dict(finding.facts) or {"expected": finding.expected, "found": finding.found}
            raise Refusal(Code(finding.code), enrolment=number, **facts)
    return enrolment


def _choose_folder(ports: Ports, enrolment: Enrolment, folder: Path) -> tuple[Enrolment, tuple[Command, ...]]:
    """Tried before it is recorded, as `request` does. A further copy of what is written already needs no "about to": it
    is recorded when it is there."""
    copy = enrolment.state is State.AWAITING_CERTIFICATE and enrolment.open_act is None
    if not copy and enrolment.state not in (State.DRAFT, State.KEY_MADE):
        raise Refusal(Code.ENROLMENT_STATE, enrolment=enrolment.number, state=enrolment.state.value)
    ports.folder(folder).probe(REQUEST_BYTES, REQUEST_FILES)
    recorded = ports.paths.record(folder)
    if copy:
        return replace(enrolment, output_folder=recorded), (WriteRequest(),)
    return ports.ledger.append(enrolment.number, events.FolderChosen(at=ports.clock.now(), output_folder=recorded))


async def _make_key(ports: Ports, enrolment: Enrolment, card: CardSeen) -> Enrolment:
    """Nothing of the key is on the card: make it now, under another CKA_ID."""
    ports.folder(ports.paths.resolve(enrolment.output_folder)).probe(REQUEST_BYTES, REQUEST_FILES)
    intended = await key_intended(ports, card.token, Algorithm(enrolment.algorithm), enrolment.scheme)
    return await drive(ports, *ports.ledger.append(enrolment.number, intended))


async def _store_again(ports: Ports, enrolment: Enrolment, certificate: Certificate, card: CardSeen) -> Enrolment:
    """The checked certificate is not on the card: store it now. Raises Refusal(certificate_expired) when it ran out
    meanwhile."""
    now = ports.clock.now().replace(microsecond=0)  # certificates know no parts of a second
    if now > certificate.not_after:
        facts = {"expected": rfc3339(now), "found": rfc3339(certificate.not_after)}
        raise Refusal(Code.CERTIFICATE_EXPIRED, enrolment=enrolment.number, **facts)
    intended = events.StoreIntended(
        at=ports.clock.now(),
        certificate=certificate.der,
        certificate_sha256=certificate.sha256,
        not_after=certificate.not_after,
        token=card.token,
    )
    return await drive(ports, *ports.ledger.append(enrolment.number, intended))
