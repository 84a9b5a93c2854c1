"""One enrolment as it stands: the fold of its events."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from lgpki_tui.ground.frozen import dataclass
from lgpki_tui.procedure.identity import Login, Machine, Token
from lgpki_tui.subject.algorithm import Scheme
from lgpki_tui.subject.answered import RegistryAnswer
from lgpki_tui.subject.extensions import Extensions


class State(StrEnum):
    """Where an enrolment stands (docs/contract.md, States)."""

    DRAFT = "draft"
    KEY_MADE = "key_made"
    AWAITING_CERTIFICATE = "awaiting_certificate"
    STORED = "stored"
    SUPERSEDED = "superseded"
    ABANDONED = "abandoned"
    REVOKED = "revoked"


class OpenAct(StrEnum):
    """An act that was begun and of which no end is recorded. Only the card or the folder knows how it ended."""

    KEY = "key"
    REQUEST = "request"
    STORE = "store"


@dataclass(frozen=True, slots=True)
class Request:
    """The signed request. `csr` is base64 DER; the paths are empty until all files are in the folder."""

    csr: str
    csr_sha256: str
    receipt: str
    csr_path: str = ""
    csr_der_path: str = ""
    receipt_path: str = ""


@dataclass(frozen=True, slots=True)
class Certificate:
    """The certificate that is stored, or about to be. `der` is base64 DER."""

    der: str
    sha256: str
    not_after: datetime


@dataclass(frozen=True, slots=True)
class Enrolment:
    """One certificate from the wish for it to its end.

    `token` is the card of the last act as it called itself then; `cka_id` (hex) the last one chosen. A key exists
    on the card exactly when `public_key_sha256` is set and `key_destroyed` is not. `filed`: when the person said that
    CSR and form were handed in. `corrections`: how often it was corrected; each gave `file_stem` a number at its end.
    `replaced`: lower-case hex SHA-256 of the CSR (DER) that the last correction put aside, empty before the first.
    `registries`: who said that the names of the present request are registered; empty in records of before.
    """

    number: str
    begun: datetime
    state: State
    certificate_kind: str
    pattern: str
    municipality_code: str
    organization: str
    name: str
    purpose: str
    subject: tuple[tuple[str, str], ...]
    algorithm: str
    output_folder: str
    file_stem: str
    machine: Machine
    login: Login
    open_act: OpenAct | None = None
    token: Token | None = None
    cka_id: str = ""
    public_key: str = ""
    public_key_sha256: str = ""
    request: Request | None = None
    filed: datetime | None = None
    certificate: Certificate | None = None
    reason: str = ""
    key_destroyed: bool = False
    mail_address: str = ""
    extensions: Extensions = Extensions()
    scheme: Scheme = Scheme.PKCS1_V15
    corrections: int = 0
    replaced: str = ""
    registries: tuple[RegistryAnswer, ...] = ()
