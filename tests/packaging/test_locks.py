"""The locks name every dependency of pyproject.toml with hashes, and nothing about where it comes from."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.packaging.project import PROJECT

RUN, BUILD, DEV = "requirements.lock", "requirements-build.lock", "requirements-dev.lock"
EXTRA = "requirements-ldap.lock"
_PIN = re.compile(r"(?P<name>[a-z0-9-]+)==(?P<version>[^ ]+)( ; [^\\]+)?((?: \\\n    --hash=sha256:[0-9a-f]{64})+)\n")


def _read(lock: str) -> str:
    lines = (PROJECT / lock).read_text().splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith("#"))


def _pins(lock: str) -> dict[str, str]:
    return {match["name"]: match["version"] for match in _PIN.finditer(_read(lock))}


def _asked() -> dict[str, list[Requirement]]:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())
    run, groups = project["project"]["dependencies"], project["dependency-groups"]
    dev = [entry for entry in groups["dev"] if isinstance(entry, str)]
    build = groups["build"] + project["build-system"]["requires"]
    return {lock: [Requirement(word) for word in words] for lock, words in ((RUN, run), (BUILD, build), (DEV, dev))}


@pytest.mark.parametrize("lock", [RUN, BUILD, DEV, EXTRA])
def test_a_lock_holds_pins_with_hashes_and_nothing_else(lock: str) -> None:
    assert _PIN.sub("", _read(lock)) == ""


@pytest.mark.parametrize("lock", [RUN, BUILD, DEV, EXTRA])
def test_a_lock_names_no_place(lock: str) -> None:
    text = (PROJECT / lock).read_text()
    assert not re.search(r"://|^-|--(extra-)?index|--find-links|--trusted| @ ", text, re.MULTILINE)


@pytest.mark.parametrize("lock", [RUN, BUILD, DEV])
def test_a_lock_agrees_with_pyproject(lock: str) -> None:
    pins = _pins(lock)
    for asked in _asked()[lock]:
        assert asked.specifier.contains(pins[canonicalize_name(asked.name)]), asked


def test_the_development_lock_holds_the_others() -> None:
    dev = _pins(DEV)
    assert dev.items() >= _pins(RUN).items()
    assert dev.items() >= _pins(BUILD).items()
    assert dev.items() >= _pins(EXTRA).items()


def test_the_program_is_whole_without_extras() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    (extra,) = project["optional-dependencies"].values()
    wanted = {canonicalize_name(Requirement(word).name) for word in extra}
    assert not wanted & _pins(RUN).keys()
    assert _pins(EXTRA).items() >= _pins(RUN).items()
    assert wanted <= _pins(EXTRA).keys()


def test_no_other_file_of_the_set_up_names_a_place() -> None:
    for path in (PROJECT / "Makefile", PROJECT / ".ci" / "run", *(PROJECT / "scripts").iterdir()):
        assert "://" not in Path(path).read_text(), path
