"""The output folder: is there room, then write, sync, publish, read back and compare; never overwrite."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.ground.points import Phase, Point, Watch, unwatched
from lgpki_tui.media.errors import translated
from lgpki_tui.media.publish import publish
from lgpki_tui.media.scratch import PREFIX, Scratch, scratch, sweep

# Requests and receipts hold nothing secret and are carried to other people (docs/contract.md, Binding receipt).
_MODE = 0o644
# A link, a file we may not read, a socket: something has the name, whatever it is.
_TAKEN = frozenset({errno.ELOOP, errno.EACCES, errno.EPERM, errno.ENXIO})
_CHUNK = 64 * 1024
_LOOK = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC


class OutputFolder:
    """A folder of the person's choice, on a disk or on removable media. It is never made by us."""

    def __init__(self, path: Path, watch: Watch = unwatched) -> None:
        self.path = path.absolute()
        self._watch = watch

    def probe(self, bytes_needed: int, files: int = 1) -> None:
        """Try that so many bytes in so many files will fit: write them, sync them, remove them.

        Raises Refusal: folder_missing, folder_unwritable, folder_full, each with `folder` and `reason`.
        """
        with self._opened() as folder, ExitStack() as held:
            sweep(folder)
            block = os.fstatvfs(folder).f_frsize  # each file takes whole blocks
            self._watch(Point.FILE_PROBE, Phase.BEFORE)
            for index in range(files):
                tried = held.enter_context(scratch(folder))
                self._fill(tried, os.urandom(bytes_needed // files + block), Point.FILE_PROBE if not index else None)
            held.close()
            _sync_folder(folder)
            self._watch(Point.FILE_PROBE, Phase.AFTER)

    def write_all(self, files: Mapping[str, bytes]) -> tuple[Path, ...]:
        """Write all files and return their paths in the order given; none gets its name before all are on the disk.

        A file that is there with the same bytes is left and counts as written, so that this may be done again after a
        crash. Raises Refusal: file_exists (`file`: other content is there), file_differs (`file`: what was read back is
        not what was written), folder_missing, folder_unwritable, folder_full. Names are plain file names, else
        ValueError.
        """
        for name in files:
            _check_name(name)
        with self._opened() as folder, ExitStack() as held:
            sweep(folder)
            missing = {name: content for name, content in files.items() if not self._there(folder, name, content)}
            staged = {
                name: self._stage(held.enter_context(scratch(folder)), folder, content)
                for name, content in missing.items()
            }
            for name, tried in staged.items():
                self._publish(folder, tried, name, files[name])
            _sync_folder(folder)
            for name, content in files.items():
                self._compare(folder, name, content)
        return tuple(self.path / name for name in files)

    @contextmanager
    def _opened(self) -> Iterator[int]:
        # One descriptor for the whole act: the folder cannot be exchanged for another one meanwhile.
        with translated(self.path):
            folder = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            try:
                yield folder
            finally:
                os.close(folder)

    def _there(self, folder: int, name: str, content: bytes) -> bool:
        """Whether the file is there already. Raises Refusal file_exists when something else has its name."""
        try:
            found = _read(folder, name, len(content) + 1)
        except FileNotFoundError:
            return False
        except OSError as error:
            if error.errno not in _TAKEN:
                raise
            os.stat(name, dir_fd=folder, follow_symlinks=False)  # it was the folder that forbade it, if this fails
            found = None
        if found != content:
            raise Refusal(Code.FILE_EXISTS, file=str(self.path / name))
        return True

    def _stage(self, tried: Scratch, folder: int, content: bytes) -> Scratch:
        self._watch(Point.FILE_WRITE, Phase.BEFORE)
        with suppress(OSError):  # FAT has no modes, and a FUSE driver may not even know the call
            os.fchmod(tried.descriptor, _MODE)
        self._fill(tried, content, Point.FILE_WRITE)
        self._compare(folder, tried.name, content)
        self._watch(Point.FILE_WRITE, Phase.AFTER)
        return tried

    def _fill(self, tried: Scratch, content: bytes, point: Point | None) -> None:
        half = len(content) // 2
        _write(tried.descriptor, content[:half])
        if point is not None:
            self._watch(point, Phase.INSIDE)
        _write(tried.descriptor, content[half:])
        os.fsync(tried.descriptor)

    def _publish(self, folder: int, tried: Scratch, name: str, content: bytes) -> None:
        self._watch(Point.FILE_PUBLISH, Phase.BEFORE)
        try:
            publish(folder, tried.name, name)
        except FileExistsError:
            self._there(folder, name, content)  # the same may have come there meanwhile; anything else is refused
        self._watch(Point.FILE_PUBLISH, Phase.INSIDE)
        with suppress(FileNotFoundError):  # renamed, where there are no hard links
            os.unlink(tried.name, dir_fd=folder)
        self._watch(Point.FILE_PUBLISH, Phase.AFTER)

    def _compare(self, folder: int, name: str, content: bytes) -> None:
        if _read(folder, name, len(content) + 1) != content:
            raise Refusal(Code.FILE_DIFFERS, file=str(self.path / name))


def _check_name(name: str) -> None:
    if name in ("", ".", "..") or "/" in name or "\0" in name or name.startswith(PREFIX):
        raise ValueError(f"not a plain file name: {name!r}")


def _write(descriptor: int, content: bytes) -> None:
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(descriptor, rest[:_CHUNK]) :]


def _read(folder: int, name: str, most: int) -> bytes | None:
    """At most so many bytes of a regular file through a fresh open, from the media where the kernel lets us ask for
    that; None when the name is no regular file. Raises OSError."""
    descriptor = os.open(name, _LOOK, dir_fd=folder)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return None
        with suppress(OSError):  # else the page cache would answer, and it holds what we meant to write
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        found = b""
        while len(found) < most and (more := os.read(descriptor, most - len(found))):
            found += more
        return found
    finally:
        os.close(descriptor)


def _sync_folder(folder: int) -> None:
    # Some network and FUSE file systems cannot sync a folder (EINVAL) and keep names safe by other means.
    try:
        os.fsync(folder)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.EOPNOTSUPP):
            raise
