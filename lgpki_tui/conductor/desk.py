"""At the desk: whether the request on a medium is whole, may be asked for, and is the one on the paper.

Reads files and registries; touches no card and no ledger, and knows nothing of who made the request.
"""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from lgpki_tui.conductor.checking import Checks
from lgpki_tui.conductor.desk_files import (
    RECEIPT_CHECKS,
    Bundle,
    bundles,
    check_lists,
    check_pair,
    check_receipt,
    content,
    made_at,
)
from lgpki_tui.conductor.desk_registry import REGISTRY_CHECKS, check_age, check_registry
from lgpki_tui.conductor.desk_trust import is_broken, unjudged
from lgpki_tui.conductor.ports import Ports
from lgpki_tui.conductor.request_checking import judge_request
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Facts, Finding, Refusal, Result
from lgpki_tui.ground.frozen import dataclass
from lgpki_tui.paper.typed import DIGITS, Typed, read_typed
from lgpki_tui.pki.profile_checks import PROFILE_CHECKS, check_profile, wanted_by
from lgpki_tui.pki.request import Request, read_request
from lgpki_tui.pki.request_checks import REQUEST_CHECKS
from lgpki_tui.pki.request_parts import take_apart
from lgpki_tui.registry.port import RegistryKind, Snapshot
from lgpki_tui.subject.answered import Origin
from lgpki_tui.subject.profile import Profile

DESK_CHECKS = (
    Code.DESK_FILES_DIFFER,
    *REQUEST_CHECKS,
    *PROFILE_CHECKS,
    *RECEIPT_CHECKS,
    Code.DESK_DIGEST,
    *REGISTRY_CHECKS,
    Code.REGISTRY_OLD,
    Code.DESK_OTHER_REQUEST,
    Code.DESK_CODE,
)
# A correction is called as the request before it, with a number.
_NUMBERED = re.compile(r"(.*?)(?:-(\d{1,2}))?")


class Verdict(StrEnum):
    """What the desk does now. The value is that of JSON, and the key of the words."""

    SAME = "same"
    SAME_AS_FAR = "same_as_far"
    COMPARE = "compare"
    OTHER_PAPER = "other_paper"
    DIFFERENT = "different"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Examined:
    """One request on a medium. `files` are names; `request` is None unless its signature holds and all can be read;
    `findings` are those of DESK_CHECKS, in that order, each once; `made`: see desk_files.made_at."""

    name: str
    path: Path
    files: tuple[str, ...]
    request: Request | None
    findings: tuple[Finding, ...]
    made: datetime

    @property
    def is_broken(self) -> bool:
        """Whether the CSR cannot be read or its signature is wrong."""
        return is_broken(self.findings)

    @property
    def verdict(self) -> Verdict:
        """Of all checks: not the same as the paper before anything else that failed; `same` only where none did."""
        paper = next(each for each in self.findings if each.code is Code.DESK_CODE)
        if paper.result is Result.FAIL:
            return Verdict.DIFFERENT
        if self.failed:
            return Verdict.FAILED
        if paper.result is Result.UNKNOWN:
            return Verdict.OTHER_PAPER if "other_paper" in _reasons(paper) else Verdict.COMPARE
        return Verdict.SAME if paper.result is Result.OK else Verdict.SAME_AS_FAR

    @property
    def failed(self) -> tuple[Finding, ...]:
        """What failed, in order."""
        return tuple(each for each in self.findings if each.result is Result.FAIL)


@dataclass(frozen=True, slots=True)
class Looked:
    """What is on a medium: requests by name, how many other files, and which imported registries stand behind the
    checks."""

    requests: tuple[Examined, ...]
    others: int
    registries: tuple[Snapshot, ...]

    @property
    def newest_first(self) -> tuple[Examined, ...]:
        """The requests by the time when they were made; of two of one moment the one with the higher number first."""
        return tuple(sorted(sorted(self.requests, key=_by_name), key=lambda each: each.made, reverse=True))


def examine(ports: Ports, place: Path, kind: str | None = None, code: str | None = None) -> Looked:
    """Judge every request of a folder, or the one in a file, and hold it against the paper.

    `kind`: the profile to judge by; without it what a kind asks for is unknown. `code`: the CSR's SHA-256 as it is
    typed from the paper or read by a QR reader. It can be that of one request only: where one of several has it, the
    others are not compared. Raises Refusal: desk_code_unreadable, desk_nothing, desk_too_many, answers_value (no such
    kind), settings_*.
    """
    typed = read_typed(code) if code is not None else None
    profile = ports.profile(kind) if kind is not None else None
    found, others = bundles(place)
    read = [_examine(ports, each, profile) for each in found]
    there = [request.sha256 for _, _, request in read if request is not None]
    meant = typed is not None and any(typed.is_of(each) for each in there)
    made, keys = [], _keys(place, read)
    for bundle, checks, request in read:
        checks.put(_other_request(bundle, request, keys))
        checks.put(_paper(typed, request, meant=meant))
        path = bundle.folder / bundle.requests[0]
        findings = checks.findings if request is not None else unjudged(checks.findings)
        time = made_at(bundle, request.sha256 if request is not None else None)
        made.append(Examined(bundle.name, path, bundle.files, request, findings, time))
    return Looked(tuple(made), others, _registries(ports))


