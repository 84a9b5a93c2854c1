"""Filters from texts that hold anything: whatever stands in a text, it is looked for and never obeyed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgpki_tui.registry.directory_found import DirectoryFinder
from lgpki_tui.registry.filters import equal, escaped, every, holding, some
from lgpki_tui.subject.lookalike import fold

HOSTILE = [
    "*)(uid=*",
    "*",
    "(",
    ")",
    "\\",
    "\0",
    "*)(|(objectClass=*)",
    "\\2a",
    "総務\0部",
    "a" * 9999,
    "\udce3",
    "&",
    "!(a=b)",
]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("*)(uid=*", r"\2a\29\28uid=\2a"),
        ("\0", r"\00"),
        ("\\", r"\5c"),
        ("髙島　市", "髙島　市"),
        ("\udce3", "\uffff"),
        ("\U00020bb7", "\U00020bb7"),
    ],
)
def test_rfc_4515(text: str, written: str) -> None:
    assert escaped(text) == written


@given(st.text())
def test_nothing_in_a_text_ends_its_condition(text: str) -> None:
    inside = escaped(text)
    assert not set("\0()*") & set(inside)
    assert (
        inside.replace(r"\5c", "")
        .replace(r"\2a", "")
        .replace(r"\28", "")
        .replace(r"\29", "")
        .replace(r"\00", "")
        .count("\\")
        == 0
    )
    inside.encode()


def test_joined() -> None:
    assert every([equal("a", "x"), equal("a", "x")]) == "(a=x)"
    assert some([equal("a", "x"), holding("b", "y*")]) == r"(|(a=x)(b=*y\2a*))"


@pytest.mark.parametrize("text", HOSTILE)
def test_a_server_finds_nothing_by_a_hostile_text(
    organizations: DirectoryFinder, accounts: DirectoryFinder, text: str
) -> None:
    assert organizations.organizations(text, None).exact == ()
    assert accounts.accounts(text, text, ("252123",)).exact == ()
    holds = [entry for entry in organizations.search(text, 50, ()) if fold(text) not in fold(entry.organization)]
    assert holds == []


def test_signs_of_a_filter_are_characters_of_a_name(organizations: DirectoryFinder) -> None:
    name = r"星*(括弧)\課"
    assert [entry.organization for entry in organizations.organizations(name, None).exact] == [name]
    assert [entry.organization for entry in organizations.search("*(括", 5, ())] == [name]
