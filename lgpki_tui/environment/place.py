"""What doctor looks at that belongs to no other room: the locale, the state folder, the disk."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Facts, Finding, Result

# Of the locale's variables those that decide the character set, strongest first (POSIX.1-2017, 8.2).
_VARIABLES = ("LC_ALL", "LC_CTYPE", "LANG")
# A ledger entry takes a few kilobytes, its journal grows to about four megabytes (SQLite WAL, 1000 pages).
_NEEDED_BYTES = 8 * 1024 * 1024
_WANTED_BYTES = 64 * 1024 * 1024


def locale_finding(environ: Mapping[str, str]) -> Finding:
    """`locale_not_utf8`: attention when the environment names another character set or none; `found` is its value."""
    locale = next((environ[name] for name in _VARIABLES if environ.get(name)), "")
    charset = locale.partition("@")[0].partition(".")[2].lower().replace("-", "")
    result = Result.OK if charset == "utf8" else Result.ATTENTION
    return Finding(Code.LOCALE_NOT_UTF8, result, expected="UTF-8", found=locale, facts={"locale": locale})


def state_finding(folder: Path) -> Finding:
    """`ledger_unwritable`: fail when the ledger's folder cannot be written, or not be made. Nothing is made here."""
    standing = _standing(folder)
    reason = None if standing.is_dir() else "not_a_folder"
    if reason is None and not os.access(standing, os.W_OK | os.X_OK, effective_ids=True):
        reason = "not_writable"
    facts: Facts = {"folder": str(folder), "reason": reason}
    return Finding(Code.LEDGER_UNWRITABLE, Result.FAIL if reason else Result.OK, found=reason, facts=facts)


def disk_finding(folder: Path) -> Finding:
    """`folder_full`: attention below 64 MiB free where the ledger lies, fail below 8 MiB; `free` is in bytes."""
    try:
        disk = os.statvfs(_standing(folder))
    except OSError as error:
        return Finding(Code.FOLDER_FULL, Result.UNKNOWN, facts={"folder": str(folder), "reason": error.strerror})
    free = disk.f_bavail * disk.f_frsize
    result = Result.FAIL if free < _NEEDED_BYTES else Result.ATTENTION if free < _WANTED_BYTES else Result.OK
    facts: Facts = {"folder": str(folder), "free": free}
    return Finding(
        Code.FOLDER_FULL,
        result,
        expected=_mebibytes(_WANTED_BYTES),
        found=_mebibytes(free),
        facts=facts,
    )


def _mebibytes(size: int) -> str:
    return f"{size // 2**20} MiB"


def look(environ: Mapping[str, str], state: Path) -> tuple[Finding, ...]:
    """All findings of this file."""
    return locale_finding(environ), state_finding(state), disk_finding(state)


def _standing(folder: Path) -> Path:
    """The folder itself, or the nearest one above it that is there."""
    return next((path for path in (folder, *folder.parents) if _stands(path)), folder)


def _stands(path: Path) -> bool:
    # Path.exists raises where a folder above may not be entered; such a folder is then judged itself.
    try:
        path.lstat()
    except OSError:
        return False
    return True
