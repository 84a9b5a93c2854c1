"""Wheel and sdist: what is in them, and that the wheel alone, in a fresh environment, walks the whole road."""

from __future__ import annotations

import json
import re
import shutil
import sys
import tarfile
import zipfile
from importlib.metadata import distribution
from pathlib import Path

import pytest

from lgpki_tui import __version__
from tests.packaging.project import BARE, PROJECT, done

SHIPPED = ("screens", "config")
pytestmark = pytest.mark.slow


def _build(kind: str, source: Path, out: Path) -> Path:
    # What builds is installed from the lock already: nothing is fetched.
    done([sys.executable, "-m", "build", "--no-isolation", f"--{kind}", "--outdir", out, source], source)
    (built,) = out.iterdir()
    return built


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The checkout without what Git ignores, so that building leaves nothing in it."""
    copy = tmp_path_factory.mktemp("source") / "project"
    unwanted = shutil.ignore_patterns(".git", ".venv", "dist", "__pycache__", ".*_cache", ".hypothesis", ".sandbox")
    return Path(shutil.copytree(PROJECT, copy, ignore=unwanted))


@pytest.fixture(scope="module")
def sdist(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The source distribution."""
    return _build("sdist", source, tmp_path_factory.mktemp("sdist"))


@pytest.fixture(scope="module")
def wheel(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel built from the checkout."""
    return _build("wheel", source, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment with the wheel and what requirements.lock names, no more."""
    place = tmp_path_factory.mktemp("fresh") / "venv"
    done([sys.executable, "-m", "venv", place], place.parent)
    (packages,) = place.glob("lib/python*/site-packages")
    for name in re.findall(r"^([a-z0-9-]+)==", (PROJECT / "requirements.lock").read_text(), re.MULTILINE):
        _copy_package(name, packages)
    pip: list[str | Path] = [place / "bin" / "python", "-m", "pip", "--disable-pip-version-check"]
    done([*pip, "install", "--no-index", "--no-deps", wheel], place)
    done([*pip, "check"], place)
    return place / "bin"


def _copy_package(name: str, packages: Path) -> None:
    """Copy an installed package: the same files as from the registry, without asking it again."""
    for file in distribution(name).files or ():
        if ".." not in file.parts and file.suffix != ".pyc":
            target = packages / file
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(str(file.locate()), target)


def _shipped_files() -> set[str]:
    return {
        str(path.relative_to(PROJECT))
        for folder in SHIPPED
        for path in (PROJECT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_the_wheel_ships_screens_and_config(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {f"lgpki_tui/_shipped/{name}" for name in _shipped_files()} <= names
    assert "lgpki_tui/procedure/transition.py" in names


def test_the_wheel_ships_nothing_beside_the_program(wheel: Path) -> None:
    assert {name.partition("/")[0] for name in zipfile.ZipFile(wheel).namelist()} == {
        "lgpki_tui",
        f"lgpki_tui-{__version__}.dist-info",
    }


def test_the_sdist_holds_what_the_two_commands_need(sdist: Path) -> None:
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    commands = {"Makefile", ".ci/run", "scripts/prepare.sh", "requirements.lock", "requirements-dev.lock"}
    assert commands | _shipped_files() | {"tests/packaging/test_build.py"} <= names


def test_the_sdist_builds_the_same_wheel(sdist: Path, wheel: Path, tmp_path: Path) -> None:
    done(["tar", "-xzf", sdist, "-C", tmp_path], tmp_path)
    again = _build("wheel", tmp_path / sdist.name.removesuffix(".tar.gz"), tmp_path / "out")
    assert {(item.filename, item.CRC) for item in zipfile.ZipFile(again).infolist()} == {
        (item.filename, item.CRC) for item in zipfile.ZipFile(wheel).infolist()
    }


def test_the_installed_program_tells_its_version(installed: Path) -> None:
    assert done([installed / "lgpki-tui", "--version"], Path("/")) == f"lgpki-tui {__version__}\n"


def test_the_module_is_the_same_program(installed: Path) -> None:
    assert done([installed / "python", "-m", "lgpki_tui", "--version"], Path("/")) == f"lgpki-tui {__version__}\n"


def test_the_installed_program_walks_the_road(installed: Path, tmp_path: Path) -> None:
    practice = tmp_path / "practice"
    environ = {**BARE, "HOME": str(tmp_path), "TMPDIR": str(tmp_path)}
    answer = json.loads(done([installed / "lgpki-tui", "rehearse", "walk", practice, "--json"], Path("/"), environ))
    assert answer["ok"], answer
    assert answer["state"] == "stored"
    objects = done(
        ["pkcs11-tool", "--module", "/usr/lib/softhsm/libsofthsm2.so", "--list-objects"],
        practice,
        {**BARE, "SOFTHSM2_CONF": str(practice / "softhsm2.conf")},
    )
    assert objects.count("Certificate Object") == 1
    assert objects.count("Public Key Object") == 1
