"""Judges a draft: its texts by the profile, and what the registries answered for it. Pure; every face calls it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Fact, Finding, Refusal, Result
from lgpki_tui.subject.draft import Draft, Entry, Found
from lgpki_tui.subject.lookalike import look_alike, ordinary_form
from lgpki_tui.subject.municipality import codes_of, is_code
from lgpki_tui.subject.profile import Profile, Rule
from lgpki_tui.subject.text import CharacterClass, classes, differing, is_plain, points

ORGANIZATION, NAME, MUNICIPALITY_CODE = "organization", "name", "municipality_code"


def findings(draft: Draft, profile: Profile, found: Found) -> tuple[Finding, ...]:
    """Everything that speaks against the draft, then what only needs attention; empty when there is nothing.

    Order: the texts (organization_too_long, name_too_long, text_empty, text_forbidden), then the registries
    (answers_value when the 団体 is ambiguous, municipality_unknown, organization_not_registered, name_not_registered),
    then text_unusual. Facts: `field`, `characters` (["U+9AD9"]), `nearest` (registered spellings, exact).
    Source: docs/contract.md, Answers.
    """
    near = {ORGANIZATION: found.nearest_organizations, NAME: found.nearest_names}
    text = tuple(_text(draft, profile, near))
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
    draft = Draft(profile.kind, entry.organization, "x" if entry.name is None else entry.name)
    if municipality and all(0 < len(text) <= most and is_plain(text) for text, most in _measured(draft, profile)):
        return ()  # nearly every row of a million, in a tenth of the time
    failed = [_code(finding) for finding in _text(draft, profile, {}) if finding.result is Result.FAIL]
    unknown = [] if municipality else [Code.MUNICIPALITY_UNKNOWN]
    return tuple(dict.fromkeys((*failed, *unknown)))


def _text(draft: Draft, profile: Profile, near: dict[str, tuple[str, ...]]) -> Iterator[Finding]:
    texts = ((ORGANIZATION, draft.organization), (NAME, draft.name))
    yield from _lengths(draft, profile)
    for field, text in texts:
        if not text.strip():
            yield _fail(Code.TEXT_EMPTY, field=field)
    for field, text in texts:
        if text.strip():
            yield from _characters(field, text, profile, near.get(field, ()))


def _lengths(draft: Draft, profile: Profile) -> Iterator[Finding]:
    codes = ((Code.ORGANIZATION_TOO_LONG, ORGANIZATION), (Code.NAME_TOO_LONG, NAME))
    for (code, field), (text, most) in zip(codes, _measured(draft, profile), strict=True):
        if len(text) > most:
            yield _fail(code, field=field, length=len(text), most=most)


def _measured(draft: Draft, profile: Profile) -> tuple[tuple[str, int], ...]:
    return ((draft.organization, profile.organization_most), (draft.name, profile.name_most))


def _characters(field: str, text: str, profile: Profile, near: tuple[str, ...]) -> Iterator[Finding]:
    there = classes(text)
    refused = {kind: chars for kind, chars in there.items() if kind in profile.characters.refused}
    if refused:
        chars, kinds = _joined(refused)
        yield _fail(Code.TEXT_FORBIDDEN, field=field, characters=points(chars), classes=kinds, nearest=list(near))
    pointed_out = {kind: chars for kind, chars in there.items() if kind in profile.characters.attention - set(refused)}
    if pointed_out:
        chars, kinds = _joined(pointed_out)
        forms = [ordinary_form(char) for char in chars]
        usual: Fact = [points(form)[0] if form else None for form in forms]
        facts = {"field": field, "characters": points(chars), "classes": kinds, "usual": usual}
        yield Finding(Code.TEXT_UNUSUAL, Result.ATTENTION, facts=facts)


def _joined(found: dict[CharacterClass, tuple[str, ...]]) -> tuple[tuple[str, ...], list[str]]:
    chars = dict.fromkeys(char for kind in found for char in found[kind])
    return tuple(chars), [kind.value for kind in found]


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
