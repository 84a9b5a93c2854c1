"""What the kernel says of mounted file systems and of the devices below them: the one source of facts about media.

Read from /proc/self/mountinfo (proc(5)), /sys/dev/block and /sys/class/block (Linux, ABI/stable/sysfs-block), and the
links in /dev/disk/by-label that udev makes of labels; without udev labels are unknown, and nothing else. Only
files and links: no program has to be installed or allowed, and a container, a session over SSH and a recorded sample
(tests/media/machines) are read alike. `lsblk` tells the same of devices, but not which mounts are read-only, nor which
is hidden below another, and needs udev for what it says of file systems.
"""

from __future__ import annotations

import os
import re
from dataclasses import replace
from pathlib import Path

from lgpki_tui.ground.frozen import dataclass

_OCTAL = re.compile(r"\\([0-7]{3})")
_HEX = re.compile(rb"\\x([0-9A-Fa-f]{2})")
# The bus by which a person plugs something in: USB, FireWire.
_PLUGGED = re.compile(r"/(usb|fw)\d+/")
_SECTOR = 512
# Disks below a mapped device (LUKS, LVM, RAID) stand a few levels deep.
_DEEPEST = 8


@dataclass(frozen=True, slots=True)
class Mount:
    """One mounted file system. `number`: major:minor of its device, `0:N` where it has none. `source`: what it was
    mounted from. `writable`: whether mount and file system both allow it. `hidden`: another one is mounted over it, so
    that its folder leads elsewhere."""

    folder: Path
    number: str
    filesystem: str
    source: str
    writable: bool
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Device:
    """A block device. `disks`: the names of the whole disks that it is on. `removable`: whether all of these are made
    to be carried away. `size` in bytes. `label` of its file system, empty where it is unknown."""

    name: str
    size: int
    disks: frozenset[str]
    removable: bool
    label: str


class Kernel:
    """The kernel's tables below a root: `/`, or the folder of a recorded sample. Nothing is kept between questions."""

    def __init__(self, root: Path = Path("/")) -> None:
        self._root = root

    def mounts(self) -> tuple[Mount, ...]:
        """What is mounted, in the kernel's order; nothing where it does not tell."""
        try:
            text = (self._root / "proc/self/mountinfo").read_text(encoding="utf-8", errors="surrogateescape")
        except OSError:
            return ()
        lines = [line for line in map(_line, text.splitlines()) if line is not None]
        hidden = _hidden(lines)
        return tuple(replace(line.mount, hidden=line.number in hidden) for line in lines)

    def device_of(self, mount: Mount) -> Device | None:
        """The block device of a mount; None where it has none (a network, memory)."""
        number = mount.number
        if number.startswith("0:"):  # btrfs has a number of its own; its source still names the device
            if not mount.source.startswith("/dev/"):
                return None
            name = os.path.basename(os.path.realpath(self._root / mount.source[1:]))  # noqa: PTH119  # a mere name
            number = _text(self._root / "sys/class/block" / name / "dev")
        folder = self._root / "sys/dev/block" / number
        return self._device(Path(os.path.realpath(folder))) if number and folder.exists() else None

    def devices(self) -> tuple[Device, ...]:
        """All block devices that can hold a file system: those with room in them and no partitions or mapping above."""
        try:
            folders = sorted((self._root / "sys/class/block").iterdir())
        except OSError:
            return ()
        real = [Path(os.path.realpath(each)) for each in folders]
        split = {each.parent for each in real if (each / "partition").exists()}
        return tuple(self._device(each) for each in real if each not in split and not _names(each / "holders"))

    def _device(self, folder: Path) -> Device:
        disks = _disks(folder, _DEEPEST)
        return Device(
            name=folder.name,
            size=int(_text(folder / "size") or 0) * _SECTOR,
            disks=frozenset(each.name for each in disks),
            removable=bool(disks) and all(map(_is_removable, disks)),
            label=self._labels().get(folder.name, ""),
        )

    def _labels(self) -> dict[str, str]:
        folder = self._root / "dev/disk/by-label"
        return {Path(os.path.realpath(folder / name)).name: _label(name) for name in _names(folder)}


@dataclass(frozen=True, slots=True)
class _Line:
    """A mount, the number that the kernel gave it, and that of the mount which it is mounted on."""

    number: str
    parent: str
    mount: Mount


def _line(line: str) -> _Line | None:
    """A line of mountinfo: number parent major:minor root folder options [fields] - filesystem source options."""
    before, dash, after = line.partition(" - ")
    fields, kind = before.split(" "), after.split(" ")
    if not dash or len(fields) < 6 or len(kind) < 3:
        return None
    writable = "rw" in fields[5].split(",") and "rw" in kind[2].split(",")
    mount = Mount(Path(_plain(fields[4])), fields[2], kind[0], _plain(kind[1]), writable)
    return _Line(fields[0], fields[1], mount)


def _hidden(lines: list[_Line]) -> frozenset[str]:
    """The numbers of the mounts that no path leads to. (Their order tells nothing: what an initramfs has mounted and
    moved stands before the root.)"""
    on: dict[str, list[_Line]] = {}
    for line in lines:
        if line.parent != line.number:
            on.setdefault(line.parent, []).append(line)

    def is_cut_off(line: _Line) -> bool:
        """Whether another mount on the same parent lies over the way to this one."""
        folder = line.mount.folder
        above = (each.mount.folder for each in on.get(line.parent, []))
        return any(folder != each and folder.is_relative_to(each) for each in above)

    found: set[str] = set()
    waiting = [line for line in lines if is_cut_off(line)]
    while waiting:
        line = waiting.pop()
        if line.number not in found:
            found.add(line.number)
            waiting += on.get(line.number, [])
    covered = (
        each for each in lines if any(each.mount.folder == on_it.mount.folder for on_it in on.get(each.number, []))
    )
    return frozenset(found | {each.number for each in covered})


def _plain(field: str) -> str:
    """Spaces and the like are written as \\040."""
    return _OCTAL.sub(lambda found: chr(int(found[1], 8)), field)


def _label(name: str) -> str:
    r"""A label as udev writes it in the name of a link: what it thinks unsafe is \x20. An old FAT label is in CP932."""
    raw = _HEX.sub(lambda found: bytes([int(found[1], 16)]), os.fsencode(name))
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp932", errors="replace")


def _disks(folder: Path, deep: int) -> tuple[Path, ...]:
    """The whole disks below a device: through partitions, and through what a mapped device is made of."""
    if (folder / "partition").exists():
        return (folder.parent,)
    below = _names(folder / "slaves") if deep else []
    if not below:
        return (folder,)
    made_of = (Path(os.path.realpath(folder / "slaves" / name)) for name in below)
    return tuple(dict.fromkeys(disk for each in made_of for disk in _disks(each, deep - 1)))


def _is_removable(disk: Path) -> bool:
    """Its media can be taken out (a card reader, a stick), or it hangs itself on a plug (a disk on USB, an SD card)."""
    if _text(disk / "removable") == "1":
        return True
    above = [str(each) for each in disk.parents]
    said = {each: _text(Path(each) / "removable") for each in above}  # of ports and slots: removable, fixed, unknown
    if "removable" in said.values():
        return True
    plugged = [each for each in above if _PLUGGED.search(f"{each}/")]
    if plugged:
        return all(said[each] != "fixed" for each in plugged)  # soldered to a USB host
    return _text(disk / "device" / "type") == "SD"


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""


def _names(folder: Path) -> list[str]:
    try:
        return sorted(each.name for each in folder.iterdir())
    except OSError:
        return []
