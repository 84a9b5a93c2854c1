"""The look at a CSR, one's own or another's."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from lgpki_tui.faces.cli.output import check_facts
from lgpki_tui.faces.cli.run import Call, Handler
from lgpki_tui.ground.codes import Code, Exit
from lgpki_tui.ground.findings import Fact, Finding, Refusal, Result

if TYPE_CHECKING:
    from lgpki_tui.pki.request import Request
    from lgpki_tui.subject.profile import Profile


def _check(call: Call) -> Exit:
    from lgpki_tui.conductor.request_checking import check_request_file

    profile = named_profile(call, "lgpki-tui csr check [--profile KIND] FILE")
    checks, request = check_request_file(call.args.file, profile)
    facts: dict[str, Fact] = {"checks": reasoned_facts(checks.findings), **request_facts(request)}
    lines = [*_preview_lines(call, request), *_lines(call, checks.findings)]
    refusal = checks.first_failure()
    if refusal is None:
        call.out.answer(facts, lines)
        return Exit.DONE
    if not call.out.as_json:
        call.out.answer({}, lines)
    call.out.refuse(refusal, facts)
    # A broken signature is a rule that this request breaks; elsewhere it is what makes a file no input.
    return Exit.INPUT if refusal.code is Code.REQUEST_UNREADABLE else Exit.RULE


def named_profile(call: Call, usage: str) -> Profile | None:
    """The profile that `--profile` names; None without it. Raises Refusal(usage) when there is none of that name."""
    kind = call.args.profile
    if kind is None:
        return None
    known = [each.kind for each in call.workplace.kinds if each.has_profile]
    if kind not in known:
        choice = f"argument --profile: invalid choice: '{kind}' (choose from {', '.join(known)})"
        raise Refusal(Code.USAGE, message=choice, usage=usage)
    return call.workplace.profile(kind)


def reasoned_facts(findings: tuple[Finding, ...]) -> list[Fact]:
    """As of every command, and why."""
    return [{**row, "reasons": _reasons(finding)} for row, finding in zip(check_facts(findings), findings, strict=True)]


def _reasons(finding: Finding) -> list[str]:
    reason = finding.facts.get("reason")
    return cast(list[str], finding.facts.get("reasons") or ([reason] if reason else []))


def request_facts(request: Request | None) -> dict[str, Fact]:
    """What a request says (docs/contract.md, csr check); null where there is none."""
    if request is None:
        return {"csr_sha256": None, "public_key_sha256": None, "request": None}
    from lgpki_tui.pki.names import subject_of

    asked = request.extensions
    told: dict[str, Fact] = {
        "subject": [[kind, text] for kind, text in subject_of(request.subject)],
        "key": request.key,
        "signature_algorithm": request.algorithm.shown,
        "host_names": asked.host_names,
        "mail_addresses": asked.mail_addresses,
        "key_usage": asked.key_usage,
        "extended_key_usage": asked.extended_key_usage,
        "other_extensions": request.other_extensions,
        "attributes": request.attributes,
    }
    return {"csr_sha256": request.sha256, "public_key_sha256": request.public_key_sha256, "request": told}


def _preview_lines(call: Call, request: Request | None) -> list[str]:
    if request is None:
        return []
    from lgpki_tui.pki.preview import preview

    return [f"  {call.out.words.word(key)}  {value}" for key, value in preview(request)]


def _lines(call: Call, findings: tuple[Finding, ...]) -> list[str]:
    """Each check, and below it what speaks against it."""
    words, lines = call.out.words, []
    for finding in findings:
        if finding.result is Result.UNKNOWN and not _reasons(finding):
            continue
        lines += [line.rstrip() for line in call.out.check_lines([finding])]
        keys = (f"because.{finding.code}.{reason}" for reason in _reasons(finding))
        lines += [f"         {words.word(key)}" for key in keys if words.known(key)]
    return lines


HANDLERS: dict[str, Handler] = {"csr.check": _check}
