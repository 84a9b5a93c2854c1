"""Which mounts are media that a person carries away, by the samples of many machines."""

from __future__ import annotations

from pathlib import Path

import pytest

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.media.kernel import Kernel
from lgpki_tui.media.mounted import Medium, Obstacle, Place, media, named, on_disks, place_of, unmounted
from tests.media.samples import NAMES, Sample

USUAL = (Path("/media"), Path("/run/media"), Path("/mnt"))
# Machine: device, label, folder, file system of each medium that is found without any setting.
FOUND = {
    "cannot-be-taken": [
        ("/dev/sr0", "INSTALL", "/media/j-seisaku/INSTALL", "iso9660"),
        ("/dev/sdb1", "LOCKED", "/media/j-seisaku/LOCKED", "vfat"),
        ("/dev/sdc1", "FULL", "/media/j-seisaku/FULL", "vfat"),
        ("/dev/sdd1", "OTHER", "/media/other/OTHER", "vfat"),
    ],
    "container": [("/dev/sdb1", "", "/media/usb", "vfat")],
    "disks-on-plugs": [
        ("/dev/sdb1", 'A/B "backup"', r"/media/j-seisaku/A_B \backup", "ext4"),
        ("/dev/sdb2", "NTFS", "/media/j-seisaku/NTFS", "fuseblk"),
        ("/dev/nvme0n1p1", "FAST", "/media/j-seisaku/FAST", "xfs"),
        ("/dev/dm-0", "SECRET", "/media/j-seisaku/SECRET", "ext4"),
        ("/dev/sdd1", "BTR", "/media/j-seisaku/BTR", "btrfs"),
    ],
    "network-and-memory": [],
    "not-mounted": [],
    "nvme-luks-lvm": [
        ("/dev/sda1", "電子記録媒体", "/run/media/j-seisaku/電子記録媒体", "exfat"),
        ("/dev/sda2", "TOOLS", "/run/media/j-seisaku/TOOLS", "vfat"),
    ],
    "sd-card-emmc": [("/dev/mmcblk1p1", "市役所", "/media/pi/市役所", "vfat")],
    "starts-from-usb": [],
    "usb-stick": [("/dev/sdb1", "USB MEMORY", "/media/j-seisaku/USB MEMORY", "vfat")],
    "virtual-machine": [],
}
# What a site adds by naming the usual folders: an image, a disk soldered to USB; never the system's, never a server's.
ADDED = {"usb-stick": ["/dev/loop0"], "disks-on-plugs": ["/dev/sde1"]}
SYSTEM = {"nvme-luks-lvm": "nvme0n1", "sd-card-emmc": "mmcblk0", "virtual-machine": "vda"}
SYSTEM |= {name: "sda" for name in FOUND if name not in SYSTEM}


def shown(found: tuple[Medium, ...]) -> list[tuple[str, str, str, str]]:
    return [(each.device, each.label, str(each.folder), each.filesystem) for each in found]


@pytest.mark.parametrize("name", NAMES)
def test_media_are_what_is_made_to_be_carried_away(tmp_path: Path, name: str) -> None:
    machine = Sample(name, tmp_path)
    assert shown(media(machine.kernel, ask=machine.space)) == FOUND[name]


@pytest.mark.parametrize("name", NAMES)
def test_a_setting_adds_places_but_never_the_systems_disk_or_a_network(tmp_path: Path, name: str) -> None:
    machine = Sample(name, tmp_path)
    before = {each.device for each in media(machine.kernel, ask=machine.space)}
    after = {each.device for each in media(machine.kernel, USUAL, ask=machine.space)}
    assert sorted(after - before) == ADDED.get(name, [])
    everything = media(machine.kernel, (Path("/"),), ask=machine.space)
    assert not any(SYSTEM[name] in each.disks for each in everything)


def test_a_disk_shared_with_the_system_through_luks_and_lvm_is_the_systems(tmp_path: Path) -> None:
    machine = Sample("nvme-luks-lvm", tmp_path)
    assert place_of(machine.kernel, Path("/mnt/data/x"), USUAL) == (Place.DISK, None)


def test_sizes_and_what_stands_in_the_way(tmp_path: Path) -> None:
    machine = Sample("cannot-be-taken", tmp_path)
    wanted = {"a.csr": 5000, "a.csr.pem": 1}
    found = media(machine.kernel, wanted=wanted, ask=machine.space)
    assert [each.obstacle for each in found] == [
        Obstacle.READ_ONLY,
        Obstacle.READ_ONLY,
        Obstacle.FULL,  # 8192 free; two blocks and one, and one for the folder are needed
        Obstacle.FORBIDDEN,
    ]
    assert (found[1].size, found[1].free) == (7829504 * 512, 3_000_000_000)
    assert media(machine.kernel, ask=machine.space)[2].obstacle is None


def test_a_medium_that_was_pulled_out_and_is_still_in_the_table_takes_nothing(tmp_path: Path) -> None:
    def gone(folder: Path) -> object:
        raise OSError(5, "EIO")

    found = media(Sample("usb-stick", tmp_path).kernel, ask=gone)  # type: ignore[arg-type]  # it never answers
    assert [(each.free, each.obstacle) for each in found] == [(0, Obstacle.FORBIDDEN)]


