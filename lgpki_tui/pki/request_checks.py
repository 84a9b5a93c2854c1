"""What is checked about a CSR, whoever made it: everything is told, in one order, and nothing in a file stops it."""

from __future__ import annotations

from collections.abc import Iterator

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import load_der_public_key

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Finding, Refusal, Result
from lgpki_tui.ground.frozen import dataclass
from lgpki_tui.ground.inert import inert
from lgpki_tui.pki.algorithms import Verdict, verify
from lgpki_tui.pki.armour import Kind, blocks, plain
from lgpki_tui.pki.der import Fault, NotBer, set_is_ordered
from lgpki_tui.pki.extension_request import (
    BASIC_CONSTRAINTS,
    EXTENDED_KEY_USAGE,
    EXTENSION_REQUEST,
    KEY_USAGE,
    KNOWN_EXTENSIONS,
    SUBJECT_ALT_NAME,
    ExtensionSeen,
    understood,
)
from lgpki_tui.pki.names import ATTRIBUTES, Attribute, read_name
from lgpki_tui.pki.request import request_der
from lgpki_tui.pki.request_parts import CHALLENGE_PASSWORD, Parts, take_apart
from lgpki_tui.pki.strength import LEAST_EXPONENT, LEAST_RSA_BITS, WEAK_DIGESTS, is_roca, strength

REQUEST_CHECKS = (
    Code.REQUEST_UNREADABLE,
    Code.REQUEST_VERSION,
    Code.REQUEST_ENCODING,
    Code.REQUEST_ALGORITHM,
    Code.REQUEST_SIGNATURE,
    Code.REQUEST_KEY,
    Code.REQUEST_ATTRIBUTES,
    Code.REQUEST_EXTENSIONS,
    Code.REQUEST_SUBJECT,
)
# What people read instead of an OID (RFC 2985, 5.4; RFC 5280, 4.2.1; what Windows puts into its requests).
_NAMES = {
    EXTENSION_REQUEST: "extensionRequest",
    CHALLENGE_PASSWORD: "challengePassword",
    "1.2.840.113549.1.9.2": "unstructuredName",
    "1.2.840.113549.1.9.8": "unstructuredAddress",
    "1.3.6.1.4.1.311.2.1.14": "certExtensions",
    "1.3.6.1.4.1.311.13.2.3": "osVersion",
    "1.3.6.1.4.1.311.13.2.2": "enrollmentCSP",
    "1.3.6.1.4.1.311.21.20": "requestClientInfo",
    SUBJECT_ALT_NAME: "subjectAltName",
    KEY_USAGE: "keyUsage",
    EXTENDED_KEY_USAGE: "extendedKeyUsage",
    BASIC_CONSTRAINTS: "basicConstraints",
    "2.5.29.14": "subjectKeyIdentifier",
    "2.5.29.32": "certificatePolicies",
    "1.3.6.1.5.5.7.1.24": "tlsFeature",
}
# DirectoryString and IA5String, of which a challengePassword is (RFC 2985, 5.4.1; PKCS#9 v1.1).
_STRINGS = frozenset({0x0C, 0x13, 0x14, 0x16, 0x1C, 0x1E})
# What alone refuses no request.
_ATTENTION_ONLY = frozenset(
    {"parameters_absent", "several", "unknown", "challenge_password", "exponent_small", "other_names"}
    | {"string_type", "multi_valued", "unknown_attribute", "repeated", "characters", "not_verifiable"}
)
# How many places of a fault are told.
_MOST_TOLD = 5


@dataclass(frozen=True, slots=True)
class Checked:
    """What is known of a file: its request taken apart, or None, and the findings in order, each code once."""

    parts: Parts | None
    findings: tuple[Finding, ...]

    @property
    def is_request(self) -> bool:
        """Whether there was a request to judge."""
        return self.parts is not None


def check_request(data: bytes) -> Checked:
    """Judge a CSR, PEM (the first one in the file) or BER. Never raises, whatever the bytes.

    `expected` and `found` are texts or lists of texts; the fact `reasons` says what is wrong, in words of this module
    (screens/commands.toml, because.CODE.REASON).
    """
    try:
        parts = take_apart(request_der(data))
    except Refusal as refusal:
        found = refusal.facts.get("looks_like")
        return _unread(Finding(Code.REQUEST_UNREADABLE, Result.FAIL, Kind.REQUEST.value, found, refusal.facts))
    except NotBer as error:
        facts = {"looks_like": Kind.REQUEST.value, "reason": "encoding", "where": str(error)}
        return _unread(Finding(Code.REQUEST_UNREADABLE, Result.FAIL, Kind.REQUEST.value, Kind.REQUEST.value, facts))
    key = _load(parts.public_key.raw)
    made = (_file(data), _version(parts), _encoding(parts), _algorithm(parts), _signature(parts, key), _key(key))
    return Checked(parts, (*made, _attributes(parts), _extensions(parts), _subject(parts)))


