"""The classes of characters: nothing unseen is ordinary, nothing of JIS X 0208 is refused."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgpki_tui.ground.inert import inert
from lgpki_tui.subject.characters import _NEW_KANJI, character_classes
from lgpki_tui.subject.characters import CharacterClass as C
from lgpki_tui.subject.text import PLAIN_CLASSES, character_class, classes, is_ordinary, is_plain, points
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
    "\ufdd0": C.NOT_A_CHARACTER,
    chr(0xD800): C.SURROGATE,
    "\ufffd": C.NOT_A_CHARACTER,
    "\u0378": C.UNASSIGNED,
    "\u2065": C.INVISIBLE,
    "\u0301": C.COMBINING_MARK,
    "\u20dd": C.COMBINING_MARK,
    "\u2ed1": C.KANJI_PART,
    "\u2f00": C.KANJI_PART,
    "\u2ff0": C.KANJI_PART,
    "\u2ffc": C.KANJI_PART,
    "\u31ef": C.KANJI_PART,
    "\U0001f600": C.EMOJI,
    "\U0001fae8": C.EMOJI,
    "\ufa19": C.COMPATIBILITY_KANJI,
    "\U0002f804": C.COMPATIBILITY_KANJI,
    "\u3231": C.COMPATIBILITY_SIGN,
    "\u2776": C.COMPATIBILITY_SIGN,
    "\uac00": C.OTHER_SCRIPT,
    "\u00a0": C.OTHER_SPACE,
    "\u2003": C.OTHER_SPACE,
    "\uff71": C.HALF_WIDTH_KATAKANA,
    "\uff9e": C.HALF_WIDTH_KATAKANA,
    "\u9ad9": C.OUTSIDE_JISX0208,
    "\ufa11": C.JISX0213_LEVEL_3,
    "\u2460": C.COMPATIBILITY_SIGN,
    "\uff5e": C.FULL_WIDTH_ASCII,
    "\U00020b9f": C.JISX0213_LEVEL_3,
    "\U00020089": C.JISX0213_LEVEL_4,
    "\u260e": C.JISX0213_SIGN,
    "\u4e02": C.JISX0212,
    "\U00031350": C.OUTSIDE_JISX0208,
    "\u00a5": C.OUTSIDE_JISX0208,
}


@pytest.mark.parametrize(("char", "kind"), EXAMPLES.items(), ids=lambda one: repr(one) if isinstance(one, str) else "")
def test_each_class(char: str, kind: C) -> None:
    assert character_class(char) is kind
    assert character_classes(char)[0] is kind
    assert classes(f"市{char}長")[kind] == (char,)


@pytest.mark.parametrize(("char", "kinds"), [
    ("高", []), ("凜", ["jisx0208-level-2"]), ("０", ["full-width-ascii"]), ("Α", ["other-script"]), ("★", []),
    ("鷗", ["jisx0212", "jisx0213-level-3", "outside-jisx0208"]),
    ("丂", ["jisx0212", "jisx0213-level-4", "outside-jisx0208"]),
    ("髙", ["outside-jisx0208", "outside-jisx0212", "outside-jisx0213", "outside-jis"]),
    ("﨑", ["jisx0213-level-3", "outside-jisx0208", "outside-jisx0212"]),
    ("㈱", ["compatibility-sign", "jisx0213-sign", "outside-jisx0208", "outside-jisx0212"]),
    ("ｱ", ["half-width-katakana", "outside-jisx0208", "outside-jisx0212", "outside-jisx0213", "outside-jis"]),
    ("ÿ", ["jisx0212", "jisx0213-sign", "outside-jisx0208"]),
])  # fmt: skip
def test_a_character_has_every_class_that_is_true_of_it(char: str, kinds: list[str]) -> None:
    assert [kind.value for kind in character_classes(char)] == kinds


def test_every_class_of_a_character_or_a_text_has_an_example() -> None:
    text = "".join(EXAMPLES) + "凜０Α髙 か\u3099\u3099  1１ サ一バ "
    assert set(C) - set(classes(text)) == {C.MUNICIPALITY_SPELLING}  # that one needs to know the 団体


def test_newer_kanji_pass_and_what_else_the_tables_lack_does_not() -> None:
    """The policy of characters.py: of what the interpreter does not know, only unified ideographs are kanji."""
    unknown = [char for char in map(chr, range(0x34000)) if unicodedata.category(char) == "Cn"]
    passed = [char for char in unknown if not SHOKUSEKI.characters.refused & set(character_classes(char))]
    assert passed == [char for char in unknown if _NEW_KANJI.match(char)]
    assert len(passed) == (9132 if unicodedata.unidata_version == "14.0.0" else len(passed))
    assert all(unicodedata.normalize("NFC", char) == char for char in passed)


@pytest.mark.parametrize(
    "text", ["総務部 情報政策課", "高島市　総務部", "ＤＸ推進課", "第１係(窓口)", "ヶケ々〆", "office-01", "〜―−"]
)
def test_what_town_halls_write_is_plain(text: str) -> None:
    assert set(classes(text)) <= {C.FULL_WIDTH_ASCII}
    assert is_plain(text)


def test_every_character_of_jis_x_0208_is_ordinary() -> None:
    cells = [bytes((row, cell)) for row in range(0xA1, 0xFF) for cell in range(0xA1, 0xFF)]
    chars = [text for cell in cells if (text := cell.decode("euc_jp", "ignore"))]
    assert len(chars) == 6879  # JIS X 0208:1997
    assert [char for char in chars if character_class(char)] == []
    assert [char for char in chars if not unicodedata.is_normalized("NFC", char)] == ["\u212b"]
    assert [char for char in chars if unicodedata.combining(char)] == []


@pytest.mark.parametrize(("text", "kind", "chars"), [
    (" 高島市長", C.EDGE_SPACE, (" ",)),
    ("高島市長　", C.EDGE_SPACE, ("　",)),
    ("か\u3099いけいか", C.NOT_NFC, ("か", "\u3099")),
    ("\ufa19社課", C.NOT_NFC, ("\ufa19",)),
    ("\u212b", C.NOT_NFC, ("\u212b",)),
    ("高島市  会計課", C.DOUBLE_SPACE, (" ",)),
    ("高島市 \u3000会計課", C.DOUBLE_SPACE, (" ", "\u3000")),
    ("e\u0323\u0302", C.STACKED_MARKS, ("\u0323", "\u0302")),
])  # fmt: skip
def test_places_in_a_text(text: str, kind: C, chars: tuple[str, ...]) -> None:
    assert classes(text)[kind] == chars
    assert not is_plain(text)


@given(st.text(st.characters(), max_size=70))
def test_what_the_border_function_would_escape_is_always_refused(text: str) -> None:
    refused = {char for kind, chars in classes(text).items() if kind in SHOKUSEKI.characters.refused for char in chars}
    assert {char for char in text if inert(char) != char} <= refused


# Much of what is plain is of few characters: hypothesis does not find it among all of Unicode.
_NEAR_PLAIN = st.text(st.sampled_from("高島市長サーバ一力カ 　1１ＡAа\u212b凜ー-"), max_size=8)


@given(st.text(st.characters(exclude_categories=()), max_size=30) | _NEAR_PLAIN)
def test_plain_is_the_same_as_no_class_but_the_plain_ones(text: str) -> None:
    assert is_plain(text) == (set(classes(text)) <= PLAIN_CLASSES)
    assert is_ordinary(text) == all(character_class(char) is None for char in text)


@given(st.text(max_size=40))
def test_a_text_that_is_not_nfc_names_a_character(text: str) -> None:
    assert bool(classes(text).get(C.NOT_NFC)) == (unicodedata.normalize("NFC", text) != text)


def test_points() -> None:
    assert points("髙\U000e0100") == ["U+9AD9", "U+E0100"]
