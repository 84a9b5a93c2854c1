"""Shuts the ways by which a PIN in memory could reach a disk or another process (MISSION rule 4)."""

from __future__ import annotations

import os

# linux/prctl.h
_PR_SET_DUMPABLE = 4


def harden() -> bool:
    """Let this process leave no core, be readable by no other of the same user, and make files for its owner only.

    The core limit and the umask are inherited by children; being not dumpable is not, and a child that holds a PIN
    calls this itself. Returns whether the kernel agreed to all of it. Source: core(5), prctl(2), ptrace(2).
    """
    return shut_files() and shut_memory()


def shut_files() -> bool:
    """The part of it that costs nothing: no core, and files for their owner only."""
    os.umask(0o077)
    return _no_core()


def shut_memory() -> bool:
    """The part of it that takes 2 ms: not dumpable. Before a PIN is typed or read."""
    return _prctl(_PR_SET_DUMPABLE, 0)


def _no_core() -> bool:
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    return resource.getrlimit(resource.RLIMIT_CORE) == (0, 0)


def _prctl(option: int, value: int) -> bool:
    # ctypes takes about 5 ms to import: the price of having no C extension of our own.
    import ctypes

    prctl = ctypes.CDLL(None, use_errno=True).prctl
    prctl.argtypes = [ctypes.c_int, *[ctypes.c_ulong] * 4]
    return bool(prctl(option, value, 0, 0, 0) == 0)
