"""What is loaded at run time, and which file alone asks for the time and for who and where we are."""

from __future__ import annotations

import ast
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.packaging.project import BARE, PROJECT, done

PROGRAM = PROJECT / "lgpki_tui"
SCREEN_AND_CARD = {"textual", "pkcs11", "smartcard"}

# Loads every module of a room (of none, when none is named) and tells what is loaded then.
_ROOM = """
import json, pkgutil, sys
for name in sys.argv[1:]:
    room = __import__(name, fromlist=["_"])
    for module in pkgutil.walk_packages(room.__path__, name + "."):
        __import__(module.name)
print(json.dumps(sorted(sys.modules)))
"""
# The program's answer goes where it goes; what was loaded, into a file.
_COMMAND = """
import json, pathlib, sys
from lgpki_tui.__main__ import main
loaded, sys.argv = sys.argv[1], ["lgpki-tui", *sys.argv[2:]]
status = main()
pathlib.Path(loaded).write_text(json.dumps(sorted(sys.modules)))
sys.exit(status)
"""


def _loaded_with(*rooms: str) -> set[str]:
    return set(json.loads(done([sys.executable, "-c", _ROOM, *rooms], PROJECT)))


def _loaded_by(tmp_path: Path, *command: str) -> set[str]:
    found = tmp_path / "loaded.json"
    done([sys.executable, "-c", _COMMAND, found, *command], PROJECT, {**BARE, "HOME": str(tmp_path)})
    return set(json.loads(found.read_text()))


def _tops(modules: set[str]) -> set[str]:
    return {name.partition(".")[0] for name in modules}


@pytest.mark.parametrize("room", ["procedure", "subject", "pages", "pki"])
def test_a_room_loads_neither_screen_nor_card(room: str) -> None:
    loaded = _loaded_with(f"lgpki_tui.{room}")
    assert f"lgpki_tui.{room}" in loaded
    assert not _tops(loaded) & SCREEN_AND_CARD


@pytest.mark.parametrize("room", ["procedure", "subject"])
def test_a_pure_room_loads_no_package_from_outside(room: str) -> None:
    loaded = _loaded_with(f"lgpki_tui.{room}") - _loaded_with()
    assert _tops(loaded) - set(sys.stdlib_module_names) == {"lgpki_tui"}


def test_the_registry_loads_no_directory_client() -> None:
    loaded = _loaded_with("lgpki_tui.registry")
    assert "lgpki_tui.registry.directory_host" in loaded
    assert not _tops(loaded) & {"ldap", "_ldap", "ldapurl", "pyasn1"}


def test_version_loads_nothing_else_of_the_program(tmp_path: Path) -> None:
    loaded = _loaded_by(tmp_path, "--version")
    assert {name for name in loaded if name.startswith("lgpki_tui")} == {"lgpki_tui", "lgpki_tui.__main__"}


def test_status_loads_no_card_no_certificate_and_no_screen(tmp_path: Path) -> None:
    done([sys.executable, "-m", "lgpki_tui", "rehearse", "init", tmp_path / "practice", "--json"], PROJECT)
    loaded = _loaded_by(tmp_path, "--sandbox", str(tmp_path / "practice"), "status", "--json")
    heavy = SCREEN_AND_CARD | {"asn1crypto", "cryptography", "pyhanko_certvalidator", "rapidfuzz"}
    assert "lgpki_tui.ledger.ledger" in loaded
    assert not _tops(loaded) & heavy


def _nodes() -> Iterator[tuple[Path, ast.AST]]:
    for path in sorted(PROGRAM.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            yield path.relative_to(PROGRAM), node


def test_only_the_clock_asks_for_the_time() -> None:
    asking = {
        str(path)
        for path, node in _nodes()
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and (node.value.id, node.attr)
        in {("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today"), ("time", "time")}
    }
    assert asking == {"ground/clock.py"}


def test_only_identity_asks_who_and_where_we_are() -> None:
    files = {"/etc/machine-id", "/proc/self/loginuid", "/etc/hostname"}
    calls = {"gethostname", "uname", "getlogin"}
    asking = {
        path.parts[0]
        for path, node in _nodes()
        if (isinstance(node, ast.Constant) and node.value in files)
        or (isinstance(node, ast.Attribute) and node.attr in calls)
    }
    assert asking == {"identity"}
