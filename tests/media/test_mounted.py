"""Which mounts are media that a person carries away, by recorded samples of /proc/self/mountinfo (proc(5))."""

from __future__ import annotations

from pathlib import Path

from lgpki_tui.media.mounted import Medium, media, mounted

# A desktop with a stick, a floppy without write access, a network share below /mnt, a system disk, and a bind mount.
RECORDED = r"""
22 1 8:2 / / rw,relatime shared:1 - ext4 /dev/sda2 rw
25 22 0:5 / /proc rw,nosuid shared:12 - proc proc rw
98 22 8:17 / /media/j-seisaku/USB\040MEMORY rw,nosuid,nodev,relatime shared:51 - vfat /dev/sdb1 rw,uid=1000
99 22 2:0 / /run/media/j-seisaku/FD ro,nosuid shared:52 - vfat /dev/fd0 ro
100 22 0:44 / /mnt/share rw - nfs4 server:/export rw
101 22 8:2 /srv /home/j-seisaku/media rw - ext4 /dev/sda2 rw
102 22 7:0 / /mnt/image rw,relatime - ext4 /dev/loop0 rw
not a line of it
"""


def test_media_are_what_is_mounted_below_the_folders_for_them() -> None:
    assert media(RECORDED) == (
        Medium(Path("/media/j-seisaku/USB MEMORY"), "/dev/sdb1", "vfat", writable=True),
        Medium(Path("/run/media/j-seisaku/FD"), "/dev/fd0", "vfat", writable=False),
        Medium(Path("/mnt/image"), "/dev/loop0", "ext4", writable=True),
    )


def test_neither_the_system_disk_nor_a_network_folder_is_a_medium() -> None:
    folders = {each.folder for each in media(RECORDED)}
    assert not folders & {Path("/"), Path("/mnt/share"), Path("/home/j-seisaku/media")}


def test_this_machine_can_be_asked() -> None:
    assert all(each.device.startswith("/dev/") for each in mounted())
