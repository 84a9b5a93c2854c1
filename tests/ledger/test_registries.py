"""Who said that the names are registered: recorded, read again, and unknown to the records of before."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from lgpki_tui.ledger.codec import Entry, decode, encode
from lgpki_tui.ledger.ledger import Ledger
from lgpki_tui.subject.answered import Origin, RegistryAnswer
from tests import samples
from tests.ledger.test_extensions import OLD_BEGUN

COPY = RegistryAnswer("organizations", Origin.SNAPSHOT, "registry/organizations.csv", "12" * 32, samples.NOW)
LIVE = RegistryAnswer("accounts", Origin.DIRECTORY, "ldaps://directory.example.lg.jp")


def test_it_is_written_canonically_and_read_again() -> None:
    event = replace(samples.BEGUN, registries=(COPY, LIVE))
    text = encode(Entry(samples.NUMBER, event))
    assert json.loads(text)["registries"] == [
        {
            "registry": "organizations",
            "origin": "snapshot",
            "source": "registry/organizations.csv",
            "sha256": "12" * 32,
            "imported_at": "2026-11-24T03:00:00Z",
        },
        {
            "registry": "accounts",
            "origin": "directory",
            "source": "ldaps://directory.example.lg.jp",
            "sha256": "",
            "imported_at": None,
        },
    ]
    assert text == json.dumps(json.loads(text), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert decode(text) == Entry(samples.NUMBER, event)


def test_a_record_of_before_says_nothing_of_it() -> None:
    event = decode(OLD_BEGUN).event
    assert event == samples.BEGUN
    assert samples.BEGUN.registries == ()
    assert "registries" not in encode(Entry(samples.NUMBER, samples.BEGUN))


@pytest.mark.parametrize("wrong", [
    {}, ["organizations"], [{"registry": "organizations"}],
    [{"registry": "accounts", "origin": "rumour", "source": "", "sha256": "", "imported_at": None}],
    [{"registry": "accounts", "origin": "directory", "source": 1, "sha256": "", "imported_at": None}],
    [{"registry": "accounts", "origin": "snapshot", "source": "a", "sha256": "", "imported_at": "yesterday"}],
])  # fmt: skip
def test_what_no_program_of_ours_writes_is_not_read(wrong: object) -> None:
    with pytest.raises((ValueError, TypeError, KeyError), match=r"."):
        decode(json.dumps({**json.loads(OLD_BEGUN), "registries": wrong}))


def test_a_correction_was_looked_up_anew(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger.sqlite3")
    begun = replace(samples.BEGUN, registries=(COPY,))
    with ledger.acting():
        ledger.append(samples.NUMBER, begun, samples.ROAD[1])
        for event in (*samples.ROAD[2:5], replace(samples.CORRECTED, registries=(LIVE,))):
            ledger.append(samples.NUMBER, event)
    ledger.close()
    again = Ledger(tmp_path / "ledger.sqlite3")
    again.load()
    enrolment = again.enrolment(samples.NUMBER)
    again.close()
    assert enrolment is not None
    assert enrolment.registries == (LIVE,)
