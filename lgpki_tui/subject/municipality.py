"""A 団体 and its code: six digits, the last of which checks the others; and which one a draft means."""

from __future__ import annotations

import re
from enum import StrEnum

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.ground.frozen import dataclass
from lgpki_tui.subject.draft import Draft, Found

_SIX_DIGITS = re.compile(r"[0-9]{6}")


class MunicipalityKind(StrEnum):
    """What kind of 団体 (地方自治法, 1-3): the value is the term, as config/municipalities writes it."""

    PREFECTURE = "都道府県"
    CITY = "市"
    TOWN = "町"
    VILLAGE = "村"
    SPECIAL_WARD = "特別区"
    UNION = "一部事務組合"
    WIDE_AREA_UNION = "広域連合"


@dataclass(frozen=True, slots=True)
class Municipality:
    """A 団体: six-digit code, name, reading in hiragana, the name of its prefecture, kind."""

    code: str
    name: str
    reading: str
    prefecture: str
    kind: MunicipalityKind

    @property
    def place(self) -> str:
        """Prefecture and name, for 25 names exist twice: 滋賀県高島市; of a prefecture its name alone."""
        return self.name if self.kind is MunicipalityKind.PREFECTURE else f"{self.prefecture}{self.name}"

    @property
    def shown(self) -> str:
        """The 団体 for people: 滋賀県高島市 252123."""
        return f"{self.place} {self.code}"


def is_code(text: str) -> bool:
    """Whether the text is six ASCII digits whose last checks the others (weights 6 to 2, modulo 11).

    Source: 総務省, 全国地方公共団体コード; facts checked on all 1,788 codes of config/municipalities.
    """
    return bool(_SIX_DIGITS.fullmatch(text)) and text == _checked(text[:5])


def code_of_prefecture(code: str) -> str:
    """The code of the prefecture that a 団体 lies in (JIS X 0401, then three zeros), its own for a prefecture."""
    return _checked(f"{code[:2]}000")


def _checked(five_digits: str) -> str:
    one, two, three, four, five = map(int, five_digits)
    return f"{five_digits}{(11 - (6 * one + 5 * two + 4 * three + 3 * four + 2 * five) % 11) % 10}"


def codes_of(found: Found) -> tuple[str, ...]:
    """The codes under which the entered 組織 is registered, each once, sorted."""
    return tuple(sorted({entry.municipality_code for entry in found.organizations}))


def municipality_of(draft: Draft, found: Found) -> str | None:
    """The code that the draft means: the one entered, else the one of the only municipality with this 組織.

    None when the 組織 is not registered at all. Raises Refusal(answers_value) with key `municipality_code` and the
    codes in `known` when it is registered under several and none was given (docs/contract.md, Answers).
    """
    if draft.municipality_code is not None:
        return draft.municipality_code
    codes = codes_of(found)
    if len(codes) > 1:
        raise Refusal(Code.ANSWERS_VALUE, key="municipality_code", reason="ambiguous", known=list(codes))
    return codes[0] if codes else None
