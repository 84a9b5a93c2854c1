"""What a person wants the certificate to say, and what the registries know of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from lgpki_tui.ground.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Draft:
    """What was entered. `municipality_code` is the six-digit 団体コード, None when it was left open; `mail_address` is
    empty where the kind has none."""

    certificate_kind: str
    organization: str
    name: str
    municipality_code: str | None = None
    mail_address: str = ""

    def text(self, field: str) -> str:
        """What was entered under the name of a field (profile.FieldName)."""
        return {"organization": self.organization, "name": self.name, "mail_address": self.mail_address}[field]


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of a registry, exactly as it stands there. `name` is None in the registry of organisations."""

    municipality_code: str
    organization: str
    organization_reading: str = ""
    name: str | None = None
    name_reading: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """What the registries answered for one draft.

    `organizations`: the rows whose 組織 is exactly the one entered (and whose code is the one entered, if any).
    `accounts`: the rows whose 名義, 組織 and code are exactly those entered; None when the kind needs no account.
    `nearest_*`: registered spellings near the entered one, best first, exact as registered.
    `nearest_codes`: of each of `nearest_organizations` the codes of the 団体 that have it, a few.
    `municipality`: the 団体名 that config/municipalities gives for the code (entered, or of the only row).
    `elsewhere_*`: rows with exactly the entered 組織 under other codes, and with the entered 名義 under another 組織
    or code, a few; only looked up when there is none where it should be.
    """

    organizations: tuple[Entry, ...]
    accounts: tuple[Entry, ...] | None
    nearest_organizations: tuple[str, ...]
    nearest_names: tuple[str, ...]
    municipality: str | None
    elsewhere_organizations: tuple[Entry, ...] = ()
    elsewhere_accounts: tuple[Entry, ...] = ()
    nearest_codes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
