"""`municipality search` and `registry ask`, as an outsider runs them."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.practice import Practice, new_practice


@pytest.fixture(scope="module")
def practice(tmp_path_factory: pytest.TempPathFactory) -> Practice:
    """A workplace whose registries are asked only."""
    return new_practice(tmp_path_factory.mktemp("asking") / "workplace")


def ask(practice: Practice, folder: Path, **options: str) -> tuple[str | Path, ...]:
    given = {"organization": "総務部情報政策課DX係", "municipality_code": "252123", "output_folder": str(folder)}
    words = [(f"--{key.replace('_', '-')}", text) for key, text in {**given, **options}.items()]
    return ("registry", "ask", *(word for pair in words for word in pair))


def test_names_that_exist_twice_come_with_prefecture_and_code(practice: Practice) -> None:
    found = practice.done("municipality", "search", "府中市")["municipalities"]
    shown = [(each["prefecture"], each["municipality"], each["municipality_code"]) for each in found]
    assert shown == [("東京都", "府中市", "132063"), ("広島県", "府中市", "342084")]
    assert {each["kind"] for each in found} == {"city"}
    assert found[0]["reading"] == "ふちゅうし"
    assert found[0]["lg_jp_candidates"][0] == "city.tokyo-fuchu.lg.jp"


def test_the_lines_for_people_say_that_candidates_are_not_confirmed(practice: Practice) -> None:
    command = [*practice.program, "--sandbox", practice.folder, "--lang", "ja", "municipality", "search", "ﾀｶｼﾏ"]
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=True)
    assert (
        "滋賀県高島市 252123  たかしまし  市  LG.JPの候補（決まりではありません）: city.takashima.lg.jp" in done.stdout
    )


@pytest.mark.parametrize(("words", "status"), [
    (("大津", "--limit", "1"), 0), (("無い町", ), 0), (("大津", "--limit", "0"), 2), ((), 2),
])  # fmt: skip
def test_search_is_limited_and_finding_nothing_is_no_failure(
    practice: Practice, words: tuple[str, ...], status: int
) -> None:
    answer = practice.run("municipality", "search", *words)
    assert answer.status == status
    assert answer.json.get("code", "usage") == "usage"


def test_a_name_exists_twice_in_registry_search_too(practice: Practice) -> None:
    command = [*practice.program, "--sandbox", practice.folder, "registry", "search", "会計課"]
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=True)
    assert "滋賀県高島市" in done.stdout
    assert "神奈川県川崎市" in done.stdout


def test_an_organisation_is_asked_for_on_a_sheet(practice: Practice, tmp_path: Path) -> None:
    told = practice.done(*ask(practice, tmp_path, organization_reading="そうむぶ"))
    (asked,) = told["asked"]
    assert (asked["registry"], asked["text"]) == ("organizations", "総務部情報政策課DX係")
    assert asked["nearest"][0] == "総務部情報政策課"
    table = practice.folder / "registry" / "organizations.csv"
    digest = subprocess.run(["sha256sum", table], capture_output=True, text=True, check=True).stdout.split()[0]
    assert asked["looked_into"] == {"file": "organizations.csv", "rows": 11, "sha256": digest}
    text, pdf = Path(told["text_path"]), Path(told["pdf_path"])
    assert {text, pdf} == set(tmp_path.iterdir())
    assert text.name.startswith("PRACTICE-registration-252123-")
    content = text.read_text(encoding="utf-8")
    assert all(
        part in content for part in ("総務部情報政策課DX係", "滋賀県高島市", "職責証明書", "そうむぶ", "PRACTICE")
    )
    assert pdf.read_bytes().startswith(b"%PDF")


def test_the_same_again_is_one_file_and_another_one_is_numbered(practice: Practice, tmp_path: Path) -> None:
    first = practice.done(*ask(practice, tmp_path))["text_path"]
    assert practice.done(*ask(practice, tmp_path))["text_path"] == first
    other = practice.done(*ask(practice, tmp_path, organization="総務部AI係"))["text_path"]
    assert other == first.replace(".txt", "-2.txt")
    assert len(list(tmp_path.iterdir())) == 4


def test_a_name_asks_both_systems_when_neither_has_it(practice: Practice, tmp_path: Path) -> None:
    told = practice.done(*ask(practice, tmp_path, name="DX係01"))
    assert [(each["registry"], each["text"]) for each in told["asked"]] == [
        ("organizations", "総務部情報政策課DX係"),
        ("accounts", "DX係01"),
    ]
    told = practice.done(*ask(practice, tmp_path, organization="総務部情報政策課", name="情報政策課０１"))
    (asked,) = told["asked"]
    assert (asked["registry"], asked["nearest"][0]) == ("accounts", "情報政策課01")


@pytest.mark.parametrize(("changes", "code", "status"), [
    ({"organization": "総務部情報政策課"}, "registration_not_needed", 1),
    ({"organization": "総務部情報政策課", "name": "情報政策課01"}, "registration_not_needed", 1),
    ({"certificate_kind": "shokuseki", "organization": "会計課", "name": "会計管理者"}, "registration_not_needed", 1),
    ({"organization": " 総務部DX係"}, "text_forbidden", 1),
    ({"organization": ""}, "text_empty", 1),
    ({"organization": "総" * 65}, "organization_too_long", 1),
    ({"municipality_code": "252124"}, "municipality_unknown", 1),
    ({"certificate_kind": "nothing"}, "answers_value", 2),
    ({"output_folder": "/nowhere/at/all"}, "folder_missing", 3),
])  # fmt: skip
def test_what_is_refused_leaves_no_file(
    practice: Practice, tmp_path: Path, changes: dict[str, str], code: str, status: int
) -> None:
    answer = practice.run(*ask(practice, tmp_path, **changes))
    assert (answer.code, answer.status) == (code, status)
    assert not list(tmp_path.iterdir())


def test_without_a_japanese_font_there_is_the_text(tmp_path: Path) -> None:
    practice = new_practice(tmp_path / "workplace")
    settings = practice.folder / "sandbox.toml"
    settings.write_text(f'{settings.read_text()}\n[paper]\nfonts = ["/nowhere.ttf"]\n', encoding="utf-8")
    (tmp_path / "sheets").mkdir()
    told = practice.done(*ask(practice, tmp_path / "sheets"))
    assert told["pdf_path"] is None
    assert [file.suffix for file in (tmp_path / "sheets").iterdir()] == [".txt"]
