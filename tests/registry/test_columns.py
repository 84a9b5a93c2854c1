"""The headers: those of the contract always hold, a site adds its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.registry.columns import Column, header_files, read_headers
from tests.registry.conftest import ACCOUNTS, ORGANIZATIONS


def site(folder: Path, text: str) -> Path:
    (folder / "registry").mkdir()
    file = folder / "registry" / "columns.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_site_adds_headers(tmp_path: Path) -> None:
    site(tmp_path, 'source = "assumed"\norganization = ["部署"]\n')
    headers = read_headers(header_files(tmp_path, None, tmp_path / "absent"))
    assert headers.places(ORGANIZATIONS, ["部署", "団体コード"], tmp_path) == {
        Column.ORGANIZATION: 0,
        Column.MUNICIPALITY_CODE: 1,
    }
    assert headers.places(ACCOUNTS, ["名義", "x", "組織", "団体コード"], tmp_path)[Column.NAME] == 0


def test_a_name_column_among_organizations_is_ignored(tmp_path: Path) -> None:
    places = read_headers().places(ORGANIZATIONS, ["団体コード", "組織", "名義", "名義"], tmp_path)
    assert Column.NAME not in places


@pytest.mark.parametrize(("text", "code", "key"), [
    ('source = "assumed"\norganisation = ["部署"]\n', Code.SETTINGS_KEY_UNKNOWN, "organisation"),
    ('source = "assumed"\norganization = ["名義"]\n', Code.SETTINGS_VALUE, "organization"),
    ('source = "assumed"\norganization = "部署"\n', Code.SETTINGS_VALUE, "organization"),
    ('organization = ["部署"]\n', Code.SETTINGS_KEY_MISSING, "source"),
])  # fmt: skip
def test_wrong_files(tmp_path: Path, text: str, code: Code, key: str) -> None:
    file = site(tmp_path, text)
    with pytest.raises(Refusal) as refused:
        read_headers((file,))
    assert (refused.value.code, refused.value.facts["key"]) == (code, key)
    assert refused.value.facts["file"] == str(file)
