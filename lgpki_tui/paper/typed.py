"""A digest that was typed from paper, by a person or by a QR reader, which is a keyboard."""

from __future__ import annotations

import re
import unicodedata

from lgpki_tui.ground.codes import Code
from lgpki_tui.ground.findings import Refusal
from lgpki_tui.ground.frozen import dataclass

DIGITS, GROUP = 64, 4
# The first four groups: 64 bits, which nobody meets by chance.
LEAST_DIGITS = 16
# What stands between the groups on paper or in its place comes from an input method: spaces, hyphens, the long vowel
# mark and the minus sign (U+30FC, U+2212) of the key beside the digits.
_BETWEEN = re.compile(r"[\s\-\u2010-\u2015\u2212\u30fc\u200b\ufeff]+")
# A reader may type the name of what follows.
_NAMED = re.compile(r".*[:=]", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Typed:
    """The digits that were typed, in lower-case hex: all 64, or at least the first 16."""

    digits: str

    @property
    def is_whole(self) -> bool:
        """Whether it is all of a SHA-256."""
        return len(self.digits) == DIGITS

    def is_of(self, digest: str) -> bool:
        """Whether a digest (64 digits in lower-case hex) is, or begins with, what was typed."""
        return digest.startswith(self.digits)

    def first_other_group(self, digest: str) -> int:
        """Which group of the paper is the first that is another one, counted from 1."""
        same = next((at for at, (one, two) in enumerate(zip(self.digits, digest, strict=False)) if one != two), 0)
        return same // GROUP + 1


def read_typed(text: str) -> Typed:
    """Read a digest as it is typed: spaces, hyphens, case and full-width forms do not matter, nor what stands before a
    `:` or `=` in front of all 64 digits.

    Raises Refusal(desk_code_unreadable) with `reason` and `digits` (how many were read): too_short (fewer than 16),
    too_long (more than 64), not_hex (`characters`, code points).
    """
    folded = _BETWEEN.sub("", unicodedata.normalize("NFKC", text)).lower()
    bare = _NAMED.sub("", folded)
    digits = bare if len(bare) == DIGITS else folded
    strange = sorted({char for char in digits if char not in "0123456789abcdef"})
    if strange:
        characters = [f"U+{ord(char):04X}" for char in strange]
        raise Refusal(Code.DESK_CODE_UNREADABLE, reason="not_hex", digits=len(digits), characters=characters)
    if not LEAST_DIGITS <= len(digits) <= DIGITS:
        reason = "too_short" if len(digits) < LEAST_DIGITS else "too_long"
        raise Refusal(Code.DESK_CODE_UNREADABLE, reason=reason, digits=len(digits))
    return Typed(digits)
