"""Which mounted folders are media that a person carries away: what the desktop or an administrator mounts for that."""

from __future__ import annotations

import re
from pathlib import Path

from lgpki_tui.ground.frozen import dataclass

MOUNTINFO = Path("/proc/self/mountinfo")
# Where removable media are mounted: by the desktop (udisks) and by hand (FHS 3.0, 3.11 and 3.12).
ROOTS = (Path("/media"), Path("/run/media"), Path("/mnt"))
_OCTAL = re.compile(r"\\([0-7]{3})")


@dataclass(frozen=True, slots=True)
class Medium:
    """One mounted medium. `writable`: whether it was mounted for writing."""

    folder: Path
    device: str
    filesystem: str
    writable: bool


def media(mountinfo: str, roots: tuple[Path, ...] = ROOTS) -> tuple[Medium, ...]:
    """The media below these folders in the text of /proc/self/mountinfo (proc(5)), in its order."""
    found = []
    for line in mountinfo.splitlines():
        before, dash, after = line.partition(" - ")
        fields, kind = before.split(" "), after.split(" ")
        if not dash or len(fields) < 6 or len(kind) < 2:
            continue
        folder, device = Path(_plain(fields[4])), _plain(kind[1])
        if device.startswith("/dev/") and any(folder.is_relative_to(root) for root in roots):
            found.append(Medium(folder, device, kind[0], "rw" in fields[5].split(",")))
    return tuple(found)


def mounted() -> tuple[Medium, ...]:
    """The media that are mounted now; none where the system does not tell."""
    try:
        return media(MOUNTINFO.read_text(encoding="utf-8", errors="surrogateescape"))
    except OSError:
        return ()


def _plain(field: str) -> str:
    """Spaces and the like are written as \\040."""
    return _OCTAL.sub(lambda found: chr(int(found[1], 8)), field)
