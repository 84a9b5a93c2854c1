"""kill -9 just before, inside and after every act; then the person goes on, and nothing is lost or there twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from lgpki_tui.ground.points import Phase, Point
from tests.crash.scenes import KILLED, MODULE_CUTS, SCENES, Scene, cut, cut_in_module, marks_of, stage, walk_on
from tests.practice import Practice

# Which acts on the world each command makes. A new act without a scene that cuts it fails here.
ACTS: dict[str, tuple[Point, ...]] = {
    "format": (Point.LEDGER_CREATE, Point.LEDGER_APPEND, Point.CARD_FORMAT),
    "erase": (Point.LEDGER_APPEND, Point.CARD_FORMAT),
    "request": (
        Point.FILE_PROBE,
        Point.CARD_LOGIN,
        Point.LEDGER_APPEND,
        Point.KEY_MAKE,
        Point.KEY_SIGN,
        Point.RECEIPT_LEAVE,
        Point.FILE_WRITE,
        Point.FILE_PUBLISH,
    ),
    "resume": (
        Point.CARD_LOGIN,
        Point.LEDGER_APPEND,
        Point.KEY_SIGN,
        Point.RECEIPT_LEAVE,
        Point.FILE_WRITE,
        Point.FILE_PUBLISH,
    ),
    "leftover": (
        Point.CARD_LOGIN,
        Point.KEY_DESTROY,
        Point.LEDGER_APPEND,
        Point.FILE_PROBE,
        Point.KEY_MAKE,
        Point.KEY_SIGN,
        Point.RECEIPT_LEAVE,
        Point.FILE_WRITE,
        Point.FILE_PUBLISH,
    ),
    "store": (Point.CARD_LOGIN, Point.KEY_SIGN, Point.LEDGER_APPEND, Point.CERTIFICATE_STORE),
    "set-pin": (Point.CARD_SET_PIN,),
    "unblock": (Point.CARD_UNBLOCK,),
    "import": (Point.REGISTRY_REPLACE,),
}
# What `request` cuts already is not cut again in the scenes that end like it; `make crash-table` cuts everything.
ALSO_IN_REQUEST = {"resume": ACTS["resume"][2:], "leftover": ACTS["leftover"][3:]}
CASES = [
    pytest.param(scene, point, id=f"{scene.name}-{point.value}", marks=pytest.mark.xdist_group(scene.name))
    for scene in SCENES
    for point in ACTS[scene.name]
    if point not in ALSO_IN_REQUEST.get(scene.name, ())
]

MODULE_CASES = [
    pytest.param(scene, function, id=f"{scene.name}-{function}", marks=pytest.mark.xdist_group(scene.name))
    for scene in SCENES
    for function in MODULE_CUTS.get(scene.name, ())
]


@pytest.fixture(scope="session")
def staged(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Practice, list[str]]]:
    """Scenes that this worker has already set up."""
    return {}


def _set_up(
    scene: Scene, staged: dict[str, tuple[Practice, list[str]]], factory: pytest.TempPathFactory
) -> tuple[Practice, list[str]]:
    if scene.name not in staged:
        folder = factory.mktemp(scene.name)
        before = stage(scene, folder)
        staged[scene.name] = (before, marks_of(scene, before, folder))
    return staged[scene.name]


def test_every_act_of_the_program_is_cut_somewhere() -> None:
    assert {point for points in ACTS.values() for point in points} == set(Point)
    assert {scene.name for scene in SCENES} == ACTS.keys()


@pytest.mark.slow
@pytest.mark.parametrize(("scene", "point"), CASES)
def test_a_cut_is_survived(
    scene: Scene,
    point: Point,
    staged: dict[str, tuple[Practice, list[str]]],
    tmp_path_factory: pytest.TempPathFactory,
    tmp_path: Path,
) -> None:
    before, marks = _set_up(scene, staged, tmp_path_factory)
    assert {mark.split()[0] for mark in marks} == {known.value for known in ACTS[scene.name]}
    for phase in Phase:
        places = [index for index, mark in enumerate(marks) if mark == f"{point.value} {phase.value}"]
        assert places, f"{point} is never {phase}"
        for index in sorted({places[0], places[-1]}):
            practice = before.copy(tmp_path / f"{phase.value}-{index}")
            answer, passed = cut(scene, practice, index)
            assert answer.status == KILLED, answer
            assert passed == marks[: index + 1]
            walk_on(scene, practice)


@pytest.mark.slow
@pytest.mark.parametrize(("scene", "function"), MODULE_CASES)
def test_a_cut_inside_the_module_is_survived(
    scene: Scene,
    function: str,
    staged: dict[str, tuple[Practice, list[str]]],
    tmp_path_factory: pytest.TempPathFactory,
    tmp_path: Path,
) -> None:
    before, _ = _set_up(scene, staged, tmp_path_factory)
    for when in ("before", "after"):
        practice = before.copy(tmp_path / when)
        answer = cut_in_module(scene, practice, function, when)
        assert answer.status == KILLED, answer
        walk_on(scene, practice)
