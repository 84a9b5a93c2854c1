"""Gives a finished temporary file its real name, in one step and never over another file."""

from __future__ import annotations

import errno
import os

# linux/fs.h
_RENAME_NOREPLACE = 1
# What a file system answers that has no hard links (FAT: EPERM) or no renameat2 flags (FUSE: EINVAL); exfat-fuse 1.3.0
# and fusefat 0.1a were seen to have neither.
_UNABLE = frozenset({errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EINVAL, errno.EXDEV})


def publish(folder: int, temporary: str, name: str) -> bool:
    """Let `name` be the content of `temporary`, which may or may not keep its own name.

    Whether the file was renamed: then it must be synced once more before the folder is. FAT moves where a file begins
    and how long it is into the new entry only when the file itself is written out (Linux, fs/fat/namei_vfat.c), so
    that a synced folder alone may name an empty file. Raises FileExistsError when the name is taken, and OSError. Both
    names are below the folder's descriptor.
    """
    for way in (_link, _rename_noreplace, _claim_and_rename):
        try:
            way(folder, temporary, name)
        except OSError as error:
            if error.errno not in _UNABLE or way is _claim_and_rename:
                raise
        else:
            return way is not _link
    raise AssertionError  # the last way returns or raises


def _link(folder: int, temporary: str, name: str) -> None:
    os.link(temporary, name, src_dir_fd=folder, dst_dir_fd=folder, follow_symlinks=False)


def _rename_noreplace(folder: int, temporary: str, name: str) -> None:
    """renameat2(2) with RENAME_NOREPLACE; Python's os.rename replaces."""
    import ctypes

    renameat2 = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if renameat2 is None:  # glibc before 2.28
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
    renameat2.argtypes = [ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_uint]
    if renameat2(folder, os.fsencode(temporary), folder, os.fsencode(name), _RENAME_NOREPLACE) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def _claim_and_rename(folder: int, temporary: str, name: str) -> None:
    """Take the name with an empty file that nobody else can have made, and rename over that."""
    os.close(os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644, dir_fd=folder))
    try:
        os.rename(temporary, name, src_dir_fd=folder, dst_dir_fd=folder)
    except OSError:
        os.unlink(name, dir_fd=folder)
        raise
