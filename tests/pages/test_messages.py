"""The words of every code: complete in both languages, plain in form, with desks and commands that exist."""

from __future__ import annotations

import re
import textwrap
import tomllib
from pathlib import Path
from unicodedata import east_asian_width

import pytest

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.ground.shipped import shipped
from lgpki_tui.pages.language import LANGUAGES
from lgpki_tui.pages.messages import Message, Messages

TEXTS = ("happened", "do", "ask")
PROSE = {"happened", "do", "here"}
MESSAGES: dict[str, dict[str, dict[str, str]]] = tomllib.loads(shipped("screens", "messages.toml").read_text("utf-8"))
ALL = [(code, language) for code in MESSAGES for language in LANGUAGES]
# What to do now where it is another thing in the wizard, in which nobody types a command.
HERE = [code for code in MESSAGES if "here" in MESSAGES[code]["ja"]]
WITH_HERE = [(code, language) for code in HERE for language in LANGUAGES]

# The posts are those of the seed (LGWAN newsletter No. 93), and whoever a site has named for this program.
DESKS = {
    "登録分局受付担当者": "registration branch desk",
    "登録分局責任者": "head of the registration branch",
    "庁内LAN端末運用担当者": "office LAN staff",
    "LGWAN運用担当者": "LGWAN staff",
    "このプログラムの管理者": "administrator of this program",
}
_JA = "|".join(DESKS)
_EN = "|".join(f"{re.escape(english)} [(]{japanese}[)]" for japanese, english in DESKS.items())
ASK = {
    "ja": re.compile(rf"((^|、)({_JA})(（[^（）、]+）)?)+"),
    "en": re.compile(rf"((^|; )({_EN})(: [^;:]+)?)+"),
}
# docs/contract.md, Commands.
COMMANDS = {
    "doctor",
    "status",
    "card list",
    "card format",
    "card set-pin",
    "card unblock",
    "request",
    "resume",
    "store",
    "abandon",
    "registry import",
    "registry search",
    "registry status",
    "settings show",
    "ledger verify",
    "ledger export",
    "certificate check",
    "csr check",
    "export",
    "media list",
    "desk check",
    "rehearse",
    "rehearse init",
    "rehearse issue",
}
OPTIONS = {
    "--accounts",
    "--card",
    "--destroys",
    "--encoding",
    "--erase",
    "--help",
    "--label",
    "--module",
    "--organizations",
    "--output-folder",
    "--reason",
    "--receipt",
    "--sandbox",
}
NEEDS_ENROLMENT = ("resume", "store", "abandon")
PLACE = re.compile(r"\{([a-z][a-z0-9_]*)\}")
COMMAND = re.compile(r"lgpki-tui ([^「」']*)")
# The wizard's pages and keys. A page is named the same way everywhere.
PAGES = {
    "最初の画面": "home page",
    "「環境」": "environment page",
    "「カードとPIN」": "card page",
    "「初期化」": "format page",
    "「内容の入力」": "entry page",
    "「受領」": "receive page",
    "「格納」": "store page",
    "「取りやめ・差戻し」": "give-up page",
}
KEY = re.compile(r"F[0-9]+|Esc|Ctrl[+][A-Z]|(?<=press )Enter|Enter(?=を)|Tab")
KEYS = {"F1", "F5", "F6", "F8", "F9", "Esc", "Ctrl+Q", "Enter"}
# How a command tells that the work is to be done once more: no word for the wizard.
AGAIN = re.compile("実行してください|もう一度実行|コマンド|--[a-z]")
HALF_WIDTH_KATAKANA = re.compile("[\uff61-\uff9f]")
FULL_WIDTH_ALPHANUMERIC = re.compile("[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]")
JAPANESE = re.compile("[\u3041-\u30fe\u4e00-\u9fff]")


def text_of(code: str, language: str, text: str) -> str:
    return MESSAGES[code][language][text]


def cells(text: str) -> int:
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in text)


def sentences(text: str, language: str) -> list[str]:
    return text.split("。") if language == "ja" else re.split(r"(?<=[.;:]) ", text)


def test_every_code_has_words_and_no_others_in_the_order_of_the_codes() -> None:
    assert list(MESSAGES) == [code.value for code in Code]


@pytest.mark.parametrize("code", MESSAGES)
def test_both_languages_say_all_three_things(code: str) -> None:
    assert tuple(MESSAGES[code]) == LANGUAGES
    for language in LANGUAGES:
        assert tuple(text for text in MESSAGES[code][language] if text != "here") == TEXTS
        assert all(text.strip() == text != "" for text in MESSAGES[code][language].values())


