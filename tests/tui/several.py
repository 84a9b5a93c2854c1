"""A record with an enrolment in every state that a person can meet, made by the program itself on pretended days."""

from __future__ import annotations

from dataclasses import dataclass

from lgpki_tui.conductor.filing import file
from lgpki_tui.workplace import Workplace
from tests.crash.scenes import SCENES, cut, marks_of
from tests.practice import Practice
from tests.road.outside import pretend

TODAY = "2026-11-24T03:00:00Z"


@dataclass(frozen=True, slots=True)
class Several:
    """The workplace, and the number of each enrolment."""

    practice: Practice
    expired: str
    renewal: str
    stored: str
    abandoned: str
    filed: str
    to_file: str
    opened: str


def make_several(practice: Practice) -> Several:
    """In a workplace with a formatted card. Certificates are valid for three years of their day."""
    expired, renewal, stored = (_stored(practice, day) for day in ("2023-10-02", "2024-01-10", "2026-06-01"))
    given_up = _requested(practice, "2026-07-01")
    practice.done("abandon", given_up, "--reason", "異動のため")
    filed = _requested(practice, "2026-11-13")
    _file(practice, filed)
    to_file = _requested(practice, "2026-11-20")
    pretend(practice, now=TODAY)
    return Several(practice, expired, renewal, stored, given_up, filed, to_file, stop_with_key(practice))


def _requested(practice: Practice, day: str) -> str:
    pretend(practice, now=f"{day}T03:00:00Z")
    return str(practice.request()["enrolment"])


def _stored(practice: Practice, day: str) -> str:
    pretend(practice, now=f"{day}T03:00:00Z")
    request = practice.request()
    answer = practice.store(request, practice.issue(request, name=f"{day}.pem"))
    assert answer.status == 0, answer
    return str(request["enrolment"])


def _file(practice: Practice, number: str) -> None:
    place = Workplace(practice.folder)
    try:
        place.ledger.load()
        file(place, number)
    finally:
        place.close_files()


def stop_with_key(practice: Practice) -> str:
    """A request that was killed when the key was on the card and recorded, and nothing was signed yet."""
    (scene,) = (scene for scene in SCENES if scene.name == "request")
    before = {each["enrolment"] for each in practice.enrolments()}
    marks = marks_of(scene, practice, practice.folder.parent)
    cut(scene, practice, marks.index("key.sign before"))
    (number,) = {each["enrolment"] for each in practice.enrolments()} - before
    return str(number)
