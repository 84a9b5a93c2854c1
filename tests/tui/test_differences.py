"""What a correction changes, field by field, on the page where it is signed."""

from __future__ import annotations

import pytest

from lgpki_tui.faces.tui.cutting import padded
from lgpki_tui.pages.language import LANGUAGES, Language
from tests.practice import Practice
from tests.tui.pages import complete, stand_at, text_of, words
from tests.tui.test_correction import to_correct
from tests.tui.walking import walking


@pytest.mark.parametrize("language", LANGUAGES)
async def test_each_field_that_differs_is_told_and_no_other(waiting: Practice, language: Language) -> None:
    stand_at(waiting, "waiting")
    page = words("review", language)
    async with walking(waiting, language) as walker:
        await to_correct(walker)
        await walker.press("ctrl+u")
        await walker.type("総務部総務課")
        await walker.press("enter", "ctrl+u")
        await walker.type("髙島市長")
        await walker.press("enter", "ctrl+u")
        await walker.press("f10")
        await walker.reach("review")
        await walker.until(lambda: walker.focus == "reason", "reason")
        change, points = "高島市長 -> 髙島市長", {"before": "高 (U+9AD8)", "after": "髙 (U+9AD9)"}
        alike = walker.app.context.lexicon.word("review.alike", change=change, **points)
        rows = [
            ("organization", "総務部情報政策課 -> 総務部総務課"),
            ("name", alike),  # to the eye the same
            ("purpose", f"一般公文書用 -> {walker.app.context.lexicon.word('review.nothing')}"),
        ]
        told = [page.word("changes"), *(f"  {padded(page.word(f'row_{row}'), 14)}{text}" for row, text in rows)]
        assert text_of(walker, "changes") == "\n".join(told)
        complete(walker, "#changes", "#reason", "#pin", "#do")
