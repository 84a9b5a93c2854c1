"""What the road is judged by and where it is walked: openssl, another user, another /etc."""

from __future__ import annotations

import os
import pty
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.practice import Answer, Practice, run

CHECKOUT = Path(__file__).resolve().parents[2]
NOBODY = 65534
MACHINE_ID = "0123456789abcdef0123456789abcdef"
ROOT = os.geteuid() == 0


def out(*command: str | Path, stdin: bytes = b"", environ: Mapping[str, str] = {}) -> bytes:
    """Run a program that must succeed; what it prints on stdout."""
    done = subprocess.run(
        [str(word) for word in command],
        input=stdin,
        env={**os.environ, "LC_ALL": "C.UTF-8", **environ},
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, (command, done)
    return done.stdout


def text(*command: str | Path, stdin: bytes = b"", environ: Mapping[str, str] = {}) -> str:
    """The same as text."""
    return out(*command, stdin=stdin, environ=environ).decode()


def pretend(practice: Practice, **values: str | int) -> None:
    """Have `[pretend]` say this; a machine_id that `rehearse init` wrote stays unless another is given."""
    file = practice.folder / "sandbox.toml"
    before = tomllib.loads(file.read_text())["pretend"]
    kept = {key: value for key, value in before.items() if key == "machine_id"} | values
    lines = [f'{key} = "{value}"' if isinstance(value, str) else f"{key} = {value}" for key, value in kept.items()]
    file.write_text(file.read_text().partition("[pretend]")[0] + "\n".join(["[pretend]", *lines, ""]))


def at_a_terminal(command: Sequence[str], environ: Mapping[str, str], entries: Mapping[str, str]) -> tuple[str, int]:
    """Run at a terminal of its own; type each entry once its prompt stands in the last line (the echo is off then).
    What the terminal showed, and the exit status."""
    master, slave = pty.openpty()
    process = subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave, env=environ, start_new_session=True)
    os.close(slave)
    shown, waiting = b"", dict(entries)
    with suppress(OSError):  # the other end is closed
        while got := os.read(master, 4096):
            shown += got
            last = shown.rpartition(b"\n")[2].decode(errors="replace")
            for prompt in [prompt for prompt in waiting if prompt in last]:
                os.write(master, waiting.pop(prompt).encode() + b"\n")
    os.close(master)
    assert not waiting, shown
    return shown.decode(), process.wait(timeout=10)


def with_etc(folder: Path, changes: Mapping[str, str | Path | None]) -> tuple[str, ...]:
    """A prefix to a command: it sees an /etc that differs from the real one by these names (None: not there).

    A text is a file's content, a path a folder that is shown under that name. Needs root.
    """
    real, seen = folder / "etc.real", folder / "etc.seen"
    for path in (real, seen):
        path.mkdir(mode=0o755)
    for path in Path("/etc").iterdir():
        if path.name not in changes:
            (seen / path.name).symlink_to(real / path.name)
    for name, change in changes.items():
        if isinstance(change, Path):
            (seen / name).symlink_to(change)
        elif change is not None:
            (seen / name).write_text(change)
            (seen / name).chmod(0o444)
    mounts = 'mount --bind /etc "$1"; mount --bind "$2" /etc; shift 2; exec "$@"'
    return ("unshare", "--mount", "--propagation", "private", "sh", "-ec", mounts, "sh", str(real), str(seen))


def namespaces_work() -> bool:
    """Whether this user may make a mount namespace."""
    return ROOT and subprocess.run(["unshare", "--mount", "true"], capture_output=True, check=False).returncode == 0


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody without privileges, with a home of their own; `etc` is shown to them as /etc/lgpki-tui."""

    home: Path
    etc: Path | None
    prefix: Sequence[str]
    environ: Mapping[str, str] = field(default_factory=dict)

    def start(self, *command: str | Path, environ: Mapping[str, str] = {}, timeout: float = 60) -> Answer:
        """Run any program as this person."""
        return run([*self.prefix, *command], {"HOME": str(self.home), **self.environ, **environ}, timeout)

    def run(self, *args: str | Path, environ: Mapping[str, str] = {}) -> Answer:
        """Run a command of ours with --json, in real mode."""
        return self.start(*self.program, *args, "--json", environ=environ)

    @property
    def program(self) -> tuple[str, ...]:
        """The program at a place that this person can reach."""
        return (str(self.environ.get("PYTHON", sys.executable)), "-m", "lgpki_tui")

    def write(self, path: str | Path, content: str, mode: int = 0o600) -> Path:
        """Write a file of theirs below their home."""
        file = self.home / path
        for above in reversed(file.relative_to(self.home).parents):
            if not (self.home / above).exists():
                self.folder(above)
        file.write_text(content)
        file.chmod(mode)
        self._give(file)
        return file

    def folder(self, path: str | Path) -> Path:
        """Make a folder of theirs."""
        made = self.home / path
        made.mkdir(mode=0o700)
        self._give(made)
        return made

    def _give(self, path: Path) -> None:
        if ROOT:
            os.chown(path, NOBODY, NOBODY)


@contextmanager
def a_person() -> Iterator[Person]:
    """Make one: uid 65534 in a namespace with an /etc of its own when we are root, ourselves otherwise."""
    base = Path(tempfile.mkdtemp(prefix="lgpki-tui-road-"))
    try:
        base.chmod(0o755)
        (home := base / "home").mkdir(mode=0o700)
        if not ROOT:
            yield Person(home, None, ())
            return
        os.chown(home, NOBODY, NOBODY)
        (etc := base / "etc").mkdir(mode=0o755)
        # The checkout may lie where only root may go: it is shown at a place where everybody may.
        (here := base / "checkout").mkdir(mode=0o755)
        seen = with_etc(base, {"machine-id": MACHINE_ID + "\n", "lgpki-tui": etc})
        show = 'mount --bind "$1" "$2"; shift 2; exec "$@"'
        user = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--inh-caps=-all")
        environ = {"PYTHONPATH": str(here), "PYTHON": _python(here), "PYTHONDONTWRITEBYTECODE": "1"}
        yield Person(home, etc, (*seen, "sh", "-ec", show, "sh", str(CHECKOUT), str(here), *user), environ)
    finally:
        shutil.rmtree(base)


def _python(here: Path) -> str:
    """This interpreter, as it is reached through the place where the checkout is shown."""
    python = Path(sys.executable)
    return str(here / python.relative_to(CHECKOUT) if python.is_relative_to(CHECKOUT) else python)


def listing(*folders: Path) -> dict[str, tuple[int, int, int, int]]:
    """Everything below these folders: kind and mode, size, times. Two listings are equal when nothing was written."""
    found = {}
    for folder in folders:
        for path in (folder, *folder.rglob("*")):
            stat = path.lstat()
            found[str(path)] = (stat.st_mode, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns)
    return found
