"""The words of the sheet: complete, from a file, and refused when they are not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.ground.shipped import shipped
from lgpki_tui.paper.sheet import Action, Pattern
from lgpki_tui.paper.words import Word, attribute_word, load_words
from lgpki_tui.subject.text import is_ordinary
from tests.paper.samples import FORMS, KINDS, words

SHIPPED = shipped("config", "forms", "sheet.toml").read_text("utf-8")


def test_every_word_is_there_in_both_languages() -> None:
    for word in Word:
        if word not in (Word.NOTE_KIND, Word.DAY_BLANK):  # of some kinds only; nothing but blanks
            assert words()(word, "ja").strip()
            assert re.search("[A-Za-z]", words()(word, "en"))
    assert re.findall(r"^(\w+) = ", SHIPPED.partition("\n[")[0], re.MULTILINE) == list(Word)


def test_a_line_printer_has_every_japanese_word() -> None:
    for kind in KINDS:
        for word in Word:
            assert is_ordinary(words(kind)(word, "ja")), word


def test_a_kind_has_some_words_otherwise() -> None:
    usual, server = words("shokuseki"), words("web-server")
    assert {word for word in Word if usual.said[word] != server.said[word]} == {Word.ATTRIBUTE_CN, Word.NOTE_KIND}


def test_a_sites_words_stand_above_ours_one_by_one(tmp_path: Path) -> None:
    own = tmp_path / "sheet.toml"
    own.write_text(
        'purpose = { ja = "使途", en = "Use" }\nattribute_cn = { ja = "名", en = "N" }\n'
        '[of_kind.mail]\nattribute_cn = { ja = "部署", en = "Section" }\n',
        "utf-8",
    )
    said = {kind: load_words(own, FORMS / "sheet.toml", kind=kind) for kind in KINDS}
    assert {each(Word.PURPOSE, "ja") for each in said.values()} == {"使途"}
    assert {kind: each(Word.ATTRIBUTE_CN, "ja") for kind, each in said.items()} == {
        "shokuseki": "名", "riyosha": "名", "mail": "部署", "code-signing": "名", "web-server": "サーバの名前",
    }  # fmt: skip
    own.write_text('[of_kind.mail]\nown_form = { ja = "", en = "" }\n', "utf-8")
    with pytest.raises(Refusal) as refused:
        load_words(own, FORMS / "sheet.toml")
    assert refused.value.facts["key"] == "of_kind.mail.own_form"


def test_actions_patterns_and_attributes_have_words() -> None:
    for action in Action:
        assert {Word(f"{kind}_{action}") for kind in ("title", "lead", "action")}
        assert shipped("config", "forms", f"{action}.typ").is_file()
    assert {Word(f"pattern_{pattern}") for pattern in Pattern}
    assert attribute_word("CN") is Word.ATTRIBUTE_CN
    assert attribute_word("2.5.4.97") is Word.ATTRIBUTE_OTHER


@pytest.mark.parametrize(
    ("before", "after", "code", "key"),
    [
        ("purpose = {", "porpose = {", Code.SETTINGS_KEY_UNKNOWN, "porpose"),
        ("purpose = {", "# {", Code.SETTINGS_KEY_MISSING, "purpose"),
        ('en = "Purpose"', 'eng = "Purpose"', Code.SETTINGS_KEY_MISSING, "purpose.en"),
        ('en = "Purpose"', "en = 1", Code.SETTINGS_VALUE, "purpose.en"),
        ('en = "Purpose"', 'en = "Purpose", fr = "But"', Code.SETTINGS_KEY_UNKNOWN, "purpose.fr"),
        ('en = "Date", source = "assumed"', 'en = "Date", source = "official"', Code.SETTINGS_VALUE, "day.source"),
        ("本ツールの様式（公式様式ではない）", "", Code.SETTINGS_VALUE, "own_form"),
        ("purpose = {", "purpose = ", Code.SETTINGS_UNREADABLE, None),
    ],
)
def test_a_slip_is_told_with_file_and_key(tmp_path: Path, before: str, after: str, code: Code, key: str | None) -> None:
    own = tmp_path / "sheet.toml"
    assert before in SHIPPED
    own.write_text(SHIPPED.replace(before, after, 1), "utf-8")
    with pytest.raises(Refusal) as refused:
        load_words(own)
    assert refused.value.code is code
    assert (refused.value.facts["file"], refused.value.facts.get("key")) == (str(own), key)


def test_words_cannot_act_on_a_terminal(tmp_path: Path) -> None:
    own = tmp_path / "sheet.toml"
    own.write_text(SHIPPED.replace('en = "Purpose"', 'en = "\\u001b[2J"'), "utf-8")
    assert load_words(own)(Word.PURPOSE, "en") == "\\u001b[2J"
