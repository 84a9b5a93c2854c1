"""Fixtures that tests of several rooms use."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.practice import Practice, new_practice

# Journeys start the program again and again: minutes in all. `make test-fast` walks those that are marked quick.
_JOURNEYS = frozenset(Path(__file__).parent / name for name in ("road", "sandbox"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the journeys slow."""
    for item in items:
        if item.path.parent in _JOURNEYS and item.get_closest_marker("quick") is None:
            item.add_marker("slow")


@pytest.fixture(scope="session")
def _formatted(tmp_path_factory: pytest.TempPathFactory) -> Practice:
    practice = new_practice(tmp_path_factory.mktemp("practice") / "workplace")
    practice.use_fast_keys()
    practice.format()
    return practice


@pytest.fixture
def practice(_formatted: Practice, tmp_path: Path) -> Practice:
    """A practice workplace with a formatted card of its own; keys are EC, for speed."""
    return _formatted.copy(tmp_path / "workplace")
