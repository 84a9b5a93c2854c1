"""Workplaces for the wizard: one is made in each test process, and copied for each test."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.practice import Practice, new_practice
from tests.sandbox.virtual import Virtual, new_virtual
from tests.tui.ending import PROGRAM
from tests.tui.held import hold_the_name
from tests.tui.several import stop_with_key
from tests.tui.walking import LABEL, PIN, SO_PIN

# Before any test of this process asks for a PC/SC service.
hold_the_name()


@pytest.fixture(scope="session")
def _blank(tmp_path_factory: pytest.TempPathFactory) -> Practice:
    practice = new_practice(tmp_path_factory.mktemp("tui") / "blank")
    (practice.folder / "secrets" / "pin").write_text(f"{PIN}\n")
    (practice.folder / "secrets" / "so-pin").write_text(f"{SO_PIN}\n")
    return practice


@pytest.fixture(scope="session")
def _formatted(_blank: Practice) -> Practice:
    practice = _blank.copy(_blank.folder.with_name("formatted"))
    practice.done("card", "format", "--label", LABEL, *practice.so_pin, *practice.pin)
    practice.use_fast_keys()
    return practice


@pytest.fixture(scope="session")
def _waiting(_formatted: Practice) -> Practice:
    practice = _formatted.copy(_formatted.folder.with_name("waiting"))
    practice.request()
    return practice


@pytest.fixture(scope="session")
def _stored(_waiting: Practice) -> Practice:
    practice = _waiting.copy(_waiting.folder.with_name("stored"))
    practice.done("resume", practice.enrolments()[0]["enrolment"], *practice.pin)
    request = practice.enrolments()[0]
    practice.store(request, practice.issue(request))
    return practice


@pytest.fixture
def blank(_blank: Practice, tmp_path: Path) -> Practice:
    """A workplace whose card is blank; its secrets are the PINs that walking.py types."""
    return _blank.copy(tmp_path / "practice")


@pytest.fixture
def formatted(_formatted: Practice, tmp_path: Path) -> Practice:
    """One whose card is formatted."""
    return _formatted.copy(tmp_path / "practice")


@pytest.fixture
def waiting(_waiting: Practice, tmp_path: Path) -> Practice:
    """One with an enrolment that waits for its certificate."""
    return _waiting.copy(tmp_path / "practice")


@pytest.fixture
def stored(_stored: Practice, tmp_path: Path) -> Practice:
    """One whose certificate is on the card."""
    return _stored.copy(tmp_path / "practice")


@pytest.fixture
def several_open(_formatted: Practice, tmp_path: Path) -> Practice:
    """One with a request that was killed when its key was on the card."""
    practice = _formatted.copy(tmp_path / "practice")
    stop_with_key(practice)
    return practice


@pytest.fixture(scope="session")
def _blank_in_reader(tmp_path_factory: pytest.TempPathFactory) -> Virtual:
    practice = new_virtual(tmp_path_factory.mktemp("held") / "blank")
    (practice.folder / "secrets" / "pin").write_text(f"{PIN}\n")
    (practice.folder / "secrets" / "so-pin").write_text(f"{SO_PIN}\n")
    return practice


@pytest.fixture(scope="session")
def _formatted_in_reader(_blank_in_reader: Virtual) -> Virtual:
    practice = _blank_in_reader.copy(_blank_in_reader.folder.with_name("formatted"))
    practice.done("card", "format", "--label", LABEL, *practice.so_pin, *practice.pin)
    practice.use_fast_keys()
    return practice


@pytest.fixture(scope="session")
def _waiting_in_reader(_formatted_in_reader: Virtual) -> Virtual:
    practice = _formatted_in_reader.copy(_formatted_in_reader.folder.with_name("waiting"))
    practice.request()
    return practice


@pytest.fixture
def blank_in_reader(_blank_in_reader: Virtual, tmp_path: Path) -> Virtual:
    """A workplace whose card is in a reader, and blank."""
    return _blank_in_reader.copy(tmp_path / "held")


@pytest.fixture
def formatted_in_reader(_formatted_in_reader: Virtual, tmp_path: Path) -> Virtual:
    """One whose card is formatted."""
    return _formatted_in_reader.copy(tmp_path / "held")


@pytest.fixture
def waiting_in_reader(_waiting_in_reader: Virtual, tmp_path: Path) -> Virtual:
    """One with an enrolment that waits for its certificate."""
    return _waiting_in_reader.copy(tmp_path / "held")


@pytest.fixture
def program(tmp_path: Path) -> Path:
    file = tmp_path / "program.py"
    file.write_text(PROGRAM)
    return file
