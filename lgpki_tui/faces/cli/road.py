"""The road: request, resume, store, abandon, and the look at a certificate.

Each command imports what it needs when it is called: what only `store` needs takes 8 ms (measured).
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from lgpki_tui.faces.cli.facts import certificate_facts, enrolment_facts, request_facts
from lgpki_tui.faces.cli.origin import origin_facts, origin_lines
from lgpki_tui.faces.cli.output import check_facts
from lgpki_tui.faces.cli.run import Call, Handler
from lgpki_tui.faces.saying import japan_time
from lgpki_tui.ground.codes import Code, Exit
from lgpki_tui.ground.findings import Fact, Finding, Refusal, Result
from lgpki_tui.procedure.enrolment import Enrolment, State
from lgpki_tui.procedure.number import typed_number

if TYPE_CHECKING:
    from lgpki_tui.conductor.storing import Outcome

_FILES = ("csr_path", "csr_der_path", "receipt_path")


async def _request(call: Call) -> Exit:
    from lgpki_tui.conductor.requesting import request
    from lgpki_tui.faces.answers import read_answers

    place = call.workplace
    kinds = tuple(kind.kind for kind in place.kinds if kind.has_profile)
    wish = read_answers(call.args.answers, kinds, place.profile)
    enrolment = await request(place, wish, call.args.card, call.pin("pin"))
    facts = (
        _road_facts(call, enrolment) | {"also_waiting": _also_waiting(call, enrolment)} | origin_facts(place.sources)
    )
    notes = [*_request_notes(call, enrolment, facts), *origin_lines(place.sources, call.out.words)]
    call.out.answer(facts, _request_lines(call, facts, notes))
    return Exit.DONE


def _also_waiting(call: Call, enrolment: Enrolment) -> list[Fact]:
    """Enrolments of the same content that wait for their certificate as well: allowed, and perhaps a slip."""
    return [
        each.number
        for each in call.workplace.ledger.enrolments
        if each.number != enrolment.number
        and each.state is State.AWAITING_CERTIFICATE
        and _content(each) == _content(enrolment)
    ]


def _content(enrolment: Enrolment) -> tuple[object, ...]:
    return enrolment.certificate_kind, enrolment.subject, enrolment.extensions


def _request_notes(call: Call, enrolment: Enrolment, facts: dict[str, Fact]) -> list[str]:
    from lgpki_tui.pki.names import shown_subject

    word = call.out.words.word
    lines = [word("request.subject", subject=shown_subject(enrolment.subject), enrolment=enrolment.number)]
    if names := [*enrolment.extensions.host_names, *enrolment.extensions.mail_addresses]:
        lines.insert(0, word("request.alternative-names", names=names))
    if enrolment.certificate_kind == "web-server":
        lines.append(word("request.server-key"))
    if facts["also_waiting"]:
        lines.append(word("request.also-waiting", enrolments=facts["also_waiting"]))
    return lines


async def _resume(call: Call) -> Exit:
    from lgpki_tui.conductor.resuming import resume

    args, number = call.args, typed_number(call.args.enrolment)
    call.workplace.ledger.load()
    before = call.workplace.ledger.enrolment(number)
    enrolment = await resume(call.workplace, number, args.card, call.pin("pin"), _folder(args.output_folder))
    facts = {**_road_facts(call, enrolment), **certificate_facts(enrolment)}
    facts["files_missing"] = [path for path in (facts[name] for name in _FILES) if path and not _exists(str(path))]
    lines = _request_lines(call, facts) if facts["csr_path"] and not facts["certificate_sha256"] else []
    if enrolment == before:
        missing = enrolment.state is State.AWAITING_CERTIFICATE and facts["files_missing"]
        lines = [call.out.words.word("resume.files-missing" if missing else "resume.nothing", **facts)]
    state = call.out.words.word(f"state.{enrolment.state.value}")
    call.out.answer(facts, [f"{enrolment.number}  {state}", *lines])
    return Exit.DONE


def _exists(path: str) -> bool:
    return os.path.exists(path)  # noqa: PTH110  # pathlib's raises where a folder may not be entered


def _folder(named: str | None) -> Path | None:
    if named == "":
        raise Refusal(Code.USAGE, message="--output-folder", usage="lgpki-tui resume")
    return Path(os.path.realpath(named)) if named is not None else None  # Path.resolve raises at a loop of links


def _road_facts(call: Call, enrolment: Enrolment) -> dict[str, Fact]:
    return {
        "enrolment": enrolment.number,
        "state": enrolment.state.value,
        **request_facts(enrolment, call.workplace.paths),
        "public_key_sha256": enrolment.public_key_sha256 or None,
    }


def _request_lines(call: Call, facts: dict[str, Fact], notes: Sequence[str] = ()) -> list[str]:
    word = call.out.words.word
    return [
        word("request.done", enrolment=facts["enrolment"]),
        *(f"  {facts[key]}" for key in _FILES),
        f"  SHA-256  {facts['csr_sha256']}",
        *notes,
        word("request.next", enrolment=facts["enrolment"]),
    ]


async def _store(call: Call) -> Exit:
    from lgpki_tui.conductor.storing import store

    args = call.args
    number = typed_number(args.enrolment)
    outcome = await store(call.workplace, number, args.certificate, args.receipt, args.card, call.pin("pin"))
    if outcome.refusal is not None:
        facts: dict[str, Fact] = {"enrolment": number, "checks": check_facts(outcome.checks)}
        _refuse(call, outcome.refusal, facts, outcome.checks)
        return outcome.refusal.code.exit
    call.out.answer(_stored_facts(outcome), _stored_lines(call, outcome))
    return Exit.DONE


def _stored_facts(outcome: Outcome) -> dict[str, Fact]:
    enrolment = outcome.enrolment
    if enrolment is None:
        raise ValueError("stored without an enrolment")
    return {
        "enrolment": enrolment.number,
        "state": enrolment.state.value,
        "already": outcome.already,
        **certificate_facts(enrolment),
        "checks": check_facts(outcome.checks),
    }


def _stored_lines(call: Call, outcome: Outcome) -> list[str]:
    facts, word = _stored_facts(outcome), call.out.words.word
    return [
        *call.out.check_lines(outcome.checks),
        word("store.already" if outcome.already else "store.done", enrolment=facts["enrolment"]),
        word("store.dates", not_after=japan_time(str(facts["not_after"])), renewal_opens=facts["renewal_opens"]),
    ]


def _abandon(call: Call) -> Exit:
    from lgpki_tui.conductor.ending import abandon

    enrolment = abandon(call.workplace, typed_number(call.args.enrolment), call.args.reason)
    facts = enrolment_facts(enrolment, call.workplace.paths, call.workplace.clock.now())
    call.out.answer(facts, [call.out.words.word("abandon.done", enrolment=enrolment.number)])
    return Exit.DONE


async def _check(call: Call) -> Exit:
    from lgpki_tui.conductor.checking import CERTIFICATE_CHECKS, Checks, check_file

    place, enrolment = call.workplace, None
    place.ledger.load()
    if call.args.enrolment is not None:
        number = typed_number(call.args.enrolment)
        enrolment = place.ledger.enrolment(number)
        if enrolment is None:
            raise Refusal(Code.ENROLMENT_UNKNOWN, enrolment=number)
    checks = Checks(CERTIFICATE_CHECKS)
    certificate = await check_file(place, checks, call.args.file, enrolment)
    facts: dict[str, Fact] = {"checks": check_facts(checks.findings)}
    if certificate is not None:
        facts |= {"certificate_sha256": certificate.sha256, "public_key_sha256": certificate.public_key_sha256}
    refusal = checks.first_failure()
    if refusal is None:
        call.out.answer(facts, call.out.check_lines(checks.findings))
        return Exit.DONE
    _refuse(call, refusal, facts, checks.findings)
    return refusal.code.exit


def _refuse(call: Call, refusal: Refusal, facts: dict[str, Fact], checks: tuple[Finding, ...]) -> None:
    """The checks that were made, then what it comes to: the end is what a small terminal still shows."""
    made = [check for check in checks if check.result is not Result.UNKNOWN]
    if made and not call.out.as_json:
        rest = call.out.words.word("check.rest", count=len(checks) - len(made))
        call.out.answer({}, [*call.out.check_lines(made), *([f"  {rest}"] if len(made) < len(checks) else [])])
    call.out.refuse(refusal, facts)


HANDLERS: dict[str, Handler] = {
    "request": _request,
    "resume": _resume,
    "store": _store,
    "abandon": _abandon,
    "certificate.check": _check,
}
