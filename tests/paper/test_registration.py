"""The sheet for the LGWAN運用担当者: text and PDF say the same, exactly, whatever is to be registered."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.ground.shipped import shipped
from lgpki_tui.paper.columns import width
from lgpki_tui.paper.registration import Asked, Looked, Registration, System, told_points
from lgpki_tui.paper.registration_pdf import registration_pdf
from lgpki_tui.paper.registration_text import registration_text
from lgpki_tui.paper.registration_words import Word, load_registration_words
from lgpki_tui.paper.text import COLUMNS
from lgpki_tui.paper.words import Language
from lgpki_tui.subject.municipality import Municipality, MunicipalityKind
from tests.paper.samples import FONT, compact, pdf_fonts, pdf_info, pdf_text

WORDS_FILE, TEMPLATE = (shipped("config", "forms", f"registration.{kind}") for kind in ("toml", "typ"))
WORDS = load_registration_words(WORDS_FILE)
TAKASHIMA = Municipality("252123", "高島市", "たかしまし", "滋賀県", MunicipalityKind.CITY)
LOOKED = Looked("organizations.csv", date(2026, 11, 1), 123, "5a44ecf0371a6ff7" * 4)
ORGANIZATION = Asked(
    System.ORGANIZATIONS, "総務部ＤＸ推進ー係", "", ("総務部ＤＸ推進一係", "総務部ＤＸ推進課"), (), LOOKED
)
ACCOUNT = Asked(
    System.ACCOUNTS, "推進係01", "すいしんかかり01", (), ("総務部総務課",), replace(LOOKED, file_name="accounts.csv")
)
SHEET = Registration(
    date(2026, 11, 24), TAKASHIMA, "利用者証明書", ORGANIZATION.text, ACCOUNT.text, (ORGANIZATION, ACCOUNT), False
)


def pdf(sheet: Registration) -> bytes:
    return registration_pdf(sheet, WORDS, TEMPLATE, [FONT])


def said(sheet: Registration, how: str) -> str:
    """Without white space: a value may be broken anywhere."""
    return compact(registration_text(sheet, WORDS, "ja") if how == "text" else pdf_text(pdf(sheet), "-raw"))


@pytest.mark.parametrize("how", ["text", "pdf"])
def test_it_says_who_is_asked_for_what_exactly_and_what_was_looked_into(how: str) -> None:
    text = said(SHEET, how)
    for each in (
        "LGWAN運用担当者宛",
        "本ツールの様式（公式様式ではない）",
        "2026年11月24日",
        "滋賀県高島市",
        "252123",
        "利用者証明書",
        "組織管理システムに登録してほしい「組織」",
        "アカウント等管理システムに登録してほしい「名義」",
        ORGANIZATION.text,
        ACCOUNT.text,
        "ー=U+30FC(8)",
        "Ｄ=U+FF24(4)",
        "0=U+0030(4)",
        *ORGANIZATION.nearest,
        "総務部総務課",
        "すいしんかかり01",
        "organizations.csv",
        "accounts.csv",
        "2026年11月1日",
        "5a44ecf0371a6ff7" * 4,
        "登録後の組織管理システムの登録簿の写し",
        "登録後のアカウント等管理システムの登録簿の写し",
        "所属",
        "氏名",
        "連絡先",
    ):
        assert each in text, each
    assert "PRACTICE" not in text


@pytest.mark.parametrize("language", ["ja", "en"])
def test_no_line_of_the_text_is_too_long(language: Language) -> None:
    text = registration_text(SHEET, WORDS, language)
    assert max(map(width, text.splitlines())) <= COLUMNS
    assert text == registration_text(SHEET, WORDS, language)
    assert text.endswith("\n")
    assert all(part in text for part in ("252123", "滋賀県高島市", ORGANIZATION.text))


def test_it_is_one_page_and_the_longest_of_all_two_with_nothing_lost() -> None:
    long = "Ａ0ー口髙" * 12 + "ヶ﨑邉ヵ"
    near = tuple(f"{long[:-2]}{digit}０" for digit in range(5))
    asked = tuple(replace(each, text=long, reading="よみ" * 30, nearest=near) for each in (ORGANIZATION, ACCOUNT))
    sheet = replace(SHEET, organization=long, name=long, asked=asked)
    assert "Pages:           1\n" in pdf_info(pdf(SHEET))
    assert "Pages:           2\n" in pdf_info(pdf(sheet))
    text = said(sheet, "pdf")
    assert text.count(long) == 4
    assert all(text.count(each) == 2 for each in near)


def test_the_font_is_embedded_and_equal_input_gives_equal_bytes() -> None:
    first = pdf(SHEET)
    assert first == pdf(SHEET)
    assert [row[-5] for row in pdf_fonts(first)] == ["yes"] * len(pdf_fonts(first))


def test_a_character_that_the_font_lacks_is_told_by_its_code_point() -> None:
    text = said(replace(SHEET, asked=(replace(ORGANIZATION, text="𠮷野係"),)), "pdf")
    assert "〓野係" in text
    assert "〓=U+20BB7(1)" in text
    assert "𠮷" not in text


@pytest.mark.parametrize("how", ["text", "pdf"])
def test_what_is_not_known_is_left_to_be_written(how: str) -> None:
    text = said(replace(SHEET, municipality=None, name="", asked=(ORGANIZATION,)), how)
    assert "高島市" not in text
    assert "アカウント等管理システム" not in text
    assert "総務部ＤＸ推進ー係" in text


@pytest.mark.parametrize("how", ["text", "pdf"])
def test_practice_is_marked(how: str) -> None:
    assert "練習PRACTICE" in said(replace(SHEET, practice=True), how)


def test_what_acts_on_a_terminal_is_inert() -> None:
    text = registration_text(replace(SHEET, organization="a\x1b[2Jb\u202e"), WORDS, "ja")
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "\\u001B" in text or "\\u001b" in text


@pytest.mark.parametrize(("text", "chars"), [
    ("情報政策課", ""), ("総務部", "総"), ("高島市長", "高島"), ("髙島", "髙島"),
    ("デジタル化推進室", "タ"), ("センター", "ター"),
    ("一二口", "一二口"), ("へん", "へ"), ("かな", ""),
    ("　課 係", "　 "), ("A１-", "A１-"), ("ｱ", "ｱ"), ("𠮷", "𠮷"), ("", ""),
])  # fmt: skip
def test_characters_that_are_told(text: str, chars: str) -> None:
    told = told_points(text)
    assert "".join(line.partition(" = ")[0] for line in told) == chars
    for line in told:
        char, _, rest = line.partition(" = ")
        point, _, places = rest.removesuffix(")").partition(" (")
        assert int(point.removeprefix("U+"), 16) == ord(char)
        assert {text[int(place) - 1] for place in places.split(", ")} == {char}


def test_words_are_complete_and_the_mark_cannot_be_left_out(tmp_path: Path) -> None:
    assert all(WORDS(word, language) for word in Word for language in ("ja", "en"))
    text = WORDS_FILE.read_text(encoding="utf-8")
    for old, new, code in (
        ('own_form = { ja = "本ツールの様式（公式様式ではない）"', 'own_form = { ja = " "', Code.SETTINGS_VALUE),
        ("\ntitle = ", "\ntitel = ", Code.SETTINGS_KEY_UNKNOWN),
        ('source = "seed" }', 'source = "guessed" }', Code.SETTINGS_VALUE),
    ):
        file = tmp_path / "registration.toml"
        file.write_text(text.replace(old, new, 1), encoding="utf-8")
        with pytest.raises(Refusal) as refused:
            load_registration_words(file)
        assert refused.value.code is code
        assert refused.value.facts["file"] == str(file)
