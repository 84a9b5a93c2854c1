"""Settings: the higher layer wins, every value knows its file, and nothing unknown passes."""

from __future__ import annotations

import os
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.ground.shipped import shipped
from lgpki_tui.settings.explain import explain
from lgpki_tui.settings.load import Flags, load_real, load_sandbox
from lgpki_tui.settings.model import ACTS, Settings

DEFAULTS = str(shipped("config", "defaults.toml"))


class Layers:
    """Two folders of settings to write into."""

    def __init__(self, folder: Path) -> None:
        self.etc, self.home = folder / "etc", folder / "home"
        self.etc.mkdir()
        self.home.mkdir()

    def load(self, module: str | None = None) -> Settings:
        return load_real(self.etc, self.home, Flags(module))


@pytest.fixture
def layers(tmp_path: Path) -> Layers:
    return Layers(tmp_path)


def sandbox(folder: Path, text: str) -> Path:
    file = folder / "sandbox.toml"
    file.write_text(text)
    return file


def refused(layers: Layers, text: str, code: Code) -> dict[str, object]:
    (file := layers.home / "site.toml").write_text(text)
    with pytest.raises(Refusal) as caught:
        layers.load()
    assert caught.value.code is code
    facts: dict[str, object] = dict(caught.value.facts)
    assert facts.pop("file") == str(file)
    return facts


def test_without_any_file_the_shipped_defaults_hold(layers: Layers) -> None:
    settings = layers.load()
    assert settings.card.module is None
    assert settings.trust.anchors.value == ()
    assert settings.sandbox is None
    assert {row.file for row in explain(settings)} == {DEFAULTS}
    assert load_real(layers.etc / "no", layers.home / "no") == settings


def test_every_shipped_value_says_where_it_comes_from(layers: Layers) -> None:
    rows = explain(layers.load())
    assert {row.key for row in rows} >= {f"card.deadlines.{act}" for act in ACTS} | {"registry.oldest_days"}
    for row in rows:
        assert row.source in ("seed", "assumed") or (row.source or "").startswith("public: "), row
    with Path(DEFAULTS).open("rb") as file:
        stated = tomllib.load(file)["source"]
    stated.pop("directory")  # there once a site names one (test_directory.py)
    assert all(any(row.key.startswith(key) for row in rows) for key in stated)


def test_flag_over_etc_over_home_and_each_says_so(layers: Layers) -> None:
    (layers.home / "a.toml").write_text('[card]\nmodule = "/home.so"\n[registry]\noldest_days = 7\n')
    assert layers.load().card.module is not None
    assert (layers.load().card.module.value, layers.load().card.module.file) == (  # type: ignore[union-attr]  # set by the layers
        Path("/home.so"),
        str(layers.home / "a.toml"),
    )
    (layers.etc / "a.toml").write_text('[card]\nmodule = "/etc-a.so"\n')
    (layers.etc / "b.toml").write_text('[card]\nmodule = "/etc-b.so"\n')
    rows = {row.key: row for row in explain(layers.load())}
    assert (rows["card.module"].value, rows["card.module"].file) == ("/etc-b.so", str(layers.etc / "b.toml"))
    assert (rows["registry.oldest_days"].value, rows["registry.oldest_days"].source) == (7, None)
    rows = {row.key: row for row in explain(layers.load("/flag.so"))}
    assert (rows["card.module"].value, rows["card.module"].file) == ("/flag.so", "--module")


