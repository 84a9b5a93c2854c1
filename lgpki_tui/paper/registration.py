"""The sheet by which the LGWAN運用担当者 is asked to register a 組織 or a 名義: what it says, as values."""

from __future__ import annotations

from collections import Counter
from datetime import date
from enum import StrEnum
from functools import cache

from lgpki_tui.ground.frozen import dataclass
from lgpki_tui.ground.inert import inert
from lgpki_tui.subject.lookalike import ordinary_form, skeleton
from lgpki_tui.subject.municipality import Municipality
from lgpki_tui.subject.text import SPACES, character_class, points

# Kana, kanji and signs of nearly one shape; each stands for another one of the line.
_SHAPES = frozenset(
    "ー－‐−―—一二ニ三ミ口ロ力カヵヶケへヘべベぺペ夕タ工エト卜八ハ千チ才オりリッツ〜～・日曰己已未末土士"
)


class System(StrEnum):
    """The system that something is to be registered in. The value is its key in registration.toml."""

    ORGANIZATIONS = "organizations"
    ACCOUNTS = "accounts"


@dataclass(frozen=True, slots=True)
class Looked:
    """The snapshot that was looked into: file name, day of its import, rows, lower-case hex SHA-256 of the file."""

    file_name: str
    day: date
    rows: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Asked:
    """One text to be registered, exactly so. `reading` may be empty: then it is left to be written by hand.

    `nearest`: registered spellings near it; `under`: where exactly this text is registered (codes, or 組織).
    """

    system: System
    text: str
    reading: str
    nearest: tuple[str, ...]
    under: tuple[str, ...]
    looked: Looked


@dataclass(frozen=True, slots=True)
class Registration:
    """The whole sheet. `municipality`: None leaves it to be written by hand; `organization` and `name`: what the
    certificate of `kind_title` shall say, registered or not (`name` may be empty)."""

    day: date
    municipality: Municipality | None
    kind_title: str
    organization: str
    name: str
    asked: tuple[Asked, ...]
    practice: bool

    @property
    def code(self) -> str:
        """The 団体コード; empty when it is left open."""
        return self.municipality.code if self.municipality is not None else ""


def told_points(text: str) -> tuple[str, ...]:
    """The code points that must be told, a line for each character with its places: ``ー = U+30FC (8)``.

    Of characters that are not in JIS X 0208 and ASCII, of those easily taken for another one (ー and 一, ヶ and ケ, 0
    and ０, 高 and 髙), and of spaces.
    """
    places: dict[str, list[str]] = {}
    for place, char in enumerate(text, 1):
        if _is_mistakable(char):
            places.setdefault(f"{inert(char)} = {points(char)[0]}", []).append(str(place))
    return tuple(f"{char} ({', '.join(at)})" for char, at in places.items())


def _is_mistakable(char: str) -> bool:
    if character_class(char) is not None or char in SPACES or char in _SHAPES:
        return True
    if char.isascii():
        return True  # each has a full-width twin
    if "ぁ" <= char <= "ヿ":
        return False
    return ordinary_form(char) is not None or skeleton(char) in _variants()


@cache
def _variants() -> frozenset[str]:
    """The skeletons that several kanji of Windows' repertoire (CP932) share: 高 of 高 and 髙."""
    counted = Counter(
        skeleton(char) for char in map(chr, (*range(0x4E00, 0xA000), *range(0xF900, 0xFB00))) if _typed(char)
    )
    return frozenset(shape for shape, count in counted.items() if count > 1)


def _typed(char: str) -> bool:
    try:
        return bool(char.encode("cp932"))
    except UnicodeEncodeError:
        return False