def named(oid: str) -> str:
    """The name of an attribute or extension as its RFC has it; others by their OID."""
    return _NAMES.get(oid, oid)


def judged(code: Code, reasons: list[str], expected: str | list[str] | None, found: str | list[str] | None) -> Finding:
    """A finding by what speaks against it: nothing, only what wants attention, or what is wrong."""
    kept = list(dict.fromkeys(reasons))
    result = Result.FAIL if set(kept) - _ATTENTION_ONLY else Result.ATTENTION if kept else Result.OK
    return Finding(code, result, expected, found, {"reasons": kept})


def _unread(finding: Finding) -> Checked:
    rest = (Finding(code, Result.UNKNOWN) for code in REQUEST_CHECKS if code is not finding.code)
    return Checked(None, (finding, *rest))


def _file(data: bytes) -> Finding:
    count = sum(block.kind is Kind.REQUEST for block in blocks(plain(data)))
    return judged(
        Code.REQUEST_UNREADABLE, ["several"] if count > 1 else [], "csr", "csr" if count < 2 else f"csr x {count}"
    )


def _version(parts: Parts) -> Finding:
    """RFC 2986, 4.1: v1, which is 0."""
    return judged(Code.REQUEST_VERSION, [] if parts.version == 0 else ["version"], "0", str(parts.version))


def _encoding(parts: Parts) -> Finding:
    faults = sorted(_faults(parts), key=lambda one: one.offset)
    told = [f"{one.what} @{one.offset}" for one in faults[:_MOST_TOLD]]
    more = [f"+{len(faults) - _MOST_TOLD}"] if len(faults) > _MOST_TOLD else []
    return judged(Code.REQUEST_ENCODING, [one.what for one in faults], "DER", [*told, *more] or "DER")


def _faults(parts: Parts) -> Iterator[Fault]:
    """What is not DER, inside the extensions and the key too; the SET OF attributes has an implicit tag of its own."""
    yield from parts.whole.every_fault()
    for attributes in parts.whole.children[0].children[3:]:
        if not set_is_ordered(attributes.children):
            yield Fault("set_order", attributes.offset)
    try:
        extensions = parts.extensions()
    except NotBer:
        return
    for one in extensions:
        yield from one.value.every_fault() if one.value is not None else ()
        if one.critical_told and not one.critical:  # X.690, 11.5
            yield Fault("default_written", one.value.offset if one.value is not None else 0)


def _algorithm(parts: Parts) -> Finding:
    algorithm, reasons = parts.algorithm, []
    if not algorithm.is_known:
        reasons.append("not_known")
    if {algorithm.digest, algorithm.mask_digest} & WEAK_DIGESTS:
        reasons.append("digest")
    if algorithm.form:
        reasons.append(algorithm.form)
    return judged(Code.REQUEST_ALGORITHM, reasons, "sha256", algorithm.shown)


def _signature(parts: Parts, key: object) -> Finding:
    verdict = Verdict.UNKNOWN if key is None else verify(key, parts.signed, parts.algorithm, parts.signature)
    if verdict is Verdict.UNKNOWN:
        return Finding(
            Code.REQUEST_SIGNATURE, Result.UNKNOWN, Verdict.HOLDS.value, facts={"reasons": ["not_verifiable"]}
        )
    reasons = [] if verdict is Verdict.HOLDS else ["signature"]
    return judged(Code.REQUEST_SIGNATURE, reasons, Verdict.HOLDS.value, verdict.value)


def _key(key: object) -> Finding:
    expected = f"rsa-{LEAST_RSA_BITS} e={LEAST_EXPONENT}"
    if key is None:
        return judged(Code.REQUEST_KEY, ["unreadable"], expected, "unknown")
    kind, is_weak = strength(key)
    reasons = ["weak"] * is_weak
    if isinstance(key, rsa.RSAPublicKey):
        numbers = key.public_numbers()
        kind += f" e={numbers.e}"
        reasons += ["exponent_small"] * (numbers.e < LEAST_EXPONENT) + ["roca"] * is_roca(numbers.n)
    elif not isinstance(key, ec.EllipticCurvePublicKey):
        reasons.append("kind")
    return judged(Code.REQUEST_KEY, reasons, expected, kind)


