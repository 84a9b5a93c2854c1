"""How much room a folder's file system has, and how much files will take there."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from lgpki_tui.ground.frozen import dataclass

# The largest cluster that FAT has by default, where a file system does not tell its block.
_CLUSTER = 32 * 1024


@dataclass(frozen=True, slots=True)
class Space:
    """Bytes free to this user (None: the file system does not count), its block, whether this user may write there."""

    free: int | None
    block: int
    writable: bool


def space(folder: Path | int) -> Space:
    """Ask the file system (statvfs(3)) and the permissions (access(2)). Raises OSError."""
    found = os.statvfs(folder)
    free = found.f_bavail * found.f_frsize if found.f_blocks else None  # some FUSE drivers count nothing
    return Space(free, found.f_frsize, isinstance(folder, int) or os.access(folder, os.W_OK | os.X_OK))


def room_for(sizes: Iterable[int], block: int) -> int:
    """Bytes that files of these sizes take on a file system of this block: whole blocks, and one more for the folder,
    which grows."""
    block = block or _CLUSTER
    return sum(-(-size // block) * block for size in sizes) + block
