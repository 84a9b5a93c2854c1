"""The 団体コード: six digits, the last of which checks the others, and which one a draft means."""

from __future__ import annotations

import re

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.subject.draft import Draft, Found

_SIX_DIGITS = re.compile(r"[0-9]{6}")


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