def fitting_kinds(ports: Ports, request: Request, kinds: tuple[str, ...]) -> tuple[str, ...]:
    """The kinds of `kinds` whose profiles a request obeys to the letter. Raises Refusal: settings_*."""
    parts = take_apart(request.der)
    return tuple(
        kind
        for kind in kinds
        if all(each.result is not Result.FAIL for each in check_profile(parts, wanted_by(ports.profile(kind))))
    )


def _examine(ports: Ports, bundle: Bundle, profile: Profile | None) -> tuple[Bundle, Checks, Request | None]:
    checks, request = Checks(DESK_CHECKS), None
    try:
        request = judge_request(checks, content(bundle), profile)
    except Refusal as refusal:
        checks.failed(refusal.code, refusal.facts)
    if profile is None:
        checks.put(*(Finding(code, Result.UNKNOWN, facts={"reasons": ["no_kind"]}) for code in PROFILE_CHECKS))
    checks.put(check_pair(bundle), check_lists(bundle))
    key = request.public_key_sha256 if request is not None else None
    checks.put(*check_receipt(bundle, request.sha256 if request is not None else None, key))
    if request is not None:
        checks.put(*check_registry(ports, request, profile), check_age(ports, profile))
    return bundle, checks, request


def _keys(place: Path, read: list[tuple[Bundle, Checks, Request | None]]) -> dict[str, tuple[str, str]]:
    """By the name of each request of the folder its CSR's and its key's SHA-256; also where only one is asked about."""
    known = {bundle.name: request for bundle, _, request in read}
    if not place.is_dir():
        with suppress(Refusal):  # a folder with too many of them is judged when it is asked about
            known = {each.name: _read(each) for each in bundles(place.parent)[0]} | known
    return {name: (each.sha256, each.public_key_sha256) for name, each in known.items() if each is not None}


def _read(bundle: Bundle) -> Request | None:
    try:
        return read_request(content(bundle))
    except Refusal:
        return None


def _other_request(bundle: Bundle, request: Request | None, keys: dict[str, tuple[str, str]]) -> Finding:
    """desk_other_request: after a 差戻し there are two of one key, and the older one is as whole as the newer."""
    if request is None:
        return Finding(Code.DESK_OTHER_REQUEST, Result.UNKNOWN)
    others = [
        name
        for name, (csr, key) in keys.items()
        if name != bundle.name and key == request.public_key_sha256 and csr != request.sha256
    ]
    if not others:
        return Finding(Code.DESK_OTHER_REQUEST, Result.OK)
    return Finding(Code.DESK_OTHER_REQUEST, Result.ATTENTION, None, others, {"reasons": ["same_key"]})


def _paper(typed: Typed | None, request: Request | None, *, meant: bool) -> Finding:
    """Whether a request is the one on the paper; `meant`: whether the paper is that of a request on this medium."""
    found = request.sha256 if request is not None else None
    if typed is None:
        return Finding(Code.DESK_CODE, Result.UNKNOWN, None, found, {"reasons": ["no_code"]})
    count: Facts = {"digits": len(typed.digits), "of": DIGITS}
    if found is not None and typed.is_of(found):
        if typed.is_whole:
            return Finding(Code.DESK_CODE, Result.OK, typed.digits, found, count)
        facts: Facts = {**count, "reasons": ["as_far"]}
        return Finding(Code.DESK_CODE, Result.ATTENTION, typed.digits, found, facts)
    if meant:
        return Finding(Code.DESK_CODE, Result.UNKNOWN, typed.digits, found, {**count, "reasons": ["other_paper"]})
    facts = {**count, "group": typed.first_other_group(found or ""), "reasons": ["differs"]}
    return Finding(Code.DESK_CODE, Result.FAIL, typed.digits, found, facts)


def _registries(ports: Ports) -> tuple[Snapshot, ...]:
    """Without those in whose place a directory has answered."""
    try:
        live = {each.registry for each in ports.registry.answered(RegistryKind) if each.origin is Origin.DIRECTORY}
        return tuple(each for each in ports.registry.status() if each.kind.value not in live)
    except Refusal:  # told by the checks
        return ()


def _by_name(examined: Examined) -> tuple[str, int]:
    found = _NUMBERED.fullmatch(examined.name)
    stem, number = found.groups() if found is not None else (examined.name, None)  # a name with a line end in it
    return stem, -int(number or 0)


def _reasons(finding: Finding) -> tuple[str, ...]:
    reasons = finding.facts.get("reasons")
    return tuple(map(str, reasons)) if isinstance(reasons, list | tuple) else ()
