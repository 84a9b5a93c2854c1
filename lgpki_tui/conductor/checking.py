"""What is checked of a certificate before it goes to its key: in the contract's order, all of it told."""

from __future__ import annotations

from pathlib import Path

from lgpki_tui.conductor.ports import Ports
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Facts, Finding, Refusal, Result
from lgpki_tui.pki.certificate import Certificate
from lgpki_tui.pki.checks import Expectation, check_certificate
from lgpki_tui.pki.files import read_certificate_file
from lgpki_tui.procedure.enrolment import Enrolment

# The order of docs/contract.md: the first of these that failed is the code of the refusal.
_ENROLMENT = (Code.ENROLMENT_UNKNOWN, Code.ENROLMENT_STATE, Code.WRONG_MACHINE, Code.WRONG_LOGIN)
_FILE = (Code.NOT_A_CERTIFICATE, Code.CERTIFICATE_DAMAGED, Code.CERTIFICATE_FILE)
_CERTIFICATE = (
    Code.CERTIFICATE_KEY_MISMATCH,
    Code.CERTIFICATE_SUBJECT_MISMATCH,
    Code.CERTIFICATE_EXPIRED,
    Code.CERTIFICATE_NOT_YET_VALID,
    Code.CERTIFICATE_WEAK,
    Code.CERTIFICATE_UNTRUSTED,
    Code.CERTIFICATE_PATH,
    Code.CERTIFICATE_REVOKED,
)
CARD_CHECKS = (
    Code.CARD_ABSENT,
    Code.WRONG_CARD,
    Code.PIN_WRONG,
    Code.PIN_LOCKED,
    Code.POSSESSION_FAILED,
    Code.POSSESSION_IMPOSSIBLE,
)
STORE_CHECKS = (*_ENROLMENT, *_FILE, *_CERTIFICATE, *CARD_CHECKS)
CERTIFICATE_CHECKS = (*_FILE, *_CERTIFICATE)


class Checks:
    """The checks in the contract's order, each unknown until it was made."""

    def __init__(self, order: tuple[Code, ...] = STORE_CHECKS) -> None:
        self._findings: dict[str, Finding] = {code: Finding(code, Result.UNKNOWN) for code in order}

    def put(self, *made: Finding) -> None:
        """Set findings by their code."""
        for finding in made:
            self._findings[finding.code] = finding

    def passed(self, *codes: Code) -> None:
        """Mark checks as made and passed, unless they were already set to something else."""
        for code in codes:
            if self._findings[code].result is Result.UNKNOWN:
                self._findings[code] = Finding(code, Result.OK)

    def failed(self, code: Code, facts: Facts) -> None:
        """Mark a check as failed, with what the refusal knew."""
        finding = Finding(code, Result.FAIL, facts.get("expected"), facts.get("found"), facts)
        self._findings[code] = finding

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All of them, in order."""
        return tuple(self._findings.values())

    def failed_any(self, *codes: Code) -> bool:
        """Whether one of these checks has failed."""
        return any(self._findings[code].result is Result.FAIL for code in codes)

    def first_failure(self) -> Refusal | None:
        """The refusal that the first failed check amounts to."""
        for finding in self.findings:
            if finding.result is Result.FAIL:
                facts = dict(finding.facts) or {"expected": finding.expected, "found": finding.found}
                return Refusal(Code(finding.code), **facts)
        return None


async def check_file(ports: Ports, checks: Checks, file: Path, enrolment: Enrolment | None) -> Certificate | None:
    """Everything that can be said of a file without a card; None when it holds no certificate."""
    try:
        read = read_certificate_file(file)
    except Refusal as refusal:
        if refusal.code not in _FILE:
            raise
        checks.failed(refusal.code, refusal.facts)
        return None
    checks.passed(*_FILE)
    expectation = None
    if enrolment is not None and enrolment.public_key_sha256:
        asked = (*enrolment.extensions.host_names, *enrolment.extensions.mail_addresses)
        expectation = Expectation(enrolment.public_key_sha256, enrolment.subject, asked)
    checks.put(*await check_certificate(read, expectation, ports.trust(), ports.clock.now()))
    return read.leaf(expectation.public_key_sha256 if expectation else None)
