"""The import contracts of pyproject.toml hold, and each of them catches a breach of the law that it states."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.packaging.project import PROJECT, start

LAYERS = "Rooms import downward only"
CARD = "Only card touches"
SCREEN = "Only faces/tui draws"
REACH = "reach neither screen nor card"
PURE = "are pure"
REHEARSAL = "Rehearsal is known"
HEAVY = "Heavy packages stay"

Breach = Callable[[str, str], list[str]]


@pytest.fixture
def breach(tmp_path: Path) -> Breach:
    """Adds a line to a file of a copy of the program; answers the names of the contracts that break."""
    shutil.copytree(PROJECT / "lgpki_tui", tmp_path / "lgpki_tui", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(PROJECT / "pyproject.toml", tmp_path)

    def broken(file: str = "", line: str = "") -> list[str]:
        if file:
            path = tmp_path / "lgpki_tui" / file
            path.parent.mkdir(exist_ok=True)
            path.touch()
            path.write_text(f"{path.read_text()}\n{line}\n")
        lint = Path(sys.executable).with_name("lint-imports")
        answer = start([lint, "--no-cache"], tmp_path, {"COLUMNS": "200", "PYTHONPATH": str(tmp_path)})
        names = [line.removesuffix(" BROKEN") for line in answer.stdout.splitlines() if line.endswith(" BROKEN")]
        assert (answer.returncode == 0) == (not names), answer.stdout + answer.stderr
        return names

    return broken


def test_the_program_keeps_all_contracts(breach: Breach) -> None:
    assert breach("", "") == []


@pytest.mark.parametrize(
    ("file", "line", "law"),
    [
        ("ground/clock.py", "import lgpki_tui.subject.name", LAYERS),
        ("subject/text.py", "import lgpki_tui.procedure.number", LAYERS),
        ("settings/model.py", "import lgpki_tui.workplace", LAYERS),
        ("media/folder.py", "import lgpki_tui.ledger.ledger", LAYERS),
        ("pki/names.py", "import lgpki_tui.pages.words", LAYERS),
        ("environment/report.py", "import lgpki_tui.conductor.ports", LAYERS),
        ("attic/__init__.py", "", LAYERS),
        ("settings/model.py", "import pkcs11", CARD),
        ("faces/cli/run.py", "from smartcard import System", CARD),
        ("faces/cli/run.py", "import textual.app", SCREEN),
        ("ground/inert.py", "import pkcs11", REACH),
        ("pages/words.py", "import textual", REACH),
        ("procedure/transition.py", "import os", PURE),
        ("procedure/number.py", "from time import time", PURE),
        ("subject/text.py", "import sqlite3", PURE),
        ("subject/lookalike.py", "import rapidfuzz", PURE),
        ("subject/profile.py", "import lgpki_tui.ground.tables", PURE),
        ("workplace.py", "import lgpki_tui.rehearsal.ca", REHEARSAL),
        ("faces/answers.py", "import lgpki_tui.rehearsal.ca", REHEARSAL),
        ("conductor/wish.py", "from cryptography import x509", HEAVY),
    ],
)
def test_a_breach_is_caught(breach: Breach, file: str, line: str, law: str) -> None:
    assert any(law in name for name in breach(file, line))
