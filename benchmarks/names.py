"""Synthetic registries made of parts with a fixed seed, what a plain scan finds in them, and slips of the pen."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from lgpki_tui.ground.shipped import shipped
from lgpki_tui.subject.draft import Entry
from lgpki_tui.subject.lookalike import fold

# Characters and reading of parts that organisations of municipalities are really called by.
_FIELDS = """
総務:そうむ 財政:ざいせい 企画:きかく 市民:しみん 福祉:ふくし 健康:けんこう 環境:かんきょう
産業:さんぎょう 農林:のうりん 建設:けんせつ 都市:とし 教育:きょういく 消防:しょうぼう 水道:すいどう
議会:ぎかい 会計:かいけい 選挙:せんきょ 監査:かんさ 税務:ぜいむ 防災:ぼうさい 危機管理:ききかんり
子育て:こそだて 高齢:こうれい 障害:しょうがい 観光:かんこう 文化:ぶんか 情報:じょうほう 政策:せいさく
人事:じんじ 契約:けいやく 長寿:ちょうじゅ 住宅:じゅうたく 道路:どうろ 河川:かせん 公園:こうえん
下水道:げすいどう 保険:ほけん 年金:ねんきん 窓口:まどぐち 広報:こうほう デジタル:でじたる
"""
_ACTS = """
推進:すいしん 管理:かんり 調整:ちょうせい 支援:しえん 整備:せいび 振興:しんこう 計画:けいかく
指導:しどう 審査:しんさ 相談:そうだん 保全:ほぜん 対策:たいさく 戦略:せんりゃく 連携:れんけい
事業:じぎょう 普及:ふきゅう 給付:きゅうふ 経理:けいり 庶務:しょむ 改革:かいかく
"""
_VARIANTS = str.maketrans("総会区広対国県高学関", "總會區廣對國縣髙學關")
_WRONG = "推進管理調整支援備振興計画指導審査相談保全策戦略連携事業総務財政企市民福祉健康環境産謀科部局"


_POSTS = "課長:かちょう 係長:かかりちょう 室長:しつちょう 参事:さんじ 主幹:しゅかん 主任:しゅにん"


@dataclass(frozen=True, slots=True)
class Names:
    """Rows of 組織, those of one 団体 together, as an extract of the whole country would have them; or of accounts:
    the same, each with a 名義, which is a post."""

    seed: int = 20261128
    accounts: bool = False

    def entries(self, count: int) -> Iterator[Entry]:
        """So many rows; of a million about two thirds are different names."""
        chance, codes = random.Random(self.seed), _codes()  # noqa: S311  # the same names every time
        fields, acts = _parts(_FIELDS), _parts(_ACTS)
        for row in range(count):
            entry = Entry(codes[row * len(codes) // count], *_organization(chance, fields, acts))
            yield replace(entry, **_post(chance, fields, acts)) if self.accounts else entry

    def write(self, file: Path, count: int) -> None:
        """The same as a CSV file."""
        with file.open("w", encoding="utf-8", newline="") as out:
            out.write("団体コード,組織,組織よみ" + (",名義,名義よみ" if self.accounts else "") + "\r\n")
            out.writelines(f"{','.join((row.municipality_code, *texts_of(row)))}\r\n" for row in self.entries(count))


def _organization(chance: random.Random, fields: list[tuple[str, str]], acts: list[tuple[str, str]]) -> tuple[str, str]:
    (a, a_read), (b, b_read), (c, c_read) = (chance.choice(parts) for parts in (fields, fields, acts))
    shape = chance.random()
    if shape < 0.02:  # short ones, that every 団体 has
        return f"{a}課", f"{a_read}か"
    name, reading = f"{a}部{b}{c}課", f"{a_read}ぶ{b_read}{c_read}か"
    if shape < 0.03:
        name = name.translate(_VARIANTS)
    if shape < 0.7:
        (d, d_read), (e, e_read) = chance.choice(fields), chance.choice(acts)
        name, reading = f"{name}{d}{e}係", f"{reading}{d_read}{e_read}がかり"
    return name, reading


def _post(chance: random.Random, fields: list[tuple[str, str]], acts: list[tuple[str, str]]) -> dict[str, str]:
    parts = [chance.choice(each) for each in (fields, acts, _parts(_POSTS))]
    name, reading = ("".join(texts) for texts in zip(*parts, strict=True))
    return {"name": name, "name_reading": reading}


def _parts(text: str) -> list[tuple[str, str]]:
    pairs = (part.partition(":") for part in text.split())
    return [(characters, reading) for characters, _, reading in pairs]


def _codes() -> list[str]:
    text = shipped("config", "municipalities", "municipalities.tsv").read_text(encoding="utf-8")
    codes = (line.partition("\t")[0] for line in text.splitlines())
    return [code for code in codes if code.isdecimal()]


# --- What is right ---


class PlainScan:
    """Registry.search as the port promises it, by looking at every row."""

    def __init__(self, rows: Sequence[Entry]) -> None:
        self._rows = rows
        self._texts = [texts_of(row) for row in rows]
        self._keys = [[fold(text) for text in texts] for texts in self._texts]

    def search(self, text: str, limit: int) -> tuple[Entry, ...]:
        """The rows that are, begin with or hold a text."""
        key = fold(text)
        both = zip(self._texts, self._keys, strict=True)
        ranked = [(_rank(texts, keys, text, key), place) for place, (texts, keys) in enumerate(both)]
        return tuple(self._rows[place] for rank, place in sorted(each for each in ranked if each[0] < 4)[:limit])


def texts_of(row: Entry) -> list[str]:
    """What is searched: 組織 and its reading, of an account 名義 and its reading too."""
    texts = [row.organization, row.organization_reading]
    return texts if row.name is None else [*texts, row.name, row.name_reading]


def _rank(texts: list[str], keys: list[str], text: str, key: str) -> int:
    if not any(key in each for each in keys):
        return 4
    if text in texts:
        return 0
    if key in keys:
        return 1
    return 2 if any(each.startswith(key) for each in keys) else 3


# --- Slips ---


def wrong(text: str, chance: random.Random) -> str:
    """One character is another one."""
    place = chance.randrange(len(text))
    return text[:place] + chance.choice(_WRONG) + text[place + 1 :]


def left_out(text: str, chance: random.Random) -> str:
    """One character is missing."""
    place = chance.randrange(len(text))
    return text[:place] + text[place + 1 :]


def added(text: str, chance: random.Random) -> str:
    """One character too many."""
    place = chance.randrange(len(text) + 1)
    return text[:place] + chance.choice(_WRONG) + text[place:]


def swapped(text: str, chance: random.Random) -> str:
    """Two neighbours in the wrong order."""
    place = chance.randrange(len(text) - 1)
    return text[:place] + text[place + 1] + text[place] + text[place + 2 :]


def variant(text: str, chance: random.Random) -> str:
    """Old forms of kanji for new ones, or other widths; the text itself where it has none of them."""
    other = text.translate(_VARIANTS)
    return other if chance.random() < 0.8 or other != text else text.replace("課", "課　")


def slips() -> tuple[Callable[[str, random.Random], str], ...]:
    """All of them."""
    return (wrong, left_out, added, swapped, variant)
