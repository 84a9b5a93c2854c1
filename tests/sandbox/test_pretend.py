"""Another PC, another login, another day, for practice."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from tests.practice import Practice
from tests.road.outside import pretend
from tests.sandbox.places import here

ROAD = ["begun", "key_intended", "key_made", "request_signed", "request_written", "store_intended", "stored"]


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"machine_id": "f" * 32}, "wrong_machine"),
        ({"login_name": "j-soumu"}, "wrong_login"),
        ({"login_uid": 4711}, "wrong_login"),
    ],
    ids=lambda value: value if isinstance(value, str) else next(iter(value)),
)
def test_another_pc_or_login_is_refused(
    waiting: tuple[Practice, dict[str, Any]], tmp_path: Path, values: dict[str, str | int], code: str
) -> None:
    practice = waiting[0].copy(tmp_path / "box")
    request = here(practice, waiting[1])
    certificate, settings = practice.issue(request), practice.folder / "sandbox.toml"
    before = settings.read_text()
    pretend(practice, **values)
    for answer in (practice.store(request, certificate), practice.run("resume", request["enrolment"], *practice.pin)):
        assert (answer.status, answer.code) == (1, code)
    assert practice.events(request["enrolment"]) == ROAD[:5]
    assert len(practice.token()) == 2
    settings.write_text(before)
    assert practice.store(request, certificate).status == 0


def test_another_host_name_is_a_note(waiting: tuple[Practice, dict[str, Any]], tmp_path: Path) -> None:
    practice = waiting[0].copy(tmp_path / "box")
    request = here(practice, waiting[1])
    pretend(practice, host_name="office-02")
    stored = practice.store(request, practice.issue(request))
    assert stored.status == 0
    (machine,) = [check for check in stored.json["checks"] if check["code"] == "wrong_machine"]
    assert machine["result"] == "attention"
    assert "office-02" in json.dumps(machine["found"])


def test_what_is_pretended_stands_in_record_and_receipt(practice: Practice) -> None:
    now = "2027-03-04T05:06:07+09:00"
    machine_id = "0123456789abcdef" * 2
    pretend(practice, machine_id=machine_id, host_name="office-09", login_name="j-kikaku", login_uid=1234, now=now)
    request = practice.request()
    assert request["enrolment"].startswith("270304-")
    (enrolment,) = practice.enrolments()
    assert (enrolment["host_name"], enrolment["login"]) == ("office-09", "j-kikaku")
    assert enrolment["begun"] == "2027-03-03T20:06:07Z"
    binding = json.loads(Path(request["receipt_path"]).read_text())["binding"]
    flat = json.dumps(binding)
    digest = hashlib.sha256(b"lgpki-tui machine\0" + machine_id.encode()).hexdigest()
    for found in (digest, "office-09", "j-kikaku", "1234", "2027-03-03T20:06:07Z"):
        assert found in flat, (found, flat)


def test_a_key_that_cannot_be_pretended_is_refused(fresh: Practice) -> None:
    file = fresh.folder / "sandbox.toml"
    file.write_text(file.read_text() + "card_serial = 1\n")
    answer = fresh.run("status")
    assert (answer.status, answer.code) == (2, "settings_key_unknown")
