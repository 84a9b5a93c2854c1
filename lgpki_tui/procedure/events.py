"""What can happen to an enrolment. Events are the record; they are only ever appended.

An act that cannot be taken back is two events: what is about to happen, with the ids needed to recognise the
result, and what was seen to have happened. All digests are lower-case hex SHA-256; DER is carried in base64.
"""

from __future__ import annotations

from datetime import datetime

from lgpki_tui.ground.frozen import dataclass
from lgpki_tui.procedure.identity import Login, Machine, Token
from lgpki_tui.subject.algorithm import Scheme
from lgpki_tui.subject.answered import RegistryAnswer
from lgpki_tui.subject.extensions import Extensions


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened at a moment (UTC)."""

    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun(Event):
    """The first event: what the certificate shall say, and the PC and login it is bound to from now on.

    `mail_address` is empty where the kind has none; `extensions`: what the request asks for; `scheme`: how an RSA key
    signs it; `registries`: who said that the names are registered. Records of before these were there mean their
    defaults.
    """

    enrolment: str
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
    mail_address: str = ""
    extensions: Extensions = Extensions()
    scheme: Scheme = Scheme.PKCS1_V15
    registries: tuple[RegistryAnswer, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyIntended(Event):
    """A key pair is about to be made on this card under this CKA_ID (hex)."""

    cka_id: str
    token: Token


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyAbsent(Event):
    """The card was looked at: of the intended key pair nothing usable is on it."""

    cka_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyMade(Event):
    """The key pair is on the card. `public_key` is the DER SubjectPublicKeyInfo (RFC 5280, 4.1.2.7)."""

    cka_id: str
    public_key: str
    public_key_sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyMoved(Event):
    """The key was seen under another CKA_ID than the one it was made under: other programs and drivers change it."""

    cka_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestSigned(Event):
    """The CSR (RFC 2986) and the binding receipt are signed and about to be written to the folder."""

    csr: str
    csr_sha256: str
    receipt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestWritten(Event):
    """All files of the request are in the folder, on the disk, read back and equal."""

    csr_path: str
    csr_der_path: str
    receipt_path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderChosen(Event):
    """The person named another folder for the files of the request: the first one is gone."""

    output_folder: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed(Event):
    """The person has handed CSR and form to the 登録分局."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected(Event):
    """The application came back (差戻し): what the certificate shall say instead, of the same key. The next request
    gets the new file stem, so that the files of the first one stay what they are."""

    municipality_code: str
    organization: str
    name: str
    purpose: str
    subject: tuple[tuple[str, str], ...]
    file_stem: str
    reason: str
    mail_address: str = ""
    extensions: Extensions = Extensions()
    scheme: Scheme = Scheme.PKCS1_V15
    registries: tuple[RegistryAnswer, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreIntended(Event):
    """This certificate is about to be stored beside its key. `certificate` is its DER."""

    certificate: str
    certificate_sha256: str
    not_after: datetime
    token: Token


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreUndone(Event):
    """The card was looked at: the intended certificate is not on it."""

    certificate_sha256: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored(Event):
    """The certificate is on the card, read back byte-equal, and its key has signed through it."""

    certificate_sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Abandoned(Event):
    """The person gave this enrolment up."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyDestroyed(Event):
    """The card was formatted with the person's word, and this enrolment's key with it."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FormatIntended(Event):
    """This card is about to be wiped. `destroys`: (enrolment, reason) for each key of ours that dies with it;
    `keys_seen`: (enrolment, public key digest) for those of them that were seen on it just before. Only of these can
    anybody say later, by looking, that they are gone."""

    token: Token
    label: str
    destroys: tuple[tuple[str, str], ...]
    keys_seen: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FormatDone(Event):
    """The card has its new label, SO PIN and PIN, and is called this now."""

    token: Token


@dataclass(frozen=True, slots=True, kw_only=True)
class FormatUndone(Event):
    """The card was looked at: nothing was wiped."""

    reason: str


EnrolmentEvent = (
    Begun
    | KeyIntended
    | KeyAbsent
    | KeyMade
    | KeyMoved
    | RequestSigned
    | RequestWritten
    | FolderChosen
    | Filed
    | Corrected
    | StoreIntended
    | StoreUndone
    | Stored
    | Abandoned
    | KeyDestroyed
)
CardEvent = FormatIntended | FormatDone | FormatUndone
