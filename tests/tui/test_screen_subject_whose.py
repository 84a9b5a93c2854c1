"""A registered spelling is offered with the 団体 that has it, and no 団体 is taken or changed without a word."""

from __future__ import annotations

from pathlib import Path

import pytest

from lgpki_tui.faces.tui.lexicon import Lexicon
from lgpki_tui.pages.language import LANGUAGES, Language
from tests.practice import Practice
from tests.tui.pages import begun, open_first, text_of, unfinished, value_of
from tests.tui.walking import Walker, walking

TABLE = """団体コード,組織,組織よみ
252123,総務部情報政策課,そうむぶじょうほうせいさくか
252123,総務部総務課,そうむぶそうむか
252018,総務部総務課,そうむぶそうむか
252018,総務部デジタル推進課,そうむぶでじたるすいしんか
252018,都市計画部,としけいかくぶ
"""
TAKASHIMA, OTSU = "滋賀県高島市 252123", "滋賀県大津市 252018"


@pytest.fixture
def two(formatted: Practice, tmp_path: Path) -> Practice:
    """A workplace whose registry holds 組織 of two 団体."""
    table = tmp_path / "two.csv"
    table.write_text(TABLE, encoding="utf-8")
    formatted.done("registry", "import", "--organizations", table)
    return formatted


async def said(walker: Walker, text: str) -> None:
    await walker.until(lambda: text in text_of(walker, "said"), text)


async def choose(walker: Walker) -> None:
    """高島市's 総務部情報政策課 is taken from the list."""
    await open_first(walker, "subject")
    await walker.type("情報政策")
    await walker.see("> 総務部情報政策課")
    await walker.press("enter")
    await walker.until(lambda: walker.focus == "name" and "252123" in text_of(walker, "result"), "taken")


async def instead(walker: Walker, organization: str) -> None:
    """Another 組織 is typed in its place."""
    await walker.press("up", "ctrl+u")
    await walker.type(organization)
    await walker.press("tab")


@pytest.mark.parametrize("language", LANGUAGES)
async def test_what_is_offered_names_its_municipality_and_brings_it_along(two: Practice, language: Language) -> None:
    begun(two, name="市長", purpose="x")
    word = Lexicon(language).word
    async with walking(two, language) as walker:
        await open_first(walker, "subject")
        await walker.type("総務部デジタル推進果")
        await walker.press("tab")
        await said(walker, word("draft.nearest_at", spelling="総務部デジタル推進課", place=OTSU))
        assert word("key.take") in walker.lines()[-1]
        await walker.press("f4")
        await said(walker, word("draft.nothing_against"))
        assert "O=大津市" in text_of(walker, "result")
        assert "F4" not in walker.lines()[-1]
        await walker.press("f10")
        await walker.reach("review")
    assert unfinished(two).load().municipality_code == "252018"


@pytest.mark.parametrize("language", LANGUAGES)
async def test_another_than_the_chosen_one_is_told_before_and_after(two: Practice, language: Language) -> None:
    begun(two)
    word = Lexicon(language).word
    async with walking(two, language) as walker:
        await choose(walker)
        await instead(walker, "総務部デジタル推進果")
        other = word("draft.not_chosen", places=OTSU)
        await said(walker, word("draft.nearest_at", spelling="総務部デジタル推進課", place=other))
        await walker.press("f4")
        assert walker.lines()[-2].startswith(word("draft.municipality_taken", place=OTSU)[:20])
        await walker.until(lambda: "O=大津市" in text_of(walker, "result"), "taken")


async def test_the_spelling_of_the_chosen_one_comes_first(two: Practice) -> None:
    """Both have a 総務部総務課: it is the chosen one's that F4 takes."""
    begun(two)
    async with walking(two, "ja") as walker:
        await choose(walker)
        await instead(walker, "総務部総務果")
        await said(walker, f"F4 で「総務部総務課」（{TAKASHIMA}）にします。")
        await walker.press("f4")
        await walker.until(lambda: "O=高島市, OU=総務部総務課" in text_of(walker, "result"), "taken")


async def test_one_slip_elsewhere_is_nearer_than_something_else_of_the_chosen_one(two: Practice) -> None:
    """大津市's is one character away, the chosen one's two."""
    begun(two)
    async with walking(two, "ja") as walker:
        await choose(walker)
        await instead(walker, "総務部デジタル推進")
        await said(walker, "F4 で「総務部デジタル推進課」")
        assert OTSU in text_of(walker, "said")
    begun(two)
    async with walking(two, "ja") as walker:
        await choose(walker)
        await instead(walker, "総務部情報政策果")
        await said(walker, f"F4 で「総務部情報政策課」（{TAKASHIMA}）にします。")


async def test_of_several_none_is_taken(two: Practice) -> None:
    begun(two, name="市長")
    async with walking(two, "ja") as walker:
        await open_first(walker, "subject")
        await walker.type("総務部総務果")
        await walker.press("tab")
        await said(walker, f"F4 で「総務部総務課」（{TAKASHIMA}、{OTSU}）にします。")
        await walker.press("f4")
        await said(walker, "組織の欄で Enter を押し、選んでください")
        assert "O=" not in text_of(walker, "result")


async def test_more_than_two_are_not_all_listed(two: Practice, tmp_path: Path) -> None:
    table = tmp_path / "many.csv"
    rows = "".join(f"{code},総務部総務課,\n" for code in ("252123", "252018", "250007"))
    table.write_text(f"団体コード,組織,組織よみ\n{rows}", encoding="utf-8")
    two.done("registry", "import", "--organizations", table)
    begun(two)
    async with walking(two, "en") as walker:
        await open_first(walker, "subject")
        await walker.type("総務部総務果")
        await walker.press("tab")
        await said(walker, f"({TAKASHIMA}, {OTSU} and other municipalities)")


@pytest.mark.parametrize("language", LANGUAGES)
async def test_another_one_that_is_typed_out_is_told(two: Practice, language: Language) -> None:
    begun(two)
    told = Lexicon(language).word("draft.another", place=TAKASHIMA)
    async with walking(two, language) as walker:
        await choose(walker)
        await instead(walker, "都市計画部")
        await said(walker, told)
        assert "O=大津市" in text_of(walker, "result")


async def test_what_was_typed_since_is_not_replaced(two: Practice) -> None:
    """F4 within a moment after the last key would put the spelling of another text there."""
    begun(two)
    async with walking(two, "ja") as walker:
        await open_first(walker, "subject")
        await walker.type("総務部デジタル推進果")
        await walker.press("tab", "shift+tab")
        await said(walker, "F4 で「総務部デジタル推進課」")
        await walker.press("x", "f4")
        assert value_of(walker, "organization") == "総務部デジタル推進果x"
        assert walker.lines()[-2] == Lexicon("ja").word("draft.nothing_to_take")


async def test_prefecture_and_code_are_whole_in_a_narrow_window(two: Practice) -> None:
    begun(two)
    async with walking(two, "ja", (60, 20)) as walker:
        await open_first(walker, "subject")
        await walker.type("情報")
        await walker.see("> 総務部情報政策課")
        assert any(TAKASHIMA in line for line in walker.lines())
