"""What the registries say of a request that somebody hands in: its names are read from the CSR, never typed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath

from lgpki_tui.conductor.ports import Ports
from lgpki_tui.ground.clock import rfc3339
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Fact, Finding, Refusal, Result
from lgpki_tui.pki.names import subject_of
from lgpki_tui.pki.request import Request
from lgpki_tui.registry.port import RegistryKind, asked_by
from lgpki_tui.subject.draft import Draft
from lgpki_tui.subject.findings import findings
from lgpki_tui.subject.profile import Profile, Rule, Text

REGISTRY_CHECKS = (Code.MUNICIPALITY_UNKNOWN, Code.ORGANIZATION_NOT_REGISTERED, Code.NAME_NOT_REGISTERED)
# Where a registry cannot be asked now; the request is none the worse for it.
_UNASKED = (Code.REGISTRY_MISSING, Code.REGISTRY_DAMAGED, Code.LEDGER_BUSY)
# The attributes where no kind says which: those that every shipped profile has.
_USUAL = {Text.MUNICIPALITY: "O", Text.ORGANIZATION: "OU", Text.NAME: "CN"}
# A kind by whose rules a request without one is looked up: 組織 only.
_LOOKED_UP = "shokuseki"


def check_registry(ports: Ports, request: Request, profile: Profile | None) -> tuple[Finding, ...]:
    """Whether O is the name of a 団体, OU stands in the registry under its code, and CN as the kind asks.

    `profile` None: only OU is looked up, and what is not found is attention, for some kinds need no registry. Unknown,
    with the code of the refusal as reason, where a registry was never imported or cannot be read. Raises Refusal:
    settings_*.
    """
    try:
        return _check(ports, request, profile)
    except Refusal as refusal:
        if refusal.code not in _UNASKED:
            raise
        facts: Mapping[str, Fact] = {"registry": refusal.facts.get("registry"), "reasons": [refusal.code.value]}
        return tuple(Finding(code, Result.UNKNOWN, facts=facts) for code in REGISTRY_CHECKS)


def check_age(ports: Ports, profile: Profile | None) -> Finding:
    """registry_old: whether what was looked into was imported long ago (attention, `registries`: which, and when).

    A directory that has answered is never old. `profile` None: 組織 only. To be asked after `check_registry`. Unknown
    where nothing was looked into. Raises Refusal: settings_*.
    """
    kinds = asked_by(profile) if profile is not None else (RegistryKind.ORGANIZATIONS,)
    if not kinds:
        return Finding(Code.REGISTRY_OLD, Result.UNKNOWN, facts={"reasons": ["not_asked"]})
    try:
        answers = ports.registry.answered(kinds)
    except Refusal as refusal:
        if refusal.code not in _UNASKED:
            raise
        return Finding(Code.REGISTRY_OLD, Result.UNKNOWN, facts={"reasons": [refusal.code.value]})
    if not answers:
        return Finding(Code.REGISTRY_OLD, Result.UNKNOWN, facts={"reasons": [Code.REGISTRY_MISSING.value]})
    now, most = ports.clock.now(), ports.oldest_days
    old: list[Fact] = [
        {
            "registry": each.registry,
            "source": PurePath(each.source).name,
            "sha256": each.sha256,
            "imported_at": rfc3339(each.imported_at) if each.imported_at is not None else None,
            "days": each.age_days(now),
        }
        for each in answers
        if each.age_days(now) > most
    ]
    days = max(each.age_days(now) for each in answers)
    if not old:
        return Finding(Code.REGISTRY_OLD, Result.OK, most, days)
    return Finding(Code.REGISTRY_OLD, Result.ATTENTION, most, days, {"registries": old, "reasons": ["old"]})


def _check(ports: Ports, request: Request, profile: Profile | None) -> tuple[Finding, ...]:
    rules = profile or ports.profile(_LOOKED_UP)
    texts = _texts(request, profile)
    entered = {
        Code.MUNICIPALITY_UNKNOWN: texts[Text.MUNICIPALITY],
        Code.ORGANIZATION_NOT_REGISTERED: texts[Text.ORGANIZATION],
        Code.NAME_NOT_REGISTERED: texts[Text.NAME],
    }
    codes = _codes(ports, texts[Text.MUNICIPALITY])
    failed = _best(ports, rules, request, texts, codes) if codes else {}
    made = []
    for code in REGISTRY_CHECKS:
        asked = _is_asked(code, rules, named=profile is not None)
        wrong = failed.get(code)
        if not asked:
            reasons: Fact = ["no_kind" if profile is None else "not_asked"]
            made.append(Finding(code, Result.UNKNOWN, None, entered[code], {"reasons": reasons}))
        elif code is Code.MUNICIPALITY_UNKNOWN and not codes:
            made.append(_failed(code, entered[code], {"reasons": ["not_listed"]}, profile))
        elif not codes:  # under an unknown 団体 nothing is registered
            made.append(Finding(code, Result.UNKNOWN, None, entered[code]))
        elif wrong is not None:
            made.append(_failed(code, entered[code], wrong.facts, profile))
        else:
            made.append(Finding(code, Result.OK, None, entered[code], {"municipality_codes": list(codes)}))
    return tuple(made)


def _failed(code: Code, entered: str, facts: Mapping[str, Fact], profile: Profile | None) -> Finding:
    near, under = facts.get("nearest"), facts.get("registered_under")
    reasons: Fact = facts.get("reasons") or (["elsewhere"] if under else ["nearest"] if near else ["nowhere"])
    result = Result.FAIL if profile is not None else Result.ATTENTION
    told = _first(under) if under else _first(near)
    return Finding(code, result, told, entered, {**facts, "reasons": reasons})


def _first(told: Fact) -> Fact:
    """At most three of a list, for people."""
    return list(told)[:3] if isinstance(told, list | tuple) and told else None


def _texts(request: Request, profile: Profile | None) -> dict[Text, str]:
    """The texts of a request by what they are: the first attribute of that kind; empty when it has none."""
    kinds = dict(_USUAL)
    if profile is not None:
        kinds |= {one.text: one.attribute for one in profile.subject if one.text in _USUAL}
    there = dict(reversed(subject_of(request.subject)))
    return {text: there.get(kind, "") for text, kind in kinds.items()}


def _codes(ports: Ports, municipality: str) -> tuple[str, ...]:
    """The codes of the 団体 that are called exactly so: 25 names exist twice."""
    known = ports.municipalities
    return tuple(code for code in known.named(municipality) if known.name_of(code) == municipality)


def _best(
    ports: Ports, rules: Profile, request: Request, texts: Mapping[Text, str], codes: tuple[str, ...]
) -> dict[Code, Finding]:
    """What fails under the code under which least does: the CSR does not say which of two 団体 of one name it is of."""
    tried = []
    for code in codes:
        draft = Draft(
            rules.kind,
            texts[Text.ORGANIZATION],
            texts[Text.NAME],
            code,
            next(iter(request.extensions.mail_addresses), ""),
        )
        made = findings(draft, rules, ports.registry.found(draft, rules))
        tried.append({Code(each.code): each for each in made if each.code in REGISTRY_CHECKS})
    return min(tried, key=len)


def _is_asked(code: Code, rules: Profile, *, named: bool) -> bool:
    """Whether the kind has this looked up. Without a kind nobody knows about 名義."""
    if code is Code.MUNICIPALITY_UNKNOWN:
        return True
    if code is Code.ORGANIZATION_NOT_REGISTERED:
        return rules.organization_rule is Rule.REGISTERED
    return named and rules.name_rule is Rule.REGISTERED
