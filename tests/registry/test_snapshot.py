"""What the registry answers: exact matches only, the nearest spellings, search, and an index that is not one."""

from __future__ import annotations

import os
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.registry.port import Registry
from lgpki_tui.subject.draft import Draft, Entry
from lgpki_tui.subject.findings import findings
from tests.registry.conftest import ACCOUNTS, NOW, ORGANIZATIONS, PROFILES, Office

SHOKUSEKI, RIYOSHA = PROFILES[ORGANIZATIONS], PROFILES[ACCOUNTS]
JOHO = Entry("252123", "総務部情報政策課", "そうむぶじょうほうせいさくか")


@pytest.fixture
def town(office: Office) -> Office:
    office.organizations([
        ("252123", "総務部情報政策課", "そうむぶじょうほうせいさくか"),
        ("252123", "総務部財政課", "そうむぶざいせいか"),
        ("252123", "髙島支所", "たかしまししょ"),
        ("252123", "会計課", "カイケイカ"),
        ("252018", "会計課", "かいけいか"),
        ("252018", "都市計画部", "としけいかくぶ"),
    ])  # fmt: skip
    office.accounts([
        ("252123", "総務部情報政策課", "情報政策課01", "じょうほうせいさくか01"),
        ("252123", "総務部情報政策課", "情報政策課02", "じょうほうせいさくか02"),
        ("252123", "会計課", "会計課01", ""),
        ("252018", "会計課", "会計課09", ""),
    ])  # fmt: skip
    return office


def test_it_is_the_port(town: Office) -> None:
    port: Registry = town.registry
    assert len(port.status()) == 2


def test_an_exact_match(town: Office) -> None:
    found = town.registry.found(Draft("shokuseki", "総務部情報政策課", "高島市長"), SHOKUSEKI)
    assert found.organizations == (JOHO,)
    assert (found.accounts, found.municipality) == (None, "高島市")
    assert found.nearest_organizations == found.nearest_names == ()


@pytest.mark.parametrize("entered", [
    "總務部情報政策課", "総務部　情報政策課", "総務部情報政策課 ", "総務部情報政策謀",
    "総務部\u200b情報政策課", "総務部情報政策", "情報政策課",
    "総務部情報政課策",
])  # fmt: skip
def test_anything_else_is_not_registered_and_the_nearest_is_named(town: Office, entered: str) -> None:
    found = town.registry.found(Draft("shokuseki", entered, "高島市長"), SHOKUSEKI)
    assert found.organizations == ()
    assert found.nearest_organizations[0] == "総務部情報政策課"
    assert entered not in found.nearest_organizations


@pytest.mark.parametrize(
    ("entered", "registered"), [("高島支所", "髙島支所"), ("會計課", "会計課"), ("会計謀", "会計課")]
)
def test_the_registered_spelling_wins(town: Office, entered: str, registered: str) -> None:
    found = town.registry.found(Draft("shokuseki", entered, "高島市長"), SHOKUSEKI)
    assert found.nearest_organizations[0] == registered


def test_nothing_near_is_nothing(town: Office) -> None:
    found = town.registry.found(Draft("riyosha", "xyz", "qqq"), RIYOSHA)
    assert found.nearest_organizations == found.nearest_names == ()


def test_the_code_narrows(town: Office) -> None:
    several = town.registry.found(Draft("shokuseki", "会計課", "市長"), SHOKUSEKI)
    assert [entry.municipality_code for entry in several.organizations] == ["252123", "252018"]
    assert several.municipality is None
    one = town.registry.found(Draft("shokuseki", "会計課", "市長", "252018"), SHOKUSEKI)
    assert one.organizations == (Entry("252018", "会計課", "かいけいか"),)
    assert one.municipality == "大津市"
    elsewhere = town.registry.found(Draft("shokuseki", "都市計画部", "市長", "252123"), SHOKUSEKI)
    assert elsewhere.organizations == ()
    assert [entry.municipality_code for entry in elsewhere.elsewhere_organizations] == ["252018"]