@pytest.mark.parametrize("code", MESSAGES)
@pytest.mark.parametrize("text", [*TEXTS, "here"])
def test_both_languages_name_the_same_facts(code: str, text: str) -> None:
    japanese, english = (MESSAGES[code][language].get(text, "") for language in LANGUAGES)
    assert set(PLACE.findall(japanese)) == set(PLACE.findall(english))
    for spoken in (japanese, english):
        assert "{" not in PLACE.sub("", spoken)
        assert "}" not in PLACE.sub("", spoken)


@pytest.mark.parametrize(("code", "language"), ALL)
def test_a_text_is_one_line_of_characters_whose_width_is_sure(code: str, language: str) -> None:
    for words in MESSAGES[code][language].values():
        assert words.isprintable()
        assert [char for char in words if east_asian_width(char) == "A"] == []
        assert HALF_WIDTH_KATAKANA.findall(words) == []
        assert FULL_WIDTH_ALPHANUMERIC.findall(words) == []


@pytest.mark.parametrize(("code", "language"), ALL)
def test_no_sentence_is_longer_than_a_line_and_a_half(code: str, language: str) -> None:
    # 60 full-width characters; English may take two lines of 80, since its words carry less each.
    most = 120 if language == "ja" else 160
    for words in MESSAGES[code][language].values():
        assert [one for one in sentences(words, language) if cells(one) > most] == []


@pytest.mark.parametrize("code", MESSAGES)
def test_japanese_sentences_are_polite_and_ended(code: str) -> None:
    for text in PROSE & MESSAGES[code]["ja"].keys():
        words = text_of(code, "ja", text)
        assert words.endswith("。")
        for sentence in words.removesuffix("。").split("。"):
            assert re.search(r"(です|ます|ません|ください|でした|ました)$", sentence), sentence


@pytest.mark.parametrize("code", MESSAGES)
def test_english_has_no_japanese_but_official_terms(code: str) -> None:
    terms = (
        "ICカードフォーマッタ",
        "組織管理システム",
        "アカウント等管理システム",
        "利用者証明書",
        "発行通知",
        "団体コード",
        "登録分局",
        "組織",
        "名義",
    )
    for text in PROSE & MESSAGES[code]["en"].keys():
        words = text_of(code, "en", text)
        for term in terms:
            words = words.replace(term, "")
        assert JAPANESE.findall(words) == []


