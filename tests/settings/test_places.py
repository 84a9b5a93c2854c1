"""Where files lie: by the XDG rules in real mode, below the sandbox in practice."""

from __future__ import annotations

import os
import pwd
import subprocess
import sys
from pathlib import Path

import pytest

import lgpki_tui
from lgpki_tui.settings.places import ETC, real_places, sandbox_places


def test_the_xdg_variables_are_followed() -> None:
    places = real_places({"HOME": "/h", "XDG_STATE_HOME": "/s", "XDG_CONFIG_HOME": "/c"})
    assert (places.state, places.config, places.etc) == (Path("/s/lgpki-tui"), Path("/c/lgpki-tui"), ETC)
    assert places.ledger.parent == places.registry.parent == places.state
    assert places.practice == Path("/s/lgpki-tui/practice")


@pytest.mark.parametrize("value", [None, "", "relative", "~/x"])
def test_else_the_home_is(value: str | None) -> None:
    environ = {"HOME": "/h"} | ({} if value is None else {"XDG_STATE_HOME": value, "XDG_CONFIG_HOME": value})
    places = real_places(environ)
    assert (places.state, places.config) == (Path("/h/.local/state/lgpki-tui"), Path("/h/.config/lgpki-tui"))


@pytest.mark.parametrize("environ", [{}, {"HOME": ""}, {"HOME": "relative"}])
def test_without_a_home_variable_the_user_database_says(environ: dict[str, str]) -> None:
    home = Path(pwd.getpwuid(os.getuid()).pw_dir)
    assert real_places(environ).state == home / ".local/state/lgpki-tui"


def test_a_sandbox_keeps_everything_below_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    places = sandbox_places(Path("dir"))
    assert {places.state, places.ledger.parent, places.registry.parent} == {tmp_path / "dir" / "state"}
    assert (places.etc, places.config, places.practice) == (None, None, None)


def test_loading_settings_loads_nothing_heavy() -> None:
    program = (
        "import sys\n"
        "import lgpki_tui.settings.load, lgpki_tui.settings.places, lgpki_tui.settings.explain\n"
        "import lgpki_tui.identity.machine, lgpki_tui.identity.login, lgpki_tui.pages.language\n"
        "heavy = {'asyncio', 'ctypes', 'cryptography', 'pkcs11', 'asn1crypto', 'smartcard', 'textual', 'difflib',\n"
        "         'sqlite3', 'tempfile', 'subprocess', 'logging', 'socket'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    found = {"PYTHONPATH": str(Path(lgpki_tui.__file__).parents[1])}
    ran = subprocess.run([sys.executable, "-S", "-c", program], env=found, capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
