"""The directory first, the snapshot where it fails, and which of them it was."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal, Result
from lgpki_tui.registry.directory import Server
from lgpki_tui.registry.directory_found import DirectoryFinder
from lgpki_tui.registry.municipalities import Municipalities
from lgpki_tui.registry.port import RegistryKind
from lgpki_tui.registry.sources import Breaker, Sources, Told
from lgpki_tui.subject.answered import Origin
from lgpki_tui.subject.draft import Draft
from lgpki_tui.subject.findings import findings
from tests.registry.conftest import PROFILES, Office
from tests.registry.directory import slapd
from tests.registry.directory.conftest import SCHEMAS, Opened, Site
from tests.registry.directory.slapd import HOST, Counting, Slapd

ORGANIZATIONS, ACCOUNTS = RegistryKind.ORGANIZATIONS, RegistryKind.ACCOUNTS
OFFICE, PERSON = PROFILES[ORGANIZATIONS], PROFILES[ACCOUNTS]
ONLY_IMPORTED, ONLY_LIVE = "写しだけ課", "サーバー課"
Made = Callable[..., Sources]


@pytest.fixture
def imported(office: Office) -> Office:
    office.organizations([("252123", ONLY_IMPORTED, ""), ("252123", "会計課", "")])
    office.accounts([("252123", "会計課", "写しの名義", "")])
    return office


@pytest.fixture
def sources(office: Office, opened: Opened) -> Made:
    def made(
        server: Server, kinds: tuple[RegistryKind, ...] = (ORGANIZATIONS, ACCOUNTS), seconds: float = 5
    ) -> Sources:
        directory = opened(server)
        finders = {kind: DirectoryFinder(directory, SCHEMAS[kind], seconds, 2000) for kind in kinds}
        return Sources(directory, office.registry, finders, Municipalities(), Breaker(60))

    return made


def _organizations(sources: Sources, name: str) -> list[str]:
    found = sources.found(Draft("shokuseki", name, "高島市長", "252123"), OFFICE)
    return [entry.organization for entry in found.organizations]


def _nobody() -> Server:
    return Server(f"ldap://{HOST}:{slapd.free_port()}", "none")


def test_the_directory_decides_where_it_answers(site: Site, imported: Office, sources: Made) -> None:
    asked = sources(site.plain)
    assert asked.told == {}
    assert _organizations(asked, "総務部情報政策課") == ["総務部情報政策課"]
    assert _organizations(asked, ONLY_IMPORTED) == []
    assert asked.told == {ORGANIZATIONS: Told(Origin.DIRECTORY)}


def test_a_snapshot_answers_where_it_fails_and_says_so(imported: Office, sources: Made) -> None:
    asked = sources(_nobody())
    assert _organizations(asked, ONLY_IMPORTED) == [ONLY_IMPORTED]
    told = asked.told[ORGANIZATIONS]
    assert (told.origin, told.code) == (Origin.SNAPSHOT, Code.DIRECTORY_UNREACHABLE)
    assert told.facts is not None
    assert told.facts["uri"] == asked.directory.server.uri
    assert [entry.organization for entry in asked.search("写し", ORGANIZATIONS)] == [ONLY_IMPORTED]


def test_a_server_that_was_killed_comes_back(site: Site, imported: Office, sources: Made, tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "data.mdb").write_bytes((site.data / "data.mdb").read_bytes())
    server = Slapd(site.files, data)
    try:
        asked = sources(Server(server.uri, "none"))
        assert _organizations(asked, "髙島支所") == ["髙島支所"]
        server.kill()
        assert _organizations(asked, ONLY_IMPORTED) == [ONLY_IMPORTED]
        server.start()
        assert _organizations(asked, "髙島支所") == []  # left alone for a while
        asked._breaker._until = 0
        assert _organizations(asked, "髙島支所") == ["髙島支所"]
        assert asked.told[ORGANIZATIONS] == Told(Origin.DIRECTORY)
    finally:
        server.stop()


def test_a_person_is_looked_up_in_both_registries(site: Site, imported: Office, sources: Made) -> None:
    asked = sources(site.plain)
    draft = Draft("riyosha", "会計課", "会計課出納01", "141305")
    assert findings(draft, PERSON, asked.found(draft, PERSON)) == ()
    wrong = Draft("riyosha", "会計課", "会計課出納０１", "141305")
    (failed,) = [each for each in findings(wrong, PERSON, asked.found(wrong, PERSON)) if each.result is Result.FAIL]
    assert (failed.code, failed.facts["nearest"]) == (Code.NAME_NOT_REGISTERED, ["会計課出納01"])
    assert {told.origin for told in asked.told.values()} == {Origin.DIRECTORY}


@pytest.mark.parametrize("kind", [ORGANIZATIONS, ACCOUNTS])
def test_a_directory_that_has_one_of_the_two(site: Site, imported: Office, sources: Made, kind: RegistryKind) -> None:
    asked = sources(site.plain, (kind,))
    name = "写しの名義" if kind is ORGANIZATIONS else "会計課出納01"
    draft = Draft("riyosha", "会計課", name, "252123" if kind is ORGANIZATIONS else None)
    found = asked.found(draft, PERSON)
    assert [entry.name for entry in found.accounts or ()] == [name]
    assert found.municipality == "高島市"
    assert {each: told.origin is Origin.DIRECTORY for each, told in asked.told.items()} == {
        each: each is kind for each in RegistryKind
    }
    assert all(told.code is None for told in asked.told.values())


def test_the_same_organisation_in_two_municipalities_is_asked_about(
    site: Site, imported: Office, sources: Made
) -> None:
    draft = Draft("shokuseki", "会計課", "高島市長")
    (ambiguous,) = findings(draft, OFFICE, sources(site.plain).found(draft, OFFICE))
    assert ambiguous.facts["known"] == ["141305", "252123"]


def test_nothing_imported(site: Site, sources: Made) -> None:
    assert _organizations(sources(site.plain), ONLY_LIVE) == []
    assert sources(site.plain).search("サーバー")[0].organization == ONLY_LIVE
    with pytest.raises(Refusal) as caught:
        sources(_nobody()).search("サーバー", ORGANIZATIONS)
    assert caught.value.code is Code.DIRECTORY_UNREACHABLE


def test_one_of_both_is_an_answer(office: Office, sources: Made) -> None:
    office.organizations([("252123", ONLY_IMPORTED, "")])
    assert [entry.organization for entry in sources(_nobody()).search("写し")] == [ONLY_IMPORTED]
    with pytest.raises(Refusal) as caught:
        sources(_nobody()).search("写し", ACCOUNTS)
    assert caught.value.code is Code.DIRECTORY_UNREACHABLE


def test_both_kinds_are_searched_organisations_first(site: Site, imported: Office, sources: Made) -> None:
    found = sources(site.plain).search("会計課", limit=10)
    assert [entry.name is None for entry in found] == [True, True, False, False]
    mixed = sources(site.plain, (ORGANIZATIONS,)).search("写し", limit=10)
    assert [entry.name for entry in mixed] == ["写しの名義"]


def test_a_slow_directory_is_waited_for_once(imported: Office, sources: Made) -> None:
    server = Counting()
    try:
        asked = sources(Server(f"ldap://{HOST}:{server.port}", "none", connect_seconds=30), seconds=0.5)
        began = time.monotonic()
        for _ in range(40):
            assert _organizations(asked, ONLY_IMPORTED) == [ONLY_IMPORTED]
            asked.search("写")
        assert 0.5 <= time.monotonic() - began < 80 * 0.5 / 2  # and not once for each of the eighty
        assert server.taken <= 1
        assert asked.told[ACCOUNTS].code is Code.DIRECTORY_UNREACHABLE
    finally:
        server.close()


def test_the_breaker() -> None:
    now, asked = [0.0], [0]
    breaker = Breaker(30, lambda: now[0])

    def fails() -> None:
        asked[0] += 1
        raise Refusal(Code.DIRECTORY_UNREACHABLE, reason="timeout")

    for at, times in ((0, 1), (1, 1), (29.9, 1), (30, 2), (31, 2), (60.1, 3)):
        now[0] = at
        with pytest.raises(Refusal):
            breaker.ask(fails)
        assert asked[0] == times, at
    now[0] = 100
    assert breaker.ask(lambda: "there") == "there"
    now[0] = 101
    assert breaker.ask(lambda: "again") == "again"


def test_what_doctor_is_told(site: Site, sources: Made) -> None:
    (found,) = sources(site.starttls).look()
    assert (found.code, found.result) == (Code.DIRECTORY_UNREACHABLE, Result.OK)
    assert found.facts["rows"] == {"organizations": 9, "accounts": 4}
    assert (found.facts["tls"], found.facts["uri"]) == ("starttls", site.running.uri)
    asked = sources(_nobody())
    (failed,) = asked.look()
    assert (failed.code, failed.result) == (Code.DIRECTORY_UNREACHABLE, Result.ATTENTION)
