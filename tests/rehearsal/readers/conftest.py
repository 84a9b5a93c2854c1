"""Desks: one with a blank card, one with a formatted one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lgpki_tui.rehearsal.readers import PracticeCard, Readers
from tests.rehearsal.readers.desk import Desk


@pytest.fixture
def blank(tmp_path: Path) -> Iterator[Desk]:
    """A card as it comes from the factory."""
    with Readers(tmp_path / "cards", [PracticeCard(options=("--log", "apdu.log"))]) as readers:
        yield Desk(readers, tmp_path)


@pytest.fixture
def desk(blank: Desk) -> Desk:
    """A formatted card."""
    blank.format()
    return blank
