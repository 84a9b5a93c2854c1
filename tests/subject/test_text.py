"""The classes of characters: nothing unseen is ordinary, nothing of JIS X 0208 is refused."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgpki_tui.ground.inert import inert
from lgpki_tui.subject.text import CharacterClass as C
from lgpki_tui.subject.text import character_class, classes, is_ordinary, is_plain, points
from tests.subject.profiles import SHOKUSEKI

EXAMPLES = {
    "\x00": C.CONTROL,
    "\n": C.CONTROL,
    "\x1b": C.CONTROL,
    "\x7f": C.CONTROL,
    "\x9b": C.CONTROL,
    "\u2028": C.CONTROL,
    "\u202e": C.BIDI,
    "\u2066": C.BIDI,
    "\u200f": C.BIDI,
    "\u200b": C.INVISIBLE,
    "\u200d": C.INVISIBLE,
    "\ufeff": C.INVISIBLE,
    "\u00ad": C.INVISIBLE,
    "\u3164": C.INVISIBLE,
    "\u034f": C.INVISIBLE,
    "\U000e0041": C.INVISIBLE,
    "\U000e0100": C.VARIATION_SELECTOR,
    "\ufe00": C.VARIATION_SELECTOR,
    "\ue000": C.PRIVATE_USE,
    "\U000f0000": C.PRIVATE_USE,
    "\U0010fffd": C.PRIVATE_USE,
    "\uffff": C.NOT_A_CHARACTER,
    "\U0001fffe": C.NOT_A_CHARACTER,
    chr(0xD800): C.NOT_A_CHARACTER,
    "\ufffd": C.NOT_A_CHARACTER,
    "\u0378": C.NOT_A_CHARACTER,
    "\u00a0": C.OTHER_SPACE,
    "\u2003": C.OTHER_SPACE,
    "\uff71": C.HALF_WIDTH_KATAKANA,
    "\uff9e": C.HALF_WIDTH_KATAKANA,
    "\u9ad9": C.OUTSIDE_JISX0208,
    "\ufa11": C.OUTSIDE_JISX0208,
    "\u2460": C.OUTSIDE_JISX0208,
    "\uff5e": C.OUTSIDE_JISX0208,
    "\U00020b9f": C.OUTSIDE_JISX0208,
    "\U00031350": C.OUTSIDE_JISX0208,
    "\u00a5": C.OUTSIDE_JISX0208,
}


@pytest.mark.parametrize(("char", "kind"), EXAMPLES.items(), ids=lambda one: repr(one) if isinstance(one, str) else "")
def test_each_class(char: str, kind: C) -> None:
    assert character_class(char) is kind
    assert classes(f"市{char}長")[kind] == (char,)


@pytest.mark.parametrize(
    "text", ["総務部 情報政策課", "高島市　総務部", "ＤＸ推進課", "第１係(窓口)", "ヶケ々〆", "office-01", "〜―−"]
)
def test_what_town_halls_write_has_no_class(text: str) -> None:
    assert classes(text) == {}
    assert is_plain(text)


def test_every_character_of_jis_x_0208_is_ordinary() -> None:
    cells = [bytes((row, cell)) for row in range(0xA1, 0xFF) for cell in range(0xA1, 0xFF)]
    chars = [text for cell in cells if (text := cell.decode("euc_jp", "ignore"))]
    assert len(chars) == 6879  # JIS X 0208:1997
    assert [char for char in chars if character_class(char)] == []


@pytest.mark.parametrize(("text", "kind", "chars"), [
    (" 高島市長", C.EDGE_SPACE, (" ",)),
    ("高島市長　", C.EDGE_SPACE, ("　",)),
    ("か\u3099いけいか", C.NOT_NFC, ("か", "\u3099")),
    ("\ufa19社課", C.NOT_NFC, ("\ufa19",)),
    ("\u212b", C.NOT_NFC, ("\u212b",)),
])  # fmt: skip
def test_places_in_a_text(text: str, kind: C, chars: tuple[str, ...]) -> None:
    assert classes(text)[kind] == chars
    assert not is_plain(text)


@given(st.text(st.characters(), max_size=70))
def test_what_the_border_function_would_escape_is_always_refused(text: str) -> None:
    refused = {char for kind, chars in classes(text).items() if kind in SHOKUSEKI.characters.refused for char in chars}
    assert {char for char in text if inert(char) != char} <= refused


@given(st.text(st.characters(exclude_categories=()), max_size=30))
def test_plain_is_the_same_as_no_class(text: str) -> None:
    assert is_plain(text) == (classes(text) == {})
    assert is_ordinary(text) == all(character_class(char) is None for char in text)


@given(st.text(max_size=40))
def test_a_text_that_is_not_nfc_names_a_character(text: str) -> None:
    assert bool(classes(text).get(C.NOT_NFC)) == (unicodedata.normalize("NFC", text) != text)


def test_points() -> None:
    assert points("髙\U000e0100") == ["U+9AD9", "U+E0100"]
