"""Judges a draft: its texts by the profile, and what the registries answered for it. Pure; every face calls it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Fact, Finding, Refusal, Result
from lgpki_tui.subject.character_findings import character_findings
from lgpki_tui.subject.draft import Draft, Entry, Found
from lgpki_tui.subject.host_name import host_problem, usual_host_name
from lgpki_tui.subject.lookalike import look_alike
from lgpki_tui.subject.mail_address import MailProblem, mail_problem, usual_mail_address
from lgpki_tui.subject.municipality import codes_of, is_code
from lgpki_tui.subject.profile import Field, FieldName, Form, Profile, Rule
from lgpki_tui.subject.text import PLAIN_CLASSES, differing, is_plain, points

ORGANIZATION, NAME, MUNICIPALITY_CODE = "organization", "name", "municipality_code"
_TOO_LONG = {FieldName.ORGANIZATION: Code.ORGANIZATION_TOO_LONG, FieldName.NAME: Code.NAME_TOO_LONG}
# What is asked for in Found.nearest_*, where the registries know of it.
_Near = dict[str, tuple[str, ...]]


def findings(draft: Draft, profile: Profile, found: Found) -> tuple[Finding, ...]:
    """Everything that speaks against the draft, then what only needs attention; empty when there is nothing.

    Order: the texts, in the order of the profile's fields (organization_too_long and name_too_long; text_empty;
    text_forbidden, host_name_invalid, mail_address_invalid); then the registries (answers_value when the 団体 is
    ambiguous, municipality_unknown, organization_not_registered, name_not_registered); then text_unusual.
    Facts: `field`, `characters` (["U+9AD9"]), `nearest` (registered spellings, exact; the text itself when it is
    registered as it stands; of a host name or an address what was meant), `reason` (HostProblem, MailProblem); of
    characters also `classes`, `by_class` (class, characters, usual), `suggested` (the usual spelling, or null),
    and `as_registered`, true when the registry has it like this. Source: docs/contract.md, Answers.
    """
    near = {ORGANIZATION: found.nearest_organizations, NAME: found.nearest_names}
    near |= _exact(draft, found)
    text = tuple(_text(draft, profile, near, found.municipality))
    failed = tuple(finding for finding in text if finding.result is Result.FAIL)
    empty = {str(finding.facts["field"]) for finding in failed if finding.code is Code.TEXT_EMPTY}
    unusual = tuple(finding for finding in text if finding.result is not Result.FAIL)
    return (*failed, *_registry(draft, profile, found, empty), *unusual)


def text_findings(draft: Draft, profile: Profile) -> tuple[Finding, ...]:
    """The part of `findings` that needs no registry: lengths, empty texts, characters."""
    text = sorted(_text(draft, profile, {}), key=lambda finding: finding.result is not Result.FAIL)
    return tuple(text)


def refuse_failed(found: Iterable[Finding]) -> None:
    """Raise Refusal with code and facts of the first finding that failed; return when none did."""
    for finding in found:
        if finding.result is Result.FAIL:
            raise Refusal(_code(finding), **finding.facts)


def row_refusals(entry: Entry, profile: Profile, municipality: str | None) -> tuple[Code, ...]:
    """Why a registry row could never be used with this profile, each code once; empty for a usable row.

    `municipality` is the 団体名 of the row's code, None when it is unknown.
    """
    organization, name = profile.field(FieldName.ORGANIZATION), profile.field(FieldName.NAME)
    quick = municipality and profile.characters.refused.isdisjoint(PLAIN_CLASSES)
    if quick and _is_plain(organization, entry.organization) and (entry.name is None or _is_plain(name, entry.name)):
        return ()  # nearly every row of a million, in a tenth of the time
    texts = ((organization, entry.organization), (name, entry.name))
    fields = [(field, text) for field, text in texts if field is not None and text is not None]
    failed = [_code(finding) for finding in _texts(fields, profile, {}) if finding.result is Result.FAIL]
    unknown = [] if municipality else [Code.MUNICIPALITY_UNKNOWN]
    return tuple(dict.fromkeys((*failed, *unknown)))


def _is_plain(field: Field | None, text: str) -> bool:
    return field is not None and 0 < len(text) <= field.most and field.form is Form.TEXT and is_plain(text)


def _text(draft: Draft, profile: Profile, near: _Near, municipality: str | None = None) -> Iterator[Finding]:
    return _texts([(field, draft.text(field.name)) for field in profile.fields], profile, near, municipality)


def _texts(
    fields: Iterable[tuple[Field, str]], profile: Profile, near: _Near, municipality: str | None = None
) -> Iterator[Finding]:
    fields = tuple(fields)
    for field, text in fields:
        code = _TOO_LONG.get(field.name)
        if code is not None and len(text) > field.most:
            yield _fail(code, field=field.name.value, length=len(text), most=field.most)
    for field, text in fields:
        if not text.strip():
            yield _fail(Code.TEXT_EMPTY, field=field.name.value)
    for field, text in fields:
        if text.strip():
            if field.form is Form.TEXT:
                known = near.get(field.name, ())
                yield from character_findings(field.name.value, text, profile.characters, known, municipality)
            else:
                yield from _FORMS[field.form](field, text)


def _host_name(field: Field, text: str) -> Iterator[Finding]:
    wrong = host_problem(text)
    if wrong is not None:
        yield _fail(
            Code.HOST_NAME_INVALID,
            field=field.name.value,
            reason=wrong.problem.value,
            entered=text,
            label=wrong.label,
            characters=points(wrong.characters),
            nearest=_meant(usual_host_name(text)),
        )


def _mail_address(field: Field, text: str) -> Iterator[Finding]:
    wrong = mail_problem(text)
    problem = wrong.problem if wrong is not None else MailProblem.TOO_LONG if len(text) > field.most else None
    if problem is not None:
        yield _fail(
            Code.MAIL_ADDRESS_INVALID,
            field=field.name.value,
            reason=problem.value,
            entered=text,
            domain=wrong.domain.value if wrong is not None and wrong.domain is not None else None,
            characters=points(wrong.characters) if wrong is not None else [],
            nearest=_meant(usual_mail_address(text)),
        )


def _meant(usual: str | None) -> list[Fact]:
    return [usual] if usual is not None else []


_FORMS = {Form.HOST_NAME: _host_name, Form.MAIL_ADDRESS: _mail_address}


def _exact(draft: Draft, found: Found) -> dict[str, tuple[str, ...]]:
    """What is registered as it stands is its own nearest spelling."""
    rows = {ORGANIZATION: found.organizations, NAME: found.accounts}
    texts = {ORGANIZATION: draft.organization, NAME: draft.name}
    return {field: (texts[field],) for field in texts if rows[field]}


def _registry(draft: Draft, profile: Profile, found: Found, empty: set[str]) -> Iterator[Finding]:
    codes = codes_of(found)
    if draft.municipality_code is None and len(codes) > 1:
        yield _fail(Code.ANSWERS_VALUE, key=MUNICIPALITY_CODE, reason="ambiguous", known=list(codes))
        return
    unknown = _municipality(draft, profile, found, codes)
    if unknown:  # under an unknown 団体 nothing is registered: saying that too would only hide the cause
        yield unknown
        return
    registered = {
        ORGANIZATION: profile.organization_rule is Rule.FREE or bool(found.organizations),
        NAME: profile.name_rule is Rule.FREE or bool(found.accounts),
    }
    if not registered[ORGANIZATION] and ORGANIZATION not in empty:
        under = _each(entry.municipality_code for entry in found.elsewhere_organizations)
        yield _not_registered(ORGANIZATION, draft.organization, draft, found.nearest_organizations, under)
    if not registered[NAME] and NAME not in empty:
        under = _each(entry.organization for entry in found.elsewhere_accounts)
        yield _not_registered(NAME, draft.name, draft, found.nearest_names, under)


def _municipality(draft: Draft, profile: Profile, found: Found, codes: tuple[str, ...]) -> Finding | None:
    code = draft.municipality_code if draft.municipality_code is not None else next(iter(codes), None)
    if found.municipality is not None or (code is None and profile.organization_rule is Rule.REGISTERED):
        return None
    reason = "missing" if code is None else "not_listed" if is_code(code) else "not_a_code"
    return _fail(Code.MUNICIPALITY_UNKNOWN, field=MUNICIPALITY_CODE, municipality_code=code, reason=reason)


def _not_registered(field: str, entered: str, draft: Draft, near: tuple[str, ...], under: list[str]) -> Finding:
    """`characters` and `registered`: what differs from the nearest spelling, when that is easily taken for the same."""
    code = Code.ORGANIZATION_NOT_REGISTERED if field == ORGANIZATION else Code.NAME_NOT_REGISTERED
    alike = next((spelling for spelling in near if look_alike(entered, spelling)), None)
    here, there = differing(entered, alike) if alike else ((), ())
    return _fail(
        code,
        field=field,
        entered=entered,
        municipality_code=draft.municipality_code,
        characters=points(here),
        registered=points(there),
        nearest=list(near),
        registered_under=under,
    )


def _code(finding: Finding) -> Code:
    return next(code for code in Code if code == finding.code)


def _each(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(texts))


def _fail(code: Code, **facts: Fact) -> Finding:
    return Finding(code, Result.FAIL, facts=facts)
