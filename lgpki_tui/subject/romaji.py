"""Hiragana in Roman letters after Hepburn, as names of 団体 are written in LG.JP."""

from __future__ import annotations

import re

_GOJUON = """
あ a い i う u え e お o か ka き ki く ku け ke こ ko が ga ぎ gi ぐ gu げ ge ご go
さ sa し shi す su せ se そ so ざ za じ ji ず zu ぜ ze ぞ zo
た ta ち chi つ tsu て te と to だ da ぢ ji づ zu で de ど do
な na に ni ぬ nu ね ne の no は ha ひ hi ふ fu へ he ほ ho ば ba び bi ぶ bu べ be ぼ bo ぱ pa ぴ pi ぷ pu ぺ pe ぽ po
ま ma み mi む mu め me も mo や ya ゆ yu よ yo ら ra り ri る ru れ re ろ ro わ wa ゐ i ゑ e を o ん n ゔ vu
"""


def pairs(table: str) -> dict[str, str]:
    """A table of words, each with the next one as its value."""
    words = table.split()
    return dict(zip(words[::2], words[1::2], strict=True))


_KANA = pairs(_GOJUON)
_SMALL = {"ゃ": "a", "ゅ": "u", "ょ": "o"}
# The sounds of two kana: kya, but sha, cha and ja.
_KANA |= {
    kana + small: (letters[:-1] if letters in ("shi", "chi", "ji") else letters[:-1] + "y") + vowel
    for kana, letters in list(_KANA.items())
    if letters.endswith("i") and letters != "i"
    for small, vowel in _SMALL.items()
}
_KANA |= {"|": "|", "ー": ""}
_SOUNDS = re.compile("っ?(?:.[ゃゅょ]|.)")
_LONG = re.compile("(?<=o)[ou]|(?<=u)u")


def hepburn(reading: str) -> str | None:
    """The reading letter by letter, vowels as they are written: おおさか, oosaka; None when it is no hiragana.

    っ doubles the consonant (t before ch), ん is n everywhere. A | stands between words and is kept.
    Source: the table of 外務省 for passports (ヘボン式), which writes m before b, m, p: see `with_m`.
    """
    letters = [_letters(sound) for sound in _SOUNDS.findall(reading)]
    return None if None in letters else "".join(filter(None, letters))


def shortened(letters: str) -> str:
    """Without the second letter of long vowels: oosaka, osaka; kyouto, kyoto. Words are joined after it."""
    return _LONG.sub("", letters).replace("|", "")


def with_m(letters: str) -> str:
    """With m for n before b, m and p: tanba, tamba."""
    return re.sub("n(?=[bmp])", "m", letters)


def _letters(sound: str) -> str | None:
    kana = sound.removeprefix("っ")
    letters = _KANA.get(kana)
    if sound == kana or not letters:
        return letters if sound == kana else None
    return ("t" if letters.startswith("ch") else letters[0]) + letters
