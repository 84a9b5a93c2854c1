"""An index that an older program has made, and one whose keys other folding tables have made."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.registry.database import VERSION
from lgpki_tui.subject.draft import Draft, Entry
from lgpki_tui.subject.lookalike import fold
from tests.registry.conftest import ACCOUNTS, ORGANIZATIONS, PROFILES, Office

# What version 1 wrote (registry/database.py of 2026-11-28), to the letter.
FIRST = """
PRAGMA application_id = 1279750251;
PRAGMA user_version = 1;
CREATE TABLE snapshots (
    kind TEXT PRIMARY KEY, rows INTEGER NOT NULL, refused_rows INTEGER NOT NULL, refused TEXT NOT NULL,
    source TEXT NOT NULL, sha256 TEXT NOT NULL, imported_at TEXT NOT NULL) STRICT;
CREATE TABLE organizations (municipality_code TEXT NOT NULL, organization TEXT NOT NULL,
    organization_reading TEXT NOT NULL, organization_key TEXT NOT NULL, organization_reading_key TEXT NOT NULL) STRICT;
CREATE INDEX organizations_0 ON organizations (organization, municipality_code);
CREATE INDEX organizations_1 ON organizations (organization_key);
CREATE TABLE accounts (municipality_code TEXT NOT NULL, organization TEXT NOT NULL, organization_reading TEXT NOT NULL,
    name TEXT NOT NULL, name_reading TEXT NOT NULL, organization_key TEXT NOT NULL,
    organization_reading_key TEXT NOT NULL, name_key TEXT NOT NULL, name_reading_key TEXT NOT NULL) STRICT;
CREATE INDEX accounts_0 ON accounts (name, organization, municipality_code);
CREATE INDEX accounts_1 ON accounts (organization, municipality_code);
INSERT INTO snapshots VALUES ('organizations', 3, 1, '[["text_forbidden", 1, [4]]]', 'organizations.csv',
    'ab', '2026-11-01T00:00:00Z');
INSERT INTO snapshots VALUES ('accounts', 1, 0, '[]', 'accounts.csv', 'cd', '2026-11-02T00:00:00Z');
"""
ORGANIZATION_ROWS = (("252123", "総務部情報政策課", "ソウムブ"), ("252018", "髙島支所", ""), ("252018", " 課", ""))
ACCOUNT_ROW = ("252123", "総務部情報政策課", "", "情報政策課01", "")


@pytest.fixture
def older(office: Office) -> Office:
    office.index.parent.mkdir(mode=0o700)
    base = sqlite3.connect(office.index)
    base.executescript(FIRST)
    for row in ORGANIZATION_ROWS:
        base.execute("INSERT INTO organizations VALUES (?, ?, ?, ?, ?)", (*row, fold(row[1]), fold(row[2])))
    keys = [fold(text) for text in ACCOUNT_ROW[1:]]
    base.execute("INSERT INTO accounts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", (*ACCOUNT_ROW, *keys))
    base.commit()
    base.close()
    return office


def version(file: Path) -> int:
    base = sqlite3.connect(file)
    try:
        return int(base.execute("PRAGMA user_version").fetchone()[0])
    finally:
        base.close()


def test_version_1_is_taken_over_when_it_is_opened(older: Office) -> None:
    organizations, accounts = older.registry.status()
    assert (organizations.rows, organizations.sha256, organizations.refused[0].first_rows) == (3, "ab", (4,))
    assert (accounts.kind, accounts.source) == (ACCOUNTS, "accounts.csv")
    assert version(older.index) == VERSION
    assert set(older.registry.search("", ORGANIZATIONS)) == {Entry(*row) for row in ORGANIZATION_ROWS}
    assert older.registry.search("そうむ") == (Entry(*ORGANIZATION_ROWS[0]),)
    assert older.registry.search("高島")[0].organization == "髙島支所"
    found = older.registry.found(Draft("riyosha", "総務部情報政策課", "情報政策課01"), PROFILES[ACCOUNTS])
    assert found.accounts == (Entry(*ACCOUNT_ROW),)
    near = older.registry.found(Draft("shokuseki", "高島支所", "市長"), PROFILES[ORGANIZATIONS])
    assert near.nearest_organizations == ("髙島支所",)


def test_an_import_into_version_1_keeps_what_it_does_not_name(older: Office) -> None:
    older.organizations([("252123", "新課", "")])
    assert [entry.organization for entry in older.registry.search("", ORGANIZATIONS)] == ["新課"]
    assert [entry.name for entry in older.registry.search("", ACCOUNTS)] == ["情報政策課01"]
    older.importer().restore([ORGANIZATIONS])
    assert len(older.registry.search("", ORGANIZATIONS)) == 3


@pytest.mark.parametrize("how", ["DELETE FROM organizations WHERE rowid = 2", "DROP TABLE accounts"])
def test_a_damaged_version_1_stays_as_it_is(older: Office, how: str) -> None:
    base = sqlite3.connect(older.index)
    base.execute(how)
    base.commit()
    base.close()
    with pytest.raises(Refusal) as refused:
        older.registry.status()
    assert refused.value.code is Code.REGISTRY_DAMAGED
    assert version(older.index) == 1


def test_what_is_newer_is_refused(office: Office) -> None:
    office.organizations([("252123", "総務課", "")])
    base = sqlite3.connect(office.index)
    base.execute(f"PRAGMA user_version = {VERSION + 1}")
    base.close()
    with pytest.raises(Refusal) as refused:
        office.registry.status()
    assert (refused.value.code, refused.value.facts["reason"]) == (Code.REGISTRY_DAMAGED, "other_version")


def test_keys_of_other_folding_tables_are_made_anew(office: Office) -> None:
    office.organizations([("252123", "総務課", ""), ("252123", "髙島支所", "")])
    office.organizations([("252123", "髙島支所", "タカ")])
    base = sqlite3.connect(office.index)
    base.execute("UPDATE snapshots SET folding = 'of another program'")
    base.execute("UPDATE organizations SET organization_key = 'x', organization_reading_key = 'y'")
    base.commit()
    base.close()
    assert office.registry.search("高島たか") == ()
    assert [entry.organization for entry in office.registry.search("高島")] == ["髙島支所"]
    assert office.registry.search("たか")[0].organization_reading == "タカ"
    office.importer().restore([ORGANIZATIONS])
    assert len(office.registry.search("", ORGANIZATIONS)) == 2
    assert [entry.organization for entry in office.registry.search("高島")] == ["髙島支所"]
