"""The path from a configured anchor to a certificate (RFC 5280, 6): pyhanko-certvalidator judges, nothing is fetched.

Paths are built here and not by the library: it compares the leaf's own name by the tables of Unicode 3.2 (measured: a
subject with U+9FC0 raises), and the number of ways through a hostile chain file grows without a bound of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum

from lgpki_tui.ground.frozen import dataclass
from lgpki_tui.pki.certificate import Certificate
from lgpki_tui.pki.names import folded

# Real paths have two or three steps and one or two ways; these bounds are far above them.
MOST_DEPTH = 8
MOST_TRIES = 200
MOST_PATHS = 16


@dataclass(frozen=True, slots=True)
class Trust:
    """What the site trusts. `intermediates` help to build the path and are never anchors."""

    anchors: tuple[Certificate, ...] = ()
    intermediates: tuple[Certificate, ...] = ()


class PathState(StrEnum):
    """How the search came out."""

    VALID = "valid"
    NOT_FOUND = "not_found"
    INVALID = "invalid"


@dataclass(frozen=True, slots=True)
class PathFound:
    """The best path, from the anchor to the certificate, and why it does not hold if it does not."""

    state: PathState
    certificates: tuple[Certificate, ...] = ()
    reason: str = ""


async def find_path(
    leaf: Certificate,
    candidates: tuple[Certificate, ...],
    trust: Trust,
    moment: datetime,
    *,
    weak_allowed: bool = False,
) -> PathFound:
    """The first valid path from an anchor to `leaf` as of `moment`, else the first one that does not hold, else none.

    `candidates` and the configured intermediates may stand in it, never as anchors. Only a certificate whose key made
    the signature counts as issuer. The anchor's own validity counts too, as with `openssl verify`. `weak_allowed`: the
    leaf was already judged weak, so that SHA-1 does not fail its path again. Revocation is not looked at. Reasons:
    expired, not_yet_valid, anchor_expired, anchor_not_yet_valid, weak, not_a_ca, ca_key_usage, path_length,
    name_constraints, critical_extension, policy, malformed, invalid.
    """
    if leaf in trust.anchors:
        return PathFound(PathState.VALID, (leaf,))
    failed = PathFound(PathState.NOT_FOUND)
    pool = tuple({one.der: one for one in (*trust.intermediates, *candidates)}.values())
    for tried, path in enumerate(_Search(trust.anchors, pool).paths((leaf,))):
        if tried == MOST_PATHS:
            break
        reason = _anchor_problem(path[0], moment) or await _problem(path, moment, weak_allowed)
        if not reason:
            return PathFound(PathState.VALID, path)
        if failed.state is PathState.NOT_FOUND:
            failed = PathFound(PathState.INVALID, path, reason)
    return failed


class _Search:
    """Walks from the leaf up to the anchors, depth first, with a bound on the signatures that it tries."""

    def __init__(self, anchors: tuple[Certificate, ...], pool: tuple[Certificate, ...]) -> None:
        self._anchors = anchors
        self._pool = pool
        self._names = {one.der: folded(one.subject) for one in (*anchors, *pool)}
        self._tries = 0

    def paths(self, path: tuple[Certificate, ...]) -> Iterator[tuple[Certificate, ...]]:
        """Every path that ends with this one and begins with an anchor."""
        issuer_name = folded(path[0].issuer)
        for anchor in self._anchors:
            if self._issued(anchor, issuer_name, path[0]):
                yield (anchor, *path)
        if len(path) == MOST_DEPTH:
            return
        for one in self._pool:
            if one not in path and one not in self._anchors and self._issued(one, issuer_name, path[0]):
                yield from self.paths((one, *path))

    def _issued(self, issuer: Certificate, issuer_name: object, certificate: Certificate) -> bool:
        if self._names[issuer.der] != issuer_name or self._tries >= MOST_TRIES:
            return False
        self._tries += 1
        return _signed_by(issuer, certificate)


def _signed_by(issuer: Certificate, certificate: Certificate) -> bool:
    from asn1crypto import x509
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from pyhanko_certvalidator.sig_validate import DEFAULT_SIGNATURE_VALIDATOR

    try:
        signed = x509.Certificate.load(certificate.der)
        DEFAULT_SIGNATURE_VALIDATOR.validate_signature(
            signature=signed["signature_value"].native,
            signed_data=signed["tbs_certificate"].dump(),
            public_key_info=x509.Certificate.load(issuer.der).public_key,
            signature_algorithm=signed["signature_algorithm"],
        )
    except (InvalidSignature, UnsupportedAlgorithm):
        return False
    except Exception:  # asn1crypto parses late and raises what it likes on hostile input; then nothing is proved
        return False
    return True


async def _problem(path: tuple[Certificate, ...], moment: datetime, weak_allowed: bool) -> str:
    """Why a path does not hold; empty when it does."""
    from asn1crypto import x509
    from pyhanko_certvalidator import ValidationContext
    from pyhanko_certvalidator.authority import CertTrustAnchor
    from pyhanko_certvalidator.path import ValidationPath
    from pyhanko_certvalidator.policy_decl import AcceptAllAlgorithms
    from pyhanko_certvalidator.validate import async_validate_path

    try:
        anchor, *between, leaf = (x509.Certificate.load(one.der) for one in path)
        # Explicit roots: without them the library asks oscrypto for the system's, which cannot load with this OpenSSL.
        context = ValidationContext(
            trust_roots=[anchor],
            other_certs=between,
            moment=moment,
            allow_fetching=False,
            revocation_mode="none",
            algorithm_usage_policy=AcceptAllAlgorithms()
            if weak_allowed
            else None,  # None: no SHA-1, no RSA below 2048,
        )
        await async_validate_path(context, ValidationPath(CertTrustAnchor(anchor), between, leaf))
    except Exception as error:  # as above: whatever it is, the path does not hold
        return _reason(error)
    return ""


# Where the library has no class of its own for a failure, its words tell (tests pin them to the locked version).
_WORDS = {
    "is not a CA": "not_a_ca",
    "not allowed to sign": "ca_key_usage",
    "path length": "path_length",
    "permitted namespace": "name_constraints",
    "excluded from": "name_constraints",
    "critical extension": "critical_extension",
    "polic": "policy",
}


def _reason(error: Exception) -> str:
    from pyhanko_certvalidator import errors

    if isinstance(error, errors.ExpiredError):
        return "expired"
    if isinstance(error, errors.NotYetValidError):
        return "not_yet_valid"
    if isinstance(error, errors.DisallowedAlgorithmError):
        return "weak"
    if not isinstance(error, errors.ValidationError):
        return "malformed"
    return next((reason for words, reason in _WORDS.items() if words in str(error)), "invalid")


def _anchor_problem(anchor: Certificate, moment: datetime) -> str:
    if moment > anchor.not_after:
        return "anchor_expired"
    return "anchor_not_yet_valid" if moment < anchor.not_before else ""
