"""The first process in the namespaces that readers.py makes: starts pcscd and the cards there, and ends with its stdin.

When it ends, by whatever, the kernel ends every other process of its PID namespace (pid_namespaces(7)). Its stdin is a
pipe from the program outside, which no other process holds: that ends with the program, also when it is killed.
What it says on stdout, a line each: `begun PID` (as seen from outside), then `ready`, or `failed REASON`. On stderr is
what pcscd and the cards have to say.
"""

from __future__ import annotations

import fcntl
import os
import resource
import select
import socket
import struct
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

# pcscd 1.9.9 has this path built in.
SERVICE = Path("/run/pcscd")
SOCKET = SERVICE / "pcscd.comm"
FIRST_PORT = 0x8C7B
MOST_READERS = 2
_CONFIGURATION = """\
FRIENDLYNAME "Virtual PCD"
DEVICENAME /dev/null:{port:#x}
LIBPATH {driver}
CHANNELID {port:#x}
"""
# netdevice(7).
_SIOCGIFFLAGS, _SIOCSIFFLAGS, _IFF_UP = 0x8913, 0x8914, 1
_IFREQ = "16sh22x"
_MOST_LINE = 256


class _Failed(Exception):
    """It cannot go on: the reason, as readers.py hands it on."""


def control_socket(slot: int) -> Path:
    """Where the card of a slot is told what to do, as seen in the namespaces."""
    return SERVICE / f"slot-{slot}.control"


def main(arguments: Sequence[str]) -> int:
    """Arguments: the pcscd to start, the driver, and the command of each card, each ended by `;`."""
    pcscd, driver, *rest = arguments
    # PINs go through all of these processes (MISSION rule 4).
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # In a PID namespace of its own with the /proc from before: the number that the program outside knows it by.
    _say(f"begun {Path('/proc/self').readlink()}")
    try:
        _loopback_up()
        _own_service_folder()
        service = _start_service(pcscd, driver)
        _await_cards(service, [_start_card(slot, command) for slot, command in enumerate(_commands(rest))])
    except _Failed as failed:
        _say(f"failed {failed}")
        return 1
    _say("ready")
    sys.stdin.buffer.read()
    return 0


def _say(line: str) -> None:
    print(line, flush=True)


def _commands(words: Sequence[str]) -> list[list[str]]:
    commands: list[list[str]] = [[]]
    for word in words:
        if word == ";":
            commands.append([])
        else:
            commands[-1].append(word)
    return commands[:-1]


def _loopback_up() -> None:
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
            answer = fcntl.ioctl(any_socket, _SIOCGIFFLAGS, struct.pack(_IFREQ, b"lo", 0))
            flags = struct.unpack(_IFREQ, answer)[1]
            fcntl.ioctl(any_socket, _SIOCSIFFLAGS, struct.pack(_IFREQ, b"lo", flags | _IFF_UP))
    except OSError as error:
        raise _Failed("namespaces_forbidden") from error


def _own_service_folder() -> None:
    """Nothing of a pcscd that runs on this PC is seen or touched. Without such a folder, /run as a whole gives way."""
    covered = SERVICE if SERVICE.is_dir() else SERVICE.parent
    command = ["mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", str(covered)]
    if subprocess.run(command, stderr=subprocess.DEVNULL, check=False).returncode:  # noqa: S603  # our own words
        raise _Failed("namespaces_forbidden")
    SERVICE.mkdir(mode=0o755, exist_ok=True)


def _start_service(pcscd: str, driver: str) -> subprocess.Popen[bytes]:
    folder = SERVICE / "readers"
    folder.mkdir()
    (folder / "vpcd").write_text(_CONFIGURATION.format(port=FIRST_PORT, driver=driver), encoding="ascii")
    command = [pcscd, "--foreground", "--config", str(folder)]
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=sys.stderr)  # noqa: S603  # found by readers.py


def _start_card(slot: int, command: Sequence[str]) -> subprocess.Popen[bytes]:
    places = ["--port", str(FIRST_PORT + slot), "--control", str(control_socket(slot))]
    return subprocess.Popen([*command, *places], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)  # noqa: S603  # our own words


def _await_cards(service: subprocess.Popen[bytes], cards: Sequence[subprocess.Popen[bytes]]) -> None:
    """Until the reader has seen each card."""
    poll = select.poll()
    ended = os.pidfd_open(service.pid)
    poll.register(ended, select.POLLIN)
    poll.register(0, 0)  # the program outside is gone: POLLHUP
    waiting = {card.stdout.fileno(): card for card in cards if card.stdout}
    for descriptor in waiting:
        poll.register(descriptor, select.POLLIN)
    while waiting:
        for descriptor, _ in poll.poll():
            if descriptor == ended:
                raise _Failed("pcscd_ended")
            if descriptor not in waiting:
                raise _Failed("left_alone")
            if os.read(descriptor, _MOST_LINE).strip() != b"ready":
                raise _Failed("card_ended")
            poll.unregister(descriptor)
            del waiting[descriptor]
    os.close(ended)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
