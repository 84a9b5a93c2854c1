"""`csr check` as an outsider uses it: one's own CSR, another's, and what is none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.pki.bad_requests import BAD
from tests.practice import PROGRAM, Answer, Practice, run
from tests.sandbox.places import here


def check(file: Path, *more: str) -> Answer:
    """What the command says, with no workplace at all."""
    return run([*PROGRAM, "csr", "check", file, *more, "--json"])


def results(told: dict[str, Any]) -> dict[str, str]:
    """The result of each check."""
    found = {each["code"]: each["result"] for each in told["checks"]}
    assert len(found) == len(told["checks"])
    return found


@pytest.mark.parametrize("path", ["csr_path", "csr_der_path"])
def test_our_own_passes_every_check_of_its_profile(
    waiting: tuple[Practice, dict[str, Any]], tmp_path: Path, path: str
) -> None:
    practice = waiting[0].copy(tmp_path / "box")
    request = here(practice, waiting[1])
    told = practice.done("csr", "check", request[path], "--profile", "shokuseki")
    assert set(results(told).values()) == {"ok"}
    assert [each for each in results(told) if each.startswith("profile_")]
    assert {key: told[key] for key in ("csr_sha256", "public_key_sha256")} == {
        key: request[key] for key in ("csr_sha256", "public_key_sha256")
    }
    assert told["request"]["subject"][0] == ["C", "JP"]
    assert told["request"]["attributes"] == told["request"]["host_names"] == []
    assert [each["reasons"] for each in told["checks"]] == [[]] * len(told["checks"])


def test_another_ones_is_judged_and_what_is_wrong_is_said_in_words(tmp_path: Path) -> None:
    for code, cases in BAD.items():
        (tmp_path / f"{code}.csr").write_bytes(next(iter(cases.values()))[0])
    only_attention = "request_algorithm"
    for code in BAD:
        answer = check(tmp_path / f"{code}.csr")
        if code == only_attention:
            assert (answer.status, results(answer.json)[code]) == (0, "attention")
            continue
        assert (answer.status, answer.code, results(answer.json)[code]) == (1, code, "fail")
    shown = run([*PROGRAM, "--lang", "en", "csr", "check", tmp_path / "request_signature.csr"])
    assert shown.status == 1
    assert "[FAIL] the signature is by its key  it is not" in shown.out
    assert "It was changed after it was made, or another key signed it." in shown.out
    assert "Copy the file again" in shown.err


@pytest.mark.parametrize("data", [b"", b"no request", b"\x30\x80" * 1000, None])
def test_what_is_no_request_is_exit_2(tmp_path: Path, data: bytes | None) -> None:
    file = tmp_path / "file"
    if data is None:
        file.mkdir()
    else:
        file.write_bytes(data)
    answer = check(file, "--profile", "riyosha")
    assert (answer.status, answer.code) == (2, "request_unreadable")
    first, *rest = results(answer.json).values()
    assert (first, set(rest)) == ("fail", {"unknown"})
    assert answer.json["request"] is None


def test_a_kind_without_a_profile_is_a_slip_of_the_command_line(tmp_path: Path) -> None:
    answer = check(tmp_path, "--profile", "shokusek")
    assert (answer.status, answer.code) == (2, "usage")
    assert "shokuseki" in answer.json["facts"]["message"]
