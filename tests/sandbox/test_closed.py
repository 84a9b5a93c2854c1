"""Nothing outside a sandbox is written or read."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.practice import PROGRAM, Practice, new_practice, run
from tests.road.outside import listing


def test_nothing_outside_is_written_or_read(tmp_path: Path) -> None:
    """A HOME full of settings that would be refused, had they been read; and nothing in it changes."""
    home, temporary = tmp_path / "home", tmp_path / "tmp"
    temporary.mkdir()
    for name in (".config", ".local/state", "state", "config", ".local/share", "data", "cache", "run"):
        place = home / name / "lgpki-tui"
        place.mkdir(parents=True)
        (place / "site.toml").write_text("not TOML at all [")
        (place / "ledger.sqlite3").write_bytes(b"no ledger")
        (place / "registry.sqlite3").write_bytes(b"no registry")
    xdg = {f"XDG_{kind}_HOME": str(home / kind.lower()) for kind in ("STATE", "CONFIG", "DATA", "CACHE")}
    environ = {"HOME": str(home), "TMPDIR": str(temporary), "XDG_RUNTIME_DIR": str(home / "run"), **xdg}
    before = listing(home, temporary)
    practice = new_practice(tmp_path / "box", environ)
    practice.use_fast_keys()
    practice.format()
    request = practice.request()
    assert practice.store(request, practice.issue(request)).status == 0
    for command in (("doctor",), ("settings", "show"), ("ledger", "verify"), ("registry", "status"), ("card", "list")):
        assert practice.done(*command)["practice"] is True
    assert listing(home, temporary) == before
    assert {path.name for path in tmp_path.iterdir()} == {"home", "tmp", "box"}


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
def test_by_strace_nothing_outside_is_opened_for_writing_and_no_home_is_read(tmp_path: Path) -> None:
    home = tmp_path / "home"
    environ = {"HOME": str(home), "PYTHONDONTWRITEBYTECODE": "1"} | {
        f"XDG_{kind}_HOME": f"{home}/{kind}" for kind in ("STATE", "CONFIG", "DATA", "CACHE")
    }
    trace, box = tmp_path / "trace", tmp_path / "box"
    strace = ("strace", "-f", "-y", "-qq", "-s", "4096", "-A", "-o", str(trace), "-e", "trace=%file")
    if subprocess.run([*strace, "true"], capture_output=True, check=False).returncode != 0:
        pytest.skip("strace may not trace here")
    assert run([*strace, *PROGRAM, "rehearse", "init", box, "--json"], environ).status == 0
    practice = Practice(box, environ, (*strace, *PROGRAM))
    practice.use_fast_keys()
    practice.format()
    request = practice.request()
    assert practice.store(request, practice.issue(request)).status == 0
    practice.done("doctor")

    calls = trace.read_text(errors="replace").splitlines()
    assert len([line for line in calls if str(box) in line]) > 100
    assert [line for line in calls if str(home) in line or "/etc/lgpki-tui" in line] == []
    written = [path for line in calls if _changes(line) for path in _paths(line)]
    assert written, "the trace tells of no write at all"
    outside = {path for path in written if not path.startswith((str(box), "/dev/null", "/dev/tty", "/proc/self/"))}
    assert outside == set()


_CHANGING = re.compile(r"\b(creat|mkdir|mkdirat|mknod|mknodat|rename|renameat|renameat2|unlink|unlinkat|rmdir|link|"
                       r"linkat|symlink|symlinkat|truncate|chmod|fchmodat|chown|lchown|fchownat)\(")  # fmt: skip


def _changes(line: str) -> bool:
    if " = -1 " in line:
        return False
    if re.search(r"\bopen(at)?\(", line):
        return bool(re.search(r"O_WRONLY|O_RDWR|O_CREAT|O_TRUNC|O_TMPFILE", line))
    return _CHANGING.search(line) is not None


def _paths(line: str) -> list[str]:
    """The paths of a traced call, each joined to the folder whose descriptor stands before it."""
    found = []
    for folder, path in re.findall(r'(?:(?:AT_FDCWD|\d+)<([^>]*)>, )?"([^"]*)"', line.partition(" = ")[0]):
        found.append(path if path.startswith("/") else f"{folder}/{path}")
    return found
