"""The list of digests as sha256sum reads it, and names that every medium can hold."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.media.sums import refuse_unfit, sums

FILES = {"PRACTICE-261124-7K3QF.csr": b"\x30\x82", "PRACTICE-261124-7K3QF.csr.pem": b"-----BEGIN", "高島市長.csr": b""}


def test_sha256sum_accepts_it_and_notices_one_changed_byte(tmp_path: Path) -> None:
    for name, content in FILES.items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "a.sha256").write_bytes(sums(FILES))
    check = ["sha256sum", "--check", "--strict", "a.sha256"]
    assert subprocess.run(check, cwd=tmp_path, capture_output=True).returncode == 0
    (tmp_path / "高島市長.csr").write_bytes(b"\0")
    assert subprocess.run(check, cwd=tmp_path, capture_output=True).returncode == 1


def test_our_own_names_fit() -> None:
    refuse_unfit([*FILES, "PRACTICE-261124-7K3QF-2.sheet-20.pdf.sha256", "PRACTICE-261124-7K3QF.binding.json"])


@pytest.mark.parametrize(
    ("names", "file", "characters"),
    [
        (["a:b.csr"], "a:b.csr", ["U+003A"]),
        (["<a>?"], "<a>?", ["U+003C", "U+003E", "U+003F"]),
        (["a\nb"], "a\nb", ["U+000A"]),
        (["con.csr"], "con.csr", []),
        (["LPT1"], "LPT1", []),
        (["a.csr", "A.CSR"], "A.CSR", []),
        (["a. "], "a. ", []),
        (["長" * 256], "長" * 256, []),
        (["𠮷" * 128], "𠮷" * 128, []),
    ],
)
def test_a_name_that_fat_cannot_hold_is_refused(names: list[str], file: str, characters: list[str]) -> None:
    with pytest.raises(Refusal) as refused:
        refuse_unfit(names)
    assert refused.value.code is Code.FILE_NAME_UNFIT
    assert refused.value.facts == {"file": file, "characters": characters}
