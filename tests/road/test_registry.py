"""`registry import`, `restore`, `search` and `status` as commands: what is told, in JSON and to people."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.practice import Practice

HEADER = "団体コード,組織名,組織フリガナ\r\n"
ROWS = "252123,総務部情報政策課,ソウムブジョウホウセイサクカ\r\n252123,新組織課,シンソシキカ\r\n999999,会計課,\r\n"


@pytest.fixture
def extract(practice: Practice, tmp_path: Path) -> Path:
    file = tmp_path / "extract.csv"
    file.write_bytes((HEADER + ROWS).encode("cp932"))
    return file


def test_an_extract_in_cp932(practice: Practice, extract: Path, tmp_path: Path) -> None:
    before = practice.done("registry", "status")["registries"][0]
    report = tmp_path / "report.tsv"
    dry = practice.done("registry", "import", "--organizations", extract, "--dry-run")
    assert practice.done("registry", "status")["registries"][0]["sha256"] == before["sha256"]
    done = practice.done("registry", "import", "--organizations", extract, "--report", report)
    assert (dry["dry_run"], dry["report"], done["dry_run"], done["report"]) == (True, None, False, str(report))
    (told,) = done["imported"]
    times = ("imported_at", "age_days")
    assert {key: told[key] for key in told if key not in times} == {
        key: dry["imported"][0][key] for key in told if key not in times
    }
    assert (told["encoding"], told["encoding_by"], told["delimiter"]) == ("cp932", "content", "comma")
    assert told["refused"] == [
        {"code": "municipality_unknown", "count": 1, "first_rows": [4], "lines": [4], "left_off": 0}
    ]
    assert (told["difference"]["added"], told["difference"]["changed"]) == (2, 1)
    assert told["difference"]["added"] + told["rows_before"] - told["difference"]["removed"] == told["rows"]
    assert "municipality_unknown\t4\t999999\t会計課" in report.read_text(encoding="utf-8")


def test_the_way_back(practice: Practice, extract: Path) -> None:
    assert practice.run("registry", "restore").code == "usage"
    first = practice.done("registry", "status")
    assert first["previous"] == []
    none = practice.run("registry", "restore", "--organizations")
    assert (none.status, none.code) == (3, "registry_no_previous")
    practice.done("registry", "import", "--organizations", extract)
    assert practice.done("registry", "search", "新組織")["entries"][0]["organization"] == "新組織課"
    back = practice.done("registry", "restore", "--organizations")
    assert back["registries"] == first["registries"]
    assert [each["file"] for each in back["previous"]] == [str(extract)]
    assert practice.done("registry", "search", "新組織")["entries"] == []


def test_where_it_comes_from_is_told_wherever_it_is_used(practice: Practice) -> None:
    settings = practice.folder / "sandbox.toml"
    text = settings.read_text(encoding="utf-8")
    known = practice.done("registry", "status")["registries"][0]
    searched = practice.done("registry", "search", "総務")["registries"][0]
    assert (searched["sha256"], searched["file"], searched["old"]) == (known["sha256"], known["file"], False)
    settings.write_text(text.replace("[pretend]", '[pretend]\nnow = "2029-05-24T09:00:00+09:00"'), encoding="utf-8")
    told = practice.done("registry", "search", "総務")["registries"][0]
    assert told["old"] is True
    assert told["age_days"] > told["oldest_days"]
    doctor = practice.run("doctor").json["findings"]
    (old, _) = (each for each in doctor if each["code"] == "registry_old")
    assert (old["result"], old["found"]) == ("attention", told["age_days"])


def test_a_wrong_encoding_is_told_with_its_place(practice: Practice, extract: Path) -> None:
    told = practice.run("registry", "import", "--organizations", extract, "--encoding", "utf-8")
    assert (told.status, told.code) == (2, "registry_encoding")
    assert (told.json["facts"]["line"], told.json["facts"]["offset"], told.json["facts"]["reason"]) == (1, 0, "option")
    assert practice.run("registry", "import", "--organizations", extract, "--encoding", "sjis").code == "usage"
