"""Which source it was, where a person or a script meets it: commands, doctor, and the entry page."""

from __future__ import annotations

from pathlib import Path

import pytest

from lgpki_tui.faces.tui.lexicon import Lexicon
from lgpki_tui.pages.language import LANGUAGES, Language
from tests.conductor.desk import made, put
from tests.practice import Practice
from tests.registry.directory import slapd
from tests.registry.directory.conftest import Site
from tests.registry.directory.slapd import HOST, Counting
from tests.road.outside import pretend
from tests.tui.pages import begun, complete, open_first, text_of
from tests.tui.test_screen_desk import to_desk
from tests.tui.walking import walking

_DIRECTORY = """
[directory]
uri = "{uri}"
tls = "{tls}"
ca = "{ca}"
answer_seconds = 1
connect_seconds = 1
[directory.organizations]
base = "{organizations}"
filter = "(objectClass=lgRow)"
municipality_code = "lgCode"
organization = "lgOrganization"
organization_reading = "lgReading"
[directory.accounts]
base = "{accounts}"
filter = "(objectClass=lgRow)"
municipality_code = "lgCode"
organization = "lgOrganization"
name = "lgName"
name_reading = "lgReading"
"""


def _with_directory(practice: Practice, uri: str, ca: Path, tls: str = "starttls") -> Practice:
    file = practice.folder / "sandbox.toml"
    bases = {"organizations": slapd.ORGANIZATIONS, "accounts": slapd.ACCOUNTS}
    file.write_text(file.read_text() + _DIRECTORY.format(uri=uri, tls=tls, ca=ca, **bases))
    return practice


@pytest.fixture
def live(practice: Practice, site: Site) -> Practice:
    """A practice workplace with the directory of this session, over StartTLS."""
    return _with_directory(practice, site.running.uri, site.files.ca)


@pytest.fixture
def broken(practice: Practice, site: Site) -> Practice:
    """One whose directory nobody serves."""
    return _with_directory(practice, f"ldap://{HOST}:{slapd.free_port()}", site.files.ca)


def test_search_says_who_has_answered(live: Practice, site: Site) -> None:
    found = live.done("registry", "search", "サーバー")
    assert [entry["organization"] for entry in found["entries"]] == ["サーバー課"]
    assert found["origin"] == {"organizations": "directory", "accounts": "directory"}
    assert found["directory"] == {"uri": site.running.uri, "code": None, "facts": {}}


def test_search_says_that_the_copy_has_answered(broken: Practice) -> None:
    found = broken.done("registry", "search", "企画広報")
    assert [entry["organization"] for entry in found["entries"]] == ["政策部企画広報課"]
    assert found["origin"] == {"organizations": "snapshot", "accounts": "snapshot"}
    assert found["directory"]["code"] == "directory_unreachable"


def test_without_a_directory_nothing_is_said_of_one(practice: Practice) -> None:
    found = practice.done("registry", "search", "企画広報")
    assert (found["origin"], found["directory"]) == ({}, None)
    assert practice.done("registry", "status")["directory"] is None


def test_status_and_doctor(live: Practice, site: Site) -> None:
    told = live.done("registry", "status")["directory"]
    assert (told["answers"], told["code"], told["tls"]) == (True, None, "starttls")
    assert told["rows"] == {"organizations": 9, "accounts": 4}
    found = {each["code"]: each for each in live.run("doctor").json["findings"]}
    assert found["directory_unreachable"]["result"] == "ok"


def test_doctor_names_what_is_wrong_and_does_not_fail_for_it(practice: Practice, site: Site) -> None:
    wrong = _with_directory(practice, site.running.tls_uri, site.files.other_ca, "ldaps")
    before = [each for each in wrong.run("doctor").json["findings"] if each["code"] == "directory_tls"]
    assert [(each["result"], each["facts"]["reason"]) for each in before] == [("attention", "unknown_issuer")]
    told = wrong.done("registry", "status")["directory"]
    assert (told["answers"], told["code"], told["reason"]) == (False, "directory_tls", "unknown_issuer")


@pytest.mark.parametrize("language", LANGUAGES)
def test_in_words(broken: Practice, language: Language) -> None:
    from tests.practice import run

    program: list[str | Path] = [*broken.program, "--sandbox", broken.folder, "--lang", language]
    answer = run([*program, "registry", "search", "企画広報"], {}, 60)
    assert "directory_unreachable" in answer.out
    status = run([*program, "registry", "status"], {}, 60)
    assert ("使えません" if language == "ja" else "cannot be used") in status.out
    assert "{" not in status.out + answer.out


