"""`[directory]`: what may stand there, and what only together."""

from __future__ import annotations

from pathlib import Path

import pytest

from lgpki_tui.ground.codes import Code
from lgpki_tui.settings.directory import DIRECTORY, DIRECTORY_ROWS
from lgpki_tui.settings.explain import explain
from lgpki_tui.settings.load import load_sandbox
from lgpki_tui.settings.model import DirectorySettings
from tests.settings.test_load import Layers, layers, refused, sandbox

__all__ = ["layers"]

_BASE = '[directory.organizations]\nbase = "ou=soshiki,dc=site"\n'
_WHOLE = f'[directory]\nuri = "ldaps://dir.example:636"\nca = "ca.pem"\n{_BASE}'


def _directory(layers: Layers, text: str) -> DirectorySettings:
    (layers.home / "site.toml").write_text(text)
    found = layers.load().directory
    assert found is not None
    return found


def test_none_without_a_uri(layers: Layers) -> None:
    assert layers.load().directory is None
    (layers.home / "site.toml").write_text(_BASE)
    assert layers.load().directory is None


def test_what_is_not_set_is_assumed_and_said_to_be(layers: Layers) -> None:
    found = _directory(layers, _WHOLE)
    assert (found.tls.value, found.connect_seconds.value, found.answer_seconds.value) == ("ldaps", 2, 3)
    assert found.ca is not None
    assert found.ca.value == layers.home / "ca.pem"
    assert found.accounts is None
    rows = {row.key: row for row in explain(layers.load()) if row.key.startswith("directory")}
    shipped = {"directory.rest_seconds", "directory.organizations.organization", "directory.most_rows"}
    assert {rows[key].source for key in shipped} == {"assumed"}
    assert rows["directory.uri"].file == str(layers.home / "site.toml")


def test_every_key_can_be_set(layers: Layers) -> None:
    text = _WHOLE + '[directory.accounts]\nbase = "ou=meigi,dc=site"\norganization_reading = "ou;lang-ja;phonetic"\n'
    text = text.replace(
        "[directory]\n", '[directory]\nbind_dn = "cn=r"\npassword_file = "secret"\nmunicipality = "252123"\n'
    )
    found = _directory(layers, text)
    assert found.password_file is not None
    assert found.password_file.value == layers.home / "secret"
    assert found.accounts is not None
    assert found.accounts.municipality_code is None  # one 団体: no attribute is asked for
    assert found.accounts.name is not None
    assert set(DIRECTORY) | {"ca", "password_file", "organizations", "accounts"} == set(DirectorySettings.__slots__)
    assert {"base", "filter", "name"} <= DIRECTORY_ROWS.keys()


def test_a_sandbox_has_its_own(tmp_path: Path) -> None:
    text = '[directory]\nuri = "ldap://127.0.0.1:3890"\ntls = "none"\n' + _BASE
    found = load_sandbox(sandbox(tmp_path, text)).directory
    assert found is not None
    assert found.tls.value == "none"


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ('uri = "https://dir"', "uri"),
        ('uri = "ldap://dir/dc=site??sub"', "uri"),
        ('uri = "ldap://user@dir"', "uri"),
        ('uri = "ldaps://one ldap://two"', "uri"),
        ('tls = "starttls"', "tls"),
        ('tls = "none"', "tls"),
        ("connect_seconds = 0", "connect_seconds"),
        ("page_rows = 0", "page_rows"),
        ('municipality = "252124"', "municipality"),
    ],
)
def test_a_value_that_cannot_be(layers: Layers, line: str, key: str) -> None:
    text = _WHOLE.replace("[directory]\n", f"[directory]\n{line}\n")
    if key == "uri":
        text = text.replace('uri = "ldaps://dir.example:636"\n', "")
    assert refused(layers, text, Code.SETTINGS_VALUE)["key"] == f"directory.{key}"


@pytest.mark.parametrize("uri", ["ldap://dir.example", "ldap://10.0.0.1:389", "ldap://localhost.example"])
def test_without_tls_on_this_pc_alone(layers: Layers, uri: str) -> None:
    text = f'[directory]\nuri = "{uri}"\ntls = "none"\n{_BASE}'
    assert refused(layers, text, Code.SETTINGS_VALUE)["known"] == ["starttls"]


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ('filter = "objectClass=x"', "filter"),
        ('filter = "(a=b)(c=d)"', "filter"),
        ('filter = "(a=b))"', "filter"),
        ('filter = "((a=b)"', "filter"),
        ('organization = "o)(uid=*"', "organization"),
        ('organization = "o u"', "organization"),
        ('base = ""', "base"),
    ],
)
def test_a_filter_or_attribute_that_would_change_others(layers: Layers, line: str, key: str) -> None:
    text = _WHOLE + (line if key != "base" else "")
    text = text.replace('base = "ou=soshiki,dc=site"', line) if key == "base" else text
    assert refused(layers, text + "\n", Code.SETTINGS_VALUE)["key"] == f"directory.organizations.{key}"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (_WHOLE.replace('ca = "ca.pem"\n', ""), "directory.ca"),
        (_WHOLE.replace("[directory]\n", '[directory]\nbind_dn = "cn=r"\n'), "directory.password_file"),
        (_WHOLE.replace("[directory]\n", '[directory]\npassword_file = "p"\n'), "directory.bind_dn"),
        (_WHOLE.replace(_BASE, ""), "directory.organizations.base"),
    ],
)
def test_what_belongs_together(layers: Layers, text: str, key: str) -> None:
    assert refused(layers, text, Code.SETTINGS_KEY_MISSING)["key"] == key


def test_no_password_in_the_settings(layers: Layers) -> None:
    text = _WHOLE.replace("[directory]\n", '[directory]\npassword = "x"\n')
    assert refused(layers, text, Code.SETTINGS_KEY_UNKNOWN)["key"] == "directory.password"
