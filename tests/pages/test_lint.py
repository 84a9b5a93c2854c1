"""The wording lint finds what it should, and the shipped words pass it."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from lgpki_tui.ground.shipped import shipped
from lgpki_tui.pages.lint import Fault, Flaw, lint

SHIPPED = sorted(shipped("screens").rglob("*.toml"))


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: str(file.relative_to(shipped("screens"))))
def test_the_shipped_words_have_no_flaw(file: Path) -> None:
    assert lint(tomllib.loads(file.read_text("utf-8"))) == ()


def test_good_words_in_either_form_have_no_flaw() -> None:
    data = {
        "card_absent": {
            "ja": {"happened": "カードがありません（{reader}）。", "do": "・・・"},
            "en": {"happened": "No card ({reader}).", "do": "…"},
        },
        "list": {"title": {"ja": "一覧", "en": "List"}, "items": [{"ja": "１\n２", "en": "1"}], "kind": "※"},
    }
    assert lint(data) == ()


@pytest.mark.parametrize("character", "※→…①○●■×÷°±α─│“”—’△▼※")
def test_characters_of_unclear_width_are_no_japanese_copy(character: str) -> None:
    found = lint({"a": {"ja": f"あ{character}", "en": character}})
    assert found == (Flaw(Fault.AMBIGUOUS_WIDTH, "a.ja", f"{character} U+{ord(character):04X}"),)


@pytest.mark.parametrize(
    ("data", "flaw"),
    [
        ({"a": {"ja": "あ"}}, Flaw(Fault.LANGUAGE_MISSING, "a.*", "en")),
        ({"a": {"ja": {"do": "あ"}, "en": {"ask": "a"}}}, Flaw(Fault.LANGUAGE_MISSING, "a.*.do", "en")),
        ({"a": {"ja": {"do": "あ"}, "en": {"ask": "a"}}}, Flaw(Fault.LANGUAGE_MISSING, "a.*.ask", "ja")),
        ({"a": {"ja": " ", "en": "a"}}, Flaw(Fault.EMPTY, "a.ja", "")),
        ({"a": {"ja": "あ", "en": "\x1b[1m"}}, Flaw(Fault.ACTIVE_CHARACTER, "a.en", "\\u001b[1m")),
        ({"a": {"ja": "{x}{y}", "en": "{y}{z}"}}, Flaw(Fault.PLACES_DIFFER, "a.*", "x, z")),
        ({"a": {"ja": "{X}", "en": "a"}}, Flaw(Fault.BRACE, "a.ja", "{X}")),
        ({"a": {"ja": "{x", "en": "a"}}, Flaw(Fault.BRACE, "a.ja", "{x")),
        ({"a": [{"ja": "あ"}]}, Flaw(Fault.LANGUAGE_MISSING, "a.0.*", "en")),
    ],
)
def test_each_fault_is_found(data: dict[str, object], flaw: Flaw) -> None:
    assert flaw in lint(data)
