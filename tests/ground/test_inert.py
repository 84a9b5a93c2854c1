"""Text from outside can do nothing in a terminal, and stays readable."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgpki_tui.ground.inert import inert, inert_lines

ANY = st.text(st.characters())  # lone surrogates included


@given(ANY)
def test_nothing_active_stays_and_nothing_visible_goes(text: str) -> None:
    done = inert(text)
    assert not [one for one in done if unicodedata.category(one) in ("Cc", "Cs", "Zl", "Zp")]
    assert not [one for one in done if unicodedata.bidirectional(one) in ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI")]
    assert inert(done) == done
    # Python calls some printable that show nothing: combining grapheme joiner, hangul fillers, variation selectors.
    unseen = set("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u3164\uffa0")
    visible = "".join(one for one in text if one.isprintable() and one not in unseen)
    assert inert(visible) == visible


@given(ANY)
def test_the_escapes_are_those_of_json(text: str) -> None:
    without = text.replace("\\", "/").replace('"', "'")
    assert json.loads(f'"{inert(without)}"') == without.encode("utf-16", "surrogatepass").decode(
        "utf-16", "surrogatepass"
    )


@pytest.mark.parametrize(
    "character",
    ["\x00", "\x1b", "\n", "\r", "\t", "\x7f", "\x9b", "\u200b", "\u200e", "\u202e", "\u2066", "\u2028", "\ufeff"],
)
def test_each_of_these_is_written_out(character: str) -> None:
    assert inert(f"a{character}b") == f"a\\u{ord(character):04x}b"


def test_what_is_beyond_sixteen_bits_is_a_pair() -> None:
    assert inert("\U000e0041") == "\\udb40\\udc41"


def test_names_are_left_as_they_are() -> None:
    for name in ("髙島市　総務部", "𠮷野ヶ里町", "葛\U000e0100城市", "ｶﾞ", "がが", "A-1 (仮)", "\\u0041"):
        assert inert(name) == name


def test_lines_of_our_own_layout_stay() -> None:
    assert inert_lines("a\nb\r\n\x1bc") == "a\nb\\u000d\n\\u001bc"
