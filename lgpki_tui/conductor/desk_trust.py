"""What is not to be said of a request that nobody can trust: checks of what stands in it are not judged then."""

from __future__ import annotations

from collections.abc import Iterable

from lgpki_tui.conductor.desk_files import RECEIPT_CHECKS
from lgpki_tui.conductor.desk_registry import REGISTRY_CHECKS
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Finding, Result
from lgpki_tui.pki.profile_checks import PROFILE_CHECKS
from lgpki_tui.pki.request_checks import REQUEST_CHECKS

NOT_JUDGED = "not_judged"
_BROKEN_BY = (Code.REQUEST_UNREADABLE, Code.REQUEST_SIGNATURE)
# What rests on the CSR: nothing of it can be called right while the CSR itself is not.
_RESTING = frozenset(
    {
        *REQUEST_CHECKS,
        *PROFILE_CHECKS,
        RECEIPT_CHECKS[-1],
        *REGISTRY_CHECKS,
        Code.REGISTRY_OLD,
        Code.DESK_OTHER_REQUEST,
    }
    - {Code.REQUEST_UNREADABLE}
)


def is_broken(findings: Iterable[Finding]) -> bool:
    """Whether a CSR cannot be read or its signature is wrong."""
    return any(each.code in _BROKEN_BY and each.result is Result.FAIL for each in findings)


def unjudged(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Of a CSR that could not be read as a whole: what was not asked of it and, where it is broken, what would look
    right, as unknown with the reason `not_judged`. What failed or is pointed out stays."""
    findings = tuple(findings)
    broken = is_broken(findings)
    return tuple(_not_judged(each) if _is_open(each, broken=broken) else each for each in findings)


def _is_open(finding: Finding, *, broken: bool) -> bool:
    if finding.code is Code.DESK_FILES_DIFFER:  # two files that are alike are so whatever they hold
        return finding.result is Result.UNKNOWN
    if finding.code not in _RESTING:
        return False
    if finding.result is Result.UNKNOWN:
        return broken or not finding.facts.get("reasons")
    return broken and finding.result is Result.OK


def _not_judged(finding: Finding) -> Finding:
    return Finding(finding.code, Result.UNKNOWN, facts={"reasons": [NOT_JUDGED]})
