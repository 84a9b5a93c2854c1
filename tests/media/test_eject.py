"""Taking a medium out: by the programs there are, by the kernel's word, and by the command for a person."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.media.eject import mount_command, unmount
from lgpki_tui.media.kernel import Kernel
from lgpki_tui.media.mounted import Medium, media
from tests.media.images import image, loop_mounted
from tests.media.samples import Sample

BOTH = {"udisksctl": "/usr/bin/udisksctl", "umount": "/usr/bin/umount"}.get
ONLY_UMOUNT = {"umount": "/usr/bin/umount"}.get


class Programs:
    """What is run on a sample; `able` are the programs that succeed."""

    def __init__(self, machine: Sample, *able: str, says: str = "not authorized") -> None:
        self._machine = machine
        self._able = able
        self._says = says
        self.run: list[list[str]] = []

    def __call__(self, command: Sequence[str]) -> str | None:
        self.run.append(list(command))
        if Path(command[0]).name not in self._able:
            return self._says
        gone = Path(command[-1])
        for mount in self._machine.kernel.mounts():
            device = self._machine.kernel.device_of(mount)
            if device is not None and command[-1] == f"/dev/{device.name}":
                gone = mount.folder
        self._machine.forget(str(gone))
        return None


def only(machine: Sample, device: str) -> Medium:
    return next(each for each in media(machine.kernel, ask=machine.space) if each.device == device)


def test_both_partitions_of_a_stick_are_unmounted(tmp_path: Path) -> None:
    machine = Sample("nvme-luks-lvm", tmp_path)
    programs = Programs(machine, "udisksctl")
    unmount(machine.kernel, only(machine, "/dev/sda1"), programs, BOTH)
    assert [command[-1] for command in programs.run] == ["/dev/sda2", "/dev/sda1"]
    assert all("--no-user-interaction" in command for command in programs.run)
    assert media(machine.kernel, ask=machine.space) == ()


def test_where_the_desktop_may_not_umount_is_tried(tmp_path: Path) -> None:
    machine = Sample("usb-stick", tmp_path)
    programs = Programs(machine, "umount")
    unmount(machine.kernel, only(machine, "/dev/sdb1"), programs, BOTH)
    assert [Path(command[0]).name for command in programs.run] == ["udisksctl", "umount"]
    assert programs.run[-1][1:] == ["--", "/media/j-seisaku/USB MEMORY"]


@pytest.mark.parametrize(
    ("says", "find", "reason", "command"),
    [
        ("umount: target is busy.", BOTH, "busy", "udisksctl unmount -b /dev/sdb1"),
        ("Not authorized to perform operation", BOTH, "forbidden", "udisksctl unmount -b /dev/sdb1"),
        ("must be superuser", ONLY_UMOUNT, "forbidden", "umount '/media/j-seisaku/USB MEMORY'"),
        ("", {}.get, "program_missing", "umount '/media/j-seisaku/USB MEMORY'"),
    ],
)
def test_what_cannot_be_unmounted_is_told_with_the_command(
    tmp_path: Path, says: str, find: object, reason: str, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    machine = Sample("usb-stick", tmp_path)
    with pytest.raises(Refusal) as refused:
        unmount(machine.kernel, only(machine, "/dev/sdb1"), Programs(machine, says=says), find)  # type: ignore[arg-type]  # a stand-in
    assert refused.value.code is Code.MEDIUM_MOUNTED
    folder = "/media/j-seisaku/USB MEMORY"
    if command.startswith("umount"):
        command = f"sudo {command}"
    assert refused.value.facts == {"folder": folder, "reason": reason, "command": command}


def test_a_program_that_says_done_and_has_not_is_not_believed(tmp_path: Path) -> None:
    machine = Sample("usb-stick", tmp_path)
    with pytest.raises(Refusal) as refused:
        unmount(machine.kernel, only(machine, "/dev/sdb1"), lambda command: None, BOTH)
    assert refused.value.code is Code.MEDIUM_MOUNTED


def test_a_mount_that_another_one_hides_is_left_to_a_person(tmp_path: Path) -> None:
    """`umount FOLDER` would take the one above it."""
    machine = Sample("not-mounted", tmp_path)
    medium = Medium(Path("/mnt"), "/dev/sdd", "vfat", "WHOLE", 0, 0, frozenset({"sdd"}))
    programs = Programs(machine, "udisksctl", "umount")
    with pytest.raises(Refusal) as refused:
        unmount(machine.kernel, medium, programs, ONLY_UMOUNT)
    assert programs.run == []
    assert str(refused.value.facts["command"]).endswith("umount /dev/sdd")


def test_how_to_mount() -> None:
    assert mount_command("/dev/sdb1", BOTH) == "udisksctl mount -b /dev/sdb1"
    assert mount_command("/dev/sdb1", ONLY_UMOUNT).endswith("mount /dev/sdb1 /mnt")


def test_a_real_mount_is_taken_out_unless_somebody_uses_it(tmp_path: Path) -> None:
    with loop_mounted(image(tmp_path / "medium", "ext4"), tmp_path / "media" / "U 1") as folder:
        kernel = Kernel()
        medium = next(each for each in media(kernel, (tmp_path,)) if each.folder == folder)
        with (folder / "open").open("wb"):
            with pytest.raises(Refusal) as refused:
                unmount(kernel, medium, find=ONLY_UMOUNT)
            assert refused.value.facts["reason"] == "busy"
            assert os.path.ismount(folder)
        unmount(kernel, medium)
        assert not os.path.ismount(folder)