def _attributes(parts: Parts) -> Finding:
    expected = [named(EXTENSION_REQUEST)]
    if parts.attributes is None:
        return judged(Code.REQUEST_ATTRIBUTES, ["missing"], expected, None)
    oids = [one.oid for one in parts.attributes]
    passwords = (value for one in parts.attributes if one.oid == CHALLENGE_PASSWORD for value in one.values)
    reasons = ["damaged"] * (bool(parts.damaged) or any(value.tag not in _STRINGS for value in passwords))
    reasons += ["duplicate"] * (len(set(oids)) < len(oids))
    # RFC 2985, 5.4.1 and 5.4.2: both are SINGLE VALUE.
    single = (one for one in parts.attributes if one.oid in (EXTENSION_REQUEST, CHALLENGE_PASSWORD))
    reasons += ["several_values"] * any(len(one.values) > 1 for one in single)
    reasons += ["challenge_password"] * (CHALLENGE_PASSWORD in oids)
    reasons += ["unknown"] * bool(set(oids) - {EXTENSION_REQUEST, CHALLENGE_PASSWORD})
    return judged(Code.REQUEST_ATTRIBUTES, reasons, expected, [named(oid) for oid in oids])


def _extensions(parts: Parts) -> Finding:
    try:
        seen = parts.extensions()
    except NotBer:
        return judged(Code.REQUEST_EXTENSIONS, ["damaged"], None, None)
    asked = understood(seen)
    oids = [one.oid for one in seen]
    reasons = ["duplicate"] * (len(set(oids)) < len(oids))
    reasons += ["damaged"] * bool(asked.damaged) + ["ca"] * asked.is_ca + ["other_names"] * bool(asked.other_names)
    reasons += ["unknown"] * bool(set(oids) - set(KNOWN_EXTENSIONS))
    # RFC 5280, 4.2: a CA that does not know a critical one must refuse.
    reasons += ["unknown_critical"] * any(one.critical and one.oid not in KNOWN_EXTENSIONS for one in seen)
    return judged(Code.REQUEST_EXTENSIONS, reasons, None, [_shown(one, is_ca=asked.is_ca) for one in seen])


def _shown(one: ExtensionSeen, *, is_ca: bool) -> str:
    notes = ["critical"] * one.critical + ["CA:TRUE"] * (one.oid == BASIC_CONSTRAINTS and is_ca)
    return named(one.oid) + (f" ({', '.join(notes)})" if notes else "")


def _subject(parts: Parts) -> Finding:
    try:
        name = read_name(parts.subject.raw)
    except (ValueError, TypeError, KeyError, IndexError, OverflowError):
        return judged(Code.REQUEST_SUBJECT, ["unreadable"], None, None)
    flat = [attribute for rdn in name for attribute in rdn]
    reasons = [] if flat or _has_names(parts) else ["empty"]
    reasons += [reason for attribute in flat for reason in _wrong(attribute)]
    kinds = [attribute.kind for attribute in flat]
    reasons += ["multi_valued"] * any(len(rdn) > 1 for rdn in name)
    reasons += ["repeated"] * any(kinds.count(kind) > 1 for kind in ("C", "CN"))
    return judged(Code.REQUEST_SUBJECT, reasons, None, [f"{one.kind}={inert(one.text)}" for one in flat])


def _has_names(parts: Parts) -> bool:
    try:
        return any(one.oid == SUBJECT_ALT_NAME for one in parts.extensions())
    except NotBer:
        return False


def _wrong(attribute: Attribute) -> list[str]:
    """What speaks against one attribute (RFC 5280: 4.1.2.4, string types; appendix A.1, upper bounds in characters)."""
    known = ATTRIBUTES.get(attribute.kind)
    reasons = [] if attribute.text else ["empty_value"]
    reasons += ["characters"] * (inert(attribute.text) != attribute.text)
    if known is None:
        return [*reasons, "unknown_attribute"]
    reasons += ["too_long"] * (len(attribute.text) > known.upper_bound)
    if known.printable:
        return reasons + ["country"] * (attribute.string_type != "printable_string")
    usual = attribute.string_type in ("utf8_string", "printable_string")
    return reasons + ["string_type"] * (not usual)


def _load(public_key: bytes) -> object:
    """The key, None when it cannot be read here."""
    try:
        return load_der_public_key(public_key)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return None
