"""What an application sheet says, as values: no layout, no words."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from pathlib import PurePath

from lgpki_tui.ground.clock import tokyo
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.ground.frozen import dataclass
from lgpki_tui.procedure.enrolment import Enrolment
from lgpki_tui.procedure.identity import Token
from lgpki_tui.subject.extensions import Telling
from lgpki_tui.subject.profile import Profile

# Four hex characters are read at a glance and said in one breath; eight groups fit on a line of a screen and of a
# sheet, so that a place is told as "second line, third group".
_GROUP, _LINE, _SHORT = 4, 8, 16


class Action(StrEnum):
    """What is applied for: 発行, 更新, 失効. The value names the template (config/forms) and the words of the title."""

    ISSUE = "issue"
    RENEWAL = "renewal"
    REVOCATION = "revocation"


class Pattern(StrEnum):
    """Where key pair and CSR are made (図-1 and 表-1 of the seed): on the user's PC, or at the branch's terminal."""

    OWN_PC = "own_pc"
    BRANCH_TERMINAL = "branch_terminal"


@dataclass(frozen=True, slots=True)
class Correction:
    """A CSR that stands for an earlier one of the same key (差戻し): which one of its key it is, from 2, and the
    lower-case hex SHA-256 (of the DER) of the one before."""

    count: int
    replaced: str

    @property
    def replaced_groups(self) -> str:
        """As much of the digest as tells one CSR from another by eye: 16 digits, in groups."""
        return digest_lines(self.replaced[:_SHORT])[0]


@dataclass(frozen=True, slots=True)
class About:
    """What a sheet says that stands neither in the CSR nor in a certificate.

    `kind`: its id; `csr_sha256` (lower-case hex, of the DER) is the recorded one, by which the CSR is recognised;
    `csr_files` are names without folder, of the same content; both are empty for 失効. `name_assumed`: the profile only
    assumes how the name is made up. `correction`: None of a first CSR, and for 失効.
    """

    action: Action
    number: str
    kind: str
    kind_title: str
    day: date
    municipality_code: str
    purpose: str
    pattern: Pattern
    host_name: str
    login_name: str
    card: Token
    csr_files: tuple[str, ...]
    csr_sha256: str
    name_assumed: bool
    practice: bool
    correction: Correction | None = None


@dataclass(frozen=True, slots=True)
class NamePart:
    """One attribute of a name as it stands there: short name (or dotted OID) and exact text."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class AskedFor:
    """One text of an extension as it stands there; `text` for people, several usages joined by a comma."""

    what: Telling
    text: str


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A public key: its algorithm for people (`RSA`, `EC P-256`), its size in bits, and the SHA-256 of its DER."""

    algorithm: str
    bits: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Contents:
    """What a CSR asks to be certified, or what a certificate certifies."""

    subject: tuple[NamePart, ...]
    asked: tuple[AskedFor, ...]
    key: PublicKey


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate that is there already. `name` and `issuer` are one line each; moments are aware."""

    serial: int
    name: str
    issuer: str
    not_before: datetime
    not_after: datetime
    sha256: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything an application sheet says. Digests are lower-case hex SHA-256 of DER (docs/contract.md, JSON).

    `contents` are those of the CSR; for 失効, of the certificate. `compared` is the digest that the desk compares: of
    the same one. `issued` is the certificate that is renewed (None: not known here, filled in by hand) or revoked.
    """

    about: About
    contents: Contents
    compared: str
    issued: Issued | None = None


def about_enrolment(
    enrolment: Enrolment,
    profile: Profile,
    moment: datetime,
    *,
    practice: bool,
    action: Action = Action.ISSUE,
    certificate_there: bool = False,
) -> About:
    """What an enrolment adds to its CSR or certificate on the sheet; the day is that of `moment` in Asia/Tokyo.

    Raises Refusal: enrolment_state (`enrolment`, `state`) while what it is about is not there: for 発行 and 更新 the
    CSR in the folder, for 失効 a certificate (`certificate_there`: it came in a file).
    """
    request, card, revoking = enrolment.request, enrolment.token, action is Action.REVOCATION
    there = (
        certificate_there or has_certificate(enrolment) if revoking else request is not None and bool(request.csr_path)
    )
    if not there or card is None:
        raise Refusal(Code.ENROLMENT_STATE, enrolment=enrolment.number, state=enrolment.state.value)
    paths = (request.csr_path, request.csr_der_path) if request is not None and not revoking else ()
    return About(
        action=action,
        number=enrolment.number,
        kind=enrolment.certificate_kind,
        kind_title=profile.title,
        day=tokyo(moment).date(),
        municipality_code=enrolment.municipality_code,
        purpose=enrolment.purpose,
        pattern=Pattern(enrolment.pattern),
        host_name=enrolment.machine.host_name,
        login_name=enrolment.login.name,
        card=card,
        csr_files=tuple(PurePath(path).name for path in paths if path),
        csr_sha256=request.csr_sha256 if request is not None and not revoking else "",
        name_assumed=not revoking and any(key.startswith("subject") for key in profile.assumed),
        practice=practice,
        correction=_correction(enrolment) if not revoking else None,
    )


def _correction(enrolment: Enrolment) -> Correction | None:
    return Correction(enrolment.corrections + 1, enrolment.replaced) if enrolment.replaced else None


def has_certificate(enrolment: Enrolment) -> bool:
    """Whether its certificate came and was stored; the card may have been wiped since."""
    return enrolment.certificate is not None and enrolment.open_act is None


def digest_lines(digest: str) -> tuple[str, ...]:
    """A digest in groups of four characters, eight to a line, to be compared by eye: two lines for SHA-256."""
    parts = groups(digest)
    return tuple(" ".join(parts[at : at + _LINE]) for at in range(0, len(parts), _LINE))


def groups(digits: str) -> tuple[str, ...]:
    """Digits in groups of four, the last one of what is left."""
    return tuple(digits[at : at + _GROUP] for at in range(0, len(digits), _GROUP))
