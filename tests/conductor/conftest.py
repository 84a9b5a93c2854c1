"""The workplace of a desk."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lgpki_tui.workplace import Workplace
from tests.practice import new_practice


@pytest.fixture(scope="module")
def _place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return new_practice(tmp_path_factory.mktemp("desk") / "box").folder


@pytest.fixture
def place(_place: Path) -> Iterator[Workplace]:
    """A workplace with the practice registries, of which the desk opens neither card nor record."""
    workplace = Workplace(_place)
    yield workplace
    assert not {"card", "ledger", "unfinished"} & set(vars(workplace))