def test_an_account_is_code_organization_and_name(town: Office) -> None:
    ask = town.registry.found
    assert ask(Draft("riyosha", "総務部情報政策課", "情報政策課01"), RIYOSHA).accounts == (
        Entry("252123", "総務部情報政策課", "", "情報政策課01", "じょうほうせいさくか01"),
    )
    for organization, name, code in (
        ("総務部財政課", "情報政策課01", None),
        ("総務部情報政策課", "情報政策課０１", None),
        ("会計課", "会計課01", "252018"),
    ):
        assert ask(Draft("riyosha", organization, name, code), RIYOSHA).accounts == ()


def test_near_names_are_of_the_same_organization(town: Office) -> None:
    found = town.registry.found(Draft("riyosha", "総務部情報政策課", "情報政策課０２"), RIYOSHA)
    assert found.nearest_names == ("情報政策課02", "情報政策課01")
    wrong = town.registry.found(Draft("riyosha", "総務部財政課", "情報政策課02"), RIYOSHA)
    assert [entry.organization for entry in wrong.elsewhere_accounts] == ["総務部情報政策課"]


def test_findings_over_the_real_index(town: Office) -> None:
    draft = Draft("riyosha", "総務部情報政策課", "情報政策課０１")
    (finding,) = findings(draft, RIYOSHA, town.registry.found(draft, RIYOSHA))
    assert finding.code is Code.NAME_NOT_REGISTERED
    assert finding.facts["nearest"] == ["情報政策課01", "情報政策課02"]
    assert finding.facts["characters"] == ["U+FF10", "U+FF11"]


def test_a_lone_surrogate_is_only_not_registered(town: Office) -> None:
    text = os.fsdecode(b"\xff") + "課"
    assert town.registry.found(Draft("riyosha", text, text, text), RIYOSHA).organizations == ()
    assert town.registry.search(text) == ()


def test_what_is_missing_is_named(office: Office) -> None:
    draft = Draft("riyosha", "総務部情報政策課", "情報政策課01")
    for imported, missing in ((False, "organizations"), (True, "accounts")):
        if imported:
            office.organizations([("252123", "総務部情報政策課", "")])
        with pytest.raises(Refusal) as refused:
            office.registry.found(draft, RIYOSHA)
        assert refused.value.code is Code.REGISTRY_MISSING
        assert refused.value.facts == {"registry": missing}
    assert office.registry.found(draft, SHOKUSEKI).organizations


def test_asking_makes_no_file(office: Office) -> None:
    assert office.registry.status() == ()
    with pytest.raises(Refusal):
        office.registry.search("総務")
    assert list(office.folder.iterdir()) == []


@pytest.mark.parametrize(("text", "organizations"), [
    ("会計課", ["会計課", "会計課"]),
    ("総務", ["総務部情報政策課", "総務部財政課"]),
    ("財政", ["総務部財政課"]),
    ("ざいせい", ["総務部財政課"]),
    ("ｶｲｹｲ", ["会計課", "会計課"]),
    ("高島", ["髙島支所"]),
    ("總務部 財政", ["総務部財政課"]),
    ("%", []),
    ("_", []),
    ("課", ["総務部情報政策課", "総務部財政課", "会計課", "会計課"]),
])  # fmt: skip
def test_search(town: Office, text: str, organizations: list[str]) -> None:
    assert [entry.organization for entry in town.registry.search(text, ORGANIZATIONS)] == organizations


@pytest.mark.parametrize("text", ["大津", "大津市", " 大津 ", "大津市\u3000"])
def test_the_name_of_a_municipality_finds_its_organizations(town: Office, text: str) -> None:
    found = town.registry.search(text, ORGANIZATIONS)
    assert [(each.municipality_code, each.organization) for each in found] == [
        ("252018", "会計課"),
        ("252018", "都市計画部"),
    ]
    assert town.registry.search(text, ORGANIZATIONS, limit=1) == found[:1]
    assert town.registry.search(text) == found
    assert town.registry.search(text, ACCOUNTS) == ()


