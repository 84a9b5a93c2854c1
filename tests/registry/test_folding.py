"""The quick way over a million texts says what the slow one says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgpki_tui.registry.folding import Folder, folding, plain, plain_and_folded
from lgpki_tui.subject.draft import Entry
from lgpki_tui.subject.findings import row_refusals
from lgpki_tui.subject.lookalike import fold
from lgpki_tui.subject.text import classes
from tests.registry.conftest import ACCOUNTS, ORGANIZATIONS, PROFILES

FOLDER = Folder()
PLAIN, SIMPLE = plain().fullmatch, plain_and_folded().fullmatch


def test_every_character_alone() -> None:
    for point in (*range(0xD800), *range(0xE000, 0x30000), *range(0xE0000, 0xE0200)):
        char = chr(point)
        key, folded = FOLDER.key(char), fold(char)
        assert (char if key is None else key) == folded, hex(point)
        if PLAIN(char):
            assert classes(char) == {}, hex(point)
            assert bool(SIMPLE(char)) == (folded == char)


mixed = st.text(
    st.one_of(
        st.sampled_from("かガカﾞ\u3099\u309aハﾊﾟー－ヶ髙高 　Ａaẞﬁ①㈱\u200b\U000e0100"),
        st.characters(exclude_categories=["Cs"]),
    )
)


@given(mixed)
def test_any_text(text: str) -> None:
    key = FOLDER.key(text)
    assert (text if key is None else key) == fold(text)
    assert key != text


@given(st.text(st.sampled_from("課係市長かガａaA1総務情報政策第一二三"), max_size=70), st.booleans())
@pytest.mark.parametrize("kind", [ORGANIZATIONS, ACCOUNTS])
def test_plain_texts_are_judged_by_their_length_alone(kind: object, text: str, known: bool) -> None:
    profile = PROFILES[ORGANIZATIONS if kind is ORGANIZATIONS else ACCOUNTS]
    name = None if kind is ORGANIZATIONS else text
    if PLAIN(text):
        same = "課" * len(text)
        here = row_refusals(Entry("1", text, "", name), profile, "x" if known else None)
        assert here == row_refusals(
            Entry("1", same, "", None if name is None else same), profile, "x" if known else None
        )


def test_the_mark_of_the_tables_is_the_same_each_time() -> None:
    assert folding() == folding()
    assert len(folding()) == 16
