"""Whether a CSR says what a certificate profile asks for: subject, texts, key, way of signing, extensions."""

from __future__ import annotations

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Finding, Result
from lgpki_tui.ground.frozen import dataclass
from lgpki_tui.ground.inert import inert
from lgpki_tui.pki.der import NotBer
from lgpki_tui.pki.extension_request import KEY_USAGES, Asked, understood
from lgpki_tui.pki.names import Attribute, Name, read_name
from lgpki_tui.pki.request_checks import judged
from lgpki_tui.pki.request_parts import Parts
from lgpki_tui.pki.signatures import key_kind
from lgpki_tui.subject.algorithm import Algorithm, Scheme
from lgpki_tui.subject.profile import Characters, Form, Profile, Text
from lgpki_tui.subject.text import classes, points

PROFILE_CHECKS = (
    Code.PROFILE_SUBJECT,
    Code.PROFILE_TEXT,
    Code.PROFILE_KEY,
    Code.PROFILE_SCHEME,
    Code.PROFILE_EXTENSIONS,
)
_STRINGS = {"printable": "printable_string", "utf8": "utf8_string"}
_KINDS = {
    Algorithm.RSA_2048: "rsa-2048",
    Algorithm.RSA_3072: "rsa-3072",
    Algorithm.RSA_4096: "rsa-4096",
    Algorithm.EC_P256: "ec-secp256r1",
}


