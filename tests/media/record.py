"""Prints this machine as a sample for tests/media/machines:    python -m tests.media.record 'what machine it is'

It writes down the table of mounts, and of every block device the links and files that lgpki_tui/media/kernel.py reads.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

FILES = ("dev", "size", "removable", "partition")


def links() -> Iterator[tuple[Path, str]]:
    """The links as they are."""
    for folder in map(Path, ("/dev/disk/by-label", "/dev/mapper", "/sys/dev/block", "/sys/class/block")):
        yield from ((each, str(each.readlink())) for each in _in(folder) if each.is_symlink())
    for device in _devices():
        for folder in (device / "slaves", device / "holders"):
            yield from ((each, str(each.readlink())) for each in _in(folder))
        if (device / "device").is_symlink():
            yield device / "device", str((device / "device").readlink())


def files() -> Iterator[tuple[Path, str]]:
    """The files and what they hold."""
    for device in _devices():
        above = [each / "removable" for each in device.parents]
        for file in (*(device / name for name in FILES), device / "device" / "type", *above):
            if file.is_file():
                yield Path(os.path.realpath(file)), file.read_text().strip()


def sample(about: str) -> str:
    """The text of the sample (TOML)."""
    tables = {"links": dict(links()), "files": dict(files())}
    mountinfo = Path("/proc/self/mountinfo").read_text(encoding="utf-8")
    lines = [f"about = '{about}'", "", "mountinfo = '''", f"{mountinfo}'''"]
    for name, table in tables.items():
        lines += ["", f"[{name}]", *(f"'{str(path)[1:]}' = '{text}'" for path, text in table.items())]
    return "\n".join(lines) + "\n"


def _devices() -> list[Path]:
    return [Path(os.path.realpath(each)) for each in _in(Path("/sys/class/block"))]


def _in(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []


if __name__ == "__main__":
    sys.stdout.write(sample(" ".join(sys.argv[1:])))
