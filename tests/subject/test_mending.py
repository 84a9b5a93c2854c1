"""The usual spelling: of the named classes only, and it comes to an end."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgpki_tui.subject.characters import CharacterClass as C
from lgpki_tui.subject.mending import mended, usual
from lgpki_tui.subject.text import classes

ANY = st.text(
    st.characters(exclude_categories=()) | st.sampled_from("高 \u3000ｶﾞか\u3099\ufa19⻑１1一サ－①\u200bА"), max_size=12
)


@pytest.mark.parametrize(("text", "kinds", "better"), [
    ("\u3000髙島市長 ", [C.EDGE_SPACE], "髙島市長"),
    ("髙島ｶﾞ①", [C.HALF_WIDTH_KATAKANA], "髙島ガ①"),
    ("カﾞ課", [C.HALF_WIDTH_KATAKANA], "ガ課"),
    ("①ｶﾞ課", [C.COMPATIBILITY_SIGN], "1ｶﾞ課"),
    ("か\u3099\ufa19\u200b", [C.NOT_NFC], "が神\u200b"),
    ("a\u0301\u0302", [C.STACKED_MARKS], "á"),
    ("市⻑⼀", [C.KANJI_PART], "市長一"),
    ("A\u00a0", [C.OTHER_SPACE], "A"),
    ("１Ａ2", [C.MIXED_WIDTH], "１Ａ２"),
    ("１A2", [C.MIXED_WIDTH], "1A2"),
    ("１（Ａ）", [C.FULL_WIDTH_ASCII], "1(A)"),
    ("\ue000\ufffd\u0378", [C.PRIVATE_USE, C.NOT_A_CHARACTER, C.UNASSIGNED], "\ue000\ufffd\u0378"),
    ("髙\U00020b9f", [C.OUTSIDE_JISX0208], "高叱"),
    ("髙", [], "髙"),
])  # fmt: skip
def test_of_the_named_classes_only(text: str, kinds: list[C], better: str) -> None:
    assert mended(text, kinds) == better


@given(ANY)
def test_mending_again_changes_nothing(text: str) -> None:
    kinds = list(classes(text))
    once = mended(text, kinds)
    assert mended(once, kinds) == once


@given(ANY)
def test_without_a_class_nothing_changes(text: str) -> None:
    assert mended(text, []) == text


@given(ANY)
def test_an_acting_or_unseen_character_never_comes_of_it(text: str) -> None:
    unwanted = {C.CONTROL, C.BIDI, C.INVISIBLE, C.VARIATION_SELECTOR, C.PRIVATE_USE, C.NOT_A_CHARACTER}
    assert set(classes(mended(text, list(classes(text))))) & unwanted <= set(classes(text))


@pytest.mark.parametrize(("char", "kind", "form"), [
    ("髙", C.OUTSIDE_JISX0208, "高"), ("㈱", C.COMPATIBILITY_SIGN, "(株)"), (" ", C.EDGE_SPACE, None),
    ("\u200b", C.INVISIBLE, None), ("鷸", C.JISX0208_LEVEL_2, None),
])  # fmt: skip
def test_of_one_character(char: str, kind: C, form: str | None) -> None:
    assert usual(char, [kind]) == form
