"""File systems in images: what is on the medium at this moment can be copied, looked at by other programs, damaged."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

SIZES = {"ext4": 4, "vfat": 4, "exfat": 8}
MAKERS = {"ext4": ["mkfs.ext4", "-q", "-F"], "vfat": ["mkfs.vfat", "-n", "MEDIUM"], "exfat": ["mkfs.exfat"]}


def image(file: Path, kind: str, megabytes: int = 0) -> Path:
    """An empty file system of this kind."""
    file.touch()
    os.truncate(file, (megabytes or SIZES[kind]) * 1024 * 1024)
    subprocess.run([*MAKERS[kind], file], check=True, capture_output=True)
    return file


@contextmanager
def loop_mounted(file: Path, folder: Path, *options: str) -> Iterator[Path]:
    """Mounted by the kernel through a loop device; skips where this user or this machine cannot."""
    folder.mkdir(parents=True, exist_ok=True)
    if os.geteuid() != 0:
        pytest.skip("a file system of our own needs root")
    done = subprocess.run(
        ["mount", "-o", ",".join(("loop", *options)), file, folder], capture_output=True, check=False, text=True
    )
    if done.returncode:
        pytest.skip(f"no loop devices here: {done.stderr}")
    try:
        yield folder
    finally:
        while os.path.ismount(folder):
            subprocess.run(["umount", folder], check=True)


@contextmanager
def user_mounted(file: Path, folder: Path, kind: str) -> Iterator[Path]:
    """FAT or exFAT by a driver outside of the kernel (fusefat, exfat-fuse), which this machine's kernel may lack."""
    folder.mkdir(parents=True, exist_ok=True)
    if not os.access("/dev/fuse", os.R_OK | os.W_OK) or os.geteuid() != 0:
        pytest.skip("no /dev/fuse for this user")
    device = file
    if kind == "exfat":  # this driver takes devices only
        found = subprocess.run(["losetup", "--find", "--show", file], capture_output=True, text=True, check=False)
        if found.returncode:
            pytest.skip(f"no loop devices here: {found.stderr}")
        device = Path(found.stdout.strip())
    command = ["fusefat", "-o", "rw+"] if kind == "vfat" else ["mount.exfat-fuse"]
    try:
        subprocess.run([*command, device, folder], check=True, capture_output=True)
        _until_mounted(folder)
        yield folder
    finally:
        while os.path.ismount(folder):
            subprocess.run(["umount", folder], check=True)
        if device != file:
            subprocess.run(["losetup", "--detach", device], check=True)


def _until_mounted(folder: Path) -> None:
    end = time.monotonic() + 10
    while not os.path.ismount(folder):
        assert time.monotonic() < end
        time.sleep(0.01)


def cut(file: Path, to: Path) -> Path:
    """What the medium holds if it loses its power now: what the kernel has not written to it yet is lost."""
    return Path(shutil.copy(file, to))


def fat_files(file: Path) -> dict[str, bytes]:
    """What mtools reads from a FAT image: names and contents of the root folder, without what is only begun."""
    listed = subprocess.run(["mdir", "-b", "-a", "-i", file, "::"], capture_output=True, check=True, env=_UTF8)
    names = [line.removeprefix("::/") for line in listed.stdout.decode().splitlines() if line != "::/"]
    return {name: _fat_file(file, name) for name in names if not name.startswith(".")}


def _fat_file(file: Path, name: str) -> bytes:
    return subprocess.run(["mtype", "-i", file, f"::/{name}"], capture_output=True, check=True, env=_UTF8).stdout


_UTF8 = {**os.environ, "LC_ALL": "C.UTF-8"}
