"""Where readers cannot be had it is said why, and nothing is left open or running."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

import pytest

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.rehearsal import readers as launcher
from lgpki_tui.rehearsal.readers import PracticeCard, Readers
from tests.rehearsal.readers.holding import holding, listening


@pytest.mark.parametrize("kind", ["mnt", "net", "pid"])
def test_where_the_kernel_gives_no_namespaces_it_says_so(tmp_path: Path, kind: str) -> None:
    """In a user namespace of its own the number of others can be brought to none (namespaces(7))."""
    before = listening()
    forbid = f'echo 0 >/proc/sys/user/max_{kind}_namespaces && exec "$@"'
    with holding(tmp_path / "cards", "unshare", "--user", "--map-root-user", "sh", "-c", forbid, "sh") as (_, said):
        assert said == "practice_readers namespaces_forbidden"
    assert listening() == before


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is all the PATH there is."""
    (folder := tmp_path / "bin").mkdir()
    for name in ("unshare", "mount", "pcscd"):
        place = next(path for path in (Path("/usr/bin", name), Path("/usr/sbin", name)) if path.exists())
        (folder / name).symlink_to(place)
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setattr(launcher, "_SBIN", str(folder))
    return folder


def _refused(folder: Path, **options: float) -> Refusal:
    with pytest.raises(Refusal) as caught:
        Readers(folder, [PracticeCard()], **options)
    assert caught.value.code is Code.PRACTICE_READERS
    return caught.value


@pytest.mark.parametrize(("program", "package"), [("unshare", "util-linux"), ("mount", "mount"), ("pcscd", "pcscd")])
def test_a_missing_program_is_named_by_its_package(tmp_path: Path, programs: Path, program: str, package: str) -> None:
    (programs / program).unlink()
    assert _refused(tmp_path / "cards").facts == {"reason": "package_missing", "package": package}


def test_a_missing_driver_is_named_by_its_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launcher, "_DRIVER", tmp_path / "libifdvpcd.so")
    assert _refused(tmp_path / "cards").facts == {"reason": "package_missing", "package": "vsmartcard-vpcd"}


def _played(programs: Path, script: str) -> None:
    """In place of pcscd."""
    (programs / "pcscd").unlink()
    (programs / "pcscd").write_text(f"#!/bin/sh\n{script}\n")
    (programs / "pcscd").chmod(0o755)


def test_a_service_that_ends_at_once(tmp_path: Path, programs: Path) -> None:
    _played(programs, "echo 'pcscd: out of order' >&2; exit 1")
    assert _refused(tmp_path / "cards").facts == {"reason": "pcscd_ended", "detail": "pcscd: out of order"}


def test_a_service_that_does_nothing_has_its_deadline(tmp_path: Path, programs: Path) -> None:
    sleep = f"/bin/sleep 6{os.getpid()}"
    _played(programs, f"exec {sleep}")
    begun = time.monotonic()
    assert _refused(tmp_path / "cards", deadline=0.5).facts["reason"] == "no_answer"
    assert time.monotonic() - begun < 5
    left = subprocess.run(["/usr/bin/pgrep", "--full", f"^{sleep}$"], capture_output=True, check=False)
    assert left.returncode == 1


def test_a_damaged_card_is_told_and_kept(tmp_path: Path) -> None:
    (tmp_path / "cards").mkdir()
    (tmp_path / "cards" / "card.json").write_text("{}")
    assert _refused(tmp_path / "cards").facts == {"reason": "card_ended", "detail": "card: damaged card"}
    assert (tmp_path / "cards" / "card.json").read_text() == "{}"


def test_a_card_is_in_one_place_at_a_time(tmp_path: Path) -> None:
    with Readers(tmp_path / "cards", [PracticeCard()]):
        assert _refused(tmp_path / "cards").facts == {"reason": "card_ended", "detail": "card: in_use card"}


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    for place, code in ((tmp_path / "absent", Code.FOLDER_MISSING), (tmp_path / "file", Code.FOLDER_UNWRITABLE)):
        (tmp_path / "file").touch()
        with pytest.raises(Refusal) as caught:
            Readers(place / "cards", [PracticeCard()])
        assert caught.value.code is code


@pytest.mark.parametrize("cards", [0, 3])
def test_there_are_one_or_two_readers(tmp_path: Path, cards: int) -> None:
    with pytest.raises(ValueError, match="readers"):
        Readers(tmp_path, [PracticeCard(f"card{number}") for number in range(cards)])
