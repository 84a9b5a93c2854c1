"""What an application sheet says, as values: no layout, no words."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from pathlib import PurePath

from lgpki_tui.ground.clock import tokyo
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.ground.frozen import dataclass
from lgpki_tui.ground.inert import inert
from lgpki_tui.procedure.enrolment import Enrolment
from lgpki_tui.procedure.identity import Token
from lgpki_tui.subject.profile import Profile
from lgpki_tui.subject.text import character_class

# Four hex characters are read at a glance, eight groups fit on a line of a screen and of a sheet.
_GROUP, _LINE = 4, 8


class Action(StrEnum):
    """What is applied for. The value names the template (config/forms) and the words of the title."""

    ISSUE = "issue"


class Pattern(StrEnum):
    """Where key pair and CSR are made (図-1 and 表-1 of the seed): on the user's PC, or at the branch's terminal."""

    OWN_PC = "own_pc"
    BRANCH_TERMINAL = "branch_terminal"


@dataclass(frozen=True, slots=True)
class About:
    """What a sheet says that does not stand in the CSR.

    `csr_sha256` (lower-case hex, of the DER) is the recorded one, by which the CSR is recognised; `csr_files` are names
    without folder, of the same content; `name_assumed`: the profile only assumes how the name is made up.
    """

    action: Action
    number: str
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


@dataclass(frozen=True, slots=True)
class NamePart:
    """One attribute of the subject as it stands in the CSR: short name (or dotted OID) and exact text."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class PublicKey:
    """The key in the CSR: its algorithm for people (`RSA`, `EC P-256`) and its size in bits."""

    algorithm: str
    bits: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything an application sheet says. Digests are lower-case hex SHA-256 of DER (docs/contract.md, JSON)."""

    about: About
    subject: tuple[NamePart, ...]
    key: PublicKey
    csr_sha256: str
    public_key_sha256: str


@dataclass(frozen=True, slots=True)
class Mark:
    """One character that is named by its code point: its place in the text, counted from 1."""

    place: int
    char: str

    @property
    def point(self) -> str:
        """The code point, e.g. ``U+9AD9``."""
        return f"U+{ord(self.char):04X}"


def about_enrolment(enrolment: Enrolment, profile: Profile, moment: datetime, *, practice: bool) -> About:
    """What an enrolment adds to its CSR on the sheet for 発行; the day is that of `moment` in Asia/Tokyo.

    Raises Refusal: enrolment_state (`enrolment`, `state`) while its CSR is not in the folder.
    """
    request, card = enrolment.request, enrolment.token
    if request is None or not request.csr_path or card is None:
        raise Refusal(Code.ENROLMENT_STATE, enrolment=enrolment.number, state=enrolment.state.value)
    return About(
        action=Action.ISSUE,
        number=enrolment.number,
        kind_title=profile.title,
        day=tokyo(moment).date(),
        municipality_code=enrolment.municipality_code,
        purpose=enrolment.purpose,
        pattern=Pattern(enrolment.pattern),
        host_name=enrolment.machine.host_name,
        login_name=enrolment.login.name,
        card=card,
        csr_files=tuple(PurePath(path).name for path in (request.csr_path, request.csr_der_path) if path),
        csr_sha256=request.csr_sha256,
        name_assumed=any(key.startswith("subject") for key in profile.assumed),
        practice=practice,
    )


def digest_lines(digest: str) -> tuple[str, ...]:
    """A digest in groups of four characters, eight to a line, to be compared by eye: two lines for SHA-256."""
    groups = [digest[at : at + _GROUP] for at in range(0, len(digest), _GROUP)]
    return tuple(" ".join(groups[at : at + _LINE]) for at in range(0, len(groups), _LINE))


def marks(text: str, lacking: frozenset[str] = frozenset()) -> tuple[Mark, ...]:
    """The characters of a text that do not stand in JIS X 0208 and ASCII, and those of `lacking`, in order."""
    return tuple(
        Mark(place, char) for place, char in enumerate(text, 1) if char in lacking or character_class(char) is not None
    )


def shown_marks(found: tuple[Mark, ...]) -> tuple[str, ...]:
    """Marks for people, a line for each character: ``髙 = U+9AD9 (1, 7)``, with its places in brackets."""
    places: dict[str, list[str]] = {}
    for mark in found:
        places.setdefault(f"{inert(mark.char)} = {mark.point}", []).append(str(mark.place))
    return tuple(f"{char} ({', '.join(at)})" for char, at in places.items())
