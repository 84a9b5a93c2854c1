"""The output folder: is there room, then write, sync, publish, read back and compare; never overwrite."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import MappingProxyType

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.ground.points import Phase, Point, Watch, unwatched
from lgpki_tui.media.errors import translated
from lgpki_tui.media.publish import publish
from lgpki_tui.media.read_back import read_back
from lgpki_tui.media.room import room_for, space
from lgpki_tui.media.scratch import PREFIX, Scratch, scratch, sweep

# Requests and receipts hold nothing secret and are carried to other people (docs/contract.md, Binding receipt).
_MODE = 0o644
# A link, a file we may not read, a socket: something has the name, whatever it is.
_TAKEN = frozenset({errno.ELOOP, errno.EACCES, errno.EPERM, errno.ENXIO})
_CHUNK = 64 * 1024
_NONE: Mapping[str, bytes] = MappingProxyType({})


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

    def refuse_full(self, files: Mapping[str, bytes]) -> None:
        """Compute whether these files fit, without those that are there already. Raises Refusal folder_full with
        `needed` and `free` (bytes) beside `folder` and `reason`; folder_missing, folder_unwritable."""
        with self._opened() as folder:
            found = space(folder)
            needed = room_for((len(content) for name, content in files.items() if not _has(folder, name)), found.block)
            if found.free is not None and needed > found.free:
                facts = {"needed": needed, "free": found.free}
                raise Refusal(Code.FOLDER_FULL, folder=str(self.path), reason="ENOSPC", **facts)

    def write_all(self, files: Mapping[str, bytes], last: Mapping[str, bytes] = _NONE) -> tuple[Path, ...]:
        """Write all files and return their paths in the order given; none gets its name before all are on the disk.

        Those of `last` get their names when the others have theirs and were read back: who finds one of them has the
        others whole. A file that is there with the same bytes is left and counts as written, so that this may be done
        again after a crash. Raises Refusal: file_exists (`file`: other content is there), file_differs (`file`: what
        was read back is not what was written), folder_missing, folder_unwritable, folder_full. Names are plain file
        names, else ValueError.
        """
        everything = {**files, **last}
        for name in everything:
            _check_name(name)
        with self._opened() as folder, ExitStack() as held:
            sweep(folder)
            missing = {name: text for name, text in everything.items() if not self._there(folder, name, text)}
            staged = {
                name: self._stage(held.enter_context(scratch(folder)), folder, content)
                for name, content in missing.items()
            }
            for group in (files, last) if last else (files,):
                for name in group:
                    if name in staged:
                        self._publish(folder, staged[name], name, group[name])
                _sync_folder(folder)
                for name, content in group.items():
                    self._compare(folder, name, content)
        return tuple(self.path / name for name in everything)

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
            found = read_back(folder, name, len(content) + 1)
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
            if publish(folder, tried.name, name):
                os.fsync(tried.descriptor)
        except FileExistsError:
            self._there(folder, name, content)  # the same may have come there meanwhile; anything else is refused
        self._watch(Point.FILE_PUBLISH, Phase.INSIDE)
        with suppress(FileNotFoundError):  # renamed, where there are no hard links
            os.unlink(tried.name, dir_fd=folder)
        self._watch(Point.FILE_PUBLISH, Phase.AFTER)

    def _compare(self, folder: int, name: str, content: bytes) -> None:
        if read_back(folder, name, len(content) + 1) != content:
            raise Refusal(Code.FILE_DIFFERS, file=str(self.path / name))


def _check_name(name: str) -> None:
    if name in ("", ".", "..") or "/" in name or "\0" in name or name.startswith(PREFIX):
        raise ValueError(f"not a plain file name: {name!r}")


def _write(descriptor: int, content: bytes) -> None:
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(descriptor, rest[:_CHUNK]) :]


def _has(folder: int, name: str) -> bool:
    try:
        os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True


def _sync_folder(folder: int) -> None:
    # Some network and FUSE file systems cannot sync a folder (EINVAL) and keep names safe by other means.
    try:
        os.fsync(folder)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.EOPNOTSUPP):
            raise
