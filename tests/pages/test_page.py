"""A page is read strictly: both languages whole, kinds from the closed list, nothing unknown."""

from __future__ import annotations

from pathlib import Path

import pytest

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.pages.page import FieldKind, Page, load_help

WHOLE = """\
[title]
ja = "確認"
en = "Review"
[field.pin]
kind = "pin"
[field.pin.label]
ja = "暗証"
en = "Code"
[field.pin.help]
ja = "入力します。"
en = "Type it."
[word.done]
ja = "手続 {enrolment} です。"
en = "Enrolment {enrolment}."
"""


def page_of(tmp_path: Path, text: str) -> Path:
    (tmp_path / "review").mkdir()
    (tmp_path / "review" / "page.toml").write_text(text, encoding="utf-8")
    return tmp_path


def test_a_page_has_its_title_fields_and_words(tmp_path: Path) -> None:
    page = Page.load("review", "en", page_of(tmp_path, WHOLE))
    assert page.title == "Review"
    field = page.fields["pin"]
    assert (field.kind, field.label, field.help) == (FieldKind.PIN, "Code", "Type it.")
    assert page.keys == {"done"}
    assert page.word("done", enrolment="1\x1b[m") == "Enrolment 1\\u001b[m."
    assert Page.load("review", "ja", tmp_path).title == "確認"


def test_a_word_that_is_not_there_is_refused(tmp_path: Path) -> None:
    page = Page.load("review", "ja", page_of(tmp_path, WHOLE))
    with pytest.raises(Refusal) as refused:
        page.word("absent")
    assert refused.value.code is Code.SETTINGS_KEY_MISSING


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        ('en = "Review"\n', "", Code.SETTINGS_KEY_MISSING),
        ('kind = "pin"', 'kind = "secret"', Code.SETTINGS_VALUE),
        ('kind = "pin"', 'kind = "pin"\nrow = 3', Code.SETTINGS_KEY_UNKNOWN),
        ("[word.done]", "[words.done]", Code.SETTINGS_KEY_UNKNOWN),
        ('[field.pin.help]\nja = "入力します。"\nen = "Type it."\n', "", Code.SETTINGS_KEY_MISSING),
        ('ja = "確認"', "ja = ", Code.SETTINGS_UNREADABLE),
    ],
)
def test_what_is_not_whole_is_refused_whichever_language_is_asked_for(
    tmp_path: Path, before: str, after: str, code: Code
) -> None:
    assert before in WHOLE
    with pytest.raises(Refusal) as refused:
        Page.load("review", "ja", page_of(tmp_path, WHOLE.replace(before, after, 1)))
    assert refused.value.code is code


def test_help_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    folder = page_of(tmp_path, WHOLE)
    (folder / "review" / "help.ja.md").write_bytes(b"\x83\x65\x83\x58")
    for language in ("ja", "en"):
        with pytest.raises(Refusal) as refused:
            load_help("review", "ja" if language == "ja" else "en", folder)
        assert refused.value.code is Code.SETTINGS_UNREADABLE