@pytest.mark.parametrize("code", MESSAGES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_names_a_desk_that_exists(code: str, language: str) -> None:
    assert ASK[language].fullmatch(text_of(code, language, "ask"))


@pytest.mark.parametrize("code", MESSAGES)
def test_both_languages_send_to_the_same_desks(code: str) -> None:
    found = re.compile("|".join(DESKS))
    assert found.findall(text_of(code, "ja", "ask")) == found.findall(text_of(code, "en", "ask"))


@pytest.mark.parametrize(("code", "language"), ALL)
def test_every_command_and_option_is_one_of_the_contract(code: str, language: str) -> None:
    for words in MESSAGES[code][language].values():
        commands = COMMAND.findall(words)
        assert words.count("lgpki-tui") == len(commands)
        assert set(re.findall(r"--[a-z][a-z-]*", words)) <= OPTIONS
        for command in commands:
            _check_command(command, language)


def _check_command(command: str, language: str) -> None:
    first, *rest = command.split()
    assert first == "--help" or first in COMMANDS or f"{first} {rest[0]}" in COMMANDS, command
    if first in NEEDS_ENROLMENT:
        assert rest[0] in ("{enrolment}", "手続番号" if language == "ja" else "ENROLMENT"), command
    if first == "abandon":
        assert "--reason" in rest, command


@pytest.mark.parametrize("code", MESSAGES)
def test_both_languages_give_the_same_commands_and_options(code: str) -> None:
    def given(language: str) -> list[str]:
        both = text_of(code, language, "do") + MESSAGES[code][language].get("here", "")
        return re.findall(r"lgpki-tui [a-z]+|--[a-z][a-z-]*", both)

    assert given("ja") == given("en")


@pytest.mark.parametrize("code", MESSAGES)
def test_what_needs_a_command_line_has_other_words_in_the_wizard(code: str) -> None:
    both = (text_of(code, "ja", "do"), text_of(code, "en", "do"))
    if any("lgpki-tui" in words or "--" in words or AGAIN.search(words) for words in both):
        assert code in HERE


@pytest.mark.parametrize(("code", "language"), WITH_HERE)
def test_the_wizard_names_no_option_and_a_command_only_to_whoever_types_it(code: str, language: str) -> None:
    words = text_of(code, language, "here")
    assert not AGAIN.search(words)
    administrator = "このプログラムの管理者" if language == "ja" else "the administrator of this program"
    assert "lgpki-tui" not in words or administrator in words
    staff = "庁内LAN端末運用担当者" if language == "ja" else "the office LAN staff"
    assert "systemctl" not in words or staff in words


@pytest.mark.parametrize("code", HERE)
def test_the_wizard_sends_to_the_same_pages_and_keys_in_both_languages(code: str) -> None:
    japanese, english = (text_of(code, language, "here") for language in LANGUAGES)
    assert {PAGES[page] for page in PAGES if page in japanese} == {page for page in PAGES.values() if page in english}
    assert set(re.findall(r"(?:[a-z-]+) page\b", english)) <= {*PAGES.values(), "this page"}
    assert set(KEY.findall(japanese)) == set(KEY.findall(english)) <= KEYS
    for page, key in (("「環境」", "F9"), ("「取りやめ・差戻し」", "F8")):
        assert (page in japanese) == (key in japanese)


@pytest.mark.parametrize(("code", "language"), WITH_HERE)
def test_the_wizards_words_fit_three_lines_and_name_only_facts_that_are_sure(code: str, language: str) -> None:
    words, elsewhere = text_of(code, language, "here"), text_of(code, language, "happened")
    assert cells(words) <= 3 * 76
    assert language == "ja" or len(textwrap.wrap(words, 76)) <= 3
    assert set(PLACE.findall(words)) <= set(PLACE.findall(elsewhere + text_of(code, language, "do")))


def test_the_wizards_words_are_read_and_stand_for_do_where_there_are_others() -> None:
    facts = {"enrolment": "261124-7K3QH"}
    for language in LANGUAGES:
        messages = Messages.load(language)
        opened, full = messages.message("enrolment_open", facts), messages.message("card_full", {})
        assert "261124-7K3QH" in opened.here
        assert "F8" in opened.here
        assert "lgpki-tui" in opened.do
        assert full.here == full.do != ""
        assert messages.message("unheard_of", {}) == Message("unheard_of", "", "", "")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_wizards_words_in_one_language_only_are_refused(tmp_path: Path, language: str) -> None:
    texts: dict[str, list[str]] = {one: ['happened = "a"', 'do = "b"', 'ask = "c"', 'here = "d"'] for one in LANGUAGES}
    texts[language].pop()
    (file := tmp_path / "messages.toml").write_text(
        "\n".join(f"[a.{one}]\n" + "\n".join(lines) for one, lines in texts.items())
    )
    for asked in LANGUAGES:
        with pytest.raises(Refusal) as caught:
            Messages.load(asked, file)
        assert caught.value.code is Code.SETTINGS_KEY_MISSING
        assert caught.value.facts == {"file": str(file), "key": f"a.{language}.here"}


def test_the_rules_that_no_feature_may_break_are_said() -> None:
    for code in ("wrong_machine", "wrong_login"):
        assert "例外はありません" in text_of(code, "ja", "do")
        assert "lgpki-tui abandon" in text_of(code, "ja", "do")
    for code in ("card_not_blank", "card_key_live", "wrong_card", "pin_locked"):
        both = text_of(code, "ja", "happened") + text_of(code, "ja", "do")
        assert "元に戻せません" in both
    assert "lgpki-tui resume {enrolment}" in text_of("enrolment_open", "ja", "do")
    assert "chmod 600" in text_of("pin_file_unsafe", "ja", "do")
    for code in ("module_crashed", "module_hung", "card_removed", "interrupted"):
        assert "失われていません" in text_of(code, "ja", "happened")
        assert re.search("lgpki-tui status.*lgpki-tui resume", text_of(code, "ja", "do"))
    for code in ("ledger_damaged", "ledger_newer", "ledger_busy", "ledger_unwritable"):
        assert "消さないで" in text_of(code, "ja", "do")
    for code in ("wrong_machine", "wrong_login"):
        assert "例外はありません" in text_of(code, "ja", "here")
        assert "F8" in text_of(code, "ja", "here")
    assert "元に戻せません" in text_of("wrong_card", "ja", "here")
    for code in ("ledger_newer", "ledger_busy", "ledger_unwritable"):
        assert "消さないで" in text_of(code, "ja", "here")
    assert re.search("何も消さず.*初期化しないで", text_of("ledger_damaged", "ja", "here"))
    for code in ("module_crashed", "module_hung", "card_removed", "interrupted", "internal_error"):
        assert re.search("最初の画面.*Enter", text_of(code, "ja", "here"))


@pytest.mark.parametrize("code", ["pin_wrong", "pin_locked", "pin_already_refused"])
def test_no_number_of_tries_is_promised(code: str) -> None:
    for language in LANGUAGES:
        words = "".join(MESSAGES[code][language].values())
        assert re.findall(r"[0-9]|[一二三四五六七八九十]回|\b(once|twice|two|three|five)\b", words) == []
