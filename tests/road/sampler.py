"""Words that are never to be seen: looked for in what processes show while they run, and in what a run leaves."""

from __future__ import annotations

import base64
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

# An argument or a variable stands there as long as its process lives: 100 ms and more.
_PAUSE_SECONDS = 0.02


def forms(word: str) -> list[bytes]:
    """A word as it stands, and as it would be found in UTF-16, hex (both cases) and base64 (all three alignments)."""
    plain = word.encode("ascii")
    found = [plain, plain.hex().encode(), plain.hex().upper().encode()]
    for utf16 in (word.encode("utf-16-le"), word.encode("utf-16-be")):
        found += [utf16, utf16.hex().encode(), utf16.hex().upper().encode()]
    for shift in range(3):
        # What comes before and after the word changes the characters at the edges; the others stay.
        coded = base64.b64encode(b"\0" * shift + plain)
        found.append(coded[(shift * 4 + 2) // 3 : -4].rstrip(b"="))
    return found


def search(words: Sequence[str], *places: Path) -> list[tuple[str, str]]:
    """Every (file, word) where a file's content or name holds a word in any form."""
    found = []
    wanted = {word: forms(word) for word in words}
    for place in places:
        for path in (place, *place.rglob("*")):
            content = str(path).encode() + (path.read_bytes() if path.is_file() else b"")
            found += [
                (str(path), word) for word, all_forms in wanted.items() if any(form in content for form in all_forms)
            ]
    return found


class Sampler:
    """What /proc shows of the command lines and environments of all processes, looked at again and again."""

    def __init__(self, words: Sequence[str]) -> None:
        self._wanted = {word: forms(word) for word in words}
        self._stop = threading.Event()
        self.seen: dict[str, set[str]] = {word: set() for word in words}
        self.looks = 0

    def run(self) -> None:
        """Look until told to stop."""
        while not self._stop.is_set():
            for process in Path("/proc").iterdir():
                if process.name.isdigit():
                    self._look(process)
            self.looks += 1
            self._stop.wait(_PAUSE_SECONDS)

    def _look(self, process: Path) -> None:
        for name in ("cmdline", "environ"):
            try:
                shown = (process / name).read_bytes()
            except OSError:  # it has ended, or is not for us to read
                continue
            for word, all_forms in self._wanted.items():
                if any(form in shown for form in all_forms):
                    self.seen[word].add(name)

    def stop(self) -> None:
        """End `run`."""
        self._stop.set()


@contextmanager
def sampling(*words: str) -> Iterator[Sampler]:
    """Sample while the block runs."""
    sampler = Sampler(words)
    thread = threading.Thread(target=sampler.run)
    thread.start()
    try:
        yield sampler
    finally:
        sampler.stop()
        thread.join()
