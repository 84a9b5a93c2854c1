"""Unmounts a medium so that it may be pulled out, and says the command where this user may not do it."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from collections.abc import Callable, Sequence

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.media.kernel import Kernel, Mount
from lgpki_tui.media.mounted import Medium, on_disks

# What a slow stick may still have to write of other programs' files.
_SECONDS = 120
Run = Callable[[Sequence[str]], str | None]
Find = Callable[[str], str | None]


def unmount(kernel: Kernel, medium: Medium, run: Run | None = None, find: Find = shutil.which) -> None:
    """Unmount everything of the disk that the medium is on. When this returns, the kernel's table has none of it.

    First as the desktop does it (udisksctl, which asks nobody here), then by umount(8). Raises Refusal(medium_mounted)
    with `folder`, `reason` (`busy`, `forbidden`, `program_missing`) and `command`, which a person can type; `folder` is
    what is still mounted.
    """
    run = run or _run
    complaints: list[str] = []
    while still := on_disks(kernel, medium.disks):
        seen = next((mount for mount in still if not mount.hidden), None)  # umount(8) of a hidden one takes another
        complaints += _tried(kernel, seen, run, find) if seen is not None else []
        if len(on_disks(kernel, medium.disks)) == len(still):
            break
    if still:
        command = command_for(kernel, still[0], find)
        reason = _reason(complaints, untried=still[0].hidden)
        raise Refusal(Code.MEDIUM_MOUNTED, folder=str(still[0].folder), reason=reason, command=command)


def command_for(kernel: Kernel, mount: Mount, find: Find = shutil.which) -> str:
    """What a person types to unmount it."""
    if find("udisksctl") is not None:
        return shlex.join(["udisksctl", "unmount", "-b", _path(kernel, mount)])
    target = _path(kernel, mount) if mount.hidden else str(mount.folder)
    return shlex.join([*([] if os.geteuid() == 0 else ["sudo"]), "umount", target])


def mount_command(device: str, find: Find = shutil.which) -> str:
    """What a person types to mount a device where media are looked for."""
    if find("udisksctl") is not None:
        return shlex.join(["udisksctl", "mount", "-b", device])
    return shlex.join([*([] if os.geteuid() == 0 else ["sudo"]), "mount", device, "/mnt"])


def _path(kernel: Kernel, mount: Mount) -> str:
    device = kernel.device_of(mount)
    return mount.source if device is None else f"/dev/{device.name}"


def _tried(kernel: Kernel, mount: Mount, run: Run, find: Find) -> list[str]:
    """What each program said until one of them did it."""
    said: list[str] = []
    ways = (
        ("udisksctl", "unmount", "--no-user-interaction", "--block-device", _path(kernel, mount)),
        ("umount", "--", str(mount.folder)),
    )
    for program, *arguments in ways:
        if (path := find(program)) is None:
            continue
        complaint = run([path, *arguments])
        if complaint is None:
            return []
        said.append(complaint)
    return said


def _reason(complaints: Sequence[str], *, untried: bool) -> str:
    if not complaints and not untried:
        return "program_missing"
    return "busy" if untried or any("busy" in each.lower() for each in complaints) else "forbidden"


def _run(command: Sequence[str]) -> str | None:
    """None when it was done, else what the program said."""
    environ = {**os.environ, "LC_ALL": "C"}
    try:
        done = subprocess.run(  # noqa: S603  # found on PATH, with a path of the kernel's own table
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=_SECONDS, check=False, env=environ, cwd="/"
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    return None if done.returncode == 0 else (done.stderr or done.stdout).decode(errors="replace").strip() or "failed"
