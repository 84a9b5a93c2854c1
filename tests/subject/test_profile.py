"""The shipped kinds and profiles, and what a wrong file is told."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.ground.shipped import shipped
from lgpki_tui.settings.profiles import load_kinds, load_profile, profile_folders
from lgpki_tui.subject.algorithm import Algorithm
from lgpki_tui.subject.profile import Rule
from lgpki_tui.subject.text import CharacterClass
from tests.subject.profiles import RIYOSHA, SHOKUSEKI


def test_the_shipped_kinds() -> None:
    kinds = {kind.kind: kind for kind in load_kinds(profile_folders())}
    assert list(kinds) == ["shokuseki", "riyosha", "mail", "code-signing", "web-server", "login"]
    assert [kind for kind in kinds if kinds[kind].has_profile] == ["shokuseki", "riyosha"]
    assert [kind for kind in kinds if kinds[kind].tracked_only] == ["login"]
    assert kinds["riyosha"].title == "利用者証明書"


@pytest.mark.parametrize("kind", ["shokuseki", "riyosha"])
def test_what_both_profiles_say(kind: str) -> None:
    profile = load_profile(kind, profile_folders())
    assert profile is not None
    assert (profile.organization_rule, profile.organization_most, profile.name_most) == (Rule.REGISTERED, 64, 64)
    assert (profile.validity_years, profile.renewal_months) == (3, 6)
    assert [part.attribute for part in profile.subject] == ["C", "O", "OU", "CN"]
    assert [part.string.value for part in profile.subject] == ["printable", "utf8", "utf8", "utf8"]
    sources = dict(profile.sources)
    assert sources["period.validity_years"] == "seed"
    assert sources["name.most_characters"].startswith("public: RFC 5280")
    assert "subject[1]" in profile.assumed
    assert set(CharacterClass) == profile.characters.refused | profile.characters.attention


def test_only_riyosha_asks_for_a_registered_name() -> None:
    assert (SHOKUSEKI.name_rule, RIYOSHA.name_rule) == (Rule.FREE, Rule.REGISTERED)
    assert (SHOKUSEKI.title, RIYOSHA.title) == ("職責証明書", "利用者証明書")


@pytest.mark.parametrize(("text", "algorithm"), [
    (None, Algorithm.RSA_2048), ("rsa-2048", Algorithm.RSA_2048), ("rsa-3072", Algorithm.RSA_3072),
    ("rsa-4096", Algorithm.RSA_4096),
    ("ec-p256", Algorithm.EC_P256), ("p-256", Algorithm.EC_P256), ("P-256", None), ("rsa-1024", None), ("", None),
])  # fmt: skip
def test_algorithms(text: str | None, algorithm: Algorithm | None) -> None:
    assert SHOKUSEKI.algorithm(text) is algorithm


@pytest.mark.parametrize("kind", ["mail", "login", "kinds", "../profiles/riyosha", ""])
def test_kinds_without_a_profile(kind: str) -> None:
    assert load_profile(kind, profile_folders()) is None


def changed(folder: Path, old: str, new: str) -> Path:
    """A site's own shokuseki.toml with one change."""
    (folder / "profiles").mkdir()
    text = shipped("config", "profiles", "shokuseki.toml").read_text(encoding="utf-8")
    assert old in text
    file = folder / "profiles" / "shokuseki.toml"
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    return file


def test_a_site_puts_its_own_above_the_shipped_one(tmp_path: Path) -> None:
    changed(tmp_path, 'value = "rsa-2048"', 'value = "rsa-3072"')
    profile = load_profile("shokuseki", profile_folders(tmp_path, None))
    assert profile is not None
    assert profile.default_algorithm is Algorithm.RSA_3072
    assert load_profile("riyosha", profile_folders(tmp_path)) == RIYOSHA


@pytest.mark.parametrize(("old", "new", "code", "key"), [
    ("validity_years =", "validty_years =", Code.SETTINGS_KEY_MISSING, "period.validity_years"),
    ('source = "seed"', 'surce = "seed"', Code.SETTINGS_KEY_MISSING, "organization.rule.source"),
    ('source = "seed"', 'source = "official"', Code.SETTINGS_VALUE, "organization.rule.source"),
    ('value = "registered"', 'value = "registred"', Code.SETTINGS_VALUE, "organization.rule.value"),
    ("value = 64", 'value = "64"', Code.SETTINGS_VALUE, "organization.most_characters.value"),
    ("value = 64", "value = 0", Code.SETTINGS_VALUE, "organization.most_characters.value"),
    ('"control", ', '"contrl", ', Code.SETTINGS_VALUE, "characters.refused.value"),
    ('value = "rsa-2048"', 'value = "rsa-1024"', Code.SETTINGS_VALUE, "key.default.value"),
    ('"rsa-2048", ', "", Code.SETTINGS_VALUE, "key.default.value"),
    ('string = "printable"', 'string = "utf8"', Code.SETTINGS_VALUE, "subject[0].string"),
    ('attribute = "OU"', 'attribute = "UO"', Code.SETTINGS_VALUE, "subject[2].attribute"),
    ('kind = "shokuseki"', 'kind = "riyosha"', Code.SETTINGS_VALUE, "kind"),
    ('kind = "shokuseki"', 'kind = "shokuseki"\nkeys = 1', Code.SETTINGS_KEY_UNKNOWN, "keys"),
    ("[period]", "[period", Code.SETTINGS_UNREADABLE, None),
])  # fmt: skip
def test_a_wrong_profile_names_file_and_key(tmp_path: Path, old: str, new: str, code: Code, key: str | None) -> None:
    file = changed(tmp_path, old, new)
    with pytest.raises(Refusal) as refused:
        load_profile("shokuseki", profile_folders(tmp_path))
    assert refused.value.code is code
    assert refused.value.facts["file"] == str(file)
    assert refused.value.facts.get("key") == key


def test_a_kinds_file_of_a_site_stands_for_the_shipped_one(tmp_path: Path) -> None:
    shutil.copytree(shipped("config", "profiles"), tmp_path / "profiles")
    file = tmp_path / "profiles" / "kinds.toml"
    file.write_text(file.read_text(encoding="utf-8").replace("tracked_only =", "tracked =", 1), encoding="utf-8")
    with pytest.raises(Refusal) as refused:
        load_kinds(profile_folders(tmp_path))
    assert refused.value.code is Code.SETTINGS_KEY_MISSING


def test_a_kind_of_key_has_one_spelling_for_people() -> None:
    assert [each.spoken for each in Algorithm] == ["RSA-2048", "RSA-3072", "RSA-4096", "EC P-256"]
