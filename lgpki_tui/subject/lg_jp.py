"""Names that a 団体 may have in LG.JP. They are offered, never put anywhere: which one it has, only the 団体 knows."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lgpki_tui.subject.municipality import Municipality, MunicipalityKind
from lgpki_tui.subject.romaji import hepburn, pairs, shortened, with_m

# 地方公共団体属性ラベル (JPRS, LGドメイン名登録等に関する技術細則, 2.1); METRO is Tokyo's alone.
_LABELS = {
    MunicipalityKind.PREFECTURE: "pref",
    MunicipalityKind.CITY: "city",
    MunicipalityKind.TOWN: "town",
    MunicipalityKind.VILLAGE: "vill",
    MunicipalityKind.SPECIAL_WARD: "city",
    MunicipalityKind.UNION: "union",
    MunicipalityKind.WIDE_AREA_UNION: "union",
}
_METRO = "metro.tokyo.lg.jp"
# When LG.JP began (2002) there were many more of them than today: a name that is unique now was often not so then.
_WERE_MANY = frozenset({MunicipalityKind.TOWN, MunicipalityKind.VILLAGE})
# What of a reading says the kind, and does not stand in the name.
_ENDINGS = {
    MunicipalityKind.PREFECTURE: re.compile("(?<!ほっかい)(けん|ふ|と)$"),
    MunicipalityKind.CITY: re.compile("し$"),
    MunicipalityKind.TOWN: re.compile("(まち|ちょう)$"),
    MunicipalityKind.VILLAGE: re.compile("(むら|そん)$"),
    MunicipalityKind.SPECIAL_WARD: re.compile("く$"),
    MunicipalityKind.UNION: re.compile("(いちぶ)?(じむ)?くみあい$"),
    MunicipalityKind.WIDE_AREA_UNION: re.compile("こういきれんごう$"),
}
# Kanji whose reading begins with う or お, not as the first of a name: no long vowel reaches from one word into another
# (勝浦, katsuura). 河内 is one word, こうち.
_WORDS = {
    "浦": "うら",
    "(?<!河)内": "うち",
    "上": "うえ",
    "[岡丘]": "おか",
    "大": "おお",
    "表": "おもて",
    "[尾小於]": "お",
}
_LETTERS = """
北海道 hokkaido 青森県 aomori 岩手県 iwate 宮城県 miyagi 秋田県 akita 山形県 yamagata 福島県 fukushima 茨城県 ibaraki
栃木県 tochigi 群馬県 gunma 埼玉県 saitama 千葉県 chiba 東京都 tokyo 神奈川県 kanagawa 新潟県 niigata 富山県 toyama
石川県 ishikawa 福井県 fukui 山梨県 yamanashi 長野県 nagano 岐阜県 gifu 静岡県 shizuoka 愛知県 aichi 三重県 mie
滋賀県 shiga 京都府 kyoto 大阪府 osaka 兵庫県 hyogo 奈良県 nara 和歌山県 wakayama 鳥取県 tottori 島根県 shimane
岡山県 okayama 広島県 hiroshima 山口県 yamaguchi 徳島県 tokushima 香川県 kagawa 愛媛県 ehime 高知県 kochi 福岡県 fukuoka
佐賀県 saga 長崎県 nagasaki 熊本県 kumamoto 大分県 oita 宮崎県 miyazaki 鹿児島県 kagoshima 沖縄県 okinawa
"""
PREFECTURES = pairs(_LETTERS)
_LONGEST_LABEL = 63


def candidates(municipality: Municipality, *, shared: bool = False) -> tuple[str, ...]:
    """Domain names that the 団体 may have, the likeliest first; none when its reading is no hiragana.

    `shared`: whether another 団体 has the same `first_candidate`: then the name with the prefecture and a hyphen comes
    first. Of towns and villages it is always offered, last.
    Source: JPRS, LGドメイン名登録等に関する技術細則, 1 (letters, length), 2.1 (labels); docs/lg-jp.md: how often right.
    """
    if municipality.kind is MunicipalityKind.PREFECTURE and municipality.prefecture == "東京都":
        return (_METRO,)
    label = _LABELS[municipality.kind]
    names = list(_names(municipality))
    prefecture = PREFECTURES.get(municipality.prefecture)
    if prefecture and names and (shared or municipality.kind in _WERE_MANY):
        names.insert(0 if shared else len(names), f"{prefecture}-{names[0]}")
    return tuple(f"{label}.{name}.lg.jp" for name in dict.fromkeys(names) if 0 < len(name) <= _LONGEST_LABEL)


def first_candidate(municipality: Municipality) -> str:
    """By which two 団体 are told to share a name; empty when it has none."""
    return next(iter(candidates(municipality)), "")


def host_names(domains: tuple[str, ...]) -> tuple[str, ...]:
    """The name that the web server of each domain is likely to have: www.city.takashima.lg.jp."""
    return tuple(f"www.{domain}" for domain in domains)


def _names(municipality: Municipality) -> Iterator[str]:
    """Long vowels short, m for n, vowels as they are written: in the order of how often they were met."""
    letters = hepburn(_words(municipality))
    if not letters:
        return
    yield shortened(letters)
    yield with_m(shortened(letters))
    yield letters.replace("|", "")


def _words(municipality: Municipality) -> str:
    """The reading without its kind, a | before a word that begins with う or お."""
    reading = _ENDINGS[municipality.kind].sub("", municipality.reading)
    for kanji, word in _WORDS.items():
        if re.search(f"(?<=.){kanji}", municipality.name):
            reading = re.sub(f"(?<=.){word}", f"|{word}", reading)
    return reading
