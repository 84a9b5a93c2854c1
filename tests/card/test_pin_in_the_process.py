"""Where a PIN is not while the card works: in no file, no frame, no core and nothing that /proc tells."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from lgpki_tui.card.client import HostedCard
from lgpki_tui.card.wire import pack_json, pack_secret
from lgpki_tui.ground.secret import Secret
from lgpki_tui.subject.algorithm import Algorithm
from tests.card.backends import Backend
from tests.card.processes import children
from tests.card.shim import Order, Shim

EC = Algorithm.EC_P256


async def test_a_pin_is_nowhere_but_in_the_card(shimmed: Backend, shim: Shim, tmp_path: Path) -> None:
    """Neither in arguments nor in environments of any process, nor in files, while the module holds it."""
    card = shimmed.card()
    seen = await shimmed.formatted(card)
    shim.order(Order("C_Login", "after", "sleep", "0.4"))
    opening = asyncio.create_task(card.open(seen, Secret(shimmed.pin)))
    await asyncio.sleep(0.2)
    found = [place for place, content in _told_by_proc() if shimmed.pin.encode() in content]
    await opening
    assert found == []
    assert _files_holding(tmp_path, seen.token.serial.encode())
    assert _files_holding(tmp_path, shimmed.pin.encode()) == []


def _files_holding(folder: Path, content: bytes) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and content in path.read_bytes()]


def _told_by_proc() -> Iterator[tuple[Path, bytes]]:
    for name in ("cmdline", "environ"):
        for path in Path("/proc").glob(f"[0-9]*/{name}"):
            try:
                yield path, path.read_bytes()
            except OSError:
                continue


async def test_the_process_leaves_no_core_and_cannot_be_read(backend: Backend, card: HostedCard) -> None:
    await card.look()
    (pid,) = children()
    _look_at_the_process(Path(f"/proc/{pid}"))


def _look_at_the_process(proc: Path) -> None:
    limits = (proc / "limits").read_text()
    core = next(line.split() for line in limits.splitlines() if line.startswith("Max core file size"))
    assert core[4:6] == ["0", "0"]
    assert proc.stat().st_uid == 0  # what is not dumpable belongs to root (proc(5))
    assert (proc / "environ").stat().st_uid == 0
    if os.geteuid() == 0:  # to root everything is readable
        assert {str((proc / "fd" / str(number)).readlink()) for number in range(3)} == {"/dev/null"}
        return
    with pytest.raises(PermissionError):
        (proc / "environ").read_bytes()


def test_the_frame_of_a_message_holds_no_secret() -> None:
    from lgpki_tui.card.exchange import Request

    assert b"1234" not in Request("open", {"token": {}}, [Secret("1234")]).message(1.0)
    assert pack_json({"a": 1})[4] != pack_secret(b"1")[4]
