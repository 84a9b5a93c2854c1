"""Files from outside: whatever lies in their place is refused at once, and no configured anchor is lost silently."""

from __future__ import annotations

import errno
import os
import time
from pathlib import Path

import pytest

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.pki.certificate import MOST_BYTES
from lgpki_tui.pki.files import read_bounded, read_certificate_file, read_certificates
from tests.pki.makers import make

CA = make("練習CA", ca=True)
LEAF = make("高島市長", CA)


def _reason(path: Path) -> object:
    with pytest.raises(Refusal) as refused:
        read_bounded(path)
    assert refused.value.code is Code.CERTIFICATE_FILE
    assert refused.value.facts["file"] == str(path)
    return refused.value.facts["reason"]


def test_a_file_and_a_link_to_one_are_read(tmp_path: Path) -> None:
    (tmp_path / "c.pem").write_bytes(LEAF.pem)
    (tmp_path / "link.pem").symlink_to("c.pem")
    assert read_bounded(tmp_path / "c.pem") == read_bounded(tmp_path / "link.pem") == LEAF.pem
    assert read_bounded(Path("/proc/self/status"))  # calls itself empty


def test_what_is_no_regular_file_is_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "dangling").symlink_to("nowhere")
    (tmp_path / "file").touch()
    began = time.monotonic()
    assert _reason(tmp_path / "fifo") == "not_regular"
    assert _reason(Path("/dev/zero")) == "not_regular"
    assert _reason(tmp_path) == "folder"
    assert _reason(tmp_path / "absent") == "absent"
    assert _reason(tmp_path / "dangling") == "absent"
    assert _reason(tmp_path / "file" / "below") == "absent"
    assert _reason(tmp_path / ("n" * 300)) == "absent"
    assert _reason(Path("/nul\x00")) == "absent"
    assert _reason(tmp_path / "loop") == "link_loop"
    assert time.monotonic() - began < 1


@pytest.mark.parametrize(
    ("number", "reason"), [(errno.EACCES, "no_permission"), (errno.EPERM, "no_permission"), (errno.EIO, "unreadable")]
)
def test_what_the_system_says_no_to(monkeypatch: pytest.MonkeyPatch, number: int, reason: str) -> None:
    # Root may read everything, so the answer of the system is played.
    def no(*args: object, **kwargs: object) -> int:
        raise OSError(number, "no")

    monkeypatch.setattr(os, "open", no)
    assert _reason(Path("/c.pem")) == reason


def test_a_large_file_is_not_even_read(tmp_path: Path) -> None:
    with (tmp_path / "large").open("wb") as file:
        file.truncate(10_000_000_000)
    with pytest.raises(Refusal) as refused:
        read_bounded(tmp_path / "large")
    facts = {"file": str(tmp_path / "large"), "reason": "too_large", "size": 10_000_000_000, "limit": MOST_BYTES}
    assert refused.value.facts == facts


def test_the_caller_says_which_code(tmp_path: Path) -> None:
    with pytest.raises(Refusal) as refused:
        read_bounded(tmp_path / "absent", Code.RECEIPT_UNREADABLE)
    assert refused.value.code is Code.RECEIPT_UNREADABLE


def test_the_chain_beside_the_file_is_read_with_it(tmp_path: Path) -> None:
    file, chain = tmp_path / "c.pem", tmp_path / "c.pem.chain.pem"
    file.write_bytes(LEAF.pem)
    assert read_certificate_file(file).chain == ()
    assert read_certificate_file(file).chain_problem == ""
    chain.write_bytes(CA.pem)
    read = read_certificate_file(file)
    assert [one.der for one in read.certificates] == [LEAF.der]
    assert [one.der for one in read.chain] == [CA.der]
    chain.write_bytes(b"nothing")
    assert read_certificate_file(file).chain_problem == "not_a_certificate"
    chain.unlink()
    os.mkfifo(chain)
    assert read_certificate_file(file).chain_problem == "not_regular"


def test_a_refusal_names_the_file(tmp_path: Path) -> None:
    (tmp_path / "c").write_bytes(LEAF.der[:-1])
    with pytest.raises(Refusal) as refused:
        read_certificate_file(tmp_path / "c")
    assert refused.value.code is Code.CERTIFICATE_DAMAGED
    assert refused.value.facts == {"file": str(tmp_path / "c"), "reason": "truncated"}


def test_anchors_come_from_files_and_folders_each_once(tmp_path: Path) -> None:
    folder = tmp_path / "anchors"
    (folder / "deeper").mkdir(parents=True)
    (folder / "ca.der").write_bytes(CA.der)
    for name in (".hidden", "README.txt"):
        (folder / name).write_bytes(b"not a certificate")
    (tmp_path / "bundle.pem").write_bytes(b"# both\n" + CA.pem + LEAF.pem)
    (folder / "link.pem").symlink_to(tmp_path / "bundle.pem")
    found = read_certificates([folder, tmp_path / "bundle.pem"])
    assert {one.der for one in found} == {CA.der, LEAF.der}
    assert len(found) == 2
    assert read_certificates([]) == ()


@pytest.mark.parametrize(
    "content",
    [b"", b"text", CA.der[:-1], CA.pem[:-40], CA.pem + LEAF.pem[:200]],
    ids=["empty", "text", "der", "pem", "bundle"],
)
def test_a_broken_anchor_is_a_broken_setting(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "ca.pem").write_bytes(content)
    for path in (tmp_path, tmp_path / "ca.pem"):
        with pytest.raises(Refusal) as refused:
            read_certificates([path])
        assert refused.value.code is Code.SETTINGS_VALUE
        assert refused.value.facts["file"] == str(tmp_path / "ca.pem")


def test_a_folder_without_any_anchor_is_a_broken_setting(tmp_path: Path) -> None:
    (tmp_path / "README.txt").write_text("anchors come here")
    with pytest.raises(Refusal) as refused:
        read_certificates([tmp_path], anchors=True)
    assert read_certificates([tmp_path]) == ()
    assert refused.value.facts == {"file": str(tmp_path), "reason": "not_a_certificate"}


def test_an_absent_anchor_is_a_broken_setting(tmp_path: Path) -> None:
    with pytest.raises(Refusal) as refused:
        read_certificates([tmp_path / "absent"])
    assert refused.value.code is Code.SETTINGS_VALUE
    assert refused.value.facts == {"file": str(tmp_path / "absent"), "reason": "absent"}
