"""The road in real mode, as somebody without privileges walks it: a home, a settings file, a certificate by openssl."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.practice import SOFTHSM, Answer
from tests.road.outside import NOBODY, ROOT, Person, a_person, namespaces_work, text

pytestmark = [
    pytest.mark.skipif(ROOT and not namespaces_work(), reason="root that may not make a mount namespace"),
    pytest.mark.skipif(not ROOT and not Path("/etc/machine-id").exists(), reason="no /etc/machine-id, and not root"),
]
needs_etc = pytest.mark.skipif(not ROOT, reason="only root can show another /etc")

ORGANIZATIONS = "municipality_code,organization\r\n252123,総務部情報政策課\r\n"
ANSWERS = """\
certificate_kind = "shokuseki"
organization = "総務部情報政策課"
name = "高島市長"
output_folder = "out"
"""


@pytest.fixture
def person() -> Iterator[Person]:
    """Somebody with a settings file, PIN files, answers and a registry; nothing of it used yet."""
    with a_person() as made:
        _furnish(made)
        yield made


def _furnish(person: Person) -> None:
    tokens = person.folder("tokens")
    person.write("softhsm2.conf", f"directories.tokendir = {tokens}\nobjectstore.backend = file\n")
    person.write(".config/lgpki-tui/site.toml", _site(person, SOFTHSM))
    person.write("pin", "271828\n")
    person.write("so-pin", "31415926\n")
    person.write("organizations.csv", ORGANIZATIONS)
    person.write("answers.toml", ANSWERS)
    person.folder(".config/lgpki-tui/anchors")
    person.folder("out")


def _site(person: Person, module: str, more: str = "") -> str:
    return (
        f'[card]\nmodule = "{module}"\n[card.environment]\nSOFTHSM2_CONF = "{person.home}/softhsm2.conf"\n'
        f'[trust]\nanchors = ["anchors"]\n{more}'
    )


@dataclass(slots=True)
class Road:
    """A walk whose every answer is kept."""

    person: Person
    answers: list[Answer]

    def done(self, *args: str | Path) -> dict[str, Any]:
        """A command that must succeed."""
        answer = self.person.run(*args)
        self.answers.append(answer)
        assert answer.status == 0, (args, answer)
        return answer.json


def _issue(person: Person, csr: Path, *, algorithm: str = "rsa:2048") -> Path:
    """A certificate by plain openssl, for three years; its CA becomes an anchor of the settings."""
    home = person.home
    key, root, certificate = home / "ca.key", home / "ca.pem", home / "certificate.pem"
    text("openssl", "req", "-x509", "-newkey", algorithm, "-nodes", "-keyout", key, "-out", root, "-days", "4000",
         "-subj", "/C=JP/O=openssl/CN=CA")  # fmt: skip
    text("openssl", "x509", "-req", "-in", csr, "-CA", root, "-CAkey", key, "-CAcreateserial", "-days", "1096",
         "-sha256", "-out", certificate)  # fmt: skip
    person.write(".config/lgpki-tui/anchors/ca.pem", root.read_text())
    certificate.chmod(0o644)
    return certificate


def _walk(person: Person) -> tuple[Road, dict[str, Any], dict[str, Any]]:
    road, home = Road(person, []), person.home
    pin = ("--pin-file", home / "pin")
    assert road.done("registry", "import", "--organizations", home / "organizations.csv")["imported"][0]["rows"] == 1
    assert road.done("card", "list")["cards"][0]["initialised"] is False
    road.done("card", "format", "--label", "SHIYAKUSHO", "--so-pin-file", home / "so-pin", *pin)
    request = road.done("request", "--answers", home / "answers.toml", *pin)
    certificate = _issue(person, Path(request["csr_path"]))
    stored = road.done("store", request["enrolment"], certificate, *pin)
    return road, request, stored


@pytest.mark.slow
def test_the_whole_road(person: Person) -> None:
    road, request, stored = _walk(person)
    home = person.home

    assert stored["state"] == "stored"
    results = {check["code"]: check["result"] for check in stored["checks"]}
    assert results["certificate_untrusted"] == results["certificate_path"] == "ok"
    assert results["certificate_revoked"] == "unknown"
    for other in ("status", "doctor"):
        road.done(other)
    assert road.done("ledger", "verify")["first_broken"] is None

    _is_one_triple(person, request)
    _lies_where_it_should(person)
    for answer in road.answers:
        assert answer.json["practice"] is False
        assert "PRACTICE" not in answer.out + answer.err
        assert "練習" not in answer.out + answer.err
    names = [path.name for path in home.rglob("*")]
    assert not any("PRACTICE" in name for name in names)
    assert Path(request["csr_path"]) == home / "out" / f"{request['enrolment']}.csr.pem"
    told = text("openssl", "req", "-in", request["csr_path"], "-noout", "-subject", "-nameopt", "utf8,sep_comma_plus")
    assert told.strip() == "subject=C=JP,O=高島市,OU=総務部情報政策課,CN=高島市長"


def _is_one_triple(person: Person, request: dict[str, Any]) -> None:
    """pkcs11-tool and p11tool see one private key, one public key and one certificate, under one CKA_ID."""
    conf = {"SOFTHSM2_CONF": str(person.home / "softhsm2.conf")}
    seen = person.start("pkcs11-tool", "--module", SOFTHSM, "--login", "--pin", "271828", "-O", environ=conf)
    assert seen.status == 0, seen
    kinds = re.findall(r"^(Private Key|Public Key|Certificate) Object", seen.out, re.MULTILINE)
    assert sorted(kinds) == ["Certificate", "Private Key", "Public Key"]
    assert len(re.findall(r"^\s+ID:", seen.out, re.MULTILINE)) == 3
    assert len(set(re.findall(r"^\s+ID:\s+([0-9a-f]+)", seen.out, re.MULTILINE))) == 1
    p11tool = ("p11tool", "--provider", SOFTHSM, "--batch", "--login", "--list-all", "pkcs11:token=SHIYAKUSHO")
    listed = person.start(*p11tool, environ={**conf, "GNUTLS_PIN": "271828"})
    assert listed.status == 0, listed
    urls = re.findall(r"URL: (pkcs11:\S+)", listed.out)
    assert sorted(re.findall(r"type=(\w+)", " ".join(urls))) == ["cert", "data", "private", "public"]
    urls = [url for url in urls if "type=data" not in url]  # the binding receipt, which has no id
    ids = {re.search(r";id=([^;]+)", url)[1] for url in urls}  # type: ignore[index]  # None would fail the test
    assert len(ids) == 1


def _lies_where_it_should(person: Person) -> None:
    state = person.home / ".local" / "state" / "lgpki-tui"
    assert state.stat().st_mode & 0o7777 == 0o700
    files = [path for path in state.rglob("*") if path.is_file()]
    assert "ledger.sqlite3" in {path.name for path in files}
    for path in files:
        assert path.stat().st_mode & 0o7777 == 0o600, path
        assert path.stat().st_uid == (NOBODY if ROOT else os.geteuid())


@pytest.mark.slow
def test_the_certificate_of_another_ca_is_refused_and_nothing_is_stored(person: Person) -> None:
    road, request, _ = _walk(person)
    road.person.write("answers.toml", ANSWERS + 'key_algorithm = "ec-p256"\n')
    second = road.done("request", "--answers", person.home / "answers.toml", "--pin-file", person.home / "pin")
    assert second["enrolment"] != request["enrolment"]
    kept = (person.home / "ca.pem").read_text()
    certificate = _issue(person, Path(second["csr_path"]))
    person.write(".config/lgpki-tui/anchors/ca.pem", kept)
    refused = person.run("store", second["enrolment"], certificate, "--pin-file", person.home / "pin")
    assert (refused.status, refused.code) == (1, "certificate_untrusted")
    states = {each["enrolment"]: each["state"] for each in road.done("status")["enrolments"]}
    assert states == {request["enrolment"]: "stored", second["enrolment"]: "awaiting_certificate"}


@pytest.mark.parametrize("where", ["absolute", "relative", "unset"])
def test_the_xdg_folders_are_respected(person: Person, where: str) -> None:
    """XDG Base Directory Specification: a path that is not absolute is ignored."""
    home = person.home
    given = {"absolute": f"{home}/elsewhere", "relative": "elsewhere", "unset": ""}[where]
    person.folder("elsewhere")
    person.write("elsewhere/lgpki-tui/site.toml", _site(person, "/elsewhere.so"))
    environ = {"XDG_STATE_HOME": given, "XDG_CONFIG_HOME": given} if given else {}
    answer = person.run("registry", "import", "--organizations", home / "organizations.csv", environ=environ)
    assert answer.status == 0, answer
    module = _module(person.run("settings", "show", environ=environ))
    if where == "absolute":
        assert (home / "elsewhere" / "lgpki-tui" / "registry.sqlite3").is_file()
        assert not (home / ".local").exists()
        assert module == ("/elsewhere.so", f"{home}/elsewhere/lgpki-tui/site.toml")
    else:
        assert (home / ".local" / "state" / "lgpki-tui" / "registry.sqlite3").is_file()
        assert [path.name for path in (home / "elsewhere" / "lgpki-tui").iterdir()] == ["site.toml"]
        assert module == (SOFTHSM, f"{home}/.config/lgpki-tui/site.toml")


def test_the_flag_beats_the_settings(person: Person) -> None:
    person.write(".config/lgpki-tui/site.toml", _site(person, "/nowhere/card.so"))
    missing = person.run("card", "list")
    assert (missing.status, missing.code) == (3, "module_missing")
    assert "/nowhere/card.so" in json.dumps(missing.json["facts"])
    found = person.run("--module", SOFTHSM, "card", "list")
    assert found.status == 0, found
    assert _module(person.run("--module", SOFTHSM, "settings", "show")) == (SOFTHSM, "--module")


@needs_etc
def test_the_site_beats_the_person_and_the_flag_beats_the_site(person: Person) -> None:
    assert person.etc is not None
    (person.etc / "site.toml").write_text('[card]\nmodule = "/nowhere/site.so"\n')
    refused = person.run("card", "list")
    assert (refused.status, refused.code) == (3, "module_missing")
    shown = person.run("settings", "show")
    assert _module(shown) == ("/nowhere/site.so", "/etc/lgpki-tui/site.toml")
    # A value of the person that the site does not name still counts.
    values = {each["key"]: each["file"] for each in shown.json["settings"]}
    assert values["card.environment.SOFTHSM2_CONF"] == f"{person.home}/.config/lgpki-tui/site.toml"
    found = person.run("--module", SOFTHSM, "card", "list")
    assert found.status == 0, found


@needs_etc
def test_the_site_alone_is_enough(person: Person) -> None:
    assert person.etc is not None
    (person.home / ".config" / "lgpki-tui" / "site.toml").unlink()
    (person.etc / "10-card.toml").write_text(_site(person, SOFTHSM).replace('["anchors"]', "[]"))
    pins = ("--so-pin-file", person.home / "so-pin", "--pin-file", person.home / "pin")
    answer = person.run("card", "format", "--label", "SITE", *pins)
    assert answer.status == 0, answer
    assert any(path.name == "token.object" for path in (person.home / "tokens").rglob("*"))


def test_what_pretends_is_no_setting_of_real_mode(person: Person) -> None:
    person.write(".config/lgpki-tui/site.toml", _site(person, SOFTHSM, '[pretend]\nhost_name = "office-02"\n'))
    answer = person.run("card", "list")
    assert (answer.status, answer.code) == (2, "settings_key_unknown")
    assert answer.json["practice"] is False


def test_without_registry_no_key_is_made(person: Person) -> None:
    home = person.home
    pins = ("--so-pin-file", home / "so-pin", "--pin-file", home / "pin")
    assert person.run("card", "format", "--label", "SHIYAKUSHO", *pins).status == 0
    answer = person.run("request", "--answers", home / "answers.toml", "--pin-file", home / "pin")
    assert answer.status != 0
    assert answer.code in ("registry_missing", "organization_not_registered")
    assert person.run("card", "list").json["cards"][0]["keys"] == []
    assert list((home / "out").iterdir()) == []


def _module(answer: Answer) -> tuple[str, str]:
    assert answer.status == 0, answer
    (found,) = [each for each in answer.json["settings"] if each["key"] == "card.module"]
    return found["value"], found["file"]
