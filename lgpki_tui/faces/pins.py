"""Reads a PIN from a file or an open descriptor that nobody else can read (MISSION rule 4)."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.ground.secret import Secret

# More than the longest PIN of any card (255 characters of up to four bytes) and a line end.
MOST_BYTES = 4096
_SAFE_MODES = (0o600, 0o400)
_NEWLINE = 0x0A
# A FIFO must not hang the open, a link must not lead elsewhere, a terminal must not become ours.
_FLAGS = os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_NOCTTY | os.O_CLOEXEC


def read_pin_file(path: Path) -> Secret:
    """Read the first line of a PIN file, without its LF or CRLF; its characters are judged by the card model.

    Raises Refusal: pin_file_unsafe with `file` and `reason` (absent, symlink, not_regular, owner, mode, too_large,
    unreadable). Safe is a regular file, not a link, of the effective uid, mode 0600 (or 0400, which is no wider).
    """
    name = str(path.absolute())
    try:
        descriptor = os.open(path, _FLAGS)
    except FileNotFoundError:
        raise _unsafe(name, "absent") from None
    except (OSError, ValueError) as error:
        reason = "symlink" if getattr(error, "errno", None) == errno.ELOOP and path.is_symlink() else "unreadable"
        raise _unsafe(name, reason) from None
    try:
        _judge(descriptor, name)
        return _first_line(descriptor, name)
    finally:
        os.close(descriptor)


def read_pin_fd(descriptor: int) -> Secret:
    """Read one line from a descriptor that was handed over; what follows the line stays unread, so that two PINs may
    come down one pipe.

    A regular file behind it keeps the rule of a PIN file; else it must be a pipe or a socket, since a terminal would
    show what is typed. Raises Refusal: pin_file_unsafe with `file` ("fd:N") and `reason` (as above, not_a_pipe).
    """
    name = f"fd:{descriptor}"
    try:
        mode = os.fstat(descriptor).st_mode
    except (OSError, OverflowError):
        raise _unsafe(name, "absent") from None
    if stat.S_ISREG(mode):
        _judge(descriptor, name)
    elif not (stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)):
        raise _unsafe(name, "not_a_pipe")
    os.set_blocking(descriptor, True)  # whoever made the pipe may write later than we read
    return _first_line(descriptor, name)


def _judge(descriptor: int, name: str) -> None:
    found = os.fstat(descriptor)
    if not stat.S_ISREG(found.st_mode):
        raise _unsafe(name, "not_regular")
    if found.st_uid != os.geteuid():
        raise _unsafe(name, "owner")
    if stat.S_IMODE(found.st_mode) not in _SAFE_MODES:
        raise _unsafe(name, "mode", mode=f"{stat.S_IMODE(found.st_mode):04o}")
    if found.st_size > MOST_BYTES:
        raise _unsafe(name, "too_large")


def _first_line(descriptor: int, name: str) -> Secret:
    """Byte by byte into one buffer that is overwritten afterwards: nothing read ahead, no copies left behind."""
    line, byte = bytearray(MOST_BYTES), bytearray(1)
    length = 0
    try:
        while os.readv(descriptor, [byte]) == 1 and byte[0] != _NEWLINE:
            if length == MOST_BYTES:
                raise _unsafe(name, "too_large")
            line[length] = byte[0]
            length += 1
        found = line[: length - 1] if length and line[length - 1] == 0x0D else line[:length]
        secret = Secret(found)
        found[:] = bytes(len(found))
        return secret
    except OSError:
        raise _unsafe(name, "unreadable") from None
    finally:
        line[:], byte[:] = bytes(MOST_BYTES), b"\0"


def _unsafe(file: str, reason: str, **facts: str) -> Refusal:
    return Refusal(Code.PIN_FILE_UNSAFE, file=file, reason=reason, **facts)
