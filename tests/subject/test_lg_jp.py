"""Candidates in LG.JP: held against names that are public, with those that the rule does not meet."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lgpki_tui.registry.municipalities import Municipalities
from lgpki_tui.subject.lg_jp import PREFECTURES, candidates, host_names
from lgpki_tui.subject.municipality import Municipality, MunicipalityKind
from lgpki_tui.subject.romaji import hepburn, shortened, with_m

LIST = Municipalities()
# Real names (docs/lg-jp.md says where they are public), by what is hard about them.
FIRST = {
    "130001": "metro.tokyo.lg.jp",
    "131016": "city.chiyoda.lg.jp",
    "271004": "city.osaka.lg.jp",
    "010006": "pref.hokkaido.lg.jp",
    "252123": "city.takashima.lg.jp",
    "233617": "town.oguchi.lg.jp",
    "014575": "town.hokkaido-kamikawa.lg.jp",
    "131148": "city.tokyo-nakano.lg.jp",
    "024457": "town.aomori-nanbu.lg.jp",
    "392111": "city.kochi-konan.lg.jp",
    "122181": "city.katsuura.lg.jp",
    "332127": "city.setouchi.lg.jp",
    "282090": "city.toyooka.lg.jp",
    "016420": "town.hiroo.lg.jp",
    "462136": "city.nishinoomote.lg.jp",
    "072109": "city.nihonmatsu.lg.jp",
}
OFFERED = {
    "122378": "city.sammu.lg.jp",
    "222151": "city.gotemba.lg.jp",
    "282235": "city.tamba.lg.jp",
    "013471": "town.oshamambe.lg.jp",
    "405221": "town.ooki.lg.jp",
    "024236": "town.ooma.lg.jp",
    "024244": "vill.higashidoori.lg.jp",
    "233021": "town.aichi-togo.lg.jp",
    "044016": "town.miyagi-matsushima.lg.jp",
}
# Spelt by no rule: why candidates are only offered.
OTHERWISE = {
    "013927": "town.suttu.lg.jp",
    "272205": "city.minoh.lg.jp",
    "285854": "town.mikata-kami.lg.jp",
    "352161": "city.sanyo-onoda.lg.jp",
    "324493": "town.ohnan.lg.jp",
}


@pytest.mark.parametrize(("code", "domain"), FIRST.items())
def test_the_first_candidate_is_the_public_name(code: str, domain: str) -> None:
    assert LIST.domains_of(code)[:1] == (domain,)


@pytest.mark.parametrize(("code", "domain"), OFFERED.items())
def test_the_public_name_is_among_the_candidates(code: str, domain: str) -> None:
    assert domain in LIST.domains_of(code)


@pytest.mark.parametrize(("code", "domain"), OTHERWISE.items())
def test_some_real_names_are_none_of_them(code: str, domain: str) -> None:
    assert LIST.domains_of(code)
    assert domain not in LIST.domains_of(code)


def test_every_municipality_has_some_and_each_is_a_name_of_lg_jp() -> None:
    label = re.compile(r"(metro|pref|city|town|vill)\.[a-z0-9]([a-z0-9-]*[a-z0-9])?\.lg\.jp")
    for code in LIST.codes:
        found = LIST.domains_of(code)
        assert found, code
        assert all(label.fullmatch(each) and len(each) <= 63 for each in found), found
        assert len(set(found)) == len(found) <= 5


def test_no_two_share_a_first_candidate_but_where_one_prefecture_has_both() -> None:
    first: dict[str, list[str]] = {}
    for code in LIST.codes:
        first.setdefault(LIST.domains_of(code)[0], []).append(code)
    shared = {domain: codes for domain, codes in first.items() if len(codes) > 1}
    assert all(len({code[:2] for code in codes}) == 1 for codes in shared.values()), shared


def test_the_letters_of_prefectures_are_those_of_their_readings() -> None:
    listed = [each for each in map(LIST.get, LIST.codes) if each and each.kind is MunicipalityKind.PREFECTURE]
    assert {each.name for each in listed} == set(PREFECTURES)
    for each in listed:
        assert candidates(each)[0].split(".")[1] == PREFECTURES[each.name]


@pytest.mark.parametrize(("kind", "reading", "domain"), [
    (MunicipalityKind.WIDE_AREA_UNION, "かんさいこういきれんごう", "union.kansai.lg.jp"),
    (MunicipalityKind.UNION, "こせいこういきくみあい", "union.koseikoiki.lg.jp"),
    (MunicipalityKind.UNION, "こせいいちぶじむくみあい", "union.kosei.lg.jp"),
])  # fmt: skip
def test_unions(kind: MunicipalityKind, reading: str, domain: str) -> None:
    assert candidates(Municipality("259012", "組合", reading, "滋賀県", kind))[0] == domain


def test_a_name_that_is_all_kind_or_no_hiragana_has_none() -> None:
    assert candidates(Municipality("259012", "組合", "くみあい", "滋賀県", MunicipalityKind.UNION)) == ()
    assert candidates(Municipality("259012", "組合", "Ａくみあい", "滋賀県", MunicipalityKind.UNION)) == ()
    assert candidates(Municipality("259012", "組合", "あ" * 64 + "くみあい", "滋賀県", MunicipalityKind.UNION)) == ()


def test_host_names() -> None:
    assert host_names(("city.takashima.lg.jp",)) == ("www.city.takashima.lg.jp",)


@pytest.mark.parametrize(("reading", "letters"), [
    ("おおさか", "oosaka"), ("きょうと", "kyouto"), ("しじょうなわて", "shijounawate"), ("ちゃたん", "chatan"),
    ("ぎょうだ", "gyouda"), ("さっぽろ", "sapporo"), ("はっちょう", "hatchou"), ("みっしょ", "missho"),
    ("つづき", "tsuzuki"),
    ("ぢゅん", "jun"), ("じゅん", "jun"), ("せとうち", "setouchi"), ("かつ|うら", "katsu|ura"), ("ー", ""), ("", ""),
    ("漢", None),
    ("っ", None), ("ゃ", None), ("ア", None), ("っあ", "aa"),
])  # fmt: skip
def test_hepburn(reading: str, letters: str | None) -> None:
    assert hepburn(reading) == letters


@pytest.mark.parametrize(("letters", "short"), [
    ("oosaka", "osaka"), ("kyouto", "kyoto"), ("katsu|ura", "katsuura"), ("chuuou", "chuo"), ("tooou", "to"),
    ("niigata", "niigata"), ("oou", "o"), ("", ""),
])  # fmt: skip
def test_long_vowels(letters: str, short: str) -> None:
    assert shortened(letters) == short


def test_m() -> None:
    assert with_m("nanbu sanmu sanpo shinshiro n") == "nambu sammu sampo shinshiro n"


@given(st.text("あいうえおかきくけこがしじちつづなにはひふほまみもやゆよらりるわんっゃゅょー", max_size=20))
def test_letters_only(reading: str) -> None:
    letters = hepburn(reading)
    assert letters is None or re.fullmatch("[a-z]*", letters)
