"""Recorded machines (tests/media/machines) as a folder that media/kernel.py reads like a root."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path

from lgpki_tui.media.kernel import Kernel
from lgpki_tui.media.room import Space

MACHINES = Path(__file__).with_name("machines")
NAMES = sorted(file.stem for file in MACHINES.glob("*.toml"))


class Sample:
    """One machine, laid out below a folder."""

    def __init__(self, name: str, root: Path) -> None:
        data = tomllib.loads((MACHINES / f"{name}.toml").read_text(encoding="utf-8"))
        self._root = root
        self._room: Mapping[str, tuple[int, int, bool]] = data.get("room", {})
        self.kernel = Kernel(root)
        self.mountinfo = root / "proc/self/mountinfo"
        self._file("proc/self/mountinfo", data["mountinfo"].lstrip("\n"))
        for path, text in data["files"].items():
            self._file(path, f"{text}\n")
        for path, target in data["links"].items():
            self._place(path).symlink_to(target)

    def space(self, folder: Path) -> Space:
        """What the file system of a medium would say."""
        return Space(*self._room[str(folder)])

    def forget(self, folder: str) -> None:
        """Take the mounts on a folder out of the table, as unmounting does."""
        escaped = folder.replace("\\", "\\134").replace(" ", "\\040")
        lines = self.mountinfo.read_text(encoding="utf-8").splitlines(keepends=True)
        self.mountinfo.write_text("".join(line for line in lines if line.split(" ")[4] != escaped), encoding="utf-8")

    def _file(self, path: str, text: str) -> None:
        self._place(path).write_text(text, encoding="utf-8")

    def _place(self, path: str) -> Path:
        place = self._root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        return place
