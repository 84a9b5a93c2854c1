"""The judgement over a draft: every rule alone, their order, and that nothing is passed silently."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Finding, Refusal, Result
from lgpki_tui.subject.draft import Draft, Entry, Found
from lgpki_tui.subject.findings import findings, refuse_failed, row_refusals, text_findings
from lgpki_tui.subject.municipality import municipality_of
from lgpki_tui.subject.text import CharacterClass
from tests.subject.profiles import RIYOSHA, SHOKUSEKI

ORGANIZATION = Entry("252123", "総務部情報政策課")
ACCOUNT = Entry("252123", "総務部情報政策課", name="情報政策課01")
FOUND = Found((ORGANIZATION,), None, (), (), "高島市")
DRAFT = Draft("shokuseki", "総務部情報政策課", "高島市長")
NOTHING = Found((), (), (), (), None)


def failed(found: tuple[Finding, ...]) -> list[str]:
    return [str(finding.code) for finding in found if finding.result is Result.FAIL]


def test_a_good_draft_has_no_finding() -> None:
    assert findings(DRAFT, SHOKUSEKI, FOUND) == ()
    account = dataclasses.replace(FOUND, accounts=(ACCOUNT,))
    assert findings(Draft("riyosha", "総務部情報政策課", "情報政策課01"), RIYOSHA, account) == ()


def test_sixty_four_kanji_pass_and_sixty_five_do_not() -> None:
    assert findings(dataclasses.replace(DRAFT, name="課" * 64), SHOKUSEKI, FOUND) == ()
    (finding,) = findings(dataclasses.replace(DRAFT, name="課" * 65), SHOKUSEKI, FOUND)
    assert (finding.code, finding.result) == (Code.NAME_TOO_LONG, Result.FAIL)
    assert finding.facts == {"field": "name", "length": 65, "most": 64}
    (finding,) = findings(dataclasses.replace(DRAFT, organization="課" * 65), SHOKUSEKI, FOUND)
    assert (finding.code, finding.facts["field"]) == (Code.ORGANIZATION_TOO_LONG, "organization")


def test_kanji_beyond_the_basic_plane_count_once() -> None:
    name = "\U00020b9f" * 64
    assert failed(findings(dataclasses.replace(DRAFT, name=name), SHOKUSEKI, FOUND)) == []


@pytest.mark.parametrize("name", ["", " ", "　", " 　\t"])
def test_empty_text_is_said_once(name: str) -> None:
    assert failed(findings(dataclasses.replace(DRAFT, name=name), SHOKUSEKI, FOUND)) == ["text_empty"]
    assert failed(findings(Draft("riyosha", name, name), RIYOSHA, NOTHING)) == ["text_empty", "text_empty"]


@pytest.mark.parametrize(("text", "characters", "kind"), [
    ("高島\u200b市長", ["U+200B"], "invisible"),
    ("高島\u202e市長", ["U+202E"], "bidi"),
    ("高島\x1b[31m市長", ["U+001B"], "control"),
    ("葛\U000e0100城市長", ["U+E0100"], "variation-selector"),
    ("\ue001島市長", ["U+E001"], "private-use"),
    ("高島\ufffd", ["U+FFFD"], "not-a-character"),
    ("高島\u00a0市長", ["U+00A0"], "other-space"),
    ("高島市長　", ["U+3000"], "edge-space"),
    ("か\u3099っこう", ["U+304B", "U+3099"], "not-nfc"),
])  # fmt: skip
def test_forbidden_text_names_its_characters(text: str, characters: list[str], kind: str) -> None:
    found = findings(dataclasses.replace(DRAFT, name=text), SHOKUSEKI, FOUND)
    assert failed(found) == ["text_forbidden"]
    assert found[0].facts["characters"] == characters
    assert found[0].facts["classes"] == [kind]
    assert found[0].facts["field"] == "name"


def test_an_unusual_kanji_is_pointed_out_and_not_refused() -> None:
    (finding,) = findings(dataclasses.replace(DRAFT, name="髙山支所長"), SHOKUSEKI, FOUND)
    assert (finding.code, finding.result) == (Code.TEXT_UNUSUAL, Result.ATTENTION)
    assert finding.facts["characters"] == ["U+9AD9"]
    assert finding.facts["usual"] == ["U+9AD8"]
    assert finding.facts["suggested"] == "高山支所長"
    refuse_failed((finding,))


def test_the_name_of_the_municipality_spelt_otherwise_is_pointed_out() -> None:
    (finding,) = findings(dataclasses.replace(DRAFT, name="髙島市長"), SHOKUSEKI, FOUND)
    assert finding.result is Result.ATTENTION
    assert finding.facts["classes"] == ["municipality-spelling"]
    assert finding.facts["by_class"] == [
        {"class": "municipality-spelling", "characters": ["U+9AD9"], "usual": ["U+9AD8"]}
    ]
    assert finding.facts["suggested"] == "高島市長"


def test_what_is_registered_as_it_stands_is_its_own_nearest_and_nothing_else_is_suggested() -> None:
    registered = dataclasses.replace(FOUND, organizations=(Entry("252123", "か\u3099いけい課"),))
    (finding,) = findings(dataclasses.replace(DRAFT, organization="か\u3099いけい課"), SHOKUSEKI, registered)
    assert (finding.code, finding.facts["classes"]) == (Code.TEXT_FORBIDDEN, ["not-nfc"])
    assert (finding.facts["nearest"], finding.facts["suggested"]) == (["か\u3099いけい課"], None)


def test_a_row_is_judged_in_full_when_the_profile_refuses_what_plain_text_can_have() -> None:
    stricter = dataclasses.replace(
        RIYOSHA.characters, refused=RIYOSHA.characters.refused | {CharacterClass.JISX0208_LEVEL_2}
    )
    profile = dataclasses.replace(RIYOSHA, characters=stricter)
    assert row_refusals(Entry("252123", "凜課", name="x"), RIYOSHA, "高島市") == ()
    assert row_refusals(Entry("252123", "凜課", name="x"), profile, "高島市") == (Code.TEXT_FORBIDDEN,)


def test_a_registered_unusual_spelling_is_right() -> None:
    registered = dataclasses.replace(FOUND, organizations=(Entry("252123", "髙島支所"),))
    assert failed(findings(dataclasses.replace(DRAFT, organization="髙島支所"), SHOKUSEKI, registered)) == []


def test_not_registered_names_nearest_and_characters() -> None:
    near = dataclasses.replace(NOTHING, nearest_organizations=("総務部情報政策課", "総務部"), accounts=None)
    found = findings(dataclasses.replace(DRAFT, organization="總務部情報政策課"), SHOKUSEKI, near)
    assert failed(found) == ["organization_not_registered"]
    facts = found[0].facts
    assert facts["field"] == "organization"
    assert facts["nearest"] == ["総務部情報政策課", "総務部"]
    assert (facts["characters"], facts["registered"]) == (["U+7E3D"], ["U+7DCF"])


def test_no_characters_when_nothing_looks_alike() -> None:
    near = dataclasses.replace(NOTHING, nearest_organizations=("総務部財政課",), accounts=None)
    (finding,) = findings(dataclasses.replace(DRAFT, organization="総務部税政課"), SHOKUSEKI, near)
    assert finding.facts["characters"] == []
    assert finding.facts["nearest"] == ["総務部財政課"]


def test_an_account_must_be_registered_for_riyosha_only() -> None:
    none = dataclasses.replace(FOUND, accounts=(), nearest_names=("情報政策課01",))
    draft = Draft("riyosha", "総務部情報政策課", "情報政策課０１")
    (finding,) = findings(draft, RIYOSHA, none)
    assert finding.code is Code.NAME_NOT_REGISTERED
    assert finding.facts["characters"] == ["U+FF10", "U+FF11"]
    assert findings(draft, SHOKUSEKI, none) == ()


def test_where_else_it_is_registered() -> None:
    other = dataclasses.replace(NOTHING, municipality="大津市", elsewhere_organizations=(ORGANIZATION,))
    draft = dataclasses.replace(DRAFT, municipality_code="252018")
    assert findings(draft, SHOKUSEKI, other)[0].facts["registered_under"] == ["252123"]


@pytest.mark.parametrize(("code", "reason"), [
    ("999999", "not_a_code"), ("252124", "not_a_code"), ("25212", "not_a_code"), ("２５２１２３", "not_a_code"),
    ("", "not_a_code"), ("016951", "not_listed"),
])  # fmt: skip
def test_an_unknown_municipality_hides_what_follows_from_it(code: str, reason: str) -> None:
    (finding,) = findings(dataclasses.replace(DRAFT, municipality_code=code), SHOKUSEKI, NOTHING)
    assert (finding.code, finding.facts["reason"]) == (Code.MUNICIPALITY_UNKNOWN, reason)
    assert finding.facts["municipality_code"] == code


def test_a_registered_row_of_an_unknown_municipality() -> None:
    found = Found((Entry("016951", "総務部情報政策課"),), None, (), (), None)
    (finding,) = findings(DRAFT, SHOKUSEKI, found)
    assert (finding.code, finding.facts["municipality_code"]) == (Code.MUNICIPALITY_UNKNOWN, "016951")


def test_the_same_organization_under_several_codes() -> None:
    several = dataclasses.replace(
        FOUND, organizations=(ORGANIZATION, Entry("252018", "総務部情報政策課")), municipality=None
    )
    with pytest.raises(Refusal) as refused:
        municipality_of(DRAFT, several)
    assert refused.value.code is Code.ANSWERS_VALUE
    assert refused.value.facts["key"] == "municipality_code"
    assert refused.value.facts["known"] == ["252018", "252123"]
    assert failed(findings(DRAFT, SHOKUSEKI, several)) == ["answers_value"]
    assert municipality_of(dataclasses.replace(DRAFT, municipality_code="252018"), several) == "252018"


def test_the_only_code_is_meant_even_when_the_row_stands_twice() -> None:
    assert municipality_of(DRAFT, dataclasses.replace(FOUND, organizations=(ORGANIZATION, ORGANIZATION))) == "252123"
    assert municipality_of(DRAFT, NOTHING) is None


def test_order_texts_then_registries_then_attention() -> None:
    draft = Draft("riyosha", "髙" * 65, "\u200b" + "課" * 64)
    found = findings(draft, RIYOSHA, NOTHING)
    assert [finding.code for finding in found] == [
        "organization_too_long", "name_too_long", "text_forbidden", "organization_not_registered",
        "name_not_registered", "text_unusual",
    ]  # fmt: skip
    with pytest.raises(Refusal) as refused:
        refuse_failed(found)
    assert refused.value.code is Code.ORGANIZATION_TOO_LONG


def test_text_findings_are_the_part_that_needs_no_registry() -> None:
    draft = Draft("riyosha", "髙島支所", "a\u200b")
    assert [finding.code for finding in text_findings(draft, RIYOSHA)] == ["text_forbidden", "text_unusual"]


def test_a_site_may_refuse_more() -> None:
    stricter = dataclasses.replace(
        SHOKUSEKI.characters, refused=SHOKUSEKI.characters.refused | {CharacterClass.HALF_WIDTH_KATAKANA}
    )
    draft = dataclasses.replace(DRAFT, name="ｼﾁｮｳ")
    assert failed(findings(draft, SHOKUSEKI, FOUND)) == []
    assert failed(findings(draft, dataclasses.replace(SHOKUSEKI, characters=stricter), FOUND)) == ["text_forbidden"]


texts = st.text(st.characters(exclude_categories=()), max_size=70) | st.sampled_from(["髙島市長", "課" * 64, "a\u3000"])


@given(organization=texts, name=texts, code=st.none() | texts)
def test_without_a_row_no_draft_passes(organization: str, name: str, code: str | None) -> None:
    assert failed(findings(Draft("shokuseki", organization, name, code), SHOKUSEKI, NOTHING))


@given(organization=texts, name=texts)
def test_rows_and_drafts_are_judged_alike(organization: str, name: str) -> None:
    """The quick way for whole registries gives what the full judgement gives."""
    entry = Entry("252123", organization, name=name)
    full = text_findings(Draft("riyosha", organization, name), RIYOSHA)
    assert set(row_refusals(entry, RIYOSHA, "高島市")) == set(failed(full))


def test_a_row_of_an_unknown_municipality_is_counted() -> None:
    assert row_refusals(Entry("10006", "総務部"), SHOKUSEKI, None) == (Code.MUNICIPALITY_UNKNOWN,)
    assert row_refusals(Entry("010006", "総務部"), SHOKUSEKI, "北海道") == ()
