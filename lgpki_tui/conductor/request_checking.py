"""What is checked of a CSR in a file, one's own or another's: in the contract's order, all of it told."""

from __future__ import annotations

from pathlib import Path

from lgpki_tui.conductor.checking import Checks
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.pki.files import read_bounded
from lgpki_tui.pki.profile_checks import PROFILE_CHECKS, check_profile, wanted_by
from lgpki_tui.pki.request import MOST_BYTES, Request, read_request
from lgpki_tui.pki.request_checks import REQUEST_CHECKS, check_request
from lgpki_tui.subject.profile import Profile


def check_request_file(file: Path, profile: Profile | None) -> tuple[Checks, Request | None]:
    """Every check of a CSR, those of the profile too where one is named; and the request, where its signature holds and
    all of it can be read. Raises nothing for what stands in the file's place."""
    checks = Checks(REQUEST_CHECKS if profile is None else (*REQUEST_CHECKS, *PROFILE_CHECKS))
    try:
        data = read_bounded(file, Code.REQUEST_UNREADABLE, MOST_BYTES)
    except Refusal as refusal:
        checks.failed(refusal.code, refusal.facts)
        return checks, None
    return checks, judge_request(checks, data, profile)


def judge_request(checks: Checks, data: bytes, profile: Profile | None) -> Request | None:
    """The same of its bytes, into `checks`."""
    checked = check_request(data)
    checks.put(*checked.findings)
    if profile is not None:
        checks.put(*check_profile(checked.parts, wanted_by(profile)))
    return _read(data)


def _read(data: bytes) -> Request | None:
    try:
        return read_request(data)
    except Refusal:
        return None
