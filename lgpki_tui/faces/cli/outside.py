"""`verify-sheet`: the commands by which somebody without this program checks what it made."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from shlex import quote

from lgpki_tui.faces.cli.run import Call, Handler
from lgpki_tui.ground.codes import Code, Exit
from lgpki_tui.ground.findings import Fact, Refusal
from lgpki_tui.paper.outside import Files, Step, steps
from lgpki_tui.procedure.enrolment import Enrolment
from lgpki_tui.procedure.number import typed_number


def _verify_sheet(call: Call) -> Exit:
    number = typed_number(call.args.enrolment)
    call.workplace.ledger.load()
    enrolment = call.workplace.ledger.enrolment(number)
    if enrolment is None:
        raise Refusal(Code.ENROLMENT_UNKNOWN, enrolment=number)
    found = steps(_files(call, enrolment))
    commands: list[Fact] = [{"check": step.check.value, "command": step.command} for step in found]
    lines = _lines(call, enrolment, found)
    call.out.answer({"enrolment": number, "commands": commands}, lines, comment="# ")
    return Exit.DONE


def _files(call: Call, enrolment: Enrolment) -> Files:
    request, paths = enrolment.request, call.workplace.paths
    if request is None or not request.csr_path:
        raise Refusal(Code.ENROLMENT_STATE, enrolment=enrolment.number, state=enrolment.state.value)
    certificate: Path | None = call.args.certificate.absolute() if call.args.certificate is not None else None
    trust = call.workplace.settings.trust
    beside = [certificate.with_name(f"{certificate.name}.chain.pem")] if certificate is not None else []
    return Files(
        csr_pem=paths.resolve(request.csr_path),
        csr_der=paths.resolve(request.csr_der_path),
        receipt=paths.resolve(request.receipt_path),
        csr_sha256=request.csr_sha256,
        public_key_sha256=enrolment.public_key_sha256,
        certificate=certificate,
        anchors=tuple(trust.anchors.value),
        chain=(*(path for path in beside if path.is_file()), *trust.intermediates.value),
    )


def _lines(call: Call, enrolment: Enrolment, found: Iterable[Step]) -> Iterable[str]:
    """A shell script, in brackets: pasted into a shell it cannot end that, and does not go on past what fails."""
    word = call.out.words.word
    yield _comment(word("verify-sheet.head", enrolment=enrolment.number))
    yield "("
    for step in found:
        yield f"{_comment(word(f'verify-sheet.{step.check.value}'))}\n{step.command}\n"
    yield ")"
    passed, failed = quote(word("verify-sheet.passed")), quote(word("verify-sheet.failed"))
    yield f"test $? = 0 && echo {passed} || {{ echo {failed}; false; }}"
    if call.args.certificate is None:
        yield _comment("\n" + word("verify-sheet.no_certificate", enrolment=enrolment.number))


def _comment(text: str) -> str:
    return "\n".join(f"# {line}".rstrip() for line in text.split("\n"))


HANDLERS: dict[str, Handler] = {"verify-sheet": _verify_sheet}
