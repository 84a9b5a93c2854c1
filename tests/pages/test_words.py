"""Words: both languages whole, facts filled in without harm, broken files named."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Fact, Refusal
from lgpki_tui.ground.inert import inert
from lgpki_tui.pages.fill import fill, places
from lgpki_tui.pages.language import choose
from lgpki_tui.pages.messages import Message, Messages
from lgpki_tui.pages.words import Words

MESSAGES = """
[card_ambiguous.ja]
happened = "カードが複数あります: {cards}"
do = "--card で選んでください。"
ask = "貴団体の情報政策担当"
[card_ambiguous.en]
happened = "Several cards: {cards}"
do = "Choose with --card."
ask = "Your information policy section"
"""
WORDS = """
[doctor.title]
ja = "環境の確認"
en = "Environment"
[store.done]
ja = "{enrolment} を格納しました。"
en = "{enrolment} is stored."
[top]
ja = "上"
en = "top"
"""
_facts: st.SearchStrategy[Fact] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def written(folder: Path, text: str) -> Path:
    (file := folder / "words.toml").write_text(text)
    return file


def test_a_message_has_its_three_parts_in_the_language_asked_for(tmp_path: Path) -> None:
    file = written(tmp_path, MESSAGES)
    japanese, english = Messages.load("ja", file), Messages.load("en", file)
    assert japanese.codes == {"card_ambiguous"}
    assert japanese.message(Code.CARD_AMBIGUOUS, {"cards": ["職責", "\x1b[2J"]}) == Message(
        "カードが複数あります: 職責、\\u001b[2J", "--card で選んでください。", "貴団体の情報政策担当"
    )
    assert english.message("card_ambiguous", {"cards": ["a", "b"]}).happened == "Several cards: a, b"
    assert english.message("card_ambiguous", {}).happened == "Several cards: ?"
    assert english.message("never_\u202eheard", {}) == Message("never_\\u202eheard", "", "")


def test_words_are_found_by_dotted_key(tmp_path: Path) -> None:
    words = Words.load("en", file := written(tmp_path, WORDS))
    assert words.keys == {"doctor.title", "store.done", "top"}
    assert words.word("store.done", enrolment="261124-7K3QH") == "261124-7K3QH is stored."
    assert Words.load("ja", file).word("doctor.title") == "環境の確認"
    with pytest.raises(Refusal) as caught:
        words.word("doctor.titel")
    assert (caught.value.code, caught.value.facts) == (
        Code.SETTINGS_KEY_MISSING,
        {"file": str(file), "key": "doctor.titel"},
    )


@pytest.mark.parametrize("load", [Messages.load, Words.load])
def test_a_broken_or_absent_file_is_named(tmp_path: Path, load: Callable[[str, Path], object]) -> None:
    for file, reason in ((written(tmp_path, "[broken"), "not_toml"), (tmp_path / "no", "absent")):
        with pytest.raises(Refusal) as caught:
            load("ja", file)
        assert caught.value.code is Code.SETTINGS_UNREADABLE
        assert (caught.value.facts["file"], caught.value.facts["reason"]) == (str(file), reason)


@pytest.mark.parametrize(
    ("load", "text", "code", "key"),
    [
        (Messages.load, MESSAGES.replace('happened = "S', 'hapened = "S'), Code.SETTINGS_KEY_MISSING, ".en.happened"),
        (Messages.load, MESSAGES + 'more = ""\n', Code.SETTINGS_KEY_UNKNOWN, ".en.more"),
        (
            Messages.load,
            MESSAGES.replace("[card_ambiguous.en]", "[card_ambiguous.fr]"),
            Code.SETTINGS_KEY_MISSING,
            ".en",
        ),
        (Messages.load, "card_ambiguous = 1\n", Code.SETTINGS_VALUE, ""),
        (Words.load, '[card_ambiguous]\nja = "x"\n', Code.SETTINGS_KEY_MISSING, ".en"),
        (Words.load, '[card_ambiguous]\nja = "x"\nen = "x"\nfr = "x"\n', Code.SETTINGS_KEY_UNKNOWN, ".fr"),
        (Words.load, '[card_ambiguous]\nja = "x"\nen = 1\n', Code.SETTINGS_VALUE, ".en"),
        (Words.load, '[card_ambiguous]\ntitle = "x"\n', Code.SETTINGS_VALUE, ".title"),
    ],
)
def test_what_is_missing_or_too_much_is_named_whichever_language_is_asked_for(
    tmp_path: Path, load: Callable[[str, Path], object], text: str, code: Code, key: str
) -> None:
    file = written(tmp_path, text)
    for language in ("ja", "en"):
        with pytest.raises(Refusal) as caught:
            load(language, file)
        assert caught.value.code is code
        assert (caught.value.facts["file"], caught.value.facts["key"]) == (str(file), f"card_ambiguous{key}")


@pytest.mark.parametrize(
    ("fact", "ja", "en"),
    [
        ("a\nb", "a\\u000ab", "a\\u000ab"),
        ("", "-", "-"),
        (None, "-", "-"),
        (0, "0", "0"),
        (True, "はい", "yes"),
        (False, "いいえ", "no"),
        ([], "-", "-"),
        (["U+9AD9", "U+FA11"], "U+9AD9、U+FA11", "U+9AD9, U+FA11"),
        ({"a": 1, "b": None}, "a=1、b=-", "a=1, b=-"),
        ("{other} {0} %s", "{other} {0} %s", "{other} {0} %s"),
    ],
)
def test_how_a_fact_is_shown(fact: Fact, ja: str, en: str) -> None:
    assert fill("{fact}", {"fact": fact, "other": "x"}, "ja") == ja
    assert fill("{fact}", {"fact": fact, "other": "x"}, "en") == en


@given(text=st.text(), facts=st.dictionaries(st.sampled_from(["a", "b_1", "file"]), _facts))
def test_filling_never_raises_and_lets_nothing_active_in(text: str, facts: dict[str, Fact]) -> None:
    filled = fill(f"{{a}}|{inert(text)}|{{file}}{{b_1}}", facts, "ja")
    assert inert(filled) == filled
    if not facts:
        assert filled == f"?|{fill(inert(text), {}, 'ja')}|??"


def test_only_plain_names_are_places() -> None:
    text = "{a} {b_1} {A} {a.b} {a[0]} {} {0} {{c}} {a!r}"
    assert places(text) == {"a", "b_1", "c"}
    assert fill("{a.__class__} {0} {}", {"a": 1}, "ja") == "{a.__class__} {0} {}"


@pytest.mark.parametrize(
    ("environ", "language"),
    [
        ({}, "ja"),
        ({"LANG": "en_US.UTF-8"}, "en"),
        ({"LANG": "en"}, "en"),
        ({"LANG": "EN_gb"}, "en"),
        ({"LANG": "C.UTF-8"}, "ja"),
        ({"LANG": "ja_JP.UTF-8"}, "ja"),
        ({"LANG": "fr_FR.UTF-8"}, "ja"),
        ({"LC_ALL": "", "LC_MESSAGES": "", "LANG": "en_US"}, "en"),
        ({"LC_ALL": "C", "LC_MESSAGES": "en_US", "LANG": "en_US"}, "ja"),
        ({"LC_MESSAGES": "en_US", "LANG": "ja_JP"}, "en"),
        ({"LC_CTYPE": "en_US", "LANGUAGE": "en"}, "ja"),
    ],
)
def test_the_language_of_the_environment(environ: dict[str, str], language: str) -> None:
    assert choose(None, environ) == language
    assert choose("ja", environ) == "ja"
    assert choose("en", environ) == "en"


def test_a_language_that_we_do_not_speak_is_usage() -> None:
    with pytest.raises(Refusal) as caught:
        choose("fr", {})
    assert (caught.value.code, caught.value.facts["found"]) == (Code.USAGE, "fr")
