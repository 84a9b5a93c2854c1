"""Who has said that a name is registered: what the record keeps of a look-up."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from lgpki_tui.ground.frozen import dataclass


class Origin(StrEnum):
    """Where an answer comes from."""

    DIRECTORY = "directory"
    SNAPSHOT = "snapshot"


@dataclass(frozen=True, slots=True)
class RegistryAnswer:
    """Who answered about one registry ("organizations" | "accounts").

    `source`: the URI of the directory, or the imported file as its path was recorded. Of a snapshot also `sha256` of
    that file, and `imported_at` (UTC).
    """

    registry: str
    origin: Origin
    source: str
    sha256: str = ""
    imported_at: datetime | None = None

    def age_days(self, now: datetime) -> int:
        """Whole days since the import; 0 for a directory, which answers for today."""
        return 0 if self.imported_at is None else (now - self.imported_at).days
