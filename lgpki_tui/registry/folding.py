"""`subject.lookalike.fold` for a million texts: the same answer in a tenth of the time, and a mark of its tables."""

from __future__ import annotations

import re
from functools import lru_cache
from hashlib import sha256

from lgpki_tui.subject.lookalike import fold

# Kana without the signs between them; the letters and digits of ASCII.
_KANA = (*range(0x3041, 0x3094), *range(0x30A1, 0x30F5))
_ASCII = (*range(0x30, 0x3A), *range(0x41, 0x5B), *range(0x61, 0x7B))
# What `folding` looks at: everything that the tables of subject.lookalike speak of, in one text.
_LOOKED_AT = (range(0x20, 0x7F), range(0xA0, 0x600), range(0x2000, 0x2E80), range(0x3000, 0x3400),
              range(0x4E00, 0xA000), range(0xF900, 0xFB00), range(0xFF00, 0xFFF0), range(0x20B00, 0x20C00))  # fmt: skip


@lru_cache(maxsize=1)
def folding() -> str:
    """A mark of what `fold` does: keys that were made under another one find nothing and are made anew (2 ms, once)."""
    return sha256(fold("".join(chr(point) for part in _LOOKED_AT for point in part)).encode()).hexdigest()[:16]


class Folder:
    """Folds texts of a table. Made once for a table: that takes 30 ms."""

    def __init__(self) -> None:
        self._one: dict[str, str] = {char: fold(char) for char in _plain_chars()}
        # Signs of one character that is never joined with its neighbours (JIS X 0208's, but for the voicing marks).
        self._one |= {char: fold(char) for char in "（）()・ー-_/.,& \u3000０１２３４５６７８９ヶヵ々第"}
        self._other = re.compile(f"[^{re.escape(''.join(_unfolded(self._one)))}]").search

    def key(self, text: str) -> str | None:
        """The folded form, None when it is the text itself."""
        if self._other(text) is None:
            return None
        try:
            # Character by character: none of these is ever composed with another one (Unicode, UAX #15).
            folded = "".join(map(self._one.__getitem__, text))
        except KeyError:
            folded = fold(text)
        return None if folded == text else folded


def plain() -> re.Pattern[str]:
    """Texts that hold nothing which any profile could refuse or point out: kana, kanji of level 1, ASCII letters and
    digits. Only their length is left to be judged."""
    return re.compile(f"[{re.escape(_plain_chars())}]+")


def plain_and_folded() -> re.Pattern[str]:
    """Texts that are plain, and folded already."""
    return re.compile(f"[{re.escape(''.join(_unfolded({char: fold(char) for char in _plain_chars()})))}]+")


def _unfolded(one: dict[str, str]) -> list[str]:
    return [char for char, folded in one.items() if char == folded]


def _plain_chars() -> str:
    codes = (bytes((row + 0xA0, cell + 0xA0)) for row in range(16, 48) for cell in range(1, 95))
    level_one = "".join(code.decode("euc_jp", "ignore") for code in codes)  # JIS X 0208, rows 16 to 47
    return "".join(map(chr, (*_KANA, *_ASCII))) + level_one
