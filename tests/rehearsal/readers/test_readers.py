"""The readers themselves: alone, side by side, shut in, and gone without a trace."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from lgpki_tui.rehearsal.readers import PracticeCard, Readers
from lgpki_tui.rehearsal.readers_inside import SOCKET
from tests.packaging.project import PROJECT
from tests.rehearsal.readers.desk import Desk
from tests.rehearsal.readers.holding import gone, holding, listening, namespace_of, processes

NOBODY = "65534"
_ROOT = os.geteuid() == 0
_AS_NOBODY = ("setpriv", "--reuid", NOBODY, "--regid", NOBODY, "--clear-groups") if _ROOT else ()


def test_two_readers_with_a_card_each(tmp_path: Path) -> None:
    with Readers(tmp_path / "cards", [PracticeCard("first"), PracticeCard("second")]) as readers:
        first, second = Desk(readers, tmp_path, 0), Desk(readers, tmp_path, 1)
        first.format("一枚目")
        second.format("二枚目")
        told = first.p11("--list-slots").text
        assert "一枚目" in told
        assert "二枚目" in told
        second.tell("pull")
        told = first.p11("--list-slots").text
        assert "一枚目" in told
        assert "二枚目" not in told
        assert (first.look()["card"], second.look()["card"]) == ("first", "second")


def test_a_reader_may_be_empty_at_first(tmp_path: Path) -> None:
    with Readers(tmp_path / "cards", [PracticeCard(do=("pull",))]) as readers:
        desk = Desk(readers, tmp_path)
        assert desk.look()["place"] == "out"
        desk.tell("insert")
        assert desk.must("opensc-tool", "--name").splitlines()[0] == "OsEID 4.5.5"


def test_the_card_is_there_for_a_client_at_once(tmp_path: Path) -> None:
    """Not only for one that takes its time to start. A process sees one set of readers only: each try has its own."""
    script = (
        "import os, sys\nfrom pathlib import Path\nfrom smartcard import scard\n"
        "from lgpki_tui.rehearsal.readers import PracticeCard, Readers\n"
        "with Readers(Path(sys.argv[1]), [PracticeCard()]) as readers:\n"
        "    os.environ.update(readers.environment)\n"
        "    _, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)\n"
        "    _, states = scard.SCardGetStatusChange(context, 0, [('Virtual PCD 00 00', scard.SCARD_STATE_UNAWARE)])\n"
        "    print(bool(states[0][1] & scard.SCARD_STATE_PRESENT))\n"
    )
    for number in range(4):
        command = [sys.executable, "-c", script, str(tmp_path / str(number))]
        done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False, timeout=60)
        assert done.stdout == "True\n", done.stderr


@pytest.mark.slow
def test_eight_at_once_do_not_meet(tmp_path: Path) -> None:
    def work(number: int) -> str:
        (folder := tmp_path / str(number)).mkdir()
        with Readers(folder / "cards", [PracticeCard()], deadline=60) as readers:
            desk = Desk(readers, folder)
            desk.format(f"token{number}")
            assert desk.generate("rsa:2048").status == 0
            assert desk.signed("SHA256-RSA-PKCS")
            return desk.p11("--list-slots").text

    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(work, range(8)))
    for number, one in enumerate(told):
        assert [other for other in range(8) if f"token{other}" in one] == [number]


def test_nothing_listens_outside_and_nothing_is_left(tmp_path: Path) -> None:
    before = listening(), SOCKET.exists() and SOCKET.stat().st_ino  # a pcscd of this PC may have vpcd's readers
    with Readers(tmp_path / "cards", [PracticeCard("first"), PracticeCard("second")]) as readers:
        path = readers.environment["PCSCLITE_CSOCK_NAME"]
        namespace = namespace_of(path)
        assert len(processes(namespace)) == 4  # the first, pcscd, two cards
        assert (listening(), SOCKET.exists() and SOCKET.stat().st_ino) == before
    assert processes(namespace) == []
    assert not Path(path).exists()
    readers.close()
    names = {one.name for one in (tmp_path / "cards").iterdir()}
    assert names == {"first.json", "first.lock", "second.json", "second.lock", "readers.log"}


def test_killed_with_its_program(tmp_path: Path) -> None:
    with holding(tmp_path / "cards") as (process, path):
        namespace = namespace_of(path)
        assert len(processes(namespace)) == 3
        process.kill()
        assert gone(namespace)
    with Readers(tmp_path / "cards", [PracticeCard()]) as readers:  # the lock is free again
        assert readers.tell(0, "look").startswith("ok ")


@pytest.mark.parametrize("outer", [False, True])
def test_when_one_of_its_first_two_processes_is_killed_all_end(tmp_path: Path, outer: bool) -> None:
    """The first inside, and unshare, which waits for it outside."""
    with Readers(tmp_path / "cards", [PracticeCard()]) as readers:
        path = readers.environment["PCSCLITE_CSOCK_NAME"]
        namespace, inside = namespace_of(path), int(path.split("/")[2])
        status = Path(f"/proc/{inside}/status").read_text()
        parent = int(status.partition("PPid:")[2].split()[0])
        os.kill(parent if outer else inside, signal.SIGKILL)
        assert gone(namespace)
        with pytest.raises(FileNotFoundError):
            readers.tell(0, "look")


def test_ctrl_c_is_for_the_program(tmp_path: Path) -> None:
    with holding(tmp_path / "cards") as (_, path):
        inside = int(path.split("/")[2])
        assert os.getsid(inside) != os.getsid(0)
        assert os.getpgid(inside) != os.getpgid(0)


def test_an_ordinary_user_has_readers_too(tmp_path: Path) -> None:
    if subprocess.run([*_AS_NOBODY, sys.executable, "-c", "import lgpki_tui"], cwd=PROJECT, check=False).returncode:
        pytest.skip("this checkout is closed to other users")
    folder = Path("/tmp") / f"lgpki-readers-{os.getpid()}"  # noqa: S108  # pytest's own is closed to others
    folder.mkdir(mode=0o700)
    try:
        if _ROOT:
            os.chown(folder, int(NOBODY), int(NOBODY))
        with holding(folder, *_AS_NOBODY) as (_, path):
            assert path.startswith("/proc/"), path
            namespace = namespace_of(path)
            environment = {"PATH": os.environ["PATH"], "PCSCLITE_CSOCK_NAME": path}
            done = subprocess.run(
                [*_AS_NOBODY, "opensc-tool", "--name"], env=environment, capture_output=True, text=True, check=False
            )
            assert done.stdout == "OsEID 4.5.5\n", done.stderr
            assert (folder / "card.json").stat().st_uid == (int(NOBODY) if _ROOT else os.getuid())
        assert gone(namespace)
    finally:
        subprocess.run(["rm", "-r", folder], check=True)


def test_a_pc_without_a_folder_for_pcscd_and_cards_below_run(tmp_path: Path) -> None:
    """/run gives way there, and the cards' folder with it, which is found all the same."""
    bare = 'mount -t tmpfs tmpfs /run && mkdir /run/practice && exec "$@"'
    namespaces = ("unshare", "--user", "--map-root-user", "--mount", "sh", "-c", bare, "sh")
    with holding(Path("/run/practice/cards"), *namespaces) as (process, path):
        assert path.startswith("/proc/"), path
        card = Path(f"/proc/{process.pid}/root/run/practice/cards/card.json")
        assert card.stat().st_size > 0
        environment = {"PATH": os.environ["PATH"], "PCSCLITE_CSOCK_NAME": path}
        done = subprocess.run(["opensc-tool", "--name"], env=environment, capture_output=True, text=True, check=False)
        assert done.stdout == "OsEID 4.5.5\n", done.stderr
