"""The plain-text twin, and the columns it is folded into."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgpki_tui.paper.columns import fill, fold, width
from lgpki_tui.paper.sheet import Pattern, Sheet, digest_lines
from lgpki_tui.paper.text import COLUMNS, render_text
from lgpki_tui.paper.words import Language
from lgpki_tui.procedure.identity import Token
from tests.paper.samples import NAME, compact, make_sheet, words
from tests.samples import NUMBER

LANGUAGES: tuple[Language, ...] = get_args(Language)
LONG = (("C", "JP"), ("O", "高" * 64), ("OU", "W" * 64), ("CN", "髙島市長，" * 12))


@pytest.fixture(scope="module")
def sheets(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Sheet]:
    """A usual sheet and one of the longest, oddest texts."""
    folder = tmp_path_factory.mktemp("sheets")
    odd: dict[str, Any] = {
        "purpose": "用途①" * 200 + "\n\x1b[2J",
        "card": Token("f" * 32, "IC\u202eカード" * 8, ""),
        "practice": True,
    }
    odd |= {"pattern": Pattern.BRANCH_TERMINAL, "login_name": "x" * 200}
    return {"usual": make_sheet(folder), "odd": make_sheet(folder, LONG, **odd)}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("which", ["usual", "odd"])
def test_no_line_is_wider_than_78_columns_and_nothing_in_it_acts(
    sheets: dict[str, Sheet], which: str, language: Language
) -> None:
    text = render_text(sheets[which], words(), language)
    assert all(width(line) <= COLUMNS for line in text.split("\n"))
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", text)
    assert text.endswith("\n")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("which", ["usual", "odd"])
def test_every_value_is_whole(sheets: dict[str, Sheet], which: str, language: Language) -> None:
    sheet = sheets[which]
    text = compact(render_text(sheet, words(), language))
    about = sheet.about
    values = [part.text for part in sheet.contents.subject]
    values += [*digest_lines(sheet.compared), *digest_lines(sheet.contents.key.sha256), *about.csr_files]
    values += [about.number, about.kind_title, about.host_name, about.login_name, about.card.serial]
    for value in values:
        assert compact(value) in text


def test_the_languages_differ_and_both_say_whose_form_it_is(sheets: dict[str, Sheet]) -> None:
    japanese, english = (render_text(sheets["usual"], words(), language) for language in LANGUAGES)
    assert "本ツールの様式（公式様式ではない）" in japanese
    assert "This tool's own form, not an official one" in english
    assert "2026年11月24日" in japanese
    assert "2026-11-24" in english
    assert "登録分局受付欄" in japanese


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_mark_of_practice(sheets: dict[str, Sheet], language: Language) -> None:
    assert render_text(sheets["odd"], words(), language).count("練習 PRACTICE") == 2
    assert "PRACTICE" not in render_text(sheets["usual"], words(), language)


def test_code_points_are_told_where_there_are_any(sheets: dict[str, Sheet]) -> None:
    assert "U+9AD9 (1, 6, 11" in render_text(sheets["odd"], words(), "ja")
    assert "U+" not in render_text(sheets["usual"], words(), "ja")


def test_the_assumption_about_the_name_is_told_only_while_it_is_one(tmp_path: Path) -> None:
    assumed, known = (make_sheet(tmp_path, NAME, name_assumed=name_assumed) for name_assumed in (True, False))
    assert "本ツールの仮定" in render_text(assumed, words(), "ja")
    assert "本ツールの仮定" not in render_text(known, words(), "ja")
    assert NUMBER in render_text(known, words(), "en")


@given(st.text(st.characters(codec="utf-8")), st.integers(2, 40))
def test_folding_loses_nothing_and_keeps_to_the_columns(text: str, columns: int) -> None:
    lines = fold(text, columns)
    assert "".join(lines) == text
    assert all(width(line) <= columns for line in lines)


@given(st.text("漢字かな、。（）a b-1/.", max_size=80), st.integers(8, 40))
def test_filling_loses_only_spaces_and_keeps_to_the_columns(text: str, columns: int) -> None:
    lines = fill(text, columns)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(width(line) <= columns for line in lines)


def test_filling_breaks_where_people_do() -> None:
    assert fill("証明書が届く。次に", 12) == ["証明書が届", "く。次に"]
    assert fill("one two three", 8) == ["one two", "three"]
    assert fill("", 8) == [""]


def test_widths_are_those_of_east_asian_terminals() -> None:
    assert [width(text) for text in ("a", "高", "ｱ", "①", "か\u3099", "𠮷", "Ａ")] == [1, 2, 1, 2, 2, 2, 2]
