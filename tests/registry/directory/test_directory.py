"""The client against a real slapd: TLS, bind, pages, limits, references, and everything that can go wrong between."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from lgpki_tui.ground.codes import Code
from lgpki_tui.registry import directory as client
from lgpki_tui.registry.directory import Directory, Server
from tests.registry.directory import slapd
from tests.registry.directory.conftest import ROWS, Opened, Site, ask, refusal
from tests.registry.directory.slapd import HOST, Between, Counting, Slapd, environment_of

Way = Callable[[Site], Server]
WAYS = pytest.mark.parametrize("way", [lambda site: site.starttls, lambda site: site.ldaps], ids=["starttls", "ldaps"])


@contextmanager
def _closing(server: Counting) -> Iterator[Counting]:
    try:
        yield server
    finally:
        server.close()


def _texts(directory: Directory) -> set[str]:
    return {row["lgorganization"][0] for row in ask(directory).rows}


@WAYS
def test_tls_and_a_password(site: Site, opened: Opened, way: Way) -> None:
    directory = opened(site.bound(way(site)))
    assert _texts(directory) == {row.organization for row in ROWS}
    assert [row["lgorganization"] for row in ask(directory, base="ou=closed,dc=site").rows] == [("非公開課",)]


def test_as_nobody(site: Site, opened: Opened) -> None:
    directory = opened(site.starttls)
    assert _texts(directory) == {row.organization for row in ROWS}
    assert refusal(directory, base="ou=closed,dc=site") == (Code.DIRECTORY_ANSWER, "rights")


@WAYS
def test_a_certificate_of_another_ca(site: Site, opened: Opened, way: Way) -> None:
    directory = opened(replace(way(site), ca=site.files.other_ca))
    assert refusal(directory) == (Code.DIRECTORY_TLS, "unknown_issuer")


@pytest.mark.parametrize(("certificate", "reason"), [("expired", "expired"), ("elsewhere", "other_name")])
def test_a_certificate_that_is_not_good(
    site: Site, opened: Opened, tmp_path: Path, certificate: str, reason: str
) -> None:
    (tmp_path / "data").mkdir()
    server = Slapd(site.files, tmp_path / "data", certificate)
    try:
        for way in (Server(server.uri, "starttls", site.files.ca), Server(server.tls_uri, "ldaps", site.files.ca)):
            assert refusal(opened(way)) == (Code.DIRECTORY_TLS, reason)
    finally:
        server.stop()


def test_what_the_environment_says_of_tls_does_not_count(
    site: Site, opened: Opened, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """ldap.conf(5): a variable or a file in the home folder or the present one would let any certificate pass."""
    monkeypatch.setenv("LDAPTLS_REQCERT", "never")
    monkeypatch.setenv("LDAPTLS_CACERT", str(site.files.ca))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    for name in (".ldaprc", "ldaprc"):
        (tmp_path / name).write_text(f"TLS_REQCERT never\nTLS_CACERT {site.files.ca}\n")
    directory = opened(replace(site.ldaps, ca=site.files.other_ca))
    assert refusal(directory) == (Code.DIRECTORY_TLS, "unknown_issuer")


def test_a_ca_file_that_is_not_there(site: Site, opened: Opened, tmp_path: Path) -> None:
    assert refusal(opened(replace(site.ldaps, ca=tmp_path / "none.pem"))) == (Code.DIRECTORY_TLS, "ca_file")


class _NoStartTls(Counting):
    """Answers StartTLS with protocolError (2), and keeps what comes afterwards."""

    def __init__(self) -> None:
        self.heard: list[bytes] = []
        super().__init__()

    def greet(self, connection: socket.socket) -> None:
        with suppress(OSError):
            while data := connection.recv(4096):
                self.heard.append(data)
                connection.sendall(bytes([0x30, 0x0C, 2, 1, data[4], 0x78, 7, 0x0A, 1, 2, 4, 0, 4, 0]))


def test_a_starttls_that_is_refused_never_falls_back(site: Site, opened: Opened) -> None:
    with _closing(_NoStartTls()) as server:
        assert isinstance(server, _NoStartTls)
        directory = opened(site.bound(Server(f"ldap://{HOST}:{server.port}", "starttls", site.files.ca)))
        assert refusal(directory) == (Code.DIRECTORY_TLS, "starttls")
        directory.close()
        asked, *more = server.heard
        assert b"1.3.6.1.4.1.1466.20037" in asked
        assert all(said[5] == 0x42 for said in more)  # an unbind, which says nothing


def test_a_wrong_password(site: Site, opened: Opened, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong"
    wrong.touch(0o600)
    wrong.write_text("not this one\n")
    directory = opened(replace(site.bound(site.ldaps), password_file=wrong))
    assert refusal(directory) == (Code.DIRECTORY_BIND, "credentials")


def test_the_password_is_in_no_argument_environment_or_memory_of_ours(site: Site, opened: Opened) -> None:
    directory = opened(site.bound(site.starttls))
    ask(directory)
    process = directory._process
    assert process is not None
    shown = environment_of(process.pid) + repr(directory.server).encode()
    assert b"LDAPNOINIT" in shown or os.getuid() != 0
    assert slapd.PASSWORD.encode() not in shown
    assert "canary-7f3a" not in repr(vars(directory))


@pytest.mark.parametrize(
    ("mode", "text", "reason"), [(0o644, "x\n", "mode"), (0o600, "\n", "empty"), (0o600, "x" * 5000, "too_large")]
)
def test_a_password_file_that_others_can_read_or_that_holds_none(
    site: Site, opened: Opened, tmp_path: Path, mode: int, text: str, reason: str
) -> None:
    file = tmp_path / "password"
    file.write_text(text)
    file.chmod(mode)
    directory = opened(replace(site.bound(site.ldaps), password_file=file))
    assert refusal(directory) == (Code.DIRECTORY_PASSWORD, reason)


def test_a_password_file_that_is_a_link_or_absent(site: Site, opened: Opened, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(site.password_file)
    for name, reason in (("link", "unreadable"), ("none", "absent")):
        directory = opened(replace(site.bound(site.ldaps), password_file=tmp_path / name))
        assert refusal(directory) == (Code.DIRECTORY_PASSWORD, reason)


@pytest.mark.parametrize("page", [7, 500, 5000])
def test_pages(site: Site, opened: Callable[..., Directory], page: int) -> None:
    directory = opened(site.plain, page)
    found = ask(directory, base=slapd.MANY)
    assert len(found.rows) == slapd.MANY_ROWS
    assert len({row["lgorganization"] for row in found.rows}) == slapd.MANY_ROWS
    assert found.whole


@pytest.mark.parametrize(("most", "whole"), [(100, False), (slapd.MANY_ROWS - 1, False), (slapd.MANY_ROWS, True)])
def test_no_more_than_are_asked_for(site: Site, opened: Opened, most: int, whole: bool) -> None:
    directory = opened(site.plain)
    for _ in range(2):  # what is left of a search does not disturb the next one
        found = ask(directory, base=slapd.MANY, most=most)
        assert (len(found.rows), found.whole) == (most, whole)


def test_the_server_stops_at_a_limit_of_its_own(site: Site, opened: Opened) -> None:
    directory = opened(site.bound(site.starttls, slapd.SMALL))
    found = ask(directory, base=slapd.MANY)
    assert 0 < len(found.rows) <= slapd.SMALL_LIMIT
    assert not found.whole


def test_references_are_not_gone_to(site: Site, opened: Opened) -> None:
    directory = opened(site.plain)
    found = ask(directory, base=slapd.PARTLY)
    assert [row["lgorganization"] for row in found.rows] == [("一部課",)]
    assert not found.whole
    assert refusal(directory, base=slapd.GONE) == (Code.DIRECTORY_ANSWER, "referral")
    assert site.elsewhere.taken == 0


def test_a_base_that_is_not_there_or_is_none(site: Site, opened: Opened) -> None:
    directory = opened(site.plain)
    assert refusal(directory, base="ou=nowhere,dc=site") == (Code.DIRECTORY_ANSWER, "no_base")
    assert refusal(directory, base="nonsense") == (Code.DIRECTORY_ANSWER, "settings")
    assert len(ask(directory).rows) == len(ROWS)


@pytest.mark.parametrize("tls", ["none", "starttls", "ldaps"])
def test_a_server_that_accepts_and_says_nothing(site: Site, opened: Opened, tls: str) -> None:
    with _closing(Counting()) as server:
        scheme = "ldaps" if tls == "ldaps" else "ldap"
        directory = opened(Server(f"{scheme}://{HOST}:{server.port}", tls, site.files.ca, connect_seconds=30))
        began = time.monotonic()
        assert refusal(directory, seconds=0.5) == (Code.DIRECTORY_UNREACHABLE, "timeout")
        assert time.monotonic() - began < 15  # half of what libldap was told to wait
        assert directory._process is None


def test_nobody_listens(site: Site, opened: Opened) -> None:
    port = slapd.free_port()
    ways = (Server(f"ldap://{HOST}:{port}", "none"), Server(f"ldaps://{HOST}:{port}", "ldaps", site.files.ca))
    assert [refusal(opened(way)) for way in ways] == [
        (Code.DIRECTORY_UNREACHABLE, "closed"),
        (Code.DIRECTORY_UNREACHABLE, "connect"),
    ]


def test_the_server_dies_in_the_middle_of_an_answer(site: Site, opened: Callable[..., Directory]) -> None:
    data = site.data.parent / "dying"
    data.mkdir()
    (data / "data.mdb").write_bytes((site.data / "data.mdb").read_bytes())
    server = Slapd(site.files, data)
    try:
        with _closing(Between(server.port, 20_000, server.kill)) as between:
            assert isinstance(between, Between)
            directory = opened(Server(f"ldap://{HOST}:{between.port}", "none"), 50)
            assert refusal(directory, base=slapd.MANY) == (Code.DIRECTORY_UNREACHABLE, "closed")
            assert between.said > 20_000
            server.start()
            between._meanwhile = lambda: None
            assert len(ask(directory, base=slapd.MANY).rows) == slapd.MANY_ROWS
    finally:
        server.stop()


def test_a_connection_that_the_server_has_given_up_is_made_anew(site: Site, opened: Opened) -> None:
    with _closing(Between(site.running.port, 1 << 30, lambda: None)) as between:
        directory = opened(Server(f"ldap://{HOST}:{between.port}", "none"))
        assert len(ask(directory).rows) == len(ROWS)
        for kept in between._kept:
            slapd.with_no_error(lambda kept=kept: kept.shutdown(2))  # type: ignore[misc]  # mypy infers no lambda with a default
        assert len(ask(directory).rows) == len(ROWS)
        assert between.taken == 2


def test_one_connection_for_many_questions(site: Site, opened: Opened) -> None:
    with _closing(Between(site.running.port, 1 << 30, lambda: None)) as between:
        directory = opened(Server(f"ldap://{HOST}:{between.port}", "none"))
        for _ in range(5):
            ask(directory)
        assert between.taken == 1


def test_its_process_ends_with_it(site: Site, opened: Opened) -> None:
    directory = opened(site.plain)
    ask(directory)
    process = directory._process
    assert process is not None
    assert process.poll() is None
    process.kill()
    process.wait()
    assert len(ask(directory).rows) == len(ROWS)  # it died: another one is started
    second = directory._process
    assert second is not None
    directory.close()
    assert second.poll() is not None


def test_without_the_extra(site: Site, opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "find_spec", lambda name: None)
    directory = opened(site.plain)
    assert refusal(directory) == (Code.DIRECTORY_EXTRA, None)
