"""Search and near spellings over a large index, judged by a plain scan of the same rows."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.names import Names, PlainScan, slips
from lgpki_tui.registry import candidates, search
from lgpki_tui.registry.port import RegistryKind
from lgpki_tui.subject.draft import Draft, Entry
from tests.registry.conftest import ACCOUNTS, ORGANIZATIONS, PROFILES, Office

ROWS = 6_000
_ACCOUNTS = Names(seed=7, accounts=True)
Large = tuple[Office, tuple[Entry, ...]]


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Large:
    """Names of parts, among them variants, kana and doubles."""
    office, rows = Office(tmp_path_factory.mktemp("large")), tuple(Names(seed=7).entries(ROWS))
    office.organizations([(row.municipality_code, row.organization, row.organization_reading) for row in rows])
    return office, rows


def test_search_is_what_a_plain_scan_finds(large: Large) -> None:
    office, rows = large
    chance = random.Random(3)  # noqa: S311  # the same texts every time
    texts = [text for row in chance.sample(rows, 8) for text in (row.organization, row.organization_reading)]
    asked = [text[start : start + size] for text in texts for size in (1, 2, 3, 4, 7, 20) for start in (0, 2)]
    asked += ["", "　", "鬱", "鬱課", "課部", "存在しない組織", "ソウム", "ｿｳﾑ", "總務", "\x02", '"', "%", "総 務"]
    plain = PlainScan(rows)
    for text in asked:
        for limit in (1, 20, 300):
            assert office.registry.search(text, ORGANIZATIONS, limit) == plain.search(text, limit), (text, limit)


@pytest.mark.parametrize(("name", "value"), [("_FEW", 2), ("_MANY_GRAMS", 0), ("_MOST_READ", 40)])
def test_every_way_gives_the_same(large: Large, monkeypatch: pytest.MonkeyPatch, name: str, value: int) -> None:
    """What is tried first differs with how common a text is; the answer does not."""
    office, rows = large
    monkeypatch.setattr(search, "_MANY_GRAMS", 0)
    monkeypatch.setattr(search, name, value)
    plain = PlainScan(rows)
    for text in ("総", "総務", "課", "係", "部情", "そ", "か", "政策", "ん", "鬱"):
        for limit in (1, 20):
            assert office.registry.search(text, ORGANIZATIONS, limit) == plain.search(text, limit), (text, limit)


cell = st.text(st.sampled_from("課かカｶ係係1１一ー－髙高 　\x02\"%'\ue000が\U00020b9f"), max_size=6)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(cell, cell, cell, cell), min_size=1, max_size=12), cell, st.integers(1, 14))
def test_any_rows_any_text(office: Office, rows: list[tuple[str, str, str, str]], text: str, limit: int) -> None:
    def quoted(texts: tuple[str, ...]) -> str:
        return ",".join('"{}"'.format(each.replace('"', '""')) for each in texts)

    lines = [quoted(("252123", *row)) for row in rows]
    office.take(ACCOUNTS, "\n".join(["団体コード,組織,組織よみ,名義,名義よみ", *lines]))
    entries = [Entry("252123", *row) for row in rows]
    assert office.registry.search(text, ACCOUNTS, limit) == PlainScan(entries).search(text, limit)


# --- Near spellings ---


@pytest.fixture
def no_small_scopes(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a registry of a million rows: never all of them compared."""
    monkeypatch.setattr(candidates, "MOST_ROWS", 10)


@pytest.mark.parametrize("slip", slips(), ids=lambda slip: slip.__name__)
@pytest.mark.usefixtures("no_small_scopes")
def test_a_slip_is_found(large: Large, slip: Callable[[str, random.Random], str]) -> None:
    office, rows = large
    registered = {row.organization for row in rows}
    chance, found, asked = random.Random(11), 0, 0  # noqa: S311  # the same every time
    for row in chance.sample(rows, 80):
        entered = slip(row.organization, chance)
        if entered in registered or entered == row.organization:
            continue
        asked += 1
        near = office.registry.found(Draft("shokuseki", entered, "市長"), PROFILES[ORGANIZATIONS])
        found += row.organization in near.nearest_organizations
    assert asked > 30
    assert found >= 0.95 * asked


