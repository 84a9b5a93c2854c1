"""A PIN comes from a file that nobody else can read, or down a pipe, and from nowhere else."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from lgpki_tui.faces.pins import MOST_BYTES, read_pin_fd, read_pin_file
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from tests.media.child import NOBODY

CANARY = "PIN-canary-4711"


def pin_file(folder: Path, content: bytes = CANARY.encode() + b"\n", mode: int = 0o600) -> Path:
    path = folder / "pin"
    path.write_bytes(content)
    path.chmod(mode)
    return path


def refused(act: Callable[[], object], file: str) -> dict[str, object]:
    with pytest.raises(Refusal) as caught:
        act()
    assert caught.value.code is Code.PIN_FILE_UNSAFE
    assert CANARY not in repr(caught.value) + str(caught.value.facts)
    facts: dict[str, object] = dict(caught.value.facts)
    assert facts.pop("file") == file
    return facts


def piped(content: bytes) -> int:
    reading, writing = os.pipe()
    os.write(writing, content)
    os.close(writing)
    return reading


@pytest.mark.parametrize(
    ("content", "pin"),
    [
        (b"1234\n", b"1234"),
        (b"1234\r\n", b"1234"),
        (b"1234", b"1234"),
        (b"1234\r", b"1234"),
        (b"1234\nsecond line\n", b"1234"),
        (b" 12 34 \n", b" 12 34 "),
        (b"12\r34\n", b"12\r34"),
        ("１２３４\n".encode(), "１２３４".encode()),
        (b"", b""),
        (b"\n1234\n", b""),
        (b"9" * MOST_BYTES, b"9" * MOST_BYTES),
    ],
)
def test_the_first_line_is_the_pin(tmp_path: Path, content: bytes, pin: bytes) -> None:
    assert read_pin_file(pin_file(tmp_path, content)).reveal() == pin
    descriptor = piped(content)
    try:
        assert read_pin_fd(descriptor).reveal() == pin
    finally:
        os.close(descriptor)


def test_owner_only_is_safe_also_read_only(tmp_path: Path) -> None:
    assert read_pin_file(pin_file(tmp_path, mode=0o400)).text() == CANARY


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660, 0o620, 0o601, 0o700, 0o777, 0o4600])
def test_every_wider_mode_is_refused(tmp_path: Path, mode: int) -> None:
    path = pin_file(tmp_path, mode=mode)
    assert refused(lambda: read_pin_file(path), str(path)) == {"reason": "mode", "mode": f"{mode:04o}"}
    with path.open("rb") as file:
        descriptor = file.fileno()
        assert refused(lambda: read_pin_fd(descriptor), f"fd:{descriptor}")["reason"] == "mode"


def test_what_is_no_file_of_ones_own_is_refused_and_never_waited_for(tmp_path: Path) -> None:
    path = pin_file(tmp_path)
    (tmp_path / "link").symlink_to(path)
    (tmp_path / "dangling").symlink_to("nowhere")
    os.mkfifo(tmp_path / "fifo", 0o600)
    (tmp_path / "folder").mkdir(0o700)
    reasons = {"link": "symlink", "dangling": "symlink", "fifo": "not_regular", "folder": "not_regular", "no": "absent"}
    for name, reason in reasons.items():
        assert refused(partial(read_pin_file, tmp_path / name), str(tmp_path / name)) == {"reason": reason}
    assert refused(lambda: read_pin_file(Path("/dev/null")), "/dev/null") == {"reason": "not_regular"}
    assert refused(lambda: read_pin_file(path / "below"), str(path / "below")) == {"reason": "unreadable"}


def test_a_file_too_large_for_a_pin_is_refused(tmp_path: Path) -> None:
    path = pin_file(tmp_path, b"9" * (MOST_BYTES + 1))
    assert refused(lambda: read_pin_file(path), str(path)) == {"reason": "too_large"}
    descriptor = piped(b"9" * (MOST_BYTES + 1))
    try:
        assert refused(lambda: read_pin_fd(descriptor), f"fd:{descriptor}") == {"reason": "too_large"}
    finally:
        os.close(descriptor)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_file_of_somebody_else_is_refused_also_to_root(tmp_path: Path) -> None:
    path = pin_file(tmp_path)
    os.chown(path, NOBODY, NOBODY)
    assert refused(lambda: read_pin_file(path), str(path)) == {"reason": "owner"}


def test_two_pins_come_down_one_pipe_and_a_slow_writer_is_waited_for() -> None:
    reading, writing = os.pipe()
    os.set_blocking(reading, False)

    def write() -> None:
        time.sleep(0.05)
        os.write(writing, b"first\nsec")
        time.sleep(0.05)
        os.write(writing, b"ond\n")
        os.close(writing)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        assert [read_pin_fd(reading).text(), read_pin_fd(reading).text()] == ["first", "second"]
    finally:
        writer.join()
        os.close(reading)


def test_a_descriptor_that_is_none_or_shows_what_is_typed_is_refused() -> None:
    first, second = os.openpty()
    with open("/dev/null", "rb") as null:  # noqa: PTH123  # its descriptor is what counts
        try:
            for descriptor in (first, second, null.fileno()):
                assert refused(partial(read_pin_fd, descriptor), f"fd:{descriptor}") == {"reason": "not_a_pipe"}
        finally:
            os.close(first)
            os.close(second)
    for descriptor in (99999, -1, 2**40):
        assert refused(partial(read_pin_fd, descriptor), f"fd:{descriptor}") == {"reason": "absent"}


def test_a_safe_file_behind_a_descriptor_is_read(tmp_path: Path) -> None:
    with pin_file(tmp_path).open("rb") as file:
        assert read_pin_fd(file.fileno()).text() == CANARY