def test_request_is_compared_with_the_directory(live: Practice) -> None:
    live.answers.write_text(live.answers.read_text().replace("総務部情報政策課", "政策部企画広報課"))
    refused = live.run("request", "--answers", live.answers, *live.pin)
    assert (refused.status, refused.code) == (1, "organization_not_registered")
    assert refused.json["facts"]["origin"] == {"organizations": "directory"}
    live.answers.write_text(live.answers.read_text().replace("政策部企画広報課", "総務部情報政策課"))
    made = live.request()
    assert made["origin"] == {"organizations": "directory"}
    (answer,) = live.enrolments()[0]["registries"]
    assert (answer["registry"], answer["origin"]) == ("organizations", "directory")
    assert (answer["uri"], answer["file"], answer["sha256"]) == (made["directory"]["uri"], None, None)


def test_request_says_that_it_was_compared_with_the_copy(broken: Practice) -> None:
    made = broken.request()
    assert made["origin"] == {"organizations": "snapshot"}
    assert made["directory"]["code"] == "directory_unreachable"
    (answer,) = broken.enrolments()[0]["registries"]
    (organizations, _) = broken.done("registry", "status")["registries"]
    assert (answer["origin"], answer["uri"]) == ("snapshot", None)
    assert [answer[key] for key in ("file", "sha256", "imported_at")] == [
        organizations[key] for key in ("file", "sha256", "imported_at")
    ]


def test_the_desk_names_the_directory_that_has_answered(practice: Practice, site: Site, tmp_path: Path) -> None:
    pretend(practice, now="2031-01-01T03:00:00Z")  # the copies are old, and were not asked
    live = _with_directory(practice, site.running.uri, site.files.ca)
    medium = put(tmp_path / "medium", "261128-7K3QH", made())
    told = live.done("desk", "check", medium, "--profile", "shokuseki")
    assert told["origin"] == {"organizations": "directory"}
    assert told["directory"]["uri"] == site.running.uri
    assert [each["registry"] for each in told["registries"]] == ["accounts"]
    checks = {each["code"]: each["result"] for each in told["requests"][0]["checks"]}
    assert (checks["organization_not_registered"], checks["registry_old"]) == ("ok", "ok")


def test_the_desk_says_that_an_old_copy_has_answered(practice: Practice, site: Site, tmp_path: Path) -> None:
    pretend(practice, now="2031-01-01T03:00:00Z")
    broken = _with_directory(practice, f"ldap://{HOST}:{slapd.free_port()}", site.files.ca)
    medium = put(tmp_path / "medium", "261128-7K3QH", made())
    told = broken.done("desk", "check", medium, "--profile", "shokuseki")
    assert (told["origin"], told["directory"]["code"]) == ({"organizations": "snapshot"}, "directory_unreachable")
    checks = {each["code"]: each["result"] for each in told["requests"][0]["checks"]}
    assert checks["registry_old"] == "attention"


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_page_of_the_desk_names_the_directory(live: Practice, tmp_path: Path, language: Language) -> None:
    medium = put(tmp_path / "medium", "261128-7K3QH", made())
    async with walking(live, language) as walker:
        await to_desk(walker)
        await walker.paste(str(medium))
        await walker.press("enter")
        await walker.until(lambda: walker.focus == "requests", "read")
        await walker.press("f10")
        await walker.until(lambda: HOST in text_of(walker, "verdict"), "named")


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_entry_page_names_the_directory(live: Practice, language: Language) -> None:
    begun(live)
    word = Lexicon(language).word
    name = word("origin.organizations")
    async with walking(live, language) as walker:
        await open_first(walker, "subject")
        await walker.see(word("origin.waiting", registry=name, host=HOST))
        await walker.type("サーバー")
        await walker.see("> サーバー課")
        await walker.press("enter")
        await walker.see(word("origin.directory", registry=name, host=HOST))
        complete(walker, "#next", "#organization", "#name", "#purpose", "#folder")
        assert len([line for line in walker.lines() if HOST in line]) == 1


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_entry_page_tells_of_the_copy(broken: Practice, language: Language) -> None:
    begun(broken, certificate_kind="riyosha")
    async with walking(broken, language) as walker:
        await open_first(walker, "subject")
        await walker.type("企画広報")
        await walker.see("> 政策部企画広報課")
        await walker.press("enter")
        await walker.until(lambda: text_of(walker, "registry").startswith("! "), "the copy is told of")
        name = Lexicon(language).word("origin.organizations")
        assert f"! {name}: {HOST}" in text_of(walker, "registry")
        complete(walker, "#next", "#organization", "#name", "#purpose", "#folder")


async def test_typing_goes_on_while_a_directory_says_nothing(practice: Practice, site: Site) -> None:
    server = Counting()
    try:
        begun(_with_directory(practice, f"ldaps://{HOST}:{server.port}", site.files.ca, "ldaps"))
        async with walking(practice) as walker:
            await open_first(walker, "subject")
            for letter in "情報政策":
                await walker.type(letter)
                await walker.pilot.pause(0.2)  # longer than the page waits before it looks up
            assert "情報政策" in walker.text()
            await walker.see("> 総務部情報政策課")
            assert "! " in text_of(walker, "registry")
            assert server.taken <= 1
    finally:
        server.close()
