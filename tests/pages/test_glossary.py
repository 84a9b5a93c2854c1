"""The glossary: both languages whole, official terms as the source text spells them, assumptions called so."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from unicodedata import east_asian_width

import pytest

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.ground.shipped import shipped
from lgpki_tui.pages.fill import places
from lgpki_tui.pages.glossary import Term, load_glossary
from lgpki_tui.pages.language import LANGUAGES
from lgpki_tui.pages.lint import lint

FILE = shipped("screens", "glossary.toml")
RAW: dict[str, dict[str, dict[str, str]]] = tomllib.loads(FILE.read_text("utf-8"))
# As they stand in the source text (LGWAN newsletter No. 93).
OFFICIAL = (
    "LGPKI",
    "登録分局",
    "LGWAN運営主体",
    "職責証明書",
    "利用者証明書",
    "メール用証明書",
    "コードサイニング証明書",
    "Webサーバ証明書",
    "鍵ペア",
    "CSR",
    "ICカード",
    "PIN",
    "初期化",
    "組織管理システム",
    "アカウント等管理システム",
    "組織",
    "名義",
    "発行通知",
    "格納",
    "更新",
)
OF_THIS_PROGRAM = (
    "LGWAN",
    "秘密鍵",
    "管理者PIN（SO PIN）",
    "団体コード",
    "差戻し",
    "取りやめ",
    "失効",
    "手続番号",
    "結び付けの控え",
    "練習",
    "SHA-256（照合の値）",
)
# What the source text and public pages leave open (the subject's layout, the SO PIN, what may follow a 差戻し).
ASSUMED = ("so-pin", "organization", "name", "municipality-code", "returned")
SLIPS = (
    r"I ?C ?カ-ド|ＩＣ|ICカード[ 　]|IC カード",
    r"登録支局|登録分室",
    r"職責者証明書|メール証明書|コード署名証明書|サーバー|ウェブ",
    r"アカウント管理システム|組織等管理システム",
    r"発行通知書|差し戻し|取り止め",
    "[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\uff61-\uff9f]",
)
TERMS = [(key, language) for key in RAW for language in LANGUAGES]


def cells(text: str) -> int:
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in text)


def test_the_glossary_has_the_terms_as_they_are_spelled() -> None:
    japanese = load_glossary("ja")
    assert sorted(term.name for term in japanese) == sorted(OFFICIAL + OF_THIS_PROGRAM)
    assert [term.name for term in japanese] == [RAW[key]["ja"]["name"] for key in RAW]
    assert load_glossary("en") == tuple(Term(RAW[key]["en"]["name"], RAW[key]["en"]["text"]) for key in RAW)


def test_the_wording_lint_passes() -> None:
    assert lint(RAW) == ()


@pytest.mark.parametrize("key", RAW)
def test_both_languages_explain_the_same_term(key: str) -> None:
    japanese, english = (RAW[key][language] for language in LANGUAGES)
    # The English name begins with the Japanese one, by which people here know it; the brackets are half-width.
    assert english["name"].startswith(japanese["name"].partition("（")[0])
    assert ("仮定" in japanese["text"]) == ("assumption" in english["text"]) == (key in ASSUMED)
    assert ("このプログラムの仮定です" in japanese["text"]) == (key in ASSUMED)


@pytest.mark.parametrize(("key", "language"), TERMS)
def test_a_text_is_at_most_three_short_sentences(key: str, language: str) -> None:
    text = RAW[key][language]["text"]
    assert not places(text)
    assert text.strip() == text
    sentences = text.removesuffix("。").split("。") if language == "ja" else re.split(r"(?<=[.]) ", text)
    assert 1 <= len(sentences) <= 3
    assert [one for one in sentences if cells(one) > (120 if language == "ja" else 160)] == []
    assert cells(text) <= 3 * 76
    assert text.endswith("。" if language == "ja" else ".")


@pytest.mark.parametrize("key", RAW)
def test_japanese_is_polite_and_has_no_slip_in_a_term(key: str) -> None:
    for sentence in RAW[key]["ja"]["text"].removesuffix("。").split("。"):
        assert re.search(r"(です|ます|ません|ください)$", sentence), sentence
    for words in RAW[key]["ja"].values():
        assert [slip for slip in SLIPS if re.search(slip, words)] == []


@pytest.mark.parametrize(
    ("text", "code", "key"),
    [
        ('[a.ja]\nname = "あ"\ntext = "あ"\n', Code.SETTINGS_KEY_MISSING, "a.en"),
        ('[a.ja]\nname = "あ"\n[a.en]\nname = "a"\ntext = "a"\n', Code.SETTINGS_KEY_MISSING, "a.ja.text"),
        (
            '[a.ja]\nname = "あ"\ntext = "あ"\n[a.en]\nname = "a"\ntext = "a"\nmore = "a"\n',
            Code.SETTINGS_KEY_UNKNOWN,
            "a.en.more",
        ),
        ('[a.ja]\nname = 1\ntext = "あ"\n[a.en]\nname = "a"\ntext = "a"\n', Code.SETTINGS_VALUE, "a.ja.name"),
        ("a = 1\n", Code.SETTINGS_VALUE, "a"),
    ],
)
def test_what_is_wrong_is_named_whichever_language_is_asked_for(
    tmp_path: Path, text: str, code: Code, key: str
) -> None:
    (file := tmp_path / "glossary.toml").write_text(text, encoding="utf-8")
    for language in LANGUAGES:
        with pytest.raises(Refusal) as caught:
            load_glossary(language, file)
        assert caught.value.code is code
        assert (caught.value.facts["file"], caught.value.facts["key"]) == (str(file), key)


def test_an_absent_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(Refusal) as caught:
        load_glossary("ja", tmp_path / "no.toml")
    assert caught.value.code is Code.SETTINGS_UNREADABLE