def test_a_relative_flag_is_taken_from_where_one_stands(
    layers: Layers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    chosen = layers.load("card.so").card.chosen_module()
    assert chosen is not None
    assert chosen.value == tmp_path / "card.so"


def test_lists_replace_and_tables_join(layers: Layers) -> None:
    (layers.home / "a.toml").write_text(
        '[trust]\nanchors = ["a.pem", "/b.pem"]\n[card.environment]\nSOFTHSM2_CONF = "x.conf"\nA = "1"\n'
    )
    (layers.etc / "a.toml").write_text(
        '[trust]\nanchors = ["roots"]\n[card.environment]\nA = "2"\n[card.deadlines]\nsign = 5\n'
    )
    settings = layers.load()
    assert settings.trust.anchors.value == (layers.etc / "roots",)
    assert {key: one.value for key, one in settings.card.environment.items()} == {"SOFTHSM2_CONF": "x.conf", "A": "2"}
    assert settings.card.environment["SOFTHSM2_CONF"].file == str(layers.home / "a.toml")
    assert settings.card.deadlines["sign"].value == 5
    assert set(settings.card.deadlines) == set(ACTS)
    (layers.etc / "z.toml").write_text("[trust]\nanchors = []\n")
    assert layers.load().trust.anchors.value == ()


def test_the_first_candidate_that_exists_is_chosen(layers: Layers, tmp_path: Path) -> None:
    (there := tmp_path / "there.so").write_bytes(b"")
    text = f'[card]\nmodule_candidates = ["{tmp_path}/no.so", "{tmp_path}", "{there}"]\n'
    (layers.home / "a.toml").write_text(text)
    chosen = layers.load().card.chosen_module()
    assert chosen is not None
    assert (chosen.value, chosen.file, chosen.key) == (there, str(layers.home / "a.toml"), "card.module_candidates")
    there.unlink()
    assert layers.load().card.chosen_module() is None


def test_only_visible_toml_files_are_read(layers: Layers) -> None:
    for name in (".hidden.toml", "a.toml~", "a.txt", "README"):
        (layers.home / name).write_text("broken [")
    (layers.home / "folder").mkdir()
    layers.load()


@pytest.mark.parametrize(
    ("text", "key", "nearest"),
    [
        ('[card]\nmodul = "/a.so"\n', "card.modul", "module"),
        ("[crad]\n", "crad", "card"),
        ("[card.deadlines]\nmake_keys = 1\n", "card.deadlines.make_keys", "make_key"),
        ("[trust]\nanchor = []\n", "trust.anchor", "anchors"),
        ('[pretend]\nlogin_name = "x"\n', "pretend", None),
        ('[source]\n"card.module" = "seed"\n', "source", None),
        ('[card]\npin = "1234"\n', "card.pin", None),
    ],
)
def test_an_unknown_key_is_refused_with_the_nearest(layers: Layers, text: str, key: str, nearest: str | None) -> None:
    facts = refused(layers, text, Code.SETTINGS_KEY_UNKNOWN)
    assert facts["key"] == key
    if nearest is not None:
        assert facts["nearest"] == nearest


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('[card]\nmodule = "softhsm2.so"\n', "card.module"),
        ('[card]\nmodule = ""\n', "card.module"),
        ('[card]\nmodule = "/a\\u0000b"\n', "card.module"),
        ("[card]\nmodule = 5\n", "card.module"),
        ('[card]\nmodule_candidates = ["/a", "b"]\n', "card.module_candidates"),
        ('[card]\nmodule_candidates = "/a"\n', "card.module_candidates"),
        ("card = 1\n", "card"),
        ("[card.environment]\nA = 1\n", "card.environment.A"),
        ('[card.environment]\n"A=B" = "1"\n', "card.environment.A=B"),
        ('[card.environment]\nA = "\\u0000"\n', "card.environment.A"),
        ("[card.deadlines]\nsign = 0\n", "card.deadlines.sign"),
        ("[card.deadlines]\nsign = 1.5\n", "card.deadlines.sign"),
        ("[card.deadlines]\nsign = true\n", "card.deadlines.sign"),
        ("[registry]\noldest_days = -1\n", "registry.oldest_days"),
        ('[trust]\ncrls = [""]\n', "trust.crls"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_by_its_key(layers: Layers, text: str, key: str) -> None:
    assert refused(layers, text, Code.SETTINGS_VALUE)["key"] == key


@pytest.mark.parametrize("text", ["[card", "\ufeff\x00", "a = 1\na = 2\n"])
def test_a_broken_file_is_named(layers: Layers, text: str) -> None:
    assert refused(layers, text, Code.SETTINGS_UNREADABLE)["reason"] == "not_toml"


def test_what_is_no_file_is_refused_and_never_waited_for(layers: Layers) -> None:
    os.mkfifo(fifo := layers.etc / "a.toml")
    with pytest.raises(Refusal) as caught:
        layers.load()
    assert caught.value.code is Code.SETTINGS_UNREADABLE
    assert caught.value.facts == {"file": str(fifo), "reason": "not_a_file"}
    fifo.unlink()
    fifo.symlink_to("nowhere")
    with pytest.raises(Refusal) as caught:
        layers.load()
    assert caught.value.facts == {"file": str(fifo), "reason": "absent"}


def test_a_sandbox_reads_its_own_file_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".config" / "lgpki-tui").mkdir(parents=True)
    (tmp_path / ".config" / "lgpki-tui" / "a.toml").write_text("broken [")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / ".config"))
    text = (
        '[card]\nmodule = "/a.so"\nenvironment = { SOFTHSM2_CONF = "softhsm2.conf" }\n'
        '[trust]\nanchors = ["ca/root.pem"]\n[practice]\ncard = "virtual"\n'
        '[pretend]\nmachine_id = "0123456789abcdef0123456789abcdef"\nhost_name = "office-01"\n'
        'login_name = "j-seisaku"\nlogin_uid = 1001\nnow = "2026-12-24T09:00:00+09:00"\n'
    )
    settings = load_sandbox(sandbox(tmp_path, text))
    assert settings.trust.anchors.value == (tmp_path / "ca" / "root.pem",)
    assert settings.card.environment["SOFTHSM2_CONF"].value == "softhsm2.conf"
    assert settings.sandbox is not None
    assert settings.sandbox.folder == tmp_path
    rows = {row.key: row.value for row in explain(settings)}
    assert {key: value for key, value in rows.items() if key.startswith(("pretend.", "practice."))} == {
        "practice.card": "virtual",
        "pretend.machine_id": "0123456789abcdef0123456789abcdef",
        "pretend.host_name": "office-01",
        "pretend.login_name": "j-seisaku",
        "pretend.login_uid": 1001,
        "pretend.now": "2026-12-24T00:00:00Z",
    }
    module = load_sandbox(sandbox(tmp_path, text), Flags("/flag.so")).card.module
    assert module is not None
    assert module.value == Path("/flag.so")


