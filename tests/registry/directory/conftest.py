"""One directory for all tests of a session, and what asks it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.registry.directory import Directory, Question, Rows, Server
from lgpki_tui.registry.directory_found import DirectoryFinder
from lgpki_tui.registry.directory_rows import Schema
from lgpki_tui.registry.port import RegistryKind
from lgpki_tui.subject.draft import Entry
from tests.registry.directory import slapd
from tests.registry.directory.slapd import Counting, Files, Slapd, fill, make_files

# 「高」 twice in a look-alike, width, dashes, the same 組織 in two 団体, and what a filter must escape.
ROWS = (
    Entry("252123", "総務部情報政策課", "そうむぶじょうほうせいさくか"),
    Entry("252123", "総務部情報政策課システム係", "そうむぶじょうほうせいさくかしすてむがかり"),
    Entry("252123", "髙島支所", "たかしまししょ"),
    Entry("252123", "会計課", "かいけいか"),
    Entry("141305", "会計課", "かいけいか"),
    Entry("250007", "総務部ＤＸ推進課", "そうむぶでぃーえっくすすいしんか"),
    Entry("131016", "総務部　総務課", "そうむぶ　そうむか"),
    Entry("131016", "サーバー課", "さーばーか"),
    Entry("131016", r"星*(括弧)\課", "ほしかっこか"),
)
PEOPLE = (
    Entry("252123", "総務部情報政策課", "", "情報政策課01", "じょうほうせいさくか01"),
    Entry("252123", "総務部情報政策課", "", "情報政策課02", "じょうほうせいさくか02"),
    Entry("252123", "会計課", "", "会計課出納01", "かいけいかすいとう01"),
    Entry("141305", "会計課", "", "会計課出納01", "かいけいかすいとう01"),
)
SCHEMAS = {
    RegistryKind.ORGANIZATIONS: Schema(
        RegistryKind.ORGANIZATIONS,
        slapd.ORGANIZATIONS,
        "(objectClass=lgRow)",
        "lgOrganization",
        "lgCode",
        organization_reading="lgReading",
    ),
    RegistryKind.ACCOUNTS: Schema(
        RegistryKind.ACCOUNTS,
        slapd.ACCOUNTS,
        "(objectClass=lgRow)",
        "lgOrganization",
        "lgCode",
        name="lgName",
        name_reading="lgReading",
    ),
}


@dataclass(frozen=True)
class Site:
    """The directory of this session."""

    files: Files
    data: Path
    running: Slapd
    elsewhere: Counting
    password_file: Path

    @property
    def plain(self) -> Server:
        """Without TLS, which the settings allow on this PC alone."""
        return Server(self.running.uri, "none")

    @property
    def starttls(self) -> Server:
        return Server(self.running.uri, "starttls", self.files.ca)

    @property
    def ldaps(self) -> Server:
        return Server(self.running.tls_uri, "ldaps", self.files.ca)

    def bound(self, server: Server, dn: str = slapd.READER) -> Server:
        """The same with a bind DN and its password."""
        return replace(server, bind_dn=dn, password_file=self.password_file)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("slapd")
    files, elsewhere = make_files(folder), Counting()
    fill(files, folder / "data", ROWS, PEOPLE, elsewhere.port)
    password_file = folder / "password"
    password_file.touch(0o600)
    password_file.write_text(f"{slapd.PASSWORD}\n")
    server = Slapd(files, folder / "data")
    try:
        yield Site(files, folder / "data", server, elsewhere, password_file)
    finally:
        server.stop()
        elsewhere.close()


Opened = Callable[[Server], Directory]


@pytest.fixture
def opened() -> Iterator[Opened]:
    """Directories that are closed at the end of the test."""
    made: list[Directory] = []

    def opened(server: Server, page_rows: int = 500) -> Directory:
        made.append(Directory(server, page_rows))
        return made[-1]

    yield opened
    for each in made:
        each.close()


@pytest.fixture(scope="session")
def _kept(site: Site) -> Iterator[Directory]:
    directory = Directory(site.plain)
    yield directory
    directory.close()


@pytest.fixture
def organizations(_kept: Directory) -> DirectoryFinder:
    return DirectoryFinder(_kept, SCHEMAS[RegistryKind.ORGANIZATIONS], 10, 2000)


@pytest.fixture
def accounts(_kept: Directory) -> DirectoryFinder:
    return DirectoryFinder(_kept, SCHEMAS[RegistryKind.ACCOUNTS], 10, 2000)


def ask(directory: Directory, *, base: str = slapd.ORGANIZATIONS, most: int = 2000, seconds: float = 10) -> Rows:
    """All rows below a base."""
    question = Question(base, "(objectClass=lgRow)", ("lgOrganization", "lgCode"), most)
    return directory.ask(question, time.monotonic() + seconds)


def refusal(directory: Directory, *, base: str = slapd.ORGANIZATIONS, seconds: float = 10) -> tuple[Code, object]:
    """Why it did not answer: code and reason."""
    with pytest.raises(Refusal) as caught:
        ask(directory, base=base, seconds=seconds)
    assert caught.value.facts["uri"] == directory.server.uri
    return caught.value.code, caught.value.facts.get("reason")