@dataclass(frozen=True, slots=True)
class WantedAttribute:
    """One attribute of the subject. `text`: what it must say, None when that is the applicant's; `most`: the longest,
    in characters, None when nothing but the standard bounds it."""

    short: str
    string_type: str
    text: str | None
    most: int | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a profile asks of a request. `host_names`, `mail_addresses`: whether the subjectAltName has such names."""

    attributes: tuple[WantedAttribute, ...]
    characters: Characters
    algorithms: tuple[Algorithm, ...]
    scheme: Scheme
    host_names: bool
    mail_addresses: bool
    key_usage: tuple[str, ...]
    extended_key_usage: tuple[str, ...]


def wanted_by(profile: Profile) -> Wanted:
    """What a profile asks of a request."""
    most = {field.name.value: field.most for field in profile.fields}
    forms = {field.name: field.form for field in profile.fields}
    asked = {forms[name] for name in profile.alternative_names if name in forms}
    attributes = tuple(
        WantedAttribute(
            one.attribute,
            _STRINGS[one.string.value],
            one.fixed if one.text is Text.FIXED else None,
            most.get(one.text.value),
        )
        for one in profile.subject
    )
    return Wanted(
        attributes=attributes,
        characters=profile.characters,
        algorithms=profile.algorithms,
        scheme=profile.scheme,
        host_names=Form.HOST_NAME in asked,
        mail_addresses=Form.MAIL_ADDRESS in asked,
        key_usage=profile.key_usage,
        extended_key_usage=profile.extended_key_usage,
    )


def check_profile(parts: Parts | None, wanted: Wanted) -> tuple[Finding, ...]:
    """The findings of PROFILE_CHECKS in order; all unknown without a request. Never raises."""
    if parts is None:
        return tuple(Finding(code, Result.UNKNOWN) for code in PROFILE_CHECKS)
    name = _name(parts)
    return (
        _subject(name, wanted),
        _texts(name, wanted),
        _key(parts, wanted),
        _scheme(parts, wanted),
        _extensions(parts, wanted),
    )


def _name(parts: Parts) -> Name | None:
    try:
        return read_name(parts.subject.raw)
    except (ValueError, TypeError, KeyError, IndexError, OverflowError):
        return None


def _subject(name: Name | None, wanted: Wanted) -> Finding:
    """The attributes, one in each RDN, in their order, of their string types, with what is fixed."""
    expected = [_shown(one.short, one.string_type, one.text or "…") for one in wanted.attributes]
    if name is None:
        return judged(Code.PROFILE_SUBJECT, ["unreadable"], expected, None)
    flat = [one for rdn in name for one in rdn]
    found = [_shown(one.kind, one.string_type, inert(one.text)) for one in flat]
    there, asked = [one.kind for one in flat], [one.short for one in wanted.attributes]
    reasons = ["missing"] * bool(set(asked) - set(there)) + ["too_many"] * bool(set(there) - set(asked))
    if not reasons and (there != asked or any(len(rdn) != 1 for rdn in name)):
        reasons.append("order_other")
    pairs = [(one, two) for one in wanted.attributes for two in flat if one.short == two.kind]
    reasons += ["string_type_other"] * any(one.string_type != two.string_type for one, two in pairs)
    reasons += ["fixed_other"] * any(one.text not in (None, two.text) for one, two in pairs)
    return judged(Code.PROFILE_SUBJECT, reasons, expected, found)


def _shown(kind: str, string_type: str, text: str) -> str:
    return f"{kind}={text} ({string_type.removesuffix('_string')})"


def _texts(name: Name | None, wanted: Wanted) -> Finding:
    """Lengths in characters, and the classes of characters that the profile refuses or points out."""
    if name is None:
        return judged(Code.PROFILE_TEXT, ["unreadable"], None, None)
    most = {one.short: one.most for one in wanted.attributes}
    reasons: list[str] = []
    found: list[str] = []
    for one in (one for rdn in name for one in rdn):
        length = most.get(one.kind)
        if length is not None and len(one.text) > length:
            reasons.append("too_long")
            found.append(f"{one.kind}: {len(one.text)} > {length}")
        for reason, kinds in (("refused", wanted.characters.refused), ("characters", wanted.characters.attention)):
            hits = _hits(one, kinds)
            reasons += [reason] * bool(hits)
            found += hits
    return judged(Code.PROFILE_TEXT, reasons, None, found or None)


def _hits(attribute: Attribute, kinds: frozenset[object]) -> list[str]:
    found = classes(attribute.text).items()
    return [f"{attribute.kind}: {kind.value} {' '.join(points(chars))}" for kind, chars in found if kind in kinds]


def _key(parts: Parts, wanted: Wanted) -> Finding:
    expected = [_KINDS[one] for one in wanted.algorithms]
    try:
        found = key_kind(parts.public_key.raw)
    except ValueError:
        return judged(Code.PROFILE_KEY, ["unreadable"], expected, None)
    return judged(Code.PROFILE_KEY, [] if found in expected else ["other"], expected, found)


def _scheme(parts: Parts, wanted: Wanted) -> Finding:
    expected = f"{wanted.scheme.value}, sha256"
    reasons = [] if parts.algorithm.is_made_here(wanted.scheme) else ["other"]
    return judged(Code.PROFILE_SCHEME, reasons, expected, parts.algorithm.shown)


def _extensions(parts: Parts, wanted: Wanted) -> Finding:
    try:
        asked = understood(parts.extensions())
    except NotBer:
        return judged(Code.PROFILE_EXTENSIONS, ["unreadable"], _expected(wanted), None)
    seen = asked.extensions
    usage = tuple(one for one in KEY_USAGES if one in wanted.key_usage)
    reasons = ["names"] * (bool(seen.host_names) is not wanted.host_names)
    reasons += ["names"] * (bool(seen.mail_addresses) is not wanted.mail_addresses or bool(asked.other_names))
    reasons += ["usage"] * (seen.key_usage != usage)
    reasons += ["purposes"] * (set(seen.extended_key_usage) != set(wanted.extended_key_usage))
    reasons += ["too_many"] * bool(asked.others) + ["unreadable"] * bool(asked.damaged)
    return judged(Code.PROFILE_EXTENSIONS, reasons, _expected(wanted), _found(asked))


def _expected(wanted: Wanted) -> list[str]:
    names = ["dNSName"] * wanted.host_names + ["rfc822Name"] * wanted.mail_addresses
    usage = [one for one in KEY_USAGES if one in wanted.key_usage]
    return [*names, *usage, *wanted.extended_key_usage]


def _found(asked: Asked) -> list[str]:
    seen = asked.extensions
    hosts = [f"dNSName {inert(one)}" for one in seen.host_names]
    mails = [f"rfc822Name {inert(one)}" for one in seen.mail_addresses]
    return [*hosts, *mails, *seen.key_usage, *seen.extended_key_usage, *asked.others]
