"""What the program is told from outside, as values that know where they stand."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Generic, TypeVar

from lgpki_tui.ground.frozen import dataclass

T = TypeVar("T")

# The acts that a deadline can be set for: the port's methods (card/port.py), and `start` of the process behind it.
ACTS = (
    "start",
    "look",
    "format",
    "set_pin",
    "unblock",
    "open",
    "open_at_pad",
    "make_key",
    "find",
    "sign",
    "store_certificate",
    "leave_receipt",
    "receipts",
    "destroy_leftover",
)


@dataclass(frozen=True, slots=True)
class Valued(Generic[T]):
    """A value, the file it stands in (or the flag, e.g. `--module`), and its dotted key.

    `source` is what a shipped file says of where its value comes from; None when a site or a person set it.
    """

    value: T
    file: str
    key: str
    source: str | None = None


@dataclass(frozen=True, slots=True)
class CardSettings:
    """`[card]`: which module, and what its process gets. Paths are absolute; deadlines are seconds per act (ACTS)."""

    module: Valued[Path] | None
    module_candidates: Valued[tuple[Path, ...]]
    soft_module_candidates: Valued[tuple[Path, ...]]
    environment: Mapping[str, Valued[str]]
    deadlines: Mapping[str, Valued[int]]

    def chosen_module(self) -> Valued[Path] | None:
        """The module to load: the one that is set, else the first candidate that exists, else None.

        Asks the disk at each call. Source: docs/contract.md, Real mode and sandbox.
        """
        if self.module is not None:
            return self.module
        listed = self.module_candidates
        found = (path for path in listed.value if path.is_file())
        return next((Valued(path, listed.file, listed.key, listed.source) for path in found), None)

    def soft_module(self) -> Path | None:
        """The module of a soft practice card on this PC."""
        return next((path for path in self.soft_module_candidates.value if path.is_file()), None)

    def reader_module(self) -> Path | None:
        """The module of a practice card in a reader: a candidate that is none for the soft card."""
        soft = self.soft_module_candidates.value
        return next((path for path in self.module_candidates.value if path not in soft and path.is_file()), None)


@dataclass(frozen=True, slots=True)
class TrustSettings:
    """`[trust]`: files or folders of certificates and revocation lists, absolute, PEM or DER."""

    anchors: Valued[tuple[Path, ...]]
    intermediates: Valued[tuple[Path, ...]]
    crls: Valued[tuple[Path, ...]]


@dataclass(frozen=True, slots=True)
class RegistrySettings:
    """`[registry]`: after how many days a snapshot is pointed out as old."""

    oldest_days: Valued[int]


@dataclass(frozen=True, slots=True)
class DirectoryRows:
    """`[directory.organizations]` and `[directory.accounts]`: where the rows of one registry lie in the directory.

    `filter`: RFC 4515. The others are attribute descriptions (RFC 4512, 2.5); None where a row has none.
    """

    base: Valued[str]
    filter: Valued[str]
    municipality_code: Valued[str] | None = None
    organization: Valued[str] | None = None
    organization_reading: Valued[str] | None = None
    name: Valued[str] | None = None
    name_reading: Valued[str] | None = None


@dataclass(frozen=True, slots=True)
class DirectorySettings:
    """`[directory]`: the live directory that is asked before the snapshots. Paths are absolute, times in seconds.

    `tls`: "ldaps" | "starttls" | "none" (this PC only). `municipality`: the 団体コード of every row, where it is the
    directory of one 団体. `rest_seconds`: how long it is left alone after it has failed. A registry that is None is not
    asked there.
    """

    uri: Valued[str]
    tls: Valued[str]
    ca: Valued[Path] | None
    bind_dn: Valued[str] | None
    password_file: Valued[Path] | None
    municipality: Valued[str] | None
    connect_seconds: Valued[int]
    answer_seconds: Valued[int]
    rest_seconds: Valued[int]
    page_rows: Valued[int]
    most_rows: Valued[int]
    organizations: DirectoryRows | None
    accounts: DirectoryRows | None


@dataclass(frozen=True, slots=True)
class PaperSettings:
    """`[paper]`: font files for the sheet, absolute, in order of preference; those that are absent are passed over."""

    fonts: Valued[tuple[Path, ...]]


@dataclass(frozen=True, slots=True)
class MediaSettings:
    """`[media]`: folders, absolute, at or below which whatever is mounted counts as a medium, removable or not."""

    roots: Valued[tuple[Path, ...]]


@dataclass(frozen=True, slots=True)
class Pretend:
    """`[pretend]` of a sandbox: what stands in for this PC, this login and this moment; None is the real one."""

    machine_id: Valued[str] | None = None
    host_name: Valued[str] | None = None
    login_name: Valued[str] | None = None
    login_uid: Valued[int] | None = None
    now: Valued[datetime] | None = None


@dataclass(frozen=True, slots=True)
class Sandbox:
    """The practice that these settings are of: its folder, its kind of card ("soft" | "virtual"), what it pretends."""

    folder: Path
    card: Valued[str] | None
    pretend: Pretend


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything configured. `sandbox` is None in real mode, `directory` where none is named."""

    card: CardSettings
    trust: TrustSettings
    registry: RegistrySettings
    paper: PaperSettings
    media: MediaSettings
    sandbox: Sandbox | None
    directory: DirectorySettings | None = None
