"""What is checked about a certificate before any card is touched (docs/contract.md, order of `store`)."""

from __future__ import annotations

from datetime import datetime

from cryptography.exceptions import UnsupportedAlgorithm

from lgpki_tui.ground.clock import rfc3339
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Finding, Result
from lgpki_tui.ground.frozen import dataclass
from lgpki_tui.ground.inert import inert
from lgpki_tui.pki.certificate import Certificate, ReadCertificate, loaded
from lgpki_tui.pki.names import Likeness, Subject, compare, shown, shown_subject
from lgpki_tui.pki.path import PathFound, PathState, Trust, find_path
from lgpki_tui.pki.strength import LEAST_RSA_BITS, WEAK_DIGESTS, strength


@dataclass(frozen=True, slots=True)
class Expectation:
    """What the enrolment waits for: its key (lower-case hex SHA-256 of the DER SubjectPublicKeyInfo), its subject, and
    the host names and mail addresses that were asked for besides; a CA need not grant these."""

    public_key_sha256: str
    subject: Subject
    alternative_names: tuple[str, ...] = ()


async def check_certificate(
    certificate: ReadCertificate, expectation: Expectation | None, trust: Trust, now: datetime
) -> tuple[Finding, ...]:
    """Every check that needs no card, each code once, in the contract's order. Never touches a network.

    Without an expectation the first two are unknown; without anchors certificate_untrusted and certificate_path are.
    `expected` and `found` are texts: digests in hex, names as `names.shown`, moments in RFC 3339.
    """
    leaf = certificate.leaf(expectation.public_key_sha256 if expectation else None)
    weak = _weak(leaf)
    return (
        _key(leaf, expectation),
        _subject(leaf, expectation),
        _expired(leaf, now),
        _not_yet_valid(leaf, now),
        weak,
        *await _path(certificate, leaf, trust, now, weak_allowed=weak.result is Result.FAIL),
        Finding(Code.CERTIFICATE_REVOKED, Result.UNKNOWN, facts={"reason": "no_crl"}),
    )


def _key(leaf: Certificate, expectation: Expectation | None) -> Finding:
    if expectation is None:
        return Finding(Code.CERTIFICATE_KEY_MISMATCH, Result.UNKNOWN, None, leaf.public_key_sha256)
    result = Result.OK if leaf.public_key_sha256 == expectation.public_key_sha256 else Result.FAIL
    return Finding(Code.CERTIFICATE_KEY_MISMATCH, result, expectation.public_key_sha256, leaf.public_key_sha256)


def _subject(leaf: Certificate, expectation: Expectation | None) -> Finding:
    if expectation is None:
        return Finding(Code.CERTIFICATE_SUBJECT_MISMATCH, Result.UNKNOWN, None, shown(leaf.subject))
    result = {
        Likeness.SAME: Result.OK,
        Likeness.EQUAL_BY_RULE: Result.ATTENTION,
        Likeness.DIFFERENT: Result.FAIL,
    }[compare(expectation.subject, leaf.subject)]
    asked, found = expectation.alternative_names, leaf.alternative_names
    if result is Result.OK and set(asked) - set(found):
        result = Result.ATTENTION
    expected = "; ".join((shown_subject(expectation.subject), *map(inert, asked)))
    there = "; ".join((shown(leaf.subject), *(map(inert, found) if asked else ())))
    return Finding(Code.CERTIFICATE_SUBJECT_MISMATCH, result, expected, there)


def _expired(leaf: Certificate, now: datetime) -> Finding:
    # RFC 5280, 4.1.2.5: valid through notAfter, inclusive; certificates know no parts of a second.
    result = Result.FAIL if now.replace(microsecond=0) > leaf.not_after else Result.OK
    return Finding(Code.CERTIFICATE_EXPIRED, result, rfc3339(now), rfc3339(leaf.not_after))


def _not_yet_valid(leaf: Certificate, now: datetime) -> Finding:
    result = Result.FAIL if now < leaf.not_before else Result.OK
    return Finding(Code.CERTIFICATE_NOT_YET_VALID, result, rfc3339(now), rfc3339(leaf.not_before))


def _weak(leaf: Certificate) -> Finding:
    digest, key, key_is_weak = _digest(leaf), *_key_strength(leaf)
    reasons = ["digest"] * (digest in WEAK_DIGESTS or digest == "unknown") + ["key"] * key_is_weak
    return Finding(
        Code.CERTIFICATE_WEAK,
        Result.FAIL if reasons else Result.OK,
        f"sha256, rsa-{LEAST_RSA_BITS}",
        f"{digest}, {key}",
        {"reasons": reasons},
    )


def _digest(leaf: Certificate) -> str:
    """The digest under the signature; `none` for EdDSA and the like, which bring their own; `unknown`."""
    try:
        algorithm = loaded(leaf.der).signature_hash_algorithm
    except (ValueError, UnsupportedAlgorithm):
        return "unknown"
    return algorithm.name if algorithm is not None else "none"


def _key_strength(leaf: Certificate) -> tuple[str, bool]:
    """What kind of key it is, and whether it is too weak or of no kind known here."""
    try:
        return strength(loaded(leaf.der).public_key())
    except (ValueError, UnsupportedAlgorithm):
        return "unknown", True


async def _path(
    certificate: ReadCertificate, leaf: Certificate, trust: Trust, now: datetime, *, weak_allowed: bool
) -> tuple[Finding, Finding]:
    if not trust.anchors:
        facts = {"reason": "no_anchors"}
        return (
            Finding(Code.CERTIFICATE_UNTRUSTED, Result.UNKNOWN, None, shown(leaf.issuer), facts),
            Finding(Code.CERTIFICATE_PATH, Result.UNKNOWN, facts=facts),
        )
    # A certificate that is itself out of its time is told by its own code, not as a broken path as well.
    moment = min(max(now, leaf.not_before), max(leaf.not_after, leaf.not_before))
    candidates = (*certificate.certificates, *certificate.chain)
    found = await find_path(leaf, candidates, trust, moment, weak_allowed=weak_allowed)
    return _untrusted(certificate, leaf, trust, found), _path_finding(found)


def _untrusted(certificate: ReadCertificate, leaf: Certificate, trust: Trust, found: PathFound) -> Finding:
    anchors = [shown(one.subject) for one in trust.anchors]
    if found.state is not PathState.NOT_FOUND:
        return Finding(Code.CERTIFICATE_UNTRUSTED, Result.OK, anchors, shown(found.certificates[0].subject))
    facts = {"chain_problem": certificate.chain_problem} if certificate.chain_problem else {}
    return Finding(Code.CERTIFICATE_UNTRUSTED, Result.FAIL, anchors, shown(leaf.issuer), facts)


def _path_finding(found: PathFound) -> Finding:
    if found.state is PathState.NOT_FOUND:
        return Finding(Code.CERTIFICATE_PATH, Result.UNKNOWN, facts={"reason": "no_path"})
    names = [shown(one.subject) for one in found.certificates]
    if found.state is PathState.VALID:
        return Finding(Code.CERTIFICATE_PATH, Result.OK, None, names)
    return Finding(Code.CERTIFICATE_PATH, Result.FAIL, None, names, {"reason": found.reason})
