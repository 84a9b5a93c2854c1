"""Handed in and corrected: kept in the record as they happened, read again, and known by later programs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.ledger.codec import Entry, decode, encode
from lgpki_tui.ledger.ledger import Ledger
from lgpki_tui.procedure.enrolment import State
from tests import samples


def test_a_corrected_enrolment_is_read_again_as_it_was(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger.sqlite3")
    with ledger.acting():
        ledger.append(samples.NUMBER, *samples.ROAD[:2])
        for event in (*samples.ROAD[2:5], samples.FILED, samples.CORRECTED):
            ledger.append(samples.NUMBER, event)
        with pytest.raises(Refusal) as refusal:
            ledger.append(samples.NUMBER, samples.FILED)  # there is nothing to hand in yet
    assert refusal.value.code is Code.ENROLMENT_OPEN
    before = ledger.enrolment(samples.NUMBER)
    ledger.close()
    again = Ledger(tmp_path / "ledger.sqlite3")
    again.load()
    after = again.enrolment(samples.NUMBER)
    assert after == before
    assert after is not None
    assert (after.state, after.file_stem, after.filed) == (State.KEY_MADE, f"{samples.NUMBER}-2", None)
    assert after.subject == samples.CORRECTED.subject
    assert again.verify().first_broken is None
    again.close()


def test_how_they_stand_in_the_file() -> None:
    """Other programs read these: the names of the fields do not change."""
    filed = json.loads(encode(Entry(samples.NUMBER, samples.FILED)))
    assert filed == {"about": samples.NUMBER, "at": "2026-11-24T03:00:00Z", "event": "filed", "version": 1}
    corrected = json.loads(encode(Entry(samples.NUMBER, samples.CORRECTED)))
    assert corrected["event"] == "corrected"
    assert corrected["subject"] == [["C", "JP"], ["O", "高島市"], ["OU", "総務部総務課"], ["CN", "高島市長"]]
    texts = {"municipality_code", "organization", "name", "purpose", "file_stem", "reason"}
    assert set(corrected) == texts | {"about", "at", "event", "version", "subject"}


@pytest.mark.parametrize("missing", ["reason", "file_stem", "subject", "at"])
def test_one_that_lacks_a_field_is_not_read(missing: str) -> None:
    entry = json.loads(encode(Entry(samples.NUMBER, samples.CORRECTED)))
    del entry[missing]
    with pytest.raises((ValueError, KeyError), match=r"."):
        decode(json.dumps(entry))
