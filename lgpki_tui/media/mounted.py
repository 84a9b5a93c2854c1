"""Which mounted file systems are media that a person carries away, and what stands in the way of writing to them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.ground.frozen import dataclass
from lgpki_tui.media.kernel import Device, Kernel, Mount
from lgpki_tui.media.room import Space, room_for, space

# Files that are to be written: their sizes by name.
Wanted = Mapping[str, int]
_NOTHING: Wanted = MappingProxyType({})

# Where the system itself is mounted (FHS 3.0); in a container, where / is no disk, the files of the host below /etc.
_SYSTEM = tuple(map(Path, ("/", "/efi", "/home", "/nix", "/opt", "/root", "/run", "/srv", "/usr", "/var", "/var/lib")))
_SYSTEM_TREES = tuple(map(Path, ("/boot", "/etc", "/usr")))
_NETWORK = frozenset({"9p", "afs", "ceph", "cifs", "glusterfs", "ncpfs", "nfs", "nfs4", "smb3", "smbfs", "virtiofs"})


class Obstacle(StrEnum):
    """Why a medium cannot take a copy."""

    READ_ONLY = "read_only"
    FORBIDDEN = "forbidden"
    FULL = "full"


class Place(StrEnum):
    """What kind of place a folder is in. DISK: a disk that stays in this PC. OTHER: memory, and what is unknown."""

    MEDIUM = "medium"
    DISK = "disk"
    NETWORK = "network"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Medium:
    """One mounted medium. `size` of its device and `free` for this user are bytes (None: its file system does not
    count). `disks`: what is pulled out with it."""

    folder: Path
    device: str
    filesystem: str
    label: str
    size: int
    free: int | None
    disks: frozenset[str]
    obstacle: Obstacle | None = None

    @property
    def name(self) -> str:
        """What a person calls it: its label, else the folder where it is mounted."""
        return self.label or self.folder.name

    def is_like(self, other: Medium) -> bool:
        """Whether it may be the same one: the kernel may call it otherwise once it was pulled out and put in again."""
        return (self.label, self.filesystem, self.size) == (other.label, other.filesystem, other.size)


@dataclass(frozen=True, slots=True)
class Unmounted:
    """A medium that is in this PC and not mounted; `device` is its path."""

    device: str
    label: str
    size: int


def media(
    kernel: Kernel, roots: Sequence[Path] = (), wanted: Wanted = _NOTHING, ask: Callable[[Path], Space] = space
) -> tuple[Medium, ...]:
    """The media: what is removable, or is mounted at or below one of the `roots` (the setting `[media] roots`).

    Never a disk of the system, nor what has no device at all (a network). A device that is mounted several times is
    one medium, where it was mounted first. `wanted`: what is to be written.
    """
    found: dict[str, Medium] = {}
    mounts, held = _with_devices(kernel)
    for mount, device in mounts:
        if mount.hidden:
            continue
        below = any(mount.folder.is_relative_to(root) for root in roots)
        if (device.removable or below) and not device.disks & held and device.name not in found:
            found[device.name] = _medium(mount, device, wanted, ask)
    return tuple(found.values())


def unmounted(kernel: Kernel) -> tuple[Unmounted, ...]:
    """Removable devices with room in them that are mounted nowhere; optical discs take no copy and are left out."""
    mounts, held = _with_devices(kernel)
    names = {device.name for _, device in mounts}
    return tuple(
        Unmounted(f"/dev/{each.name}", each.label, each.size)
        for each in kernel.devices()
        if each.removable and each.size and each.name not in names
        if not each.disks & held and not each.name.startswith("sr")
    )


def place_of(kernel: Kernel, folder: Path, roots: Sequence[Path] = ()) -> tuple[Place, Medium | None]:
    """In what kind of place a folder is, links followed, and on which medium."""
    real = Path(os.path.realpath(folder))
    mount = max(
        (each for each in kernel.mounts() if not each.hidden and real.is_relative_to(each.folder)),
        key=lambda each: len(each.folder.parts),
        default=None,
    )
    if mount is None:
        return Place.OTHER, None
    device = kernel.device_of(mount)
    if device is None:
        return (Place.NETWORK if _is_network(mount) else Place.OTHER), None
    medium = next((each for each in media(kernel, roots) if each.device == f"/dev/{device.name}"), None)
    return (Place.DISK if medium is None else Place.MEDIUM), medium


def named(found: Sequence[Medium], name: str) -> Medium:
    """The medium that a person calls so: its device (/dev/sdb1 or sdb1), its folder, its label, or the last part of its
    folder. Raises Refusal: medium_absent, medium_ambiguous, each with `medium` and `media` (what there is)."""
    names = [each.name for each in found]
    exact = [each for each in found if name in (each.device, Path(each.device).name, str(each.folder))]
    alike = exact or [each for each in found if name in (each.label, each.folder.name)]
    if len(alike) != 1:
        code = Code.MEDIUM_AMBIGUOUS if alike else Code.MEDIUM_ABSENT
        raise Refusal(code, medium=name, media=[each.device for each in alike] if alike else list(names))
    return alike[0]


def on_disks(kernel: Kernel, disks: frozenset[str]) -> tuple[Mount, ...]:
    """Everything that is mounted from these disks, also where nobody sees it, the last mounted first: what must go
    before they are pulled out."""
    return tuple(mount for mount, device in reversed(_with_devices(kernel)[0]) if device.disks & disks)


def _with_devices(kernel: Kernel) -> tuple[list[tuple[Mount, Device]], frozenset[str]]:
    """The mounts that have a device, and the disks of the system."""
    asked = ((mount, kernel.device_of(mount)) for mount in kernel.mounts())
    mounts = [(mount, device) for mount, device in asked if device is not None]
    return mounts, frozenset(_system_disks(mounts))


def _system_disks(mounts: Iterable[tuple[Mount, Device]]) -> Iterable[str]:
    for mount, device in mounts:
        if mount.folder in _SYSTEM or any(mount.folder.is_relative_to(tree) for tree in _SYSTEM_TREES):
            yield from device.disks


def _is_network(mount: Mount) -> bool:
    kind = mount.filesystem
    return kind in _NETWORK or kind.startswith("fuse.") or mount.source.startswith("//") or ":/" in mount.source


def _medium(mount: Mount, device: Device, wanted: Wanted, ask: Callable[[Path], Space]) -> Medium:
    try:
        found = ask(mount.folder)
    except OSError:  # pulled out, and still in the table
        found = Space(0, 0, writable=False)
    return Medium(
        folder=mount.folder,
        device=f"/dev/{device.name}",
        filesystem=mount.filesystem,
        label=device.label,
        size=device.size,
        free=found.free,
        disks=device.disks,
        obstacle=_obstacle(mount, found, wanted),
    )


def _obstacle(mount: Mount, found: Space, wanted: Wanted) -> Obstacle | None:
    if not mount.writable:
        return Obstacle.READ_ONLY
    if not found.writable:
        return Obstacle.FORBIDDEN
    absent = [size for name, size in wanted.items() if not os.path.lexists(mount.folder / name)]
    return Obstacle.FULL if found.free is not None and found.free < room_for(absent, found.block) else None