@pytest.mark.usefixtures("no_small_scopes")
@pytest.mark.parametrize(("entered", "registered"), [
    ("会計謀", "会計課"), ("会課", "会計課"), ("計会課", "会計課"), ("会計課x", "会計課"), ("會計課", "会計課"),
    ("情報政策課", "総務部情報政策課"), ("総務部情報", "総務部情報政策課"),
])  # fmt: skip
def test_short_names_and_parts_of_names(office: Office, entered: str, registered: str) -> None:
    others = [("252123", f"第{number}地区振興事務所総務係", "") for number in range(100)]
    office.organizations([("252123", "会計課", ""), ("252123", "総務部情報政策課", ""), *others])
    near = office.registry.found(Draft("shokuseki", entered, "市長"), PROFILES[ORGANIZATIONS])
    assert registered in near.nearest_organizations


@pytest.mark.usefixtures("no_small_scopes")
def test_the_code_narrows_a_large_registry_too(large: Large) -> None:
    office, rows = large
    row = rows[2500]
    mine = {each.organization for each in rows if each.municipality_code == row.municipality_code}
    draft = Draft("shokuseki", row.organization + "謀", "市長", row.municipality_code)
    near = office.registry.found(draft, PROFILES[ORGANIZATIONS]).nearest_organizations
    assert near[0] == row.organization
    assert set(near) <= mine


def test_accounts_by_organization_and_name(office: Office) -> None:
    """The same 名義 under many 組織, the same 組織 with many 名義; texts that only folding makes equal are others."""
    lines = [("252123", f"総務部第{row}課", "課長", "かちょう") for row in range(300)]
    lines += [("252123", "総務部第7課", name, "") for name in ("課長補佐", "課　長", "係長")]
    office.accounts(lines)
    office.organizations([("252123", "総務部第7課", "")])
    ask = office.registry.found
    found = ask(Draft("riyosha", "総務部第7課", "課長"), PROFILES[ACCOUNTS])
    assert [(entry.organization, entry.name) for entry in found.accounts or ()] == [("総務部第7課", "課長")]
    missing = ask(Draft("riyosha", "総務部第7課", "課長補"), PROFILES[ACCOUNTS])
    assert missing.accounts == ()
    assert set(missing.nearest_names) == {"課長補佐", "課長", "課　長"}
    assert RegistryKind.ACCOUNTS in {each.kind for each in office.registry.status()}


@pytest.mark.parametrize("ordered", [True, False], ids=["by-code", "mixed"])
def test_accounts_of_one_municipality_are_those_that_a_plain_scan_finds(office: Office, ordered: bool) -> None:
    """An extract in the order of its 団体, and one in which their rows are mixed; posts are shared by many."""
    rows = [
        replace(row, organization=row.organization[:4], name=f"{row.name}"[-2:]) for row in _ACCOUNTS.entries(2_000)
    ]
    if not ordered:
        random.Random(3).shuffle(rows)  # noqa: S311  # the same order every time
    office.accounts([(row.municipality_code, row.organization, str(row.name), row.name_reading) for row in rows])
    office.organizations([(row.municipality_code, row.organization, "") for row in rows])
    for row in rows[::40]:
        for code in (row.municipality_code, None):
            same = [each for each in rows if (each.organization, each.name) == (row.organization, row.name)]
            right = [each.name_reading for each in same if code in (None, each.municipality_code)]
            found = office.registry.found(Draft("riyosha", row.organization, str(row.name), code), PROFILES[ACCOUNTS])
            assert [each.name_reading for each in found.accounts or ()] == right
