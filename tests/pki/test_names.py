"""Names: lengths in characters, string types, and the three ways in which two names can be alike."""

from __future__ import annotations

import pytest
from asn1crypto import core, x509
from hypothesis import given
from hypothesis import strategies as st

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.pki.names import (
    Likeness,
    Subject,
    build_name,
    compare,
    read_name,
    shown,
    shown_subject,
    subject_of,
)
from tests.pki.makers import SUBJECT

KANJI = st.characters(min_codepoint=0x3400, max_codepoint=0x9FFF)


def _name_of(kind: str, value: object) -> bytes:
    pair = x509.NameTypeAndValue({"type": kind, "value": value})
    return bytes(x509.RDNSequence([x509.RelativeDistinguishedName([pair])]).dump())


def test_order_text_and_string_types_are_as_given() -> None:
    name = read_name(build_name(SUBJECT))
    assert subject_of(name) == SUBJECT
    assert [rdn[0].string_type for rdn in name] == ["printable_string", "utf8_string", "utf8_string", "utf8_string"]
    assert shown(name) == shown_subject(SUBJECT) == "C=JP, O=高島市, OU=総務部情報政策課, CN=高島市長"


@given(st.text(KANJI, min_size=1, max_size=64), st.text(KANJI, min_size=1, max_size=64))
def test_what_is_built_is_read_back(organization: str, common: str) -> None:
    subject = (("C", "JP"), ("O", organization), ("CN", common))
    name = read_name(build_name(subject))
    assert subject_of(name) == subject
    assert compare(subject, name) is Likeness.SAME


@pytest.mark.parametrize("character", ["長", "鿀", "𪚲", "a"])
def test_sixty_four_characters_pass_and_sixty_five_do_not(character: str) -> None:
    assert subject_of(read_name(build_name((("CN", character * 64),)))) == (("CN", character * 64),)
    with pytest.raises(Refusal) as refused:
        build_name((("CN", character * 65),))
    assert refused.value.code is Code.NAME_TOO_LONG
    assert refused.value.facts == {"field": "CN", "length": 65, "limit": 64}


@pytest.mark.parametrize(
    ("subject", "code"),
    [
        ((("O", "部" * 65),), Code.ORGANIZATION_TOO_LONG),
        ((("OU", "部" * 65),), Code.ORGANIZATION_TOO_LONG),
        ((("C", "日本"),), Code.TEXT_FORBIDDEN),
        ((("C", "JPN"),), Code.TEXT_FORBIDDEN),
        ((("serialNumber", "12_3"),), Code.TEXT_FORBIDDEN),
        ((("CN", "高島\n市長"),), Code.TEXT_FORBIDDEN),
        ((("CN", "高島\u202e市長"),), Code.TEXT_FORBIDDEN),
        ((("CN", "\udcff"),), Code.TEXT_FORBIDDEN),
        ((("CN", "\u3000"),), Code.TEXT_EMPTY),
    ],
)
def test_what_a_name_cannot_hold_is_refused(subject: Subject, code: Code) -> None:
    with pytest.raises(Refusal) as refused:
        build_name(subject)
    assert refused.value.code is code
    assert refused.value.facts["field"] == subject[0][0]


def test_an_unknown_attribute_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="DC"):
        build_name((("DC", "jp"),))


@pytest.mark.parametrize("choice", ["printable_string", "utf8_string", "bmp_string", "teletex_string"])
def test_the_string_type_does_not_decide(choice: str) -> None:
    name = read_name(_name_of("common_name", x509.DirectoryString({choice: "Practice 01"})))
    assert name[0][0].string_type == choice
    assert compare((("CN", "Practice 01"),), name) is Likeness.SAME


@pytest.mark.parametrize(
    ("asked", "found", "likeness"),
    [
        ("Takashima", "TAKASHIMA", Likeness.EQUAL_BY_RULE),
        ("情報 政策課", "情報\u3000 政策課 ", Likeness.EQUAL_BY_RULE),
        ("課０１", "課01", Likeness.EQUAL_BY_RULE),
        ("システム係", "ｼｽﾃﾑ係", Likeness.EQUAL_BY_RULE),
        ("髙島市長", "高島市長", Likeness.DIFFERENT),
        ("高島市長", "高島市", Likeness.DIFFERENT),
        ("鿀", "鿁", Likeness.DIFFERENT),
    ],
)
def test_folding_is_only_by_rule(asked: str, found: str, likeness: Likeness) -> None:
    other = read_name(_name_of("common_name", x509.DirectoryString(name="utf8_string", value=core.UTF8String(found))))
    assert compare((("CN", asked),), other) is likeness


def test_order_number_and_grouping_of_rdns_decide() -> None:
    assert compare(SUBJECT, read_name(build_name(SUBJECT[::-1]))) is Likeness.DIFFERENT
    assert compare(SUBJECT, read_name(build_name(SUBJECT[:3]))) is Likeness.DIFFERENT
    pairs = [
        x509.NameTypeAndValue(
            {"type": kind, "value": x509.DirectoryString(name="utf8_string", value=core.UTF8String(text))}
        )
        for kind, text in (("organization_name", "高島市"), ("common_name", "高島市長"))
    ]
    grouped = read_name(bytes(x509.RDNSequence([x509.RelativeDistinguishedName(pairs)]).dump()))
    assert compare((("O", "高島市"), ("CN", "高島市長")), grouped) is Likeness.DIFFERENT
    assert "+" in shown(grouped)


def test_foreign_text_is_shown_inert() -> None:
    name = read_name(
        _name_of("common_name", x509.DirectoryString(name="utf8_string", value=core.UTF8String("a\x1b[2Jb")))
    )
    assert shown(name) == r"CN=a\u001b[2Jb"