@pytest.mark.parametrize("now", ['"2026-12-24T00:00:00Z"', "2026-12-24T00:00:00Z", "2026-12-24 09:00:00+09:00"])
def test_the_pretended_moment_may_be_text_or_a_toml_date_time(tmp_path: Path, now: str) -> None:
    settings = load_sandbox(sandbox(tmp_path, f"[pretend]\nnow = {now}\n"))
    assert settings.sandbox is not None
    assert settings.sandbox.pretend.now is not None
    assert settings.sandbox.pretend.now.value == datetime(2026, 12, 24, tzinfo=UTC)
    assert settings.sandbox.pretend.machine_id is None


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("now = 2026-12-24T00:00:00", "pretend.now"),
        ("now = 2026-12-24", "pretend.now"),
        ('now = "tomorrow"', "pretend.now"),
        ("now = 5", "pretend.now"),
        ('now = "9999-12-31T23:59:59-23:59"', "pretend.now"),
        ('machine_id = "xyz"', "pretend.machine_id"),
        ("login_uid = -1", "pretend.login_uid"),
        ("login_uid = 4294967295", "pretend.login_uid"),
        ('host_name = ""', "pretend.host_name"),
    ],
)
def test_a_pretence_that_makes_no_sense_is_refused(tmp_path: Path, text: str, key: str) -> None:
    with pytest.raises(Refusal) as caught:
        load_sandbox(sandbox(tmp_path, f"[pretend]\n{text}\n"))
    assert (caught.value.code, caught.value.facts["key"]) == (Code.SETTINGS_VALUE, key)


def test_a_folder_that_is_no_sandbox_is_named(tmp_path: Path) -> None:
    with pytest.raises(Refusal) as caught:
        load_sandbox(tmp_path / "no" / "sandbox.toml")
    assert (caught.value.code, caught.value.facts) == (Code.SANDBOX_MISSING, {"folder": str(tmp_path / "no")})
