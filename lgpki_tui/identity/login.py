"""Which login this is. The only reader of /proc/self/loginuid."""

from __future__ import annotations

import os
import pwd
from pathlib import Path

from lgpki_tui.procedure.identity import Login, LoginSource

LOGINUID = Path("/proc/self/loginuid")
# (uid_t)-1: the audit system has not set it (proc(5); audit_setloginuid(3)).
_UNSET = 4294967295


def read_login(loginuid: Path = LOGINUID, real_uid: int | None = None) -> Login:
    """Read which login this is: the audit loginuid when it is set, else the real uid (docs/contract.md, Login).

    The name is what the user database says of that uid, the uid in digits when it says nothing. $USER and $LOGNAME
    are never asked: anyone can set them.
    """
    audited = _loginuid(loginuid)
    if audited is not None:
        return Login(audited, name_of(audited), LoginSource.LOGINUID)
    uid = os.getuid() if real_uid is None else real_uid
    return Login(uid, name_of(uid), LoginSource.REAL_UID)


def name_of(uid: int) -> str:
    """The login name of a uid, the uid in digits when it has none."""
    try:
        return pwd.getpwuid(uid).pw_name
    except (KeyError, OverflowError):
        return str(uid)


def _loginuid(path: Path) -> int | None:
    try:
        text = path.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError):  # a kernel without audit has no such file
        return None
    if not text.isdigit():
        return None
    return None if int(text) >= _UNSET else int(text)
