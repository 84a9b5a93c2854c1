"""What a real slapd says of drafts: its own comparing is a sieve, ours decides."""

from __future__ import annotations

import pytest

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.registry.directory import Directory, Rows
from lgpki_tui.registry.directory_found import DirectoryFinder
from lgpki_tui.registry.directory_rows import Schema
from lgpki_tui.registry.port import RegistryKind
from lgpki_tui.subject.draft import Entry
from tests.registry.directory import slapd
from tests.registry.directory.conftest import SCHEMAS, Opened, Site

ORGANIZATIONS = RegistryKind.ORGANIZATIONS


@pytest.mark.parametrize("name", ["総務部情報政策課", "総務部ＤＸ推進課", "総務部　総務課", "髙島支所"])
def test_exactly_what_is_registered(organizations: DirectoryFinder, name: str) -> None:
    found = organizations.organizations(name, None)
    assert [entry.organization for entry in found.exact] == [name]
    assert (found.near, found.elsewhere) == ((), ())


@pytest.mark.parametrize(
    ("entered", "registered"),
    [
        ("総務部DX推進課", "総務部ＤＸ推進課"),  # the server calls these equal (RFC 4518: NFKC, case)
        ("総務部ｄｘ推進課", "総務部ＤＸ推進課"),
        ("総務部 総務課", "総務部　総務課"),
        ("総務部　　総務課", "総務部　総務課"),
        (" 総務部　総務課 ", "総務部　総務課"),
        ("高島支所", "髙島支所"),  # these it does not
        ("サ一バ一課", "サーバー課"),
        ("サ－バ－課", "サーバー課"),
        ("サーハ\u3099ー課", "サーバー課"),
        ("総務部情報政作課", "総務部情報政策課"),
        ("総務分情報政策課", "総務部情報政策課"),
    ],
)
def test_a_look_alike_is_near_and_never_found(organizations: DirectoryFinder, entered: str, registered: str) -> None:
    found = organizations.organizations(entered, None)
    assert found.exact == ()
    assert found.near[0] == registered


def test_of_what_is_near_it_is_told_who_has_it(organizations: DirectoryFinder) -> None:
    found = organizations.organizations("会計果", None)
    assert set(found.near_codes) == set(found.near)
    assert set(found.near_codes["会計課"]) == {"252123", "141305"}
    assert organizations.organizations("会計果", "141305").near_codes["会計課"] == ("141305",)
    assert organizations.organizations("会計課", None).near_codes == {}


def test_by_code(organizations: DirectoryFinder) -> None:
    both = organizations.organizations("会計課", None)
    assert {entry.municipality_code for entry in both.exact} == {"252123", "141305"}
    one = organizations.organizations("会計課", "141305")
    assert [entry.municipality_code for entry in one.exact] == ["141305"]
    none = organizations.organizations("会計課", "131016")
    assert none.exact == ()
    assert {entry.municipality_code for entry in none.elsewhere} == {"252123", "141305"}


def test_an_account_under_its_organisation_and_code(accounts: DirectoryFinder) -> None:
    found = accounts.accounts("会計課出納01", "会計課", ("141305",))
    assert [(entry.municipality_code, entry.name) for entry in found.exact] == [("141305", "会計課出納01")]
    other = accounts.accounts("会計課出納01", "総務部情報政策課", ("252123",))
    assert other.exact == ()
    assert {entry.organization for entry in other.elsewhere} == {"会計課"}
    wide = accounts.accounts("情報政策課０１", "総務部情報政策課", ("252123",))
    assert wide.exact == ()
    assert wide.near[0] == "情報政策課01"


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("情報政策", "総務部情報政策課"),
        ("総務部情報政策課", "総務部情報政策課"),
        ("かいけい", "会計課"),
        ("カイケイ", "会計課"),
        ("dx", "総務部ＤＸ推進課"),
        ("さーば", "サーバー課"),
    ],
)
def test_search(organizations: DirectoryFinder, text: str, first: str) -> None:
    assert organizations.search(text, 20, ())[0].organization == first
    assert len(organizations.search(text, 1, ())) == 1


def test_a_municipality_leads_to_its_organisations(organizations: DirectoryFinder) -> None:
    found = organizations.search("高島市", 20, ("252123",))
    assert {entry.municipality_code for entry in found} == {"252123"}
    assert len(found) == 4
    assert organizations.search("  ", 20, ("252123",)) == ()


def test_accounts_are_searched_by_name_and_reading(accounts: DirectoryFinder) -> None:
    assert {entry.name for entry in accounts.search("情報政策課", 20, ())} == {"情報政策課01", "情報政策課02"}
    assert accounts.search("すいとう", 20, ())[0].name == "会計課出納01"


def test_the_directory_of_one_municipality(site: Site, opened: Opened) -> None:
    one = Schema(ORGANIZATIONS, slapd.MANY, "(objectClass=lgRow)", "lgOrganization", municipality="252123")
    finder = DirectoryFinder(opened(site.plain), one, 10, 2000)
    assert finder.organizations("大量部第0001課", "252123").exact == (Entry("252123", "大量部第0001課"),)
    assert finder.organizations("大量部第0001課", "141305").exact == ()
    assert len(finder.search("高島市", 20, ("252123",))) == 20
    assert finder.count() == (slapd.MANY_ROWS, True)


def test_of_an_answer_that_is_not_whole_nothing_is_called_unregistered(site: Site, opened: Opened) -> None:
    """Whether the server stopped at its limit, or a part of the tree is elsewhere."""
    bases = ((site.bound(site.starttls, slapd.SMALL), slapd.MANY), (site.plain, slapd.PARTLY))
    for server, base in bases:
        schema = Schema(ORGANIZATIONS, base, "(objectClass=lgRow)", "lgOrganization", municipality="252123")
        finder = DirectoryFinder(_Everything(opened(server)), schema, 10, 2000)
        with pytest.raises(Refusal) as caught:
            finder.organizations("どこにもない課", None)
        assert (caught.value.code, caught.value.facts["reason"]) == (Code.DIRECTORY_ANSWER, "not_whole")
        assert finder.search("課", 5, ())  # what came may be shown all the same


class _Everything:
    """Asks for all rows, as a filter does that a server cannot narrow down."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory

    def ask(self, question: object, until: float) -> Rows:
        from dataclasses import replace

        from lgpki_tui.registry.directory import Question

        assert isinstance(question, Question)
        return self._directory.ask(replace(question, filter="(objectClass=lgRow)"), until)


def test_rows_that_lack_something_or_have_several_values() -> None:
    schema = SCHEMAS[ORGANIZATIONS]
    rows = Rows(
        (
            {"lgorganization": ("一", "二"), "lgcode": ("252123",), "lgreading": ("いち",)},
            {"lgorganization": ("三",)},
            {"lgcode": ("252123",)},
            {"lgorganization": ("一",), "lgcode": ("252123",), "lgreading": ("いち",)},
        ),
        True,
    )
    assert schema.entries(rows) == (Entry("252123", "一", "いち"), Entry("252123", "二", "いち"))
