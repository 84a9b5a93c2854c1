"""Where the program's own files lie: of a login in real mode, of a sandbox in practice."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.ground.frozen import dataclass

ETC = Path("/etc/lgpki-tui")
_NAME = "lgpki-tui"


@dataclass(frozen=True, slots=True)
class Places:
    """Absolute paths; nothing of them need exist. `etc` and `config` are None in a sandbox, where neither is read."""

    state: Path
    ledger: Path
    registry: Path
    etc: Path | None
    config: Path | None
    practice: Path | None

    @property
    def unfinished(self) -> Path:
        """Answers of the wizard that have not become an enrolment yet."""
        return self.state / "unfinished.json"


def real_places(environ: Mapping[str, str]) -> Places:
    """The places of this login (XDG Base Directory Specification 0.8; docs/contract.md, Ledger).

    An XDG variable that is not absolute is ignored, as the specification says; a home comes from the user database
    when $HOME is missing or not absolute. Raises Refusal: folder_missing (`folder`, `reason`) when there is none.
    """
    state = _base(environ, "XDG_STATE_HOME", ".local/state") / _NAME
    config = _base(environ, "XDG_CONFIG_HOME", ".config") / _NAME
    return Places(state, _ledger(state), _registry(state), ETC, config, state / "practice")


def sandbox_places(folder: Path) -> Places:
    """The places of a sandbox: all below its folder."""
    state = folder.absolute() / "state"
    return Places(state, _ledger(state), _registry(state), None, None, None)


def _ledger(state: Path) -> Path:
    return state / "ledger.sqlite3"


def _registry(state: Path) -> Path:
    return state / "registry.sqlite3"


def _base(environ: Mapping[str, str], variable: str, default: str) -> Path:
    found = Path(environ.get(variable, ""))
    return found if found.is_absolute() else _home(environ) / default


def _home(environ: Mapping[str, str]) -> Path:
    import os
    import pwd

    home = Path(environ.get("HOME", ""))
    if home.is_absolute():
        return home
    try:
        home = Path(pwd.getpwuid(os.getuid()).pw_dir)
    except KeyError:
        home = Path()
    if not home.is_absolute():
        raise Refusal(Code.FOLDER_MISSING, folder="HOME", reason="unset")
    return home
