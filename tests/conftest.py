"""Fixtures that tests of several rooms use."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.practice import Practice, new_practice


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
