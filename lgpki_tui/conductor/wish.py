"""What a person wants, before anything has been checked against a registry."""

from __future__ import annotations

from pathlib import Path

from lgpki_tui.ground.frozen import dataclass
from lgpki_tui.subject.algorithm import Algorithm
from lgpki_tui.subject.draft import Draft

PATTERNS = ("own_pc", "branch_terminal")


@dataclass(frozen=True, slots=True)
class Wish:
    """The answers of one person. `algorithm` None means the profile's default; the folder is absolute."""

    draft: Draft
    output_folder: Path
    purpose: str = ""
    pattern: str = PATTERNS[0]
    algorithm: Algorithm | None = None
