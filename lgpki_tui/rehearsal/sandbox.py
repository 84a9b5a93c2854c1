"""`rehearse init`: a folder that holds a whole practice workplace and nothing outside it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from lgpki_tui.card.softhsm import TOKENS, write_softhsm_config
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.identity.machine import read_machine
from lgpki_tui.registry.port import RegistryKind
from lgpki_tui.rehearsal.answers import ANSWERS
from lgpki_tui.rehearsal.ca import create
from lgpki_tui.rehearsal.registries import ACCOUNTS, ORGANIZATIONS
from lgpki_tui.workplace import CARD_FOLDER, SANDBOX_FILE, Workplace

PIN_DIGITS = 8
_FOLDERS = ("answers", "ca", "out", "registry", "secrets", "state")

_SANDBOX = """\
# 練習用の環境です。本物の証明書・カード・登録簿とは関係がありません。
# A practice workplace. It has nothing to do with real certificates, cards or registries.
# 相対パスはこのフォルダからのものです。フォルダごと移動・コピーできます。 / Paths are relative to this folder.

[practice]
card = "{card}"

[trust]
anchors = ["ca/root.pem"]

# 練習の間だけ、別の PC・ログイン・日時のふりをさせることができます(行の先頭の # を外します)。
# To pretend another PC, login or time while practising, remove the leading #.
[pretend]
{machine_id}
# host_name = "office-02"
# login_name = "j-soumu"
# login_uid = 1002
# now = "2029-05-24T09:00:00+09:00"
"""


def init(folder: Path, module: Path | None, entropy: Callable[[int], bytes], card: str = "soft") -> Path:
    """Fill an absent or empty folder (0700) and return its absolute path. `card`: soft or virtual; `module`: the one
    for that card on this PC.

    Raises Refusal: sandbox_not_empty, module_missing (no such module), folder_missing, folder_unwritable.
    """
    folder, soft = folder.absolute(), card == "soft"
    if module is None:
        name = "libsofthsm2.so" if soft else "opensc-pkcs11.so"
        raise Refusal(Code.MODULE_MISSING, module=name, tried=[], file="config/defaults.toml")
    _make(folder, TOKENS if soft else CARD_FOLDER)
    _write(folder / SANDBOX_FILE, _SANDBOX.format(machine_id=_machine_id(entropy), card=card))
    for name in ("so-pin", "pin"):
        _write(folder / "secrets" / name, _digits(entropy) + "\n", 0o600)
    _write(folder / "registry" / "organizations.csv", ORGANIZATIONS)
    _write(folder / "registry" / "accounts.csv", ACCOUNTS)
    for kind, text in ANSWERS.items():
        _write(folder / "answers" / f"{kind}.toml", text)
    if soft:
        write_softhsm_config(folder)
    workplace = Workplace(folder)
    create(folder / "ca", workplace.clock.now())
    registry = folder / "registry"
    workplace.registry_import(
        {
            RegistryKind.ORGANIZATIONS: registry / "organizations.csv",
            RegistryKind.ACCOUNTS: registry / "accounts.csv",
        }
    )
    return folder


def _make(folder: Path, card_folder: str) -> None:
    try:
        if folder.is_symlink() and not folder.exists():  # what it leads to would be made elsewhere
            raise Refusal(Code.SANDBOX_NOT_EMPTY, folder=str(folder))
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise Refusal(Code.SANDBOX_NOT_EMPTY, folder=str(folder))
        folder.mkdir(mode=0o700, exist_ok=True)
        folder.chmod(0o700)
        for name in (*_FOLDERS, card_folder):
            (folder / name).mkdir(mode=0o700)
    except FileNotFoundError as error:
        raise Refusal(Code.FOLDER_MISSING, folder=str(folder.parent), reason="absent") from error
    except OSError as error:
        raise Refusal(Code.FOLDER_UNWRITABLE, folder=str(folder), reason=error.strerror or "") from error


def _write(path: Path, text: str, mode: int = 0o644) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)


def _machine_id(entropy: Callable[[int], bytes]) -> str:
    """A machine without an id of its own gets one for practice; any other practises as itself."""
    try:
        read_machine()
    except Refusal:
        return f'machine_id = "{entropy(16).hex()}"'
    return '# machine_id = "0123456789abcdef0123456789abcdef"'


def _digits(entropy: Callable[[int], bytes]) -> str:
    return f"{int.from_bytes(entropy(8), 'big') % 10**PIN_DIGITS:0{PIN_DIGITS}d}"
