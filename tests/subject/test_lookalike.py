"""Finding spellings that are taken for one another."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgpki_tui.subject.lookalike import fold, look_alike, ordinary_form
from lgpki_tui.subject.text import differing

PAIRS = [
    ("髙島市長", "高島市長"),
    ("川﨑市長", "川崎市長"),
    ("渡邉市長", "渡辺市長"),
    ("総務部　情報政策課", "総務部情報政策課"),
    ("ＤＸ推進課", "DX推進課"),
    ("ｼｽﾃﾑｶﾞｶﾘ", "システムガカリ"),
    ("サーバ－管理", "サーバー管理"),
    ("サーバ−管理", "サーバー管理"),
    ("サ一バ管理", "サーバ管理"),
    ("鎌ヶ谷市長", "鎌ケ谷市長"),
    ("総務\u200b部", "総務部"),
    ("辻\U000e0100市長", "辻市長"),
    ("か\u3099いけい課", "がいけい課"),
    ("ニ課", "二課"),
    ("ロ座係", "口座係"),
    ("１～３係", "1〜3係"),
    ("會計課", "会計課"),
]


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_pairs(one: str, other: str) -> None:
    assert look_alike(one, other)
    assert look_alike(other, one)


@pytest.mark.parametrize(("one", "other"), [("高島市長", "高島市長"), ("高島市長", "川崎市長"), ("総務課", "財務課")])
def test_no_pairs(one: str, other: str) -> None:
    assert not look_alike(one, other)


@given(st.text(max_size=20), st.sampled_from("\u200b\ufe00\U000e0101\u200d \u3000"), st.integers(0, 20))
def test_what_is_not_seen_makes_no_difference(text: str, unseen: str, place: int) -> None:
    spaced = "課" + text[:place] + "課" + unseen + "課" + text[place:]
    assert fold(spaced) == fold("課" + text[:place] + "課課" + text[place:])


@given(st.text(st.characters(exclude_categories=()), max_size=30))
def test_any_text_folds(text: str) -> None:
    assert isinstance(fold(text), str)


@pytest.mark.parametrize(
    ("char", "usual"), [("髙", "高"), ("﨑", "崎"), ("ｱ", "ア"), ("～", "〜"), ("－", "−"), ("㈱", None), ("高", None)]
)
def test_ordinary_form(char: str, usual: str | None) -> None:
    assert ordinary_form(char) == usual


def test_differing() -> None:
    assert differing("髙島市長", "高島市長") == (("髙",), ("高",))
    assert differing("総務部情報", "総務部　情報") == ((), ("　",))
    assert differing("同じ", "同じ") == ((), ())


@given(st.text(max_size=12), st.text(max_size=12))
def test_differing_names_only_what_is_there(one: str, other: str) -> None:
    here, there = differing(one, other)
    assert set(here) <= set(one)
    assert set(there) <= set(other)
    assert bool(here or there) == (one != other)
