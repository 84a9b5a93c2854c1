"""Workplaces on the road: one that waits for its certificates."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.crash.scenes import SCENES
from tests.practice import Answer, Practice
from tests.road.cage import Cage, build_cage


@dataclass(frozen=True, slots=True)
class Waiting:
    """A workplace with two enrolments that wait; `certificate` is issued for `number`, `other_certificate` for the
    other."""

    practice: Practice
    number: str
    other: str

    @property
    def certificate(self) -> Path:
        """The right certificate of `number`."""
        return self.practice.folder / "out" / "cert.pem"

    @property
    def other_certificate(self) -> Path:
        """The right certificate of `other`."""
        return self.practice.folder / "out" / "other.pem"

    @property
    def csr(self) -> Path:
        """The CSR of `number`."""
        return self.practice.folder / "out" / f"PRACTICE-{self.number}.csr.pem"

    @property
    def receipt(self) -> Path:
        """The binding receipt of `number`."""
        return self.practice.folder / "out" / f"PRACTICE-{self.number}.binding.json"

    def command(self, certificate: Path | None = None, number: str | None = None) -> tuple[str | Path, ...]:
        """The words of `store`."""
        return ("store", number or self.number, certificate or self.certificate, *self.practice.pin)

    def store(self, certificate: Path | None = None) -> Answer:
        """Store a certificate for `number`."""
        return self.practice.run(*self.command(certificate))

    def enrolment(self) -> dict[str, object]:
        """What status tells of `number`."""
        return next(each for each in self.practice.enrolments() if each["enrolment"] == self.number)


@pytest.fixture(scope="session")
def _waiting(_formatted: Practice, tmp_path_factory: pytest.TempPathFactory) -> Waiting:
    practice = _formatted.copy(tmp_path_factory.mktemp("waiting") / "workplace")
    numbers = []
    for name in ("cert.pem", "other.pem"):
        request = practice.request()
        practice.issue(request, name=name)
        numbers.append(str(request["enrolment"]))
    return Waiting(practice, *numbers)


@pytest.fixture
def waiting(_waiting: Waiting, tmp_path: Path) -> Waiting:
    """A workplace of one's own whose two enrolments wait for their certificates."""
    return Waiting(_waiting.practice.copy(tmp_path / "workplace"), _waiting.number, _waiting.other)


@pytest.fixture
def cage(tmp_path: Path) -> Cage:
    """A workplace with canaries for PINs and a blank card."""
    return build_cage(tmp_path)


@pytest.fixture(scope="module")
def _holding(_formatted: Practice, tmp_path_factory: pytest.TempPathFactory) -> Practice:
    practice = _formatted.copy(tmp_path_factory.mktemp("holding") / "workplace")
    next(scene for scene in SCENES if scene.name == "erase").prepare(practice)
    return practice


@pytest.fixture
def holding(_holding: Practice, tmp_path: Path) -> Practice:
    """A workplace of one's own whose one certificate is stored."""
    return _holding.copy(tmp_path / "workplace")
