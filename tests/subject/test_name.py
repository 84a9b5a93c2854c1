"""The distinguished name: exact texts in the certificate's order, and a form for people that cannot be misread."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgpki_tui.ground.inert import inert
from lgpki_tui.subject.draft import Draft
from lgpki_tui.subject.name import distinguished_name, shown_name
from lgpki_tui.subject.profile import Attribute, StringType, Text
from tests.subject.profiles import SHOKUSEKI

DRAFT = Draft("shokuseki", "総務部情報政策課", "高島市長", "252123")


def test_the_shipped_mapping() -> None:
    subject = distinguished_name(DRAFT, SHOKUSEKI, "高島市")
    assert subject == (("C", "JP"), ("O", "高島市"), ("OU", "総務部情報政策課"), ("CN", "高島市長"))
    assert shown_name(subject) == "C=JP, O=高島市, OU=総務部情報政策課, CN=高島市長"


def test_a_profile_decides_order_and_attributes() -> None:
    parts = (Attribute("CN", Text.NAME, StringType.UTF8), Attribute("O", Text.FIXED, StringType.UTF8, "LG"))
    other = dataclasses.replace(SHOKUSEKI, subject=parts)
    assert distinguished_name(DRAFT, other, "高島市") == (("CN", "高島市長"), ("O", "LG"))


@given(st.text(max_size=64), st.text(max_size=64))
def test_texts_are_never_changed(organization: str, name: str) -> None:
    subject = distinguished_name(Draft("shokuseki", organization, name), SHOKUSEKI, "高島市")
    assert subject[2:] == (("OU", organization), ("CN", name))


@pytest.mark.parametrize(("value", "shown"), [
    ("a,b", r"a\,b"), ('"+;<>\\', r"\"\+\;\<\>\\"), ("#1", r"\#1"), (" a ", r"\ a\ "), (" ", r"\ "), ("a#b c", "a#b c"),
    ("第1課, CN=市長", r"第1課\, CN=市長"), ("a\u202eb", r"a\u202eb"), ("市　長", "市　長"), ("a \n", r"a \u000a"),
])  # fmt: skip
def test_escapes(value: str, shown: str) -> None:
    assert shown_name((("CN", value),)) == f"CN={shown}"


@given(st.lists(st.tuples(st.sampled_from(["O", "OU", "CN"]), st.text(max_size=20)), max_size=4))
def test_shown_name_is_inert_and_its_commas_are_its_own(subject: list[tuple[str, str]]) -> None:
    shown = shown_name(tuple(subject))
    assert inert(shown) == shown
    unescaped = shown.replace("\\\\", "").replace("\\,", "")
    assert unescaped.count(",") == max(len(subject) - 1, 0)