def test_an_organization_that_is_called_so_comes_before_a_municipality(town: Office) -> None:
    assert [each.organization for each in town.registry.search("高島", ORGANIZATIONS)] == ["髙島支所"]
    assert len(town.registry.search("髙島市", ORGANIZATIONS)) == 4  # the variant is folded
    assert town.registry.search("津市", ORGANIZATIONS) == ()  # 津市 has none here; 大津市 only ends so
    assert town.registry.search("", ORGANIZATIONS) == town.registry.search("\u3000", ORGANIZATIONS)


def test_search_order_and_limit(office: Office) -> None:
    office.organizations([("252123", name, "") for name in ("本庁総務課", "総務課長室", "總務課", "総務課")])
    found = [entry.organization for entry in office.registry.search("総務課")]
    assert found == ["総務課", "總務課", "総務課長室", "本庁総務課"]
    assert len(office.registry.search("総務課", limit=2)) == 2


def test_search_of_both(town: Office) -> None:
    both = town.registry.search("会計")
    assert [entry.name for entry in both] == [None, None, "会計課01", "会計課09"]


def test_status(town: Office) -> None:
    organizations, accounts = town.registry.status()
    assert (organizations.kind, organizations.rows, organizations.imported_at) == (ORGANIZATIONS, 6, NOW)
    assert (accounts.kind, accounts.file_name) == (ACCOUNTS, "accounts.csv")
    assert organizations.age_days(NOW + timedelta(days=24, hours=23)) == 24


def damage(file: Path, how: str) -> None:
    if how == "text":
        file.write_text("not a database at all, but long enough to be read as one" * 20, encoding="utf-8")
    elif how == "cut":
        os.truncate(file, 5000)
    elif how == "zeros":
        with file.open("r+b") as open_file:
            open_file.seek(4096)
            open_file.write(bytes(8192))
    else:
        base = sqlite3.connect(file)
        base.execute(how)
        base.commit()
        base.close()


@pytest.mark.parametrize("how", [
    "text", "cut", "zeros", "PRAGMA user_version = 3", "PRAGMA application_id = 7", "DROP TABLE organizations",
    "DROP TABLE snapshots", "UPDATE snapshots SET refused = 'x'", "UPDATE snapshots SET imported_at = 'yesterday'",
])  # fmt: skip
def test_a_damaged_index(town: Office, how: str) -> None:
    damage(town.index, how)
    before = town.index.read_bytes()
    with pytest.raises(Refusal) as refused:
        town.registry.found(Draft("shokuseki", "総務部情報政策課", "市長"), SHOKUSEKI)
    assert (refused.value.code, refused.value.facts["file"]) == (Code.REGISTRY_DAMAGED, str(town.index))
    assert town.index.read_bytes() == before


@pytest.mark.parametrize("how", ["text", "PRAGMA user_version = 3", "PRAGMA application_id = 7"])
def test_nothing_is_imported_into_a_file_that_is_not_ours(town: Office, how: str) -> None:
    damage(town.index, how)
    before = town.index.read_bytes()
    with pytest.raises(Refusal) as refused:
        town.organizations([("252123", "総務課", "")])
    assert refused.value.code is Code.REGISTRY_DAMAGED
    assert town.index.read_bytes() == before


def test_an_index_that_cannot_be_opened(office: Office) -> None:
    office.index.mkdir(parents=True)
    with pytest.raises(Refusal) as refused:
        office.registry.status()
    assert refused.value.code is Code.LEDGER_UNWRITABLE


def test_of_what_is_near_it_is_told_who_has_it(town: Office) -> None:
    found = town.registry.found(Draft("shokuseki", "会計果", "高島市長"), SHOKUSEKI)
    assert found.nearest_codes["会計課"] == ("252123", "252018")
    assert set(found.nearest_codes) == set(found.nearest_organizations)
    within = town.registry.found(Draft("shokuseki", "会計果", "高島市長", "252018"), SHOKUSEKI)
    assert within.nearest_codes == {"会計課": ("252018",)}
    assert town.registry.found(Draft("shokuseki", "会計課", "高島市長"), SHOKUSEKI).nearest_codes == {}
