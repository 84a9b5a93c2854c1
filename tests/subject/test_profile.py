"""The shipped kinds and profiles, and what a wrong file is told."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.ground.shipped import shipped
from lgpki_tui.pages.words import Words
from lgpki_tui.pki.names import ATTRIBUTES
from lgpki_tui.settings.profiles import UPPER_BOUNDS, load_kinds, load_profile, load_tracked, profile_folders
from lgpki_tui.subject.algorithm import Algorithm, Scheme
from lgpki_tui.subject.draft import Draft
from lgpki_tui.subject.extensions import Extensions
from lgpki_tui.subject.profile import Form, RegistryRule, Rule
from lgpki_tui.subject.text import CharacterClass
from tests.subject.profiles import MAIL, RIYOSHA, SHOKUSEKI, WEB_SERVER

REQUESTABLE = ("shokuseki", "riyosha", "mail", "code-signing", "web-server")


def test_the_shipped_kinds() -> None:
    kinds = {kind.kind: kind for kind in load_kinds(profile_folders())}
    assert list(kinds) == ["shokuseki", "riyosha", "mail", "code-signing", "web-server", "login"]
    assert [kind for kind in kinds if kinds[kind].has_profile] == list(REQUESTABLE)
    assert [kind for kind in kinds if kinds[kind].tracked_only] == ["login"]
    assert kinds["riyosha"].title == "利用者証明書"
    assert all(dict(kind.sources) == {"title": "seed", "english": "assumed"} for kind in kinds.values())
    japanese, english = Words.load("ja"), Words.load("en")
    assert [japanese.word(f"kind.{kind}") for kind in REQUESTABLE] == [kinds[kind].title for kind in REQUESTABLE]
    assert all(kinds[kind].title in english.word(f"kind.{kind}") for kind in REQUESTABLE)


@pytest.mark.parametrize("kind", ["shokuseki", "riyosha", "mail", "code-signing"])
def test_what_the_profiles_of_registered_organisations_say(kind: str) -> None:
    profile = load_profile(kind, profile_folders())
    assert profile is not None
    assert (profile.organization_rule, profile.organization_most, profile.name_most) == (Rule.REGISTERED, 64, 64)
    assert (profile.validity_years, profile.renewal_months) == (3, 6)
    assert [part.attribute for part in profile.subject] == ["C", "O", "OU", "CN"]
    assert [part.string.value for part in profile.subject] == ["printable", "utf8", "utf8", "utf8"]
    sources = dict(profile.sources)
    assert sources["period.validity_years"] == "seed"
    assert sources["field[1].most_characters"].startswith("public: RFC 5280")
    assert all(source in ("seed", "assumed") or source.startswith("public: ") for source in sources.values())
    assert "subject[1]" in profile.assumed
    assert not profile.characters.refused & profile.characters.attention
    left_out = set(CharacterClass) - profile.characters.refused - profile.characters.attention
    assert {kind.value for kind in left_out if not kind.value.startswith(("jisx", "outside-"))} == {"full-width-ascii"}


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


@pytest.mark.parametrize("kind", ["login", "kinds", "../profiles/riyosha", ""])
def test_kinds_that_cannot_be_requested(kind: str) -> None:
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
    ('source = "seed"', 'surce = "seed"', Code.SETTINGS_KEY_MISSING, "field[0].rule.source"),
    ('source = "seed"', 'source = "official"', Code.SETTINGS_VALUE, "field[0].rule.source"),
    ('value = "registered"', 'value = "registred"', Code.SETTINGS_VALUE, "field[0].rule.value"),
    ("value = 64", 'value = "64"', Code.SETTINGS_VALUE, "field[0].most_characters.value"),
    ("value = 64", "value = 0", Code.SETTINGS_VALUE, "field[0].most_characters.value"),
    ("value = 64", "value = 65", Code.SETTINGS_VALUE, "subject[2].attribute"),
    ('value = "text"', 'value = "host-name"', Code.SETTINGS_VALUE, "field[0].form.value"),
    ('name = "name"', 'name = "organization"', Code.SETTINGS_VALUE, "field[1].name"),
    ('name = "name"', 'name = "nmae"', Code.SETTINGS_VALUE, "field[1].name"),
    ('name = "name"', 'name = "name"\nlabel = "x"', Code.SETTINGS_KEY_UNKNOWN, "field[1].label"),
    ("[[field]]", "[[fields]]", Code.SETTINGS_VALUE, "field"),
    ('text = "organization"', 'text = "mail_address"', Code.SETTINGS_VALUE, "subject[2].text"),
    ('value = "rsassa-pkcs1-v1_5"', 'value = "rsassa-pkcs1"', Code.SETTINGS_VALUE, "key.signature.value"),
    ("alternative_names = { value = []", 'alternative_names = { value = ["name"]', Code.SETTINGS_VALUE,
     "extensions.alternative_names.value"),
    ("key_usage = { value = []", 'key_usage = { value = ["keyCertSign"]', Code.SETTINGS_VALUE,
     "extensions.key_usage.value"),
    ("extended_key_usage = { value = []", 'extended_key_usage = { value = ["clientAuth", "clientAuth"]',
     Code.SETTINGS_VALUE, "extensions.extended_key_usage.value"),
    ('value = "{number}"', 'value = "{kind}"', Code.SETTINGS_VALUE, "files.name.value"),
    ('value = "{number}"', 'value = "{number}-{number}"', Code.SETTINGS_VALUE, "files.name.value"),
    ('value = "{number}"', 'value = "../{number}"', Code.SETTINGS_VALUE, "files.name.value"),
    ('value = "{number}"', 'value = ".{number}"', Code.SETTINGS_VALUE, "files.name.value"),
    ('value = "{number}"', 'value = "{number"', Code.SETTINGS_VALUE, "files.name.value"),
    ('value = "{number}"', 'value = "{number!r}"', Code.SETTINGS_VALUE, "files.name.value"),
    ('value = "{number}"', 'value = "{number}{login}"', Code.SETTINGS_VALUE, "files.name.value"),
    ('value = "{number}"', 'value = "高島{number}"', Code.SETTINGS_VALUE, "files.name.value"),
    ('value = "standard"', 'value = "../standard"', Code.SETTINGS_VALUE, "form.template.value"),
    ('value = "standard"', 'value = ""', Code.SETTINGS_VALUE, "form.template.value"),
    ("years = { value = 3", "years = { value = 0", Code.SETTINGS_VALUE, "period.validity_years.value"),
    ("[files]", "[file]", Code.SETTINGS_KEY_MISSING, "files"),
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


@pytest.mark.parametrize(("kind", "old", "new", "key"), [
    ("mail", 'name = "mail_address"\nrule = { value = "free"', 'name = "mail_address"\nrule = { value = "registered"',
     "field[2].rule.value"),
    ("mail", 'form = { value = "mail-address"', 'form = { value = "text"', "field[2].form.value"),
    ("mail", "value = 254", "value = 255", "field[2].most_characters.value"),
    ("web-server", 'value = 64, source = "public: RFC 5280, appendix A.1, ub-common-name"',
     'value = 254, source = "assumed"', "field[1].most_characters.value"),
    ("web-server", 'value = ["name"]', 'value = ["organization"]', "extensions.alternative_names.value"),
    ("web-server", 'name = "name"\nrule = { value = "free"', 'name = "name"\nrule = { value = "registered"',
     "field[1].rule.value"),
    ("login", "value = 6", 'value = "6"', "period.renewal_months.value"),
    ("login", "[period]", "[key]\n[period]", "key"),
])  # fmt: skip
def test_a_wrong_profile_of_the_other_kinds(tmp_path: Path, kind: str, old: str, new: str, key: str) -> None:
    shutil.copytree(shipped("config", "profiles"), tmp_path / "profiles")
    file = tmp_path / "profiles" / f"{kind}.toml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    folders = profile_folders(tmp_path)
    known = next(each for each in load_kinds(folders) if each.kind == kind)
    with pytest.raises(Refusal) as refused:
        _ = load_tracked(known, folders) if known.tracked_only else load_profile(kind, folders)
    assert refused.value.code in (Code.SETTINGS_VALUE, Code.SETTINGS_KEY_UNKNOWN)
    assert (refused.value.facts["file"], refused.value.facts["key"]) == (str(file), key)


def test_what_each_kind_asks_for() -> None:
    rules = {kind: load_profile(kind, profile_folders()) for kind in REQUESTABLE}
    assert [profile.registry_rule if profile else None for profile in rules.values()] == [
        RegistryRule.ORGANIZATION,
        RegistryRule.ORGANIZATION_AND_NAME,
        RegistryRule.ORGANIZATION,
        RegistryRule.ORGANIZATION,
        RegistryRule.NONE,
    ]
    assert [(field.name.value, field.rule, field.form, field.most) for field in MAIL.fields] == [
        ("organization", Rule.REGISTERED, Form.TEXT, 64),
        ("name", Rule.FREE, Form.TEXT, 64),
        ("mail_address", Rule.FREE, Form.MAIL_ADDRESS, 254),
    ]
    assert [(field.name.value, field.rule, field.form) for field in WEB_SERVER.fields] == [
        ("organization", Rule.FREE, Form.TEXT),
        ("name", Rule.FREE, Form.HOST_NAME),
    ]
    assert {profile.scheme for profile in rules.values() if profile} == {Scheme.PKCS1_V15}


def test_what_each_kind_asks_the_ca_for() -> None:
    address = "practice@city.takashima.lg.jp"
    assert MAIL.extensions_of(Draft("mail", "総務課", "総務課", None, address)) == Extensions(mail_addresses=(address,))
    host = "www.city.takashima.lg.jp"
    assert WEB_SERVER.extensions_of(Draft("web-server", "総務課", host)) == Extensions(host_names=(host,))
    assert SHOKUSEKI.extensions_of(Draft("shokuseki", "総務課", "市長")).is_empty


def test_the_upper_bounds_are_those_that_names_are_built_with() -> None:
    assert {short: ATTRIBUTES[short].upper_bound for short in UPPER_BOUNDS} == UPPER_BOUNDS


def test_a_site_has_its_files_called_otherwise(tmp_path: Path) -> None:
    changed(tmp_path, 'value = "{number}"', 'value = "{municipality_code}_{kind}_{number}"')
    profile = load_profile("shokuseki", profile_folders(tmp_path))
    assert profile is not None
    assert profile.file_stem("261124-7K3QH", "252123") == "252123_shokuseki_261124-7K3QH"
    assert SHOKUSEKI.file_stem("261124-7K3QH", "252123") == "261124-7K3QH"


def test_login_is_only_tracked() -> None:
    login = next(kind for kind in load_kinds(profile_folders()) if kind.kind == "login")
    tracked = load_tracked(login, profile_folders())
    assert (tracked.validity_years, tracked.renewal_months) == (3, 6)
    assert dict(tracked.sources)["period.validity_years"] == "seed"


@pytest.mark.parametrize(("old", "new", "code", "key"), [
    ("[mail]", "[mial]", Code.SETTINGS_KEY_UNKNOWN, "mial"),
    ("profile = false", "profile = true", Code.SETTINGS_VALUE, "login.tracked_only"),
    ('english = { value = "login data"', 'english = { value = " "', Code.SETTINGS_VALUE, "login.english.value"),
])  # fmt: skip
def test_a_wrong_list_of_kinds(tmp_path: Path, old: str, new: str, code: Code, key: str) -> None:
    shutil.copytree(shipped("config", "profiles"), tmp_path / "profiles")
    file = tmp_path / "profiles" / "kinds.toml"
    file.write_text(file.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(Refusal) as refused:
        load_kinds(profile_folders(tmp_path))
    assert (refused.value.code, refused.value.facts["key"]) == (code, key)


def test_a_kinds_file_of_a_site_stands_for_the_shipped_one(tmp_path: Path) -> None:
    shutil.copytree(shipped("config", "profiles"), tmp_path / "profiles")
    file = tmp_path / "profiles" / "kinds.toml"
    file.write_text(file.read_text(encoding="utf-8").replace("tracked_only =", "tracked =", 1), encoding="utf-8")
    with pytest.raises(Refusal) as refused:
        load_kinds(profile_folders(tmp_path))
    assert refused.value.code is Code.SETTINGS_KEY_MISSING


def test_a_kind_of_key_has_one_spelling_for_people() -> None:
    assert [each.spoken for each in Algorithm] == ["RSA-2048", "RSA-3072", "RSA-4096", "EC P-256"]
