"""The password of the directory's bind DN: in a file that its owner alone can read, and nowhere else."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal

_MOST_BYTES = 4096
_SAFE_MODES = (0o600, 0o400)
_FLAGS = os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_NOCTTY | os.O_CLOEXEC


def read_password(path: Path) -> bytes:
    """The first line of the file, without its line end.

    Raises Refusal(directory_password) with `file` and `reason`: absent, unreadable (also a link), not_a_file, owner,
    mode (0600 or 0400 is safe), too_large, empty (a bind without one would be an anonymous one: RFC 4513, 5.1.2).
    """
    try:
        descriptor = os.open(path, _FLAGS)
    except FileNotFoundError:
        raise _unsafe(path, "absent") from None
    except OSError:
        raise _unsafe(path, "unreadable") from None
    with os.fdopen(descriptor, "rb") as file:
        _judge(path, os.fstat(descriptor))
        line = file.readline(_MOST_BYTES + 1)
    password = line.removesuffix(b"\n").removesuffix(b"\r")
    if not password:
        raise _unsafe(path, "empty")
    return password


def _judge(path: Path, found: os.stat_result) -> None:
    checks = (
        ("not_a_file", not stat.S_ISREG(found.st_mode)),
        ("owner", found.st_uid != os.geteuid()),
        ("mode", stat.S_IMODE(found.st_mode) not in _SAFE_MODES),
        ("too_large", found.st_size > _MOST_BYTES),
    )
    for reason, failed in checks:
        if failed:
            raise _unsafe(path, reason)


def _unsafe(path: Path, reason: str) -> Refusal:
    return Refusal(Code.DIRECTORY_PASSWORD, file=str(path), reason=reason)
