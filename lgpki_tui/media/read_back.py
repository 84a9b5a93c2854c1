"""Reads what was written from the medium itself, past what the kernel remembers of it."""

from __future__ import annotations

import errno
import mmap
import os
import stat
from contextlib import suppress

_LOOK = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
# A multiple of every block size of disks and of memory's pages (open(2), O_DIRECT).
_ALIGNED = 64 * 1024
# What a file system answers that cannot read past the cache; which of the two calls says so differs.
_NOT_DIRECT = frozenset({errno.EINVAL, errno.EOPNOTSUPP, errno.ENOSYS})


def read_back(folder: int, name: str, most: int) -> bytes | None:
    """At most so many bytes of a regular file below the folder's descriptor; None when the name is no regular file.

    With O_DIRECT where the file system has it: then the bytes come from the device (which may have a cache of its
    own). Else after the kernel was asked to forget them (POSIX_FADV_DONTNEED), which it does for what is synced, though
    it does not promise to. Raises OSError.
    """
    descriptor = os.open(name, _LOOK, dir_fd=folder)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return None
    finally:
        os.close(descriptor)
    try:
        return _direct(folder, name, most)
    except OSError as error:
        if error.errno not in _NOT_DIRECT:
            raise
    return _forgotten(folder, name, most)


def _direct(folder: int, name: str, most: int) -> bytes:
    descriptor = os.open(name, _LOOK | os.O_DIRECT, dir_fd=folder)
    try:
        with mmap.mmap(-1, _ALIGNED) as page:  # memory of its own begins at a page
            found = b""
            while len(found) < most:
                count = os.preadv(descriptor, [page], len(found))
                found += page[:count]
                if count < _ALIGNED:
                    break
            return found[:most]
    finally:
        os.close(descriptor)


def _forgotten(folder: int, name: str, most: int) -> bytes:
    descriptor = os.open(name, _LOOK, dir_fd=folder)
    try:
        with suppress(OSError):
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        found = b""
        while len(found) < most and (more := os.read(descriptor, most - len(found))):
            found += more
        return found
    finally:
        os.close(descriptor)
