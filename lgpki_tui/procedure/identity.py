"""Who and where, as values: the PC, the login and the card that an enrolment is bound to (docs/contract.md)."""

from __future__ import annotations

from enum import StrEnum

from lgpki_tui.ground.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Machine:
    """One PC. `id_sha256` decides (lower-case hex; docs/contract.md says over what); the host name is a witness."""

    id_sha256: str
    host_name: str


class LoginSource(StrEnum):
    """Where the uid of a login was read."""

    LOGINUID = "loginuid"
    REAL_UID = "real_uid"
    PRETEND = "pretend"


@dataclass(frozen=True, slots=True)
class Login:
    """One login: the same when uid and name are the same. The source is a witness."""

    uid: int
    name: str
    source: LoginSource


@dataclass(frozen=True, slots=True)
class Token:
    """Witnesses of one card. The public key decides which card it is; drivers change these."""

    serial: str
    label: str
    model: str
