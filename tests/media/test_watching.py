"""The kernel tells of every mount, and nobody asks meanwhile."""

from __future__ import annotations

import subprocess
import threading
import time
from pathlib import Path

import pytest

from lgpki_tui.media.watching import MountWatch
from tests.media.child import in_namespace, mount_small


def test_a_mount_is_told_and_nothing_else_is(tmp_path: Path) -> None:
    def act() -> str:
        watch, told = MountWatch(), []
        mount_small(tmp_path, "8k")
        told.append(watch.wait())
        thread = threading.Thread(target=lambda: told.append(watch.wait()))
        thread.start()
        before = time.process_time()
        (tmp_path / "a").write_bytes(b"1")  # no business of the table
        time.sleep(0.2)
        idle, waiting = time.process_time() - before, thread.is_alive()
        watch.stop()
        thread.join(5)
        told.append(watch.wait())  # it stays stopped
        watch.close()
        watch.stop()  # harmless
        return f"{told} {waiting} {idle < 0.1}"

    said = in_namespace(act)
    if said is None:
        pytest.skip("the kernel forbids this user a mount namespace (unshare(2))")
    assert said == "[True, False, False] True True"


def test_an_unmount_is_told(tmp_path: Path) -> None:
    def act() -> str:
        mount_small(tmp_path, "8k")
        watch = MountWatch()
        subprocess.run(["umount", tmp_path], check=True)
        told = watch.wait()
        watch.close()
        return str(told)

    said = in_namespace(act)
    if said is None:
        pytest.skip("the kernel forbids this user a mount namespace (unshare(2))")
    assert said == "True"


def test_it_leaves_no_descriptor_behind() -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(5):
        watch = MountWatch()
        watch.stop()
        assert watch.wait() is False
        watch.close()
    assert len(list(Path("/proc/self/fd").iterdir())) == before
