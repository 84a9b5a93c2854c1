"""Looking after it: status, doctor, settings, ledger."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

from lgpki_tui.faces.cli.facts import enrolment_facts
from lgpki_tui.faces.cli.output import check_facts
from lgpki_tui.faces.cli.run import Call, Handler
from lgpki_tui.faces.saying import japan_time
from lgpki_tui.ground.codes import Code, Exit
from lgpki_tui.ground.findings import Fact, Refusal, Result


def _status(call: Call) -> Exit:
    place = call.workplace
    place.ledger.load()
    now = place.clock.now()
    enrolments = [enrolment_facts(enrolment, place.paths, now) for enrolment in place.ledger.enrolments]
    formatting = place.ledger.open_format is not None
    due = [facts["enrolment"] for facts in enrolments if facts["attention"]]
    facts: dict[str, Fact] = {"enrolments": enrolments, "format_open": formatting}
    if call.args.check and (due or formatting):
        call.out.refuse(Refusal(Code.ATTENTION_NEEDED, enrolments=due), facts)
        return Exit.RULE
    call.out.answer(facts, _all_lines(call, enrolments, formatting=formatting))
    return Exit.DONE


def _all_lines(call: Call, enrolments: list[dict[str, Fact]], *, formatting: bool) -> Iterator[str]:
    """Made only when somebody reads them: JSON needs no words, and reading those takes 6 ms (measured)."""
    if not enrolments:
        yield call.out.words.word("status.none")
    for each in enrolments:
        yield from _status_lines(call, each)
    if formatting:
        yield call.out.words.word("status.format-open")


def _entry(facts: dict[str, Fact]) -> tuple[str, str]:
    return str(facts["organization"]), str(facts["name"])


def _status_lines(call: Call, facts: dict[str, Fact]) -> list[str]:
    word = call.out.words.word
    lines = [
        "  ".join((str(facts["enrolment"]), word(f"kind.{facts['certificate_kind']}"), *_entry(facts))),
        f"  {word('state.' + str(facts['state']))}",
    ]
    if facts["waits_for"] is not None:
        lines.append(f"  {word(f'waits.{_waits(facts)}', **facts, day=japan_time(cast(str | None, facts['filed'])))}")
    if facts["csr_path"] and facts["state"] == "awaiting_certificate":
        lines.append(f"  CSR {facts['csr_path']}")
        lines += [
            f"  {line}" for each in cast(list[dict[str, Fact]], facts["registries"]) for line in _asked(each, word)
        ]
    if facts["not_after"] and facts["state"] == "stored":
        not_after = japan_time(str(facts["not_after"]))
        lines.append("  " + word("store.dates", not_after=not_after, renewal_opens=facts["renewal_opens"]))
    if facts["key_destroyed"]:
        lines.append(f"  {word('status.key-destroyed')}")
    if facts["reason"]:
        lines.append(f"  {word('status.reason', **facts)}")
    if facts["attention"] and facts["waits_for"] != "applicant":  # else the same is said already
        lines.append(f"  {word('attention.' + str(facts['attention']), **facts)}")
    return lines


def _waits(facts: dict[str, Fact]) -> str:
    """The branch has its own words once CSR and form were handed in."""
    handed_in = facts["waits_for"] == "registration_branch" and facts["filed"] is not None
    return f"{facts['waits_for']}{'_filed' * handed_in}"


def _asked(answer: dict[str, Fact], word: Callable[..., str]) -> list[str]:
    """Who said that the names are registered, in the words of `registry search`."""
    told = {**answer, "registry": word(f"registry.name.{answer['registry']}")}
    if answer["uri"] is not None:
        return [word("registry.answered.directory", **told)]
    told |= {"file": Path(str(answer["file"])).name, "imported_at": japan_time(str(answer["imported_at"]))}
    return [word("registry.answered.snapshot", **told), f"    SHA-256 {answer['sha256']}"]


async def _doctor(call: Call) -> Exit:
    from lgpki_tui.environment.report import PROBE_SECONDS, collect, exit_status

    findings = await collect(call.workplace.probes(), PROBE_SECONDS)
    status = exit_status(findings)
    facts: dict[str, Fact] = {
        "findings": [
            {**row, "facts": finding.facts} for row, finding in zip(check_facts(findings), findings, strict=True)
        ]
    }
    lines = []
    for finding in findings:
        lines += call.out.check_lines([finding])
        if finding.result in (Result.FAIL, Result.ATTENTION) and isinstance(finding.code, Code):
            lines += [f"    {line}" for line in call.out.refusal_lines(Refusal(finding.code, **finding.facts))]
    counts: dict[str, Fact] = {each.value: sum(finding.result is each for finding in findings) for each in Result}
    lines.append(
        call.out.words.word(
            "doctor.practice" if call.workplace.practice and call.workplace.soft else "doctor.sum", **counts
        )
    )
    if status is Exit.DONE:
        call.out.answer(facts, lines)
        return status
    first = next(finding for finding in findings if finding.result is Result.FAIL)
    if not call.out.as_json:
        call.out.answer({}, lines)
    call.out.refuse(Refusal(Code(first.code), **first.facts), facts)
    return status


def _settings(call: Call) -> Exit:
    from lgpki_tui.settings.explain import explain

    rows = explain(call.workplace.settings)
    values: list[Fact] = [{"key": row.key, "value": row.value, "file": row.file, "source": row.source} for row in rows]
    lines = []
    for row in rows:
        lines += [f"{row.key} = {json.dumps(row.value, ensure_ascii=False)}", f"    {row.file}"]
        if row.source is not None:
            lines.append(f"    {call.out.words.word('settings.source')} {row.source}")
    call.out.answer({"settings": values}, lines)
    return Exit.DONE


def _verify(call: Call) -> Exit:
    ledger = call.workplace.ledger
    verdict = ledger.verify()
    facts: dict[str, Fact] = {"events": verdict.events, "first_broken": verdict.first_broken}
    if verdict.first_broken is not None:
        call.out.refuse(Refusal(Code.LEDGER_DAMAGED, file=str(ledger.path), **facts), facts)
        return Exit.PLACE
    call.out.answer(facts, [call.out.words.word("ledger.whole", events=verdict.events)])
    return Exit.DONE


def _export(call: Call) -> Exit:
    ledger = call.workplace.ledger
    ledger.load()  # a broken chain is refused, not handed on
    entries: list[Fact] = [
        {"number": number, "hash": chained, "entry": json.loads(entry)} for number, entry, chained in ledger.entries()
    ]
    call.out.answer({"entries": entries}, [json.dumps(entry, ensure_ascii=False) for entry in entries])
    return Exit.DONE


HANDLERS: dict[str, Handler] = {
    "status": _status,
    "doctor": _doctor,
    "settings.show": _settings,
    "ledger.verify": _verify,
    "ledger.export": _export,
}
