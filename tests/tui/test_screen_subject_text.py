"""What is said of the characters of an entry, and what F4 makes of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.practice import Practice
from tests.tui.pages import begun, complete, open_first, text_of, value_of
from tests.tui.test_screen_subject import NAME, ORGANIZATION, judged
from tests.tui.walking import walking


@pytest.mark.parametrize(
    ("typed", "told", "becomes"),
    [
        ("葛\U000e0100城支所長", "字の形を選ぶ符号（IVSなど。見えません）: U+E0100", "葛城支所長"),
        (
            "か\u3099いけい課長",
            "字と濁点などが別々になった文字: か (U+304B)、U+3099  ふつうの字 が (U+304C)",
            "がいけい課長",
        ),
        ("人権課\u2ed1", "漢字に見えても別の字です", "人権課長"),
        ("鎌\u30f6谷支所  長", "続いた空白: U+0020", "鎌\u30f6谷支所 長"),
        ("㈱高島担当係長", "囲み文字・組文字・ローマ数字など: ㈱ (U+3231)", "(株)高島担当係長"),
        ("二セコ支所長", "前後の字と合わない、形の似た字: 二 (U+4E8C)  ふつうの字 ニ (U+30CB)", "ニセコ支所長"),
        ("濵町支所長", "濵 (U+6FF5) [補助漢字、第3水準]  ふつうの字 浜 (U+6D5C)", "浜町支所長"),
        ("\ue000支所長", "外字（ほかのPCでは別の字になるか、出ません）: U+E000", None),
    ],
)
async def test_each_class_is_told_in_plain_words_and_f4_puts_it_right(
    formatted: Practice, typed: str, told: str, becomes: str | None
) -> None:
    begun(formatted, organization=ORGANIZATION, name=typed)
    async with walking(formatted, "ja") as walker:
        await open_first(walker, "subject")
        await walker.until(lambda: told in "".join(line.strip() for line in text_of(walker, "said").splitlines()), told)
        complete(walker, "#next")
        await walker.press("f4")
        assert value_of(walker, "name") == (typed if becomes is None else becomes)
        if becomes is not None:
            await judged(walker, "問題はありません")


async def test_what_is_registered_in_parts_is_taken_as_it_is_and_leads_to_the_desk(
    formatted: Practice, tmp_path: Path
) -> None:
    """The registry has NFD: typed in NFC it is another text, F4 takes the registry's, and then the desk is named."""
    table = tmp_path / "organizations.csv"
    table.write_text("団体コード,組織\n252123,か\u3099いけい課\n", encoding="utf-8")
    formatted.done("registry", "import", "--organizations", table)
    begun(formatted, name=NAME)
    async with walking(formatted, "ja") as walker:
        await open_first(walker, "subject")
        await walker.paste("がいけい課")
        await walker.press("tab")
        await judged(walker, "入力の字 が (U+304C)  登録簿の字 か (U+304B)、U+3099")
        await walker.press("f4")
        assert value_of(walker, "organization") == "か\u3099いけい課"
        await judged(walker, "LGWAN運用担当者に相談してください")
        await walker.press("f4")
        assert value_of(walker, "organization") == "か\u3099いけい課"


async def test_what_is_registered_with_what_is_not_seen_is_not_offered(formatted: Practice, tmp_path: Path) -> None:
    """No field holds it as it is; put there it would be another text, and F4 would come to no end."""
    table = tmp_path / "organizations.csv"
    table.write_text("団体コード,組織\n252123,総務\u200b部\n", encoding="utf-8")
    formatted.done("registry", "import", "--organizations", table)
    begun(formatted, name=NAME)
    async with walking(formatted, "ja") as walker:
        await open_first(walker, "subject")
        await walker.paste("総務部")
        await walker.press("tab")
        await judged(walker, "画面に見えない文字 U+200B があります")
        await walker.press("f4")
        assert value_of(walker, "organization") == "総務部"
