"""The levels of the Japanese sets: counted against the standards, and compared with another codec."""

from __future__ import annotations

import unicodedata
from collections import Counter

import pytest

from lgpki_tui.subject.jis import Place, is_kanji, places

# The planes that have kanji, and the first; no set has a character of another one.
ALL = [char for char in map(chr, (*range(0x80, 0x18000), *range(0x20000, 0x32400))) if not "\ud800" <= char <= "\udfff"]


def test_as_many_as_the_standards_say() -> None:
    """JIS X 0208:1997, 2,965 + 3,390 kanji and 524 others; JIS X 0213:2004, 1,259 + 2,436; JIS X 0212, 6,067, of which
    the codec takes the tilde for that of ASCII."""
    counts = Counter(place for char in ALL for place in places(char))
    assert counts.pop(Place.SIGN_0213) == 634
    assert counts == {
        Place.LEVEL_1: 2965,
        Place.LEVEL_2: 3390,
        Place.SIGN_0208: 524,
        Place.LEVEL_3: 1259,
        Place.LEVEL_4: 2436,
        Place.SUPPLEMENT: 6066,
    }


def test_the_planes_are_those_that_iso_2022_names() -> None:
    """ISO-2022-JP-2004 says by an escape sequence which plane of JIS X 0213 follows: Q the first, P the second."""
    seen = {Place.LEVEL_3: set(), Place.SIGN_0213: set(), Place.LEVEL_4: set()}  # type: dict[Place, set[bytes]]
    for char in ALL:
        if char == "\uff5e":  # the codec writes the wave dash there
            continue
        for place in set(places(char)) & set(seen):
            seen[place].add(char.encode("iso2022_jp_2004")[:4])
    assert seen == {Place.LEVEL_3: {b"\x1b$(Q"}, Place.SIGN_0213: {b"\x1b$(Q"}, Place.LEVEL_4: {b"\x1b$(P"}}


@pytest.mark.parametrize(("char", "where"), [
    ("亜", (Place.LEVEL_1,)), ("腕", (Place.LEVEL_1,)), ("弌", (Place.LEVEL_2,)), ("熙", (Place.LEVEL_2,)),
    ("凛", (Place.LEVEL_2,)), ("々", (Place.SIGN_0208,)), ("Ａ", (Place.SIGN_0208,)), ("俱", (Place.LEVEL_3,)),
    ("𠀋", (Place.LEVEL_3,)), ("𠂉", (Place.LEVEL_4,)), ("鷗", (Place.SUPPLEMENT, Place.LEVEL_3)), ("髙", ()),
    ("ｱ", ()), ("A", ()), ("\ud800", ()),
])  # fmt: skip
def test_where_some_stand(char: str, where: tuple[Place, ...]) -> None:
    assert places(char) == where


def test_kanji_are_what_unicode_calls_so() -> None:
    named = [char for char in ALL if unicodedata.name(char, "").startswith(("CJK UNIFIED", "CJK COMPATIBILITY IDEO"))]
    assert len(named) > 90000
    assert all(map(is_kanji, named))
    assert not any(map(is_kanji, "々〆〇ー⼀⻑ア𛀀"))
