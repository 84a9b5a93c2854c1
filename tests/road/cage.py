"""A workplace whose PINs are unmistakable, and the search for them in all that it holds and says."""

from __future__ import annotations

import secrets
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from tests.crash.scenes import KILL
from tests.practice import PROGRAM, Answer, Practice, new_practice, run
from tests.road.sampler import forms, search


def canary() -> str:
    return f"CANARY{secrets.token_hex(9).upper()}z"


@dataclass(frozen=True, slots=True)
class Cage:
    """A workplace whose PINs are canaries, a HOME, a TMPDIR and a working folder of its own; every answer is kept."""

    root: Path
    practice: Practice
    pin: str
    so_pin: str
    new_pin: str
    wrong: str
    answers: list[Answer] = field(default_factory=list)

    @property
    def words(self) -> tuple[str, str, str, str]:
        """All four."""
        return self.pin, self.so_pin, self.new_pin, self.wrong

    def secret(self, name: str, content: str, mode: int = 0o600) -> Path:
        """A PIN file."""
        file = self.practice.folder / "secrets" / name
        file.unlink(missing_ok=True)
        file.touch(mode=0o600)
        file.write_text(content + "\n")
        file.chmod(mode)
        return file

    def keep(self, answer: Answer) -> Answer:
        """Keep what was printed."""
        self.answers.append(answer)
        return answer

    def run(self, *args: str | Path, timeout: float = 60) -> Answer:
        """A command with --json."""
        return self.keep(self.practice.run(*args, timeout=timeout))

    def done(self, *args: str | Path) -> dict[str, object]:
        """One that must succeed."""
        answer = self.run(*args)
        assert answer.status == 0, (args, answer)
        return answer.json

    def killed(self, mark: str, *args: str | Path) -> Answer:
        """Run a command that is killed at this mark; an uncut run in a copy tells how many come before."""
        marks, copy = self.root / "marks", self.practice.copy(self.root / "uncut")
        marks.unlink(missing_ok=True)
        uncut = [str(arg).replace(str(self.practice.folder), str(copy.folder)) for arg in args]
        answer = self.keep(run([*KILL, marks, "-1", "--sandbox", copy.folder, *uncut], self.environ))
        assert answer.status == 0, answer
        index = marks.read_text().splitlines().index(mark)
        shutil.rmtree(copy.folder / "secrets")
        self.assert_free(copy.folder)
        shutil.rmtree(copy.folder)
        return self.keep(run([*KILL, marks, str(index), "--sandbox", self.practice.folder, *args], self.environ))

    def assert_free(self, *places: Path) -> None:
        """No word in any file there."""
        assert search(self.words, *places) == []

    @property
    def environ(self) -> dict[str, str]:
        """HOME, TMPDIR and state of the cage."""
        return dict(self.practice.environ)

    def assert_clean(self) -> None:
        """No word in any file but the PIN files themselves, and in nothing that was printed."""
        hidden = self.practice.folder / "secrets"
        kept = self.root.parent / f"{self.root.name}-secrets"
        shutil.move(hidden, kept)
        try:
            self.assert_free(self.root)
        finally:
            shutil.move(kept, hidden)
        printed = "\n".join(answer.out + answer.err for answer in self.answers).encode()
        assert printed
        for word in self.words:
            assert not any(form in printed for form in forms(word))


def build_cage(folder: Path) -> Cage:
    root = folder / "cage"
    for name in ("home", "tmp", "cwd"):
        (root / name).mkdir(parents=True)
    environ = {"HOME": str(root / "home"), "TMPDIR": str(root / "tmp"), "XDG_STATE_HOME": str(root / "home" / "state")}
    made = new_practice(root / "box", environ)
    # Where a core would land.
    practice = Practice(made.folder, environ, ("env", "-C", str(root / "cwd"), *PROGRAM))
    practice.use_fast_keys()
    cage = Cage(root, practice, canary(), canary(), canary(), canary())
    cage.secret("pin", cage.pin)
    cage.secret("so-pin", cage.so_pin)
    return cage
