"""The record: what is written stays, what was tampered with is seen, and nothing newer is touched."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.ledger.codec import Entry, decode, encode
from lgpki_tui.ledger.database import MIGRATIONS, Database
from lgpki_tui.ledger.ledger import Ledger
from lgpki_tui.procedure import events
from lgpki_tui.procedure.enrolment import State
from tests import samples


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "ledger.sqlite3"


def _written(path: Path) -> None:
    ledger = Ledger(path)
    with ledger.acting():
        ledger.append(samples.NUMBER, *samples.ROAD[:2])
        for event in samples.ROAD[2:]:
            ledger.append(samples.NUMBER, event)
    ledger.close()


def _reload(path: Path) -> Ledger:
    ledger = Ledger(path)
    try:
        ledger.load()
    finally:
        ledger.close()
    return ledger


def test_what_is_written_is_read_again(path: Path) -> None:
    _written(path)
    enrolment = _reload(path).enrolment(samples.NUMBER)
    assert enrolment is not None
    assert enrolment.state is State.STORED
    assert enrolment.machine == samples.MACHINE
    assert enrolment.certificate is not None
    assert enrolment.certificate.not_after == samples.NOT_AFTER


def test_reading_creates_nothing(path: Path) -> None:
    assert _reload(path).enrolments == ()
    assert Ledger(path).verify().events == 0
    assert not path.parent.exists()


def test_nobody_else_may_read_it(path: Path) -> None:
    old = os.umask(0)
    try:
        _written(path)
    finally:
        os.umask(old)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_sqlite_syncs_every_commit(path: Path) -> None:
    database = Database(path)
    connection = database._connection
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
    database.close()


def test_an_event_that_does_not_fit_is_refused_and_not_written(path: Path) -> None:
    _written(path)
    ledger = Ledger(path)
    with ledger.acting(), pytest.raises(Refusal) as refusal:
        ledger.append(samples.NUMBER, samples.KEY_INTENDED)
    assert refusal.value.code is Code.ENROLMENT_STATE
    assert ledger.verify().events == len(samples.ROAD)
    ledger.close()


def _change(path: Path, *statements: str) -> None:
    with sqlite3.connect(path) as database:
        database.execute("DROP TRIGGER no_update")
        database.execute("DROP TRIGGER no_delete")
        for statement in statements:
            database.execute(statement)
    database.close()


@pytest.mark.parametrize(
    ("statements", "first"),
    [
        (["UPDATE entries SET entry = replace(entry, '高島市長', '高島副市長') WHERE number = 1"], 1),
        (["DELETE FROM entries WHERE number = 3"], 3),
        (["DELETE FROM entries WHERE number = 7"], 7),
        (["DELETE FROM entries"], 1),
        (
            [
                "UPDATE entries SET number = 99 WHERE number = 3",
                "UPDATE entries SET number = 3 WHERE number = 4",
                "UPDATE entries SET number = 4 WHERE number = 99",
            ],
            3,
        ),
        (["UPDATE entries SET hash = '00' WHERE number = 5"], 5),
        (["INSERT INTO entries SELECT 8, entry, hash FROM entries WHERE number = 7"], 8),
        (["UPDATE head SET count = 6"], 8),
        (["DELETE FROM head"], 8),
    ],
)
def test_the_chain_shows_what_was_done_to_it(path: Path, statements: list[str], first: int) -> None:
    _written(path)
    _change(path, *statements)
    ledger = Ledger(path)
    assert ledger.verify().first_broken == first
    with pytest.raises(Refusal) as refusal:
        ledger.load()
    assert refusal.value.code is Code.LEDGER_DAMAGED
    assert refusal.value.facts["first_broken"] == first
    ledger.close()


def test_the_chain_can_be_recomputed_with_sha256sum(path: Path) -> None:
    _written(path)
    previous = "0" * 64
    for _, entry, stored in Ledger(path).entries():
        script = 'printf "%s\\n%s" "$1" "$2" | sha256sum'
        found = subprocess.run(["sh", "-c", script, "sh", previous, entry], capture_output=True, text=True, check=True)
        assert found.stdout.split()[0] == stored
        previous = stored


def test_the_triggers_refuse_changes(path: Path) -> None:
    _written(path)
    database = sqlite3.connect(path)
    for statement in ("UPDATE entries SET hash = ''", "DELETE FROM entries"):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            database.execute(statement)
    database.close()


def test_a_file_that_is_no_ledger_is_refused_and_kept(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"not a database, but someone's file" * 100)
    before = hashlib.sha256(path.read_bytes()).digest()
    with pytest.raises(Refusal) as refusal:
        Ledger(path).load()
    assert refusal.value.code is Code.LEDGER_DAMAGED
    assert hashlib.sha256(path.read_bytes()).digest() == before


@pytest.mark.parametrize(
    "damage", [lambda raw: raw[: len(raw) // 2], lambda raw: raw[:100] + b"\xff" * 4000 + raw[4100:]]
)
def test_a_damaged_file_is_refused(path: Path, damage: Callable[[bytes], bytes]) -> None:
    _written(path)
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(Refusal) as refusal:
        _reload(path)
    assert refusal.value.code is Code.LEDGER_DAMAGED


def test_a_newer_schema_is_refused_untouched(path: Path) -> None:
    _written(path)
    database = sqlite3.connect(path)
    database.execute("PRAGMA user_version = 99")
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    before = {file.name: file.read_bytes() for file in path.parent.iterdir()}
    with pytest.raises(Refusal) as refusal:
        Ledger(path).load()
    assert refusal.value.code is Code.LEDGER_NEWER
    assert {file.name: file.read_bytes() for file in path.parent.iterdir()} == before


def _next_version(database: sqlite3.Connection) -> None:
    database.execute("CREATE TABLE notes (text TEXT) STRICT")


def test_an_older_schema_is_led_forward_and_keeps_its_entries(path: Path) -> None:
    _written(path)
    newer = Database(path, migrations={**MIGRATIONS, 2: _next_version})
    assert len(newer.rows()) == len(samples.ROAD)
    assert newer._connection.execute("SELECT count(*) FROM notes").fetchone() == (0,)
    newer.close()
    with pytest.raises(Refusal) as refusal:  # the older program, afterwards
        Database(path)
    assert refusal.value.code is Code.LEDGER_NEWER


def test_a_migration_that_breaks_off_leaves_the_old_version(path: Path) -> None:
    _written(path)

    def broken(database: sqlite3.Connection) -> None:
        _next_version(database)
        database.execute("no such statement")

    with pytest.raises(Refusal):
        Database(path, migrations={**MIGRATIONS, 2: broken})
    assert _reload(path).enrolment(samples.NUMBER) is not None


def test_two_programs_at_once_one_is_told(path: Path) -> None:
    first, second = Ledger(path), Ledger(path)
    with first.acting():
        first.append(samples.NUMBER, samples.BEGUN)
        with pytest.raises(Refusal) as refusal, second.acting():
            pass
        assert refusal.value.code is Code.LEDGER_BUSY
        assert refusal.value.facts["process"] == str(os.getpid())
    with second.acting():
        assert second.enrolment(samples.NUMBER) is not None
    first.close()
    second.close()


@given(st.sampled_from((*samples.EVERY,)), st.text(max_size=20))
def test_every_event_survives_the_way_to_json_and_back(event: events.EnrolmentEvent, text: str) -> None:
    entry = Entry(samples.NUMBER, event)
    assert decode(encode(entry)) == entry
    named = Entry(samples.NUMBER, events.Abandoned(at=samples.NOW, reason=text.encode("utf-8", "ignore").decode()))
    assert decode(encode(named)) == named


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "{}",
        '{"about":"x","event":"stored","version":1,"at":"2026-11-24T03:00:00Z"}',
        '{"about":"x","event":"stored","version":2,"at":"2026-11-24T03:00:00Z","certificate_sha256":"a"}',
        '{"about":"x","event":"nothing","version":1}',
        '{"about":"x","event":"stored","version":1,"at":"2026-11-24","certificate_sha256":"a"}',
    ],
)
def test_what_is_no_entry_is_not_read(text: str) -> None:
    with pytest.raises((ValueError, KeyError), match=r"."):
        decode(text)
