"""What `status --check` tells on which day."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.practice import Practice
from tests.road.outside import pretend
from tests.sandbox.places import cut_request


def test_status_check_is_0_until_somebody_is_needed(
    held: tuple[Practice, dict[str, Any]], fresh: Practice, tmp_path: Path
) -> None:
    assert fresh.run("status", "--check").status == 0
    practice = held[0].copy(tmp_path / "box")
    opens = date.fromisoformat(held[1]["renewal_opens"])
    not_after = datetime.fromisoformat(held[1]["not_after"])
    expected = [
        (None, 0, None),
        (f"{opens - timedelta(days=1)}T23:59:59+09:00", 0, None),
        (f"{opens}T00:00:00+09:00", 1, "renewal_open"),
        (not_after.isoformat(), 1, "renewal_open"),
        ((not_after + timedelta(seconds=1)).isoformat(), 1, "expired"),
    ]
    for now, status, attention in expected:
        pretend(practice, **({"now": now} if now else {}))
        answer = practice.run("status", "--check")
        assert (answer.status, answer.json["ok"]) == (status, status == 0), (now, answer)
        (enrolment,) = answer.json["enrolments"]
        assert enrolment["attention"] == attention, now
        if status:
            assert answer.code == "attention_needed"
    assert practice.run("status").status == 0


def test_status_check_tells_of_an_open_act(practice: Practice, tmp_path: Path) -> None:
    cut_request(practice, tmp_path, "key.make before")
    answer = practice.run("status", "--check")
    assert (answer.status, answer.code) == (1, "attention_needed")
    assert answer.json["enrolments"][0]["attention"] == "open"
    again = practice.run("request", "--answers", practice.answers, *practice.pin)
    assert (again.status, again.code) == (1, "enrolment_open")
    practice.done("resume", answer.json["enrolments"][0]["enrolment"], *practice.pin)
    assert practice.run("status", "--check").status == 0
