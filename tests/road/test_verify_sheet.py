"""`verify-sheet`: a shell without this program runs what it prints, and finds every byte that is not as it was made."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.practice import EC, Practice, new_practice

pytestmark = pytest.mark.quick


@dataclass(frozen=True, slots=True)
class Checked:
    """An enrolment whose certificate has come; tests put its files back."""

    practice: Practice
    number: str
    certificate: Path

    @property
    def files(self) -> dict[str, Path]:
        """The files by what they are."""
        found = self.practice.enrolments()[0]
        paths = {name: Path(found[f"{name}_path"]) for name in ("csr", "csr_der", "receipt")}
        return paths | {"certificate": self.certificate}

    def script(self, language: str, *more: str | Path) -> str:
        """What is printed for a person."""
        program = [*self.practice.program, "--lang", language, "--sandbox", self.practice.folder]
        done = subprocess.run(
            [*map(str, program), "verify-sheet", self.number, *map(str, more)],
            capture_output=True,
            text=True,
            timeout=30,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture(scope="module", params=["rsa-2048", EC])
def checked(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Checked:
    """Each kind of key; the folder has a name that a shell would take apart."""
    practice = new_practice(tmp_path_factory.mktemp("sheet") / "it's $HOME; 練習")
    if request.param == EC:
        practice.use_fast_keys()
    practice.format()
    made = practice.request()
    certificate = practice.folder / "out" / "certificate.pem"
    practice.done("rehearse", "issue", made["csr_path"], "--out", certificate)
    return Checked(practice, made["enrolment"], certificate)


def run(script: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["sh"], input=script, capture_output=True, text=True, timeout=30)


@pytest.mark.parametrize("language", ["ja", "en"])
def test_all_of_it_holds(checked: Checked, language: str) -> None:
    for more in ((), ("--certificate", checked.certificate)):
        script = checked.script(language, *more)
        done = run(script)
        assert done.returncode == 0, done.stderr
        assert done.stdout.rstrip().endswith({"ja": "すべて確認できました。", "en": "All of it holds."}[language])
        assert "CN=高島市長" in done.stdout
        # What is no command is a comment: everything of it can be pasted.
        assert script.startswith("# ")
        assert ("# " in script.splitlines()[-1]) == (not more)


def changed(at: float) -> Callable[[bytes], bytes]:
    """One byte flipped, so far into the file."""

    def change(data: bytes) -> bytes:
        place = int(len(data) * at)
        return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]

    return change


@pytest.mark.parametrize("name", ["csr", "csr_der", "receipt", "certificate"])
@pytest.mark.parametrize("at", [0.35, 0.5, 0.7, 0.9])
def test_one_changed_byte_fails(checked: Checked, name: str, at: float) -> None:
    file = checked.files[name]
    good, script = file.read_bytes(), checked.script("en", "--certificate", checked.certificate)
    try:
        file.write_bytes(changed(at)(good))
        done = run(script)
    finally:
        file.write_bytes(good)
    assert done.returncode != 0
    assert done.stdout.rstrip().endswith("what is said last above is it.")


def test_as_json(checked: Checked) -> None:
    found = checked.practice.done("verify-sheet", checked.number)["commands"]
    assert [each["check"] for each in found][:2] == ["begin", "csr_sha256"]
    assert run("\n".join(each["command"] for each in found)).returncode == 0


def test_there_must_be_files(practice: Practice) -> None:
    refused = practice.run("verify-sheet", "261124-00000")
    assert (refused.status, refused.code) == (1, "enrolment_unknown")