def test_what_is_in_and_not_mounted(tmp_path: Path) -> None:
    found = unmounted(Sample("not-mounted", tmp_path).kernel)
    # Not the empty reader, nor the disc, nor the stick that is mounted where another mount hides it.
    assert [(each.device, each.label, each.size) for each in found] == [("/dev/sdb1", "NEW", 31291392 * 512)]


@pytest.mark.parametrize("name", [name for name in NAMES if name not in ("not-mounted", "sd-card-emmc")])
def test_nothing_waits_to_be_mounted_on_the_other_machines(tmp_path: Path, name: str) -> None:
    assert unmounted(Sample(name, tmp_path).kernel) == ()


def test_a_card_in_a_reader_that_is_built_in_waits_to_be_mounted(tmp_path: Path) -> None:
    assert [each.device for each in unmounted(Sample("sd-card-emmc", tmp_path).kernel)] == ["/dev/sda1"]


def test_a_hidden_mount_is_no_place_and_still_keeps_its_stick_in(tmp_path: Path) -> None:
    kernel = Sample("not-mounted", tmp_path).kernel
    assert place_of(kernel, Path("/mnt/x"), USUAL) == (Place.OTHER, None)
    assert [(mount.source, mount.hidden) for mount in on_disks(kernel, frozenset({"sdd"}))] == [("/dev/sdd", True)]


@pytest.mark.parametrize(
    ("table", "hidden"),
    [
        ("1 1 0:1 / / rw - a a rw\n2 1 0:2 / / rw - b b rw\n3 2 0:3 / /x rw - c c rw", "a"),
        ("3 2 0:3 / /x rw - c c rw\n2 1 0:2 / / rw - b b rw", ""),
        (
            "2 1 0:2 / / rw - b b r\n3 2 0:3 / /x/y rw - c c r\n4 3 0:4 / /x/y/z rw - d d r\n5 2 0:5 / /x rw - e e r",
            "cd",
        ),
        (
            "2 1 0:2 / / rw - b b rw\n3 2 0:3 / /x rw - c c rw\n4 3 0:4 / /x rw - d d rw\n5 4 0:5 / /x/y rw - e e rw",
            "c",
        ),
    ],
)
def test_which_mounts_are_hidden(tmp_path: Path, table: str, hidden: str) -> None:
    (tmp_path / "proc/self").mkdir(parents=True)
    (tmp_path / "proc/self/mountinfo").write_text(f"{table}\nnot a line of it\n")
    assert "".join(each.filesystem for each in Kernel(tmp_path).mounts() if each.hidden) == hidden


@pytest.mark.parametrize(
    ("name", "folder", "place", "device"),
    [
        ("usb-stick", "/media/j-seisaku/USB MEMORY/sub", Place.MEDIUM, "/dev/sdb1"),
        ("usb-stick", "/media/files", Place.DISK, None),
        ("usb-stick", "/home/j-seisaku", Place.DISK, None),
        ("usb-stick", "/run/user", Place.OTHER, None),
        ("network-and-memory", "/mnt/share/a", Place.NETWORK, None),
        ("network-and-memory", "/media/kyoyu", Place.NETWORK, None),
        ("network-and-memory", "/media/j-seisaku/far", Place.NETWORK, None),
        ("network-and-memory", "/mnt/host", Place.NETWORK, None),
        ("network-and-memory", "/mnt/memory", Place.OTHER, None),
        ("container", "/home", Place.OTHER, None),
        ("container", "/media/volume", Place.DISK, None),
    ],
)
def test_what_kind_of_place_a_folder_is_in(
    tmp_path: Path, name: str, folder: str, place: Place, device: str | None
) -> None:
    found, medium = place_of(Sample(name, tmp_path).kernel, Path(folder))
    assert (found, medium.device if medium else None) == (place, device)


@pytest.mark.parametrize("name", ["/dev/sda1", "sda1", "電子記録媒体", "/run/media/j-seisaku/電子記録媒体"])
def test_a_medium_is_called_by_device_folder_or_label(tmp_path: Path, name: str) -> None:
    machine = Sample("nvme-luks-lvm", tmp_path)
    assert named(media(machine.kernel, ask=machine.space), name).device == "/dev/sda1"


def test_a_name_of_nothing_and_a_name_of_several(tmp_path: Path) -> None:
    machine = Sample("nvme-luks-lvm", tmp_path)
    found = media(machine.kernel, ask=machine.space)
    with pytest.raises(Refusal) as absent:
        named(found, "USB")
    assert (absent.value.code, absent.value.facts) == (
        Code.MEDIUM_ABSENT,
        {"medium": "USB", "media": ["電子記録媒体", "TOOLS"]},
    )
    with pytest.raises(Refusal) as several:
        named((*found, *found), "TOOLS")
    assert several.value.code is Code.MEDIUM_AMBIGUOUS
    assert several.value.facts["media"] == ["/dev/sda2", "/dev/sda2"]


def test_this_machine_can_be_asked() -> None:
    kernel = Kernel()
    assert any(mount.folder == Path("/") for mount in kernel.mounts())
    assert all(each.device.startswith("/dev/") and each.folder != Path("/") for each in media(kernel, (Path("/"),)))


def test_without_a_table_there_is_nothing(tmp_path: Path) -> None:
    assert (media(Kernel(tmp_path)), unmounted(Kernel(tmp_path))) == ((), ())
