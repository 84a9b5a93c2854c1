"""Runs a function in a child process that is somebody else, or lives in a mount namespace of its own."""

from __future__ import annotations

import ctypes
import os
import traceback
import warnings
from collections.abc import Callable
from pathlib import Path

NOBODY = 65534
_CLONE_NEWNS, _CLONE_NEWUSER = 0x00020000, 0x10000000
_MS_RDONLY, _MS_REMOUNT, _MS_BIND, _MS_REC, _MS_PRIVATE = 1, 32, 4096, 16384, 1 << 18
_NO_NAMESPACE = "no mount namespace"


def in_child(act: Callable[[], str]) -> tuple[int, str]:
    """(wait status, what the function returned or the traceback). The child never returns into pytest."""
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # Python 3.12 warns of threads; this child starts none
        child = os.fork()
    if child == 0:
        try:
            text = act()
        except BaseException:
            text = traceback.format_exc()
        os.write(writing, text.encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        said = pipe.read()
    return os.waitpid(child, 0)[1], said


def as_nobody(act: Callable[[], str]) -> str:
    """What the function returns when an unprivileged user runs it (whoever runs the tests, if that is one)."""

    def child() -> str:
        if os.geteuid() == 0:
            os.setgroups([])
            os.setresgid(NOBODY, NOBODY, NOBODY)
            os.setresuid(NOBODY, NOBODY, NOBODY)
        return act()

    return in_child(child)[1]


def in_namespace(act: Callable[[], str]) -> str | None:
    """What the function returns in a mount namespace of its own; None where the kernel allows none."""

    def child() -> str:
        return act() if _unshare() else _NO_NAMESPACE

    said = in_child(child)[1]
    return None if said == _NO_NAMESPACE else said


def mount_small(folder: Path, size: str) -> None:
    """Mount an empty tmpfs of this size. Only in a namespace."""
    _mount("tmpfs", folder, "tmpfs", 0, f"size={size}")


def mount_read_only(folder: Path) -> None:
    """Make a folder read-only by a bind mount onto itself. Only in a namespace."""
    _mount(str(folder), folder, None, _MS_BIND, None)
    _mount(None, folder, None, _MS_REMOUNT | _MS_BIND | _MS_RDONLY, None)


def _unshare() -> bool:
    uid, gid = os.geteuid(), os.getegid()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_CLONE_NEWNS | (_CLONE_NEWUSER if uid else 0)) != 0:
        return False
    try:
        if uid:
            Path("/proc/self/setgroups").write_text("deny")
            Path("/proc/self/uid_map").write_text(f"0 {uid} 1")
            Path("/proc/self/gid_map").write_text(f"0 {gid} 1")
        _mount(None, Path("/"), None, _MS_REC | _MS_PRIVATE, None)
    except OSError:
        return False
    return True


def _mount(source: str | None, target: Path, kind: str | None, flags: int, data: str | None) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    texts = [None if text is None else text.encode() for text in (source, str(target), kind, data)]
    if libc.mount(texts[0], texts[1], texts[2], ctypes.c_ulong(flags), texts[3]) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), str(target))
