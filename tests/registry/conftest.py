"""An index in a folder of its own, and tables written as files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lgpki_tui.ground.points import Watch, unwatched
from lgpki_tui.registry.columns import read_headers
from lgpki_tui.registry.importer import Importer
from lgpki_tui.registry.municipalities import Municipalities
from lgpki_tui.registry.port import RegistryKind, Snapshot
from lgpki_tui.registry.snapshot import SqliteRegistry
from lgpki_tui.settings.profiles import load_profile, profile_folders
from lgpki_tui.subject.profile import Profile

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
ORGANIZATIONS, ACCOUNTS = RegistryKind.ORGANIZATIONS, RegistryKind.ACCOUNTS


def shipped_profile(kind: str) -> Profile:
    """The profile of a kind as it is shipped."""
    profile = load_profile(kind, profile_folders())
    assert profile is not None
    return profile


PROFILES = {ORGANIZATIONS: shipped_profile("shokuseki"), ACCOUNTS: shipped_profile("riyosha")}


@dataclass(frozen=True)
class Office:
    """One PC's registry: imports into it and asks it."""

    folder: Path

    @property
    def index(self) -> Path:
        return self.folder / "state" / "registry.sqlite3"

    @property
    def registry(self) -> SqliteRegistry:
        return SqliteRegistry(self.index, Municipalities())

    def importer(self, watch: Watch = unwatched) -> Importer:
        return Importer(self.index, read_headers(), PROFILES, Municipalities(), watch)

    def file(self, name: str, content: str | bytes) -> Path:
        file = self.folder / name
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return file

    def take(self, kind: RegistryKind, content: str | bytes, now: datetime = NOW) -> Snapshot:
        (snapshot,) = self.importer().replace({kind: self.file(f"{kind.value}.csv", content)}, now)
        return snapshot

    def organizations(self, rows: Sequence[tuple[str, str, str]]) -> None:
        lines = ["municipality_code,organization,organization_reading", *(",".join(row) for row in rows)]
        self.take(ORGANIZATIONS, "\n".join(lines) + "\n")

    def accounts(self, rows: Sequence[tuple[str, str, str, str]]) -> None:
        lines = ["団体コード,組織,名義,名義よみ", *(",".join(row) for row in rows)]
        self.take(ACCOUNTS, "\r\n".join(lines) + "\r\n")


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


@pytest.fixture
def kill_at(tmp_path: Path) -> Callable[[Office, Path, str], int]:
    """Import in a process that kills itself at a phase of registry.replace; tell how it ended."""
    import subprocess
    import sys

    script = (
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "from tests.registry.conftest import ACCOUNTS, NOW, Office\n"
        "folder, file, phase = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]\n"
        "def watch(point, at):\n"
        "    if at.value == phase: os.kill(os.getpid(), signal.SIGKILL)\n"
        "Office(folder).importer(watch).replace({ACCOUNTS: file}, NOW)\n"
    )
    root = Path(__file__).parent.parent.parent

    def run(office: Office, file: Path, phase: str) -> int:
        arguments = [sys.executable, "-c", script, str(office.folder), str(file), phase]
        return subprocess.run(arguments, cwd=root, check=False).returncode

    return run
