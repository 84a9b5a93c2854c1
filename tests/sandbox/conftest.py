"""Workplaces at three places of the road."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.practice import Practice, new_practice
from tests.sandbox.places import here
from tests.sandbox.virtual import Virtual, new_virtual


@pytest.fixture
def fresh(tmp_path: Path) -> Practice:
    """What `rehearse init` leaves."""
    return new_practice(tmp_path / "fresh")


@pytest.fixture(scope="module")
def waiting(tmp_path_factory: pytest.TempPathFactory) -> tuple[Practice, dict[str, Any]]:
    """A workplace whose request waits for its certificate. Not to be changed: copy it."""
    practice = new_practice(tmp_path_factory.mktemp("waiting") / "workplace")
    practice.use_fast_keys()
    practice.format()
    return practice, practice.request()


@pytest.fixture(scope="module")
def held(
    waiting: tuple[Practice, dict[str, Any]], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Practice, dict[str, Any]]:
    """One whose certificate is stored. Not to be changed: copy it."""
    practice = waiting[0].copy(tmp_path_factory.mktemp("held") / "workplace")
    request = here(practice, waiting[1])
    return practice, practice.store(request, practice.issue(request)).json


@pytest.fixture(scope="session")
def _virtual_formatted(tmp_path_factory: pytest.TempPathFactory) -> Virtual:
    practice = new_virtual(tmp_path_factory.mktemp("virtual") / "workplace")
    practice.use_fast_keys()
    practice.format()
    return practice


@pytest.fixture(scope="session")
def _virtual_waiting(_virtual_formatted: Virtual) -> Virtual:
    practice = _virtual_formatted.copy(_virtual_formatted.folder.with_name("waiting"))
    practice.request()
    return practice


@pytest.fixture
def virtual_formatted(_virtual_formatted: Virtual, tmp_path: Path) -> Virtual:
    """One with a formatted card in a reader."""
    return _virtual_formatted.copy(tmp_path / "virtual")


@pytest.fixture
def virtual_waiting(_virtual_waiting: Virtual, tmp_path: Path) -> Virtual:
    """One with a card in a reader that waits for its certificate."""
    return _virtual_waiting.copy(tmp_path / "virtual")
